using System.Globalization;
using System.Text;
using Memoize.Testing;

namespace Memoize.Benchmarks.HitRatio;

/// <summary>
/// Replays recorded workloads through cached methods, and compares the share of hits with that of a classic LRU and with
/// the best that is possible.
/// </summary>
internal static class HitRatioReport
{
    // What BitFaster's ConcurrentLru and ConcurrentLfu reached on the same traces, measured elsewhere: they are no part of this build.
    private static readonly (string Trace, int Capacity, double ConcurrentLru, double ConcurrentLfu)[] Pairs =
    [
        ("gli", 500, 26.17, 33.13),
        ("gli", 1_000, 43.29, 50.74),
        ("gli", 2_000, 53.53, 57.96),
        ("multi1", 500, 52.96, 54.30),
        ("multi1", 1_000, 63.56, 68.13),
        ("multi1", 2_000, 83.13, 83.39),
        ("multi2", 1_000, 54.50, 55.51),
        ("multi2", 2_000, 65.33, 68.54),
        ("ps", 500, 54.97, 56.95),
        ("ps", 1_000, 62.62, 66.25),
        ("loop", 256, 20.14, 22.76),
        ("loop", 512, 40.47, 47.49),
        ("loop", 768, 60.61, 74.18),
        ("sprite", 500, 75.21, 78.11),
        ("sprite", 1_000, 88.73, 85.63),
        ("scan", 500, 19.19, 18.83),
        ("web07", 500, 48.13, 48.08),
        ("web07", 1_000, 52.74, 53.20),
        ("web07", 2_000, 57.59, 54.79),
        ("orm-busy", 2_000, 80.12, 81.25),
        ("orm-busy", 10_000, 89.45, 90.41),
    ];

    /// <summary>A Markdown table, for the traces that are in the folder.</summary>
    public static string Table(string folder)
    {
        var table = new StringBuilder();
        table.AppendLine("| trace | capacity | Memoize | LRU | ConcurrentLru | ConcurrentLfu | optimum | to the best of the three |");
        table.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        double ours = 0;
        double lfu = 0;
        double worst = double.MaxValue;
        foreach (var traced in Pairs.GroupBy(static pair => pair.Trace, StringComparer.Ordinal))
        {
            var trace = AccessTrace.Read(folder, traced.Key);
            foreach (var (name, capacity, concurrentLru, concurrentLfu) in traced)
            {
                double memoize = Replay(trace, capacity);
                double lru = 100 * LeastRecentlyUsed.HitRatio(trace, capacity);
                double optimum = 100 * Optimal.HitRatio(trace, capacity);
                double ahead = memoize - Math.Max(lru, Math.Max(concurrentLru, concurrentLfu));
                ours += memoize / Pairs.Length;
                lfu += concurrentLfu / Pairs.Length;
                worst = Math.Min(worst, ahead);
                table.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {capacity} | {memoize:0.00} | {lru:0.00} | {concurrentLru:0.00} | {concurrentLfu:0.00} | {optimum:0.00} | {Math.Round(ahead, 2):+0.00;-0.00;0.00} |");
            }
        }

        table.AppendLine();
        table.AppendLine(
            CultureInfo.InvariantCulture,
            $"On average {ours:0.00}, ConcurrentLfu {lfu:0.00} (required: above it): {Verdict(ours > lfu)}. "
            + $"The furthest under the best of the three: {worst:+0.00;-0.00} points (required: not more than 2): {Verdict(worst >= -2)}.");
        return table.ToString();

        static string Verdict(bool reached) => reached ? "reached" : "**missed**";
    }

    private static double Replay(AccessTrace trace, int capacity)
    {
        using var memoizer = new Memoizer();
        var (call, statistics) = new ReplayedMethods(memoizer).Of(capacity);
        foreach (int key in trace.Keys) call(key);

        var counts = statistics();
        return 100.0 * counts.Hits / counts.Requests;
    }
}
