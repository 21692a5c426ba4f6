using System.Globalization;
using System.Text;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Perfolizer.Horology;

namespace Memoize.Benchmarks.Measuring;

/// <summary>Runs a class of benchmarks with BenchmarkDotNet, in this process, and tells the figures as a Markdown table.</summary>
internal static class DetailedReport
{
    /// <summary>A Markdown table of benchmarks that are run many times in a row.</summary>
    public static string Table<TBenchmarks>() => Table<TBenchmarks>(ShortJob
        .WithIterationTime(TimeInterval.FromMilliseconds(60))
        .WithWarmupCount(8)
        .WithIterationCount(25));

    /// <summary>A Markdown table of benchmarks that need new caches for each run.</summary>
    public static string TableOfSingleRuns<TBenchmarks>() => Table<TBenchmarks>(ShortJob
        .WithInvocationCount(1)
        .WithUnrollFactor(1)
        .WithWarmupCount(40)
        .WithIterationCount(40));

    private static Job ShortJob => Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance);

    private static string Table<TBenchmarks>(Job job)
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance);
        var summary = BenchmarkRunner.Run<TBenchmarks>(config);

        var table = new StringBuilder();
        table.AppendLine("| call | fastest, ns | median, ns | bytes |");
        table.AppendLine("| --- | ---: | ---: | ---: |");
        foreach (var report in summary.Reports)
        {
            if (report.ResultStatistics is not { } statistics) continue;

            long bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
            table.AppendLine(CultureInfo.InvariantCulture, $"| {report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')} | {statistics.Min:0.0} | {statistics.Median:0.0} | {bytes} |");
        }

        return table.ToString();
    }
}
