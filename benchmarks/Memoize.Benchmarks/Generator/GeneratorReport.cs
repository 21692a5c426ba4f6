using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace Memoize.Benchmarks.Generator;

/// <summary>Runs <see cref="GeneratorBenchmarks"/> and prints a Markdown table with what was reached and what is required.</summary>
internal static class GeneratorReport
{
    private static readonly (GeneratorBenchmarks.Run Kind, string Name, double? OwnLimit, double? TotalLimit)[] Rows =
    [
        (GeneratorBenchmarks.Run.Full, "full run", null, 300),
        (GeneratorBenchmarks.Run.StatementElsewhere, "edit elsewhere: a statement", 2, null),
        (GeneratorBenchmarks.Run.CommentElsewhere, "edit elsewhere: a comment", 2, null),
        (GeneratorBenchmarks.Run.MemberElsewhere, "edit elsewhere: a new member", null, null),
        (GeneratorBenchmarks.Run.BodyOfOneMethod, "edit in one method's body", null, null),
        (GeneratorBenchmarks.Run.AttributeOfOneMethod, "edit of one attribute", null, null),
    ];

    public static int Run()
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default
                .WithToolchain(InProcessNoEmitToolchain.Instance)
                .WithWarmupCount(15)
                .WithIterationCount(30)
                .WithInvocationCount(1)
                .WithUnrollFactor(1))
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance);
        var summary = BenchmarkRunner.Run<GeneratorBenchmarks>(config);

        var reached = true;
        Console.WriteLine("1,000 cached methods in 100 types, a warm driver, median of 30 runs.");
        Console.WriteLine();
        Console.WriteLine("| run | total | of that the compiler's search | the generator's own | allocated | required |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | --- |");
        foreach (var (kind, name, ownLimit, totalLimit) in Rows)
        {
            var (total, allocated) = Measured(summary, kind, searchOnly: false);
            var (search, _) = Measured(summary, kind, searchOnly: true);
            var own = Math.Max(0, total - search);
            var required = (ownLimit, totalLimit) switch
            {
                ({ } limit, _) => Verdict(own < limit, $"own < {limit} ms"),
                (_, { } limit) => Verdict(total < limit, $"total < {limit} ms"),
                _ => "—",
            };
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {total:0.0} ms | {search:0.0} ms | {own:0.0} ms | {allocated / 1024.0 / 1024.0:0.0} MB | {required} |"));
        }

        return reached ? 0 : 1;

        string Verdict(bool isReached, string requirement)
        {
            reached &= isReached;
            return $"{requirement}: {(isReached ? "reached" : "MISSED")}";
        }
    }

    private static (double Milliseconds, long Allocated) Measured(Summary summary, GeneratorBenchmarks.Run kind, bool searchOnly)
    {
        var report = summary.Reports.Single(candidate =>
            (GeneratorBenchmarks.Run)candidate.BenchmarkCase.Parameters[nameof(GeneratorBenchmarks.Kind)] == kind
            && (bool)candidate.BenchmarkCase.Parameters[nameof(GeneratorBenchmarks.SearchOnly)] == searchOnly);
        return (
            report.ResultStatistics!.Median / 1_000_000,
            report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0);
    }
}
