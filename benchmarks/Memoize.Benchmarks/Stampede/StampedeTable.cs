using System.Globalization;

namespace Memoize.Benchmarks.Stampede;

/// <summary>Stampedes as a Markdown table.</summary>
internal static class StampedeTable
{
    public static string Text()
    {
        return string.Join(
            Environment.NewLine,
            $"| {StampedeReport.Callers.ToString("N0", CultureInfo.InvariantCulture)} callers on one cold key | runs of the method | from its end until all are served |",
            "| --- | ---: | ---: |",
            Row("wrapper", StampedeReport.Wrapper(times: 10)),
            Row("a dictionary of `SemaphoreSlim` by hand", StampedeReport.ByHand(times: 10)),
            "");

        static string Row(string name, StampedeReport.Result result) =>
            string.Create(CultureInfo.InvariantCulture, $"| {name} | {result.Runs} | {result.Lag.TotalMilliseconds:0.0} ms |");
    }
}
