using System.Diagnostics;

namespace Memoize.Benchmarks.Hits;

/// <summary>What a second thread adds: hits per second of two threads over those of one.</summary>
internal static class TwoThreads
{
    private const int MinRounds = 20;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    /// <summary>Measures a loop of hits.</summary>
    /// <param name="run">Makes a number of hits.</param>
    /// <param name="rounds">How often one and two threads take turns at most: it ends early once both have found both cores free. Of each the best counts.</param>
    public static double Gain(Func<int> run, int rounds)
    {
        double one = 0;
        double two = 0;
        for (int round = 0; round < rounds && !(round >= MinRounds && two >= 1.95 * one); round++)
        {
            one = Math.Max(one, RunsPerSecond(run, threads: 1));
            two = Math.Max(two, RunsPerSecond(run, threads: 2));
        }

        return two / one;
    }

    // Threads count what they finish while all of them run: the start and the end of each is left out.
    private static double RunsPerSecond(Func<int> run, int threads)
    {
        using var together = new Barrier(threads);
        double[] speeds = new double[threads];
        Thread[] workers =
        [
            .. Enumerable.Range(0, threads).Select(index => new Thread(() =>
            {
                run();
                together.SignalAndWait();
                long runs = 0;
                long start = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(start) < Slice)
                {
                    run();
                    runs++;
                }

                speeds[index] = runs / Stopwatch.GetElapsedTime(start).TotalSeconds;
            })),
        ];
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        return speeds.Sum();
    }
}
