using Memoize;

namespace Quickstart.Measuring;

/// <summary>What the measured numbers must be. A sample that shows a wrong number has to say so.</summary>
internal sealed class Expectations
{
    private readonly List<string> _broken = [];

    public int Count { get; private set; }

    /// <summary>The expectations that were not met, in words.</summary>
    public IReadOnlyList<string> Broken => _broken;

    /// <summary>Every load reads each file once, writes one line to the log and makes one copy of the rules.</summary>
    public void ExpectLoads(Measurement measurement, int loads, int files)
    {
        Expect($"loads by {measurement.Name}", loads, measurement.Loads);
        Expect($"files read by {measurement.Name}", loads * files, measurement.FilesRead);
        Expect($"lines in the log of {measurement.Name}", loads, measurement.Log.Count);
        Expect($"copies of the rules from {measurement.Name}", loads, measurement.Copies);
    }

    /// <summary>One of the callers computed, and all others were served.</summary>
    public void ExpectOneComputation(MethodStatistics statistics, int callers)
    {
        Expect($"requests of {statistics.Method}", callers, statistics.Requests);
        Expect($"computations of {statistics.Method}", 1, statistics.Computed);
        Expect($"hits and coalesced callers of {statistics.Method}", callers - 1, statistics.Hits + statistics.Coalesced);
        Expect($"entries of {statistics.Method}", 1, statistics.Entries);
    }

    public void Expect(string what, long expected, long measured)
    {
        Count++;
        if (measured != expected) _broken.Add($"{what}: {measured}, but it must be {expected}");
    }
}
