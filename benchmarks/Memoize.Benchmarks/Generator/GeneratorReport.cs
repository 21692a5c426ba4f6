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

    private const int Runs = 50;

    public static int Run()
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default
                .WithToolchain(InProcessNoEmitToolchain.Instance)
                .WithWarmupCount(15)
                .WithIterationCount(Runs)
                .WithInvocationCount(1)
                .WithUnrollFactor(1))
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance);
        var summary = BenchmarkRunner.Run<GeneratorBenchmarks>(config);

        var reached = true;
        Console.WriteLine($"1,000 cached methods in 100 types, a warm driver, the fastest of {Runs} runs (in brackets the median).");
        Console.WriteLine("The compiler's share is measured with a generator that finds the methods and adds an empty file for each.");
        Console.WriteLine();
        Console.WriteLine("| run | total | the compiler's share | the generator's own | allocated | required |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | --- |");
        foreach (var (kind, name, ownLimit, totalLimit) in Rows)
        {
            var whole = Measured(summary, kind, compilerOnly: false);
            var compiler = Measured(summary, kind, compilerOnly: true);
            var own = Math.Max(0, whole.Fastest - compiler.Fastest);
            var required = (ownLimit, totalLimit) switch
            {
                ({ } limit, _) => Verdict(own < limit, $"own < {limit} ms"),
                (_, { } limit) => Verdict(whole.Fastest < limit, $"total < {limit} ms"),
                _ => "—",
            };
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {whole.Fastest:0.0} ms ({whole.Median:0.0}) | {compiler.Fastest:0.0} ms ({compiler.Median:0.0}) | {own:0.0} ms "
                + $"| {whole.Megabytes:0.0} MB, compiler {compiler.Megabytes:0.0} MB | {required} |"));
        }

        return reached ? 0 : 1;

        string Verdict(bool isReached, string requirement)
        {
            reached &= isReached;
            return $"{requirement}: {(isReached ? "reached" : "MISSED")}";
        }
    }

    // What else a machine does only adds to a run, so that differences are taken between the fastest.
    private static (double Fastest, double Median, double Megabytes) Measured(Summary summary, GeneratorBenchmarks.Run kind, bool compilerOnly)
    {
        var report = summary.Reports.Single(candidate =>
            (GeneratorBenchmarks.Run)candidate.BenchmarkCase.Parameters[nameof(GeneratorBenchmarks.Kind)] == kind
            && (bool)candidate.BenchmarkCase.Parameters[nameof(GeneratorBenchmarks.CompilerOnly)] == compilerOnly);
        var statistics = report.ResultStatistics!;
        return (
            statistics.Min / 1_000_000,
            statistics.Median / 1_000_000,
            (report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0) / 1024.0 / 1024.0);
    }
}
