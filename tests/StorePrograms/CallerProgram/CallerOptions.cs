namespace CallerProgram;

/// <summary>What a caller is told when it is started, as JSON in its only argument.</summary>
public sealed record CallerOptions
{
    /// <summary>Its name, which is in every value that it computes.</summary>
    public required string Name { get; init; }

    /// <summary>The file of its store.</summary>
    public required string StorePath { get; init; }

    /// <summary>Where each run of the method leaves a file.</summary>
    public required string RunsFolder { get; init; }

    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
