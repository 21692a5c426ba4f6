namespace Memoize.Cli.Commands;

/// <summary>What exports and imports have skipped, line by line.</summary>
internal static class SkippedReport
{
    public static void WriteSkipped(this TextWriter report, long count, IReadOnlyList<SkippedEntry> first)
    {
        foreach (var entry in first) report.WriteLine($"{entry.Key}  {Printable.Of(entry.Method)}: {Printable.Of(entry.Problem)}");
        if (count > first.Count) report.WriteLine($"… and {Words.Number(count - first.Count)} more");
    }
}
