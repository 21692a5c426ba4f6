namespace Quickstart.Measuring;

/// <summary>What one run of callers cost, counted and timed while it ran.</summary>
/// <param name="Name">What the callers called.</param>
/// <param name="FilesRead">Files read on behalf of all callers.</param>
/// <param name="Loads">Runs of the method that reads them.</param>
/// <param name="WallTime">From the release of the callers until the last one had its rules.</param>
/// <param name="Results">What the callers got, one for each of them.</param>
/// <param name="Log">The lines the loads wrote, with the time since the release.</param>
internal sealed record Measurement(
    string Name,
    int FilesRead,
    int Loads,
    TimeSpan WallTime,
    IReadOnlyList<RuleSet> Results,
    IReadOnlyList<LogLine> Log)
{
    /// <summary>How many separate copies of the rules the callers hold.</summary>
    public int Copies => Results.Distinct().Count();
}
