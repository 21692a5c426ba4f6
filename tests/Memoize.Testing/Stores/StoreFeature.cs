namespace Memoize.Testing;

/// <summary>What not every store has, so that some specifications do not apply to it: <see cref="WithoutAttribute"/>.</summary>
public enum StoreFeature
{
    /// <summary>Every store has it.</summary>
    None = 0,

    /// <summary>A second store can be opened on the same data.</summary>
    SecondProcess,

    /// <summary>The store takes its time from the <see cref="TimeProvider"/> it is given.</summary>
    VirtualTime,

    /// <summary>It removes by tag.</summary>
    Tags,

    /// <summary>It removes all entries of a method, or all there are.</summary>
    Clear,

    /// <summary>It removes what has expired, and nothing else does so unasked.</summary>
    Prune,

    /// <summary>It can tell what it has.</summary>
    Enumerate,

    /// <summary>It remembers why entries left.</summary>
    RemovedReasons,

    /// <summary>It counts the writes of a key.</summary>
    Revisions,

    /// <summary>Its claims have leases that run out; without, <see cref="IClaimStore.LeaseDuration"/> is <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    Leases,

    /// <summary>It knows which claim an entry was completed with, so that completing again is true again.</summary>
    CompletingAgain,
}
