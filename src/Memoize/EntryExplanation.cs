namespace Memoize;

/// <summary>Where an entry is in its life.</summary>
public enum EntryState
{
    /// <summary>There is no value that could be served.</summary>
    Absent,

    /// <summary>The value is served to callers.</summary>
    Fresh,

    /// <summary>The value is served to callers while a computation in the background replaces it.</summary>
    Refreshing,

    /// <summary>The value has expired, and is only served when the method fails or is slow.</summary>
    Stale,
}

/// <summary>Where an entry is kept.</summary>
public enum EntryLevel
{
    /// <summary>In the memory of this process.</summary>
    Memory,

    /// <summary>In the second-level store.</summary>
    Store,
}

/// <summary>What a cached method knows of one key at one moment. Asking changes nothing and counts nothing.</summary>
public sealed record EntryExplanation
{
    /// <summary>Where the entry is in its life.</summary>
    public required EntryState State { get; init; }

    /// <summary>Why a call would miss now; <see langword="null"/> if it would hit.</summary>
    public MissReason? Reason { get; init; }

    /// <summary>When the value was written; <see langword="null"/> if there is none.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>When the value stops, or stopped, being fresh; <see langword="null"/> if it does not expire.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Until when the value may be served if the method fails; <see langword="null"/> if it does not expire.</summary>
    public DateTimeOffset? StaleUntil { get; init; }

    /// <summary>Until when the last failure is thrown instead of running the method; <see langword="null"/> if none is remembered.</summary>
    public DateTimeOffset? FailedUntil { get; init; }

    /// <summary>The size of the value, in the unit of the method's <c>Size</c>; <see langword="null"/> if results have no size.</summary>
    public long? Size { get; init; }

    /// <summary>Where the entry is kept; <see langword="null"/> if it is absent.</summary>
    public EntryLevel? Level { get; init; }

    /// <summary>Whether a computation of the key is running now, or about to.</summary>
    public bool IsComputing { get; init; }
}
