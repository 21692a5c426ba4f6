using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Memoize.Benchmarks.Scaling;

/// <summary>How many calls a second there are with 1, 2, 4, … threads, up to the processors of the machine: hits, misses, and a mix.</summary>
internal static class ScalingReport
{
    private const int Rounds = 5;
    private const int HitKeys = 1_000;
    private const int MissCapacity = 10_000;
    private const int ZipfKeys = 200_000;
    private const int ZipfCapacity = 20_000;
    private const double ZipfExponent = 0.9;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);

    private static readonly int[] Threads = [.. Enumerable.Range(0, 8).Select(static power => 1 << power).TakeWhile(static threads => threads <= Environment.ProcessorCount)];

    private static readonly int[] Zipf = Sample();

    /// <summary>A Markdown table.</summary>
    public static string Table()
    {
        var table = new StringBuilder();
        table.AppendLine(CultureInfo.InvariantCulture, $"Million calls a second, the best of {Rounds} rounds of {Slice.TotalMilliseconds} ms, in turns.");
        table.AppendLine();
        table.AppendLine(CultureInfo.InvariantCulture, $"| what | cache | {string.Join(" | ", Threads.Select(static threads => threads == 1 ? "1 thread" : threads.ToString(CultureInfo.InvariantCulture)))} |");
        table.AppendLine(CultureInfo.InvariantCulture, $"| --- | --- |{string.Concat(Threads.Select(static _ => " ---: |"))}");
        AddRows(table, "hits", ScaledCaches.ForHits(), Fill, static thread => new Loop(thread));
        AddRows(table, $"get or compute, Zipf {ZipfExponent}, {ZipfKeys:N0} keys, capacity {ZipfCapacity:N0}", ScaledCaches.Of(ZipfCapacity), Warm, static thread => new Draws(thread));
        AddRows(table, $"misses on distinct keys, full store of {MissCapacity:N0}", ScaledCaches.Of(MissCapacity), FillWithOthers, static thread => new NewKeys(thread));
        return table.ToString();
    }

    private static void AddRows<TKeys>(StringBuilder table, string what, IEnumerable<(string Name, Func<IScaledCache> Make)> makers, Action<IScaledCache> prepare, Func<int, TKeys> keysOf)
        where TKeys : IKeys
    {
        var caches = makers.Select(maker => (maker.Name, Cache: maker.Make(), Best: new double[Threads.Length])).ToArray();
        foreach (var (_, cache, _) in caches) prepare(cache);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < Threads.Length; i++)
            {
                foreach (var (_, cache, best) in caches) best[i] = Math.Max(best[i], CallsPerSecond(cache, Threads[i], keysOf));
            }
        }

        foreach (var (name, _, best) in caches)
            table.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {name} | {string.Join(" | ", best.Select(static calls => (calls / 1e6).ToString("0.00", CultureInfo.InvariantCulture)))} |");
    }

    // Threads count what they finish while all of them run: the start and the end of each is left out.
    private static double CallsPerSecond<TKeys>(IScaledCache cache, int threads, Func<int, TKeys> keysOf)
        where TKeys : IKeys
    {
        using var together = new Barrier(threads);
        double[] speeds = new double[threads];
        Thread[] workers =
        [
            .. Enumerable.Range(0, threads).Select(index => new Thread(() =>
            {
                var keys = keysOf(index);
                together.SignalAndWait();
                long calls = 0;
                long start = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(start) < Slice)
                {
                    for (int i = 0; i < 256; i++) cache.Get(keys.Next());
                    calls += 256;
                }

                speeds[index] = calls / Stopwatch.GetElapsedTime(start).TotalSeconds;
            })),
        ];
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        return speeds.Sum();
    }

    private static void Fill(IScaledCache cache)
    {
        for (int key = 0; key < HitKeys; key++) cache.Get(key);
    }

    private static void Warm(IScaledCache cache)
    {
        foreach (int key in Zipf) cache.Get(key);
    }

    private static void FillWithOthers(IScaledCache cache)
    {
        for (int key = 0; key < 2 * MissCapacity; key++) cache.Get(-key);
    }

    private static int[] Sample()
    {
        double[] upTo = new double[ZipfKeys];
        double sum = 0;
        for (int rank = 0; rank < ZipfKeys; rank++) upTo[rank] = sum += 1 / Math.Pow(rank + 1, ZipfExponent);

        // Which keys are popular says nothing of where they are.
        int[] keys = [.. Enumerable.Range(0, ZipfKeys)];
        var random = new Random(1);
        random.Shuffle(keys);
        return [.. Enumerable.Range(0, 1 << 20).Select(_ => Array.BinarySearch(upTo, random.NextDouble() * sum)).Select(found => keys[Math.Min(found < 0 ? ~found : found, ZipfKeys - 1)])];
    }

    /// <summary>The keys that one thread asks for, one after the other.</summary>
    private interface IKeys
    {
        int Next();
    }

    private sealed class Loop(int thread) : IKeys
    {
        private int _next = thread * 37;

        public int Next() => (_next += 7) % HitKeys;
    }

    private sealed class Draws(int thread) : IKeys
    {
        private int _next = thread * 65_537;

        public int Next() => Zipf[_next++ & (Zipf.Length - 1)];
    }

    private sealed class NewKeys(int thread) : IKeys
    {
        // Every thread of every round has keys that nobody had before.
        private static int _given;
        private int _next = Interlocked.Increment(ref _given) << 22;

        public int Next() => _next++ ^ thread;
    }
}
