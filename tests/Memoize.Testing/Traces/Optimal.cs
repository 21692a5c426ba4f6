namespace Memoize.Testing;

/// <summary>
/// The best that any policy could do, knowing the future: the key that is needed again last leaves. Bélády, "A study of
/// replacement algorithms for a virtual-storage computer" (1966).
/// </summary>
public static class Optimal
{
    /// <summary>The share of a trace's uses that hit, from 0 to 1.</summary>
    public static double HitRatio(AccessTrace trace, int capacity)
    {
        int[] nextUses = NextUses(trace);
        int[] keptUntil = new int[trace.DistinctKeys];
        var latestFirst = new PriorityQueue<int, int>(Comparer<int>.Create(static (x, y) => y.CompareTo(x)));
        int count = 0;
        int hits = 0;
        for (int time = 0; time < nextUses.Length; time++)
        {
            // What the queue knows of a key that was used since is out of date, and is thrown away when it comes up.
            int key = trace.Keys[time];
            if (keptUntil[key] > 0)
            {
                hits++;
            }
            else if (count < capacity)
            {
                count++;
            }
            else
            {
                int victim;
                int until;
                while (latestFirst.TryDequeue(out victim, out until) && keptUntil[victim] != until)
                {
                }

                keptUntil[victim] = 0;
            }

            keptUntil[key] = nextUses[time];
            latestFirst.Enqueue(key, nextUses[time]);
        }

        return (double)hits / nextUses.Length;
    }

    // When the key that is used at each time is used again: never, for the last uses, is after the end.
    private static int[] NextUses(AccessTrace trace)
    {
        int[] nextUses = new int[trace.Keys.Count];
        int[] next = new int[trace.DistinctKeys];
        Array.Fill(next, int.MaxValue);
        for (int time = nextUses.Length - 1; time >= 0; time--)
        {
            int key = trace.Keys[time];
            nextUses[time] = next[key];
            next[key] = time;
        }

        return nextUses;
    }
}
