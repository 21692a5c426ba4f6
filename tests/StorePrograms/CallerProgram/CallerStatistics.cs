namespace CallerProgram;

/// <summary>The statistics of a caller's methods, added up.</summary>
public sealed record CallerStatistics
{
    public long Requests { get; init; }

    public long Hits { get; init; }

    public long StoreHits { get; init; }

    public long Coalesced { get; init; }

    public long Computed { get; init; }

    public long Failed { get; init; }

    public long Refusals { get; init; }

    public long StoreFailures { get; init; }

    public long MissesForStoreFailed { get; init; }
}
