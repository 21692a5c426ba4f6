namespace Memoize.Benchmarks.Measuring;

/// <summary>One of several ways that are measured against each other.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Calls">How many calls one run makes.</param>
/// <param name="Run">Makes the calls.</param>
internal sealed record Contender(string Name, int Calls, Func<int> Run)
{
    /// <summary>What has to be done before each run, and is not measured.</summary>
    public Action? Prepare { get; init; }
}

/// <summary>What one call cost.</summary>
/// <param name="Nanoseconds">The time of the fastest slice.</param>
/// <param name="Bytes">What was allocated on average.</param>
internal readonly record struct Measured(double Nanoseconds, double Bytes);
