namespace Memoize;

/// <summary>
/// Who waits for whom: a computation waits for the locks that its calls are inside, and a lock for the computation that
/// runs on it. A wait that would close a circle would never end, so it throws instead.
/// </summary>
/// <remarks>
/// Only calls that are made inside a computation are in the graph, and only when they missed: hits, and misses outside
/// computations, cost nothing.
/// Invariants:
/// 1. The graph has no circle. Every edge is added under one lock; a circle can only be closed by a call that begins to
///    wait (a computation that has just begun waits for nothing yet), and that is where it is looked for.
/// 2. An edge is there from before the wait begins until the call has left the lock.
/// </remarks>
internal static class WaitGraph
{
    private static readonly Lock Edges = new();

    public static void Enter(ComputationFrame caller, KeyedLock entered)
    {
        lock (Edges) (caller.Inside ??= []).Add(entered);
    }

    public static void Leave(ComputationFrame caller, KeyedLock left)
    {
        lock (Edges) caller.Inside?.Remove(left);
    }

    /// <summary>The circle that is closed when <paramref name="caller"/> waits for <paramref name="waitedFor"/>; null if there is none.</summary>
    public static IReadOnlyList<KeyedLock>? FindCircle(ComputationFrame caller, KeyedLock waitedFor)
    {
        lock (Edges)
        {
            var path = new List<KeyedLock> { caller.Lock };
            return Search(caller, waitedFor, path, []) ? path : null;
        }
    }

    private static bool Search(ComputationFrame caller, KeyedLock waitedFor, List<KeyedLock> path, HashSet<KeyedLock> seen)
    {
        path.Add(waitedFor);
        if (waitedFor.Computation is { } computation && seen.Add(waitedFor))
        {
            if (computation == caller) return true;

            if (computation.Inside is { } inside)
            {
                foreach (var next in inside)
                {
                    if (Search(caller, next, path, seen)) return true;
                }
            }
        }

        path.RemoveAt(path.Count - 1);
        return false;
    }
}
