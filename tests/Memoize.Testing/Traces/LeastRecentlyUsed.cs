namespace Memoize.Testing;

/// <summary>The classic cache that a policy has to be compared with: whoever was used longest ago leaves.</summary>
public static class LeastRecentlyUsed
{
    /// <summary>The share of a trace's uses that hit, from 0 to 1.</summary>
    public static double HitRatio(AccessTrace trace, int capacity)
    {
        var nodes = new LinkedListNode<int>?[trace.DistinctKeys];
        var newestFirst = new LinkedList<int>();
        int hits = 0;
        foreach (int key in trace.Keys)
        {
            if (nodes[key] is { } node)
            {
                hits++;
                newestFirst.Remove(node);
                newestFirst.AddFirst(node);
                continue;
            }

            if (newestFirst.Count == capacity)
            {
                nodes[newestFirst.Last!.Value] = null;
                newestFirst.RemoveLast();
            }

            nodes[key] = newestFirst.AddFirst(key);
        }

        return (double)hits / trace.Keys.Count;
    }
}
