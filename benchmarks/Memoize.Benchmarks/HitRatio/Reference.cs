namespace Memoize.Benchmarks.HitRatio;

/// <summary>What a cache is compared with: the classic one, and the best that is possible.</summary>
internal static class Reference
{
    /// <summary>The share of hits, 0 to 1, if the key that was used longest ago leaves.</summary>
    public static double LeastRecentlyUsed(int[] keys, int capacity)
    {
        var kept = new Dictionary<int, LinkedListNode<int>>();
        var newestFirst = new LinkedList<int>();
        int hits = 0;
        foreach (int key in keys)
        {
            if (kept.Remove(key, out var node))
            {
                hits++;
                newestFirst.Remove(node);
            }
            else if (kept.Count == capacity)
            {
                kept.Remove(newestFirst.Last!.Value);
                newestFirst.RemoveLast();
            }

            kept.Add(key, newestFirst.AddFirst(key));
        }

        return (double)hits / keys.Length;
    }

    /// <summary>
    /// The share of hits, 0 to 1, if the future is known and the key leaves whose next use is furthest away (Bélády, "A
    /// study of replacement algorithms for a virtual-storage computer", 1966).
    /// </summary>
    public static double Optimum(int[] keys, int capacity)
    {
        int[] nextUse = NextUses(keys);
        var keptUntil = new Dictionary<int, int>();

        // The negative of the next use, so that the furthest comes first. Keys that were used again leave outdated items behind.
        var furthestFirst = new PriorityQueue<int, int>();
        int hits = 0;
        for (int now = 0; now < keys.Length; now++)
        {
            int key = keys[now];
            if (keptUntil.ContainsKey(key)) hits++;
            else if (keptUntil.Count == capacity) keptUntil.Remove(Furthest());

            keptUntil[key] = nextUse[now];
            furthestFirst.Enqueue(key, -nextUse[now]);
        }

        return (double)hits / keys.Length;

        int Furthest()
        {
            while (furthestFirst.TryDequeue(out int key, out int negative))
            {
                if (keptUntil.TryGetValue(key, out int until) && until == -negative) return key;
            }

            throw new InvalidOperationException("Every kept key is in the queue.");
        }
    }

    private static int[] NextUses(int[] keys)
    {
        var next = new Dictionary<int, int>();
        int[] nextUses = new int[keys.Length];
        for (int now = keys.Length - 1; now >= 0; now--)
        {
            nextUses[now] = next.GetValueOrDefault(keys[now], int.MaxValue);
            next[keys[now]] = now;
        }

        return nextUses;
    }
}
