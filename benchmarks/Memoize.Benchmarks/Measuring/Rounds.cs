using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Memoize.Benchmarks.Measuring;

/// <summary>
/// Measures contenders against each other on a machine that does other work as well: they take turns, a few milliseconds
/// each, for many rounds, and of each the fastest slice counts, since whatever else the machine does only ever adds.
/// </summary>
/// <remarks>
/// BenchmarkDotNet measures one after the other, so that half a minute of somebody else's work falls on one of them and
/// moves every ratio. Its tables are for figures; ratios that are compared with a limit come from here.
/// </remarks>
internal static class Rounds
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(4);

    public static Measured[] Measure(int rounds, params ReadOnlySpan<Contender> contenders)
    {
        var fastest = new double[contenders.Length];
        var bytes = new double[contenders.Length];
        var runs = new int[contenders.Length];
        Array.Fill(fastest, double.MaxValue);
        WarmUp(contenders);
        for (int i = 0; i < contenders.Length; i++)
            runs[i] = contenders[i].Prepare is not null ? 1 : Math.Max(1, (int)(Slice / Time(contenders[i], runs: 1)));

        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                var contender = contenders[i];
                contender.Prepare?.Invoke();
                var time = Time(contender, runs[i]);
                fastest[i] = Math.Min(fastest[i], time.TotalNanoseconds / runs[i] / contender.Calls);
            }
        }

        for (int i = 0; i < contenders.Length; i++) bytes[i] = Bytes(contenders[i]);
        return [.. fastest.Zip(bytes, (time, size) => new Measured(time, size))];
    }

    // Until the compiler has nothing left to improve: it does so in the background, after a pause without new methods.
    private static void WarmUp(ReadOnlySpan<Contender> contenders)
    {
        for (int pass = 0; pass < 3; pass++)
        {
            foreach (var contender in contenders)
            {
                long start = Stopwatch.GetTimestamp();
                for (int run = 0; run < 50 || Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(50); run++)
                {
                    contender.Prepare?.Invoke();
                    _ = Time(contender, runs: 1);
                }
            }

            Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(150));
        }
    }

    // Without profiling: a compiler that learned here which contender is called would call it past the counter of its calls, and it
    // would never be compiled for good.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TimeSpan Time(Contender contender, int runs)
    {
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < runs; run++) contender.Run();
        return Stopwatch.GetElapsedTime(start);
    }

    // On all threads, since asynchronous calls end on another.
    private static double Bytes(Contender contender)
    {
        const int Runs = 10;
        long bytes = 0;
        for (int run = 0; run < Runs; run++)
        {
            contender.Prepare?.Invoke();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            contender.Run();
            bytes += GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        return (double)bytes / Runs / contender.Calls;
    }
}
