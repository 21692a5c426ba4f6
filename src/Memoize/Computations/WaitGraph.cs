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
            // Depth first, with a stack of its own: a chain of waits can be longer than a thread's stack is deep.
            var cameFrom = new Dictionary<KeyedLock, KeyedLock?> { [waitedFor] = null };
            var open = new Stack<KeyedLock>([waitedFor]);
            while (open.TryPop(out var current))
            {
                if (current.Awaited is not { } computation) continue;
                if (computation == caller) return PathTo(current, cameFrom, caller.Lock);

                foreach (var next in computation.Inside ?? [])
                {
                    if (cameFrom.TryAdd(next, current)) open.Push(next);
                }
            }

            return null;
        }
    }

    /// <summary>
    /// The circle that is closed when a call inside <paramref name="caller"/> computes what one of the computations around it
    /// computes already, on a lock of its own because that one's was invalidated; null if there is none.
    /// </summary>
    public static IReadOnlyList<KeyedLock>? FindOuter(ComputationFrame caller, KeyedLock entered)
    {
        var outer = caller;
        while (outer is not null && outer.Lock?.IsSameCall(entered) != true) outer = outer.Parent;
        if (outer is null) return null;

        var path = new List<KeyedLock> { entered };
        for (var frame = caller; frame != outer.Parent; frame = frame!.Parent) Prepend(path, frame!.Lock);
        return path;
    }

    private static List<KeyedLock> PathTo(KeyedLock last, Dictionary<KeyedLock, KeyedLock?> cameFrom, KeyedLock? start)
    {
        var path = new List<KeyedLock>();
        for (var step = last; step is not null; step = cameFrom[step]) path.Insert(0, step);
        Prepend(path, start);
        return path;
    }

    // A computation that has ended meanwhile has no lock any more.
    private static void Prepend(List<KeyedLock> path, KeyedLock? step)
    {
        if (step is not null) path.Insert(0, step);
    }
}
