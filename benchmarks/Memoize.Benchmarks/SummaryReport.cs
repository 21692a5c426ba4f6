using System.Globalization;
using Memoize.Benchmarks.Hits;
using Memoize.Benchmarks.Measuring;
using Memoize.Benchmarks.Misses;
using Memoize.Benchmarks.Stampede;

namespace Memoize.Benchmarks;

/// <summary>What the library promises, beside what it reaches here and now: ratios within one run.</summary>
internal sealed class SummaryReport
{
    private const int HitRounds = 150;
    private const int MissRounds = 150;
    private const string Reached = "reached";
    private const string Missed = "**missed**";

    private readonly List<string> _rows = [];

    /// <summary>A Markdown table.</summary>
    public static string Table()
    {
        var report = new SummaryReport();
        report.MeasureHits();
        report.MeasureThreads();
        report.MeasureMisses();
        report.MeasureStampede();
        return string.Join(Environment.NewLine, ["| what | required | reached | |", "| --- | --- | --- | --- |", .. report._rows, ""]);
    }

    private void MeasureHits()
    {
        var hits = new HitBenchmarks();
        var one = Rounds.Measure(HitRounds, Hit(hits.Bare), Hit(hits.Wrapper), Hit(hits.WrapperWithMemoizer));
        Ratio("hit, one string argument, `T`", one[1], one[0], 2.0);
        Ratio("the same with a memoizer field", one[2], one[0], 2.0);

        var two = Rounds.Measure(HitRounds, Hit(hits.BareOfTwo), Hit(hits.WrapperOfTwo), Hit(hits.WrapperOfTwoValueTask), Hit(hits.WrapperOfTwoTask));
        Ratio("hit, two arguments, `T`", two[1], two[0], 2.2);
        Ratio("hit, two arguments, `ValueTask<T>`", two[2], two[0], 2.5);
        Ratio("hit, two arguments, `Task<T>`", two[3], two[0], 2.5);

        var text = Rounds.Measure(HitRounds / 2, Hit(hits.MemoryCacheOfText), Hit(hits.WrapperOfTwo));
        double faster = text[0].Nanoseconds / text[1].Nanoseconds;
        Row(
            "hit, against `MemoryCache` with an interpolated key",
            "≥ 4 × faster",
            $"{faster:0.0} × ({text[1].Nanoseconds:0.0} ns, {text[0].Nanoseconds:0.0} ns)",
            faster >= 4);

        static Contender Hit(Func<int> run) => new(run.Method.Name, HitBenchmarks.Keys, run);
    }

    private void MeasureThreads()
    {
        double gain = TwoThreads.Gain(new HitBenchmarks().Wrapper, rounds: 250);
        double ofDictionary = TwoThreads.Gain(new HitBenchmarks().Bare, rounds: 250);
        Row("two threads on hits", "≥ 1.8 × one", $"{gain:0.00} × (bare dictionary: {ofDictionary:0.00} ×)", gain >= 1.8);
    }

    private void MeasureMisses()
    {
        var misses = new MissBenchmarks();
        var sync = Rounds.Measure(MissRounds, Miss(misses.Method), Miss(misses.ByHand), Miss(misses.Wrapper), Miss(misses.FullByHand), Miss(misses.FullWrapper));
        Over("miss, sync", sync[2], sync[1], sync[0]);

        // The promise is about what people write by hand, which has no limit. Beside one that has, this is for information.
        _rows.Add($"| miss, sync, full (by hand: a limit too, the oldest leaves) | — | {Compare(sync[4], sync[3], sync[0]).Text} | |");

        var async = Rounds.Measure(MissRounds, Miss(misses.MethodAsync), Miss(misses.ByHandAsync), Miss(misses.WrapperAsync));
        Over("miss, async", async[2], async[1], async[0]);

        var yielding = Rounds.Measure(MissRounds, Miss(misses.MethodYielding), Miss(misses.ByHandYielding), Miss(misses.WrapperYielding));
        Over("miss, async with a yield", yielding[2], yielding[1], yielding[0]);

        Contender Miss(Func<int> run) => new(run.Method.Name, MissBenchmarks.Calls, run) { Prepare = misses.Renew };
    }

    private void MeasureStampede()
    {
        var result = StampedeReport.Wrapper();
        Row(
            $"{StampedeReport.Callers:N0} callers on one cold key",
            "1 run; all served within 100 ms of its end",
            $"{result.Runs} run; {result.Lag.TotalMilliseconds:0.0} ms",
            result.Runs == 1 && result.Lag <= TimeSpan.FromMilliseconds(100));
    }

    private void Ratio(string what, Measured ours, Measured bare, double limit)
    {
        double ratio = ours.Nanoseconds / bare.Nanoseconds;
        Row(
            what,
            $"≤ {limit:0.0} × the bare dictionary, 0 B",
            $"{ratio:0.00} × ({ours.Nanoseconds:0.0} ns, {bare.Nanoseconds:0.0} ns), {ours.Bytes:0} B",
            ratio <= limit && ours.Bytes < 0.5);
    }

    private void Over(string what, Measured ours, Measured byHand, Measured method)
    {
        var (text, isReached) = Compare(ours, byHand, method);
        Row(what, "≤ 2 × by hand, and fewer bytes", $"{text}", isReached);
    }

    private static (string Text, bool IsReached) Compare(Measured ours, Measured byHand, Measured method)
    {
        double ratio = (ours.Nanoseconds - method.Nanoseconds) / (byHand.Nanoseconds - method.Nanoseconds);
        double ourBytes = ours.Bytes - method.Bytes;
        double bytesByHand = byHand.Bytes - method.Bytes;
        string text = string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} × ({ours.Nanoseconds:0} ns, {byHand.Nanoseconds:0} ns), {ourBytes:0} B for {bytesByHand:0} B");
        return (text, ratio <= 2 && ourBytes < bytesByHand);
    }

    private void Row(string what, string required, FormattableString reached, bool isReached)
    {
        string row = $"| {what} | {required} | {reached.ToString(CultureInfo.InvariantCulture)} | {(isReached ? Reached : Missed)} |";
        _rows.Add(row);
    }
}
