using Memoize;

// No container: Memoizer.Default is made at the first call.
string[] reports = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Reports.BuildReportAsync(2026)));

Console.WriteLine(reports[^1]);
Console.WriteLine(Reports.BuildReportCache.Statistics);

internal static partial class Reports
{
    [CachedResponse("1h")]
    public static partial Task<string> BuildReportAsync(int year, CancellationToken cancellationToken = default);

    private static async Task<string> BuildReportCoreAsync(int year, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken); // in place of a slow call
        return $"The report of {year}";
    }
}
