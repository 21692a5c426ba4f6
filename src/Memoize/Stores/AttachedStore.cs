namespace Memoize;

/// <summary>
/// A store as one memoizer uses it: with a short back-off after a failure, so that a dead store costs little.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. While a back-off runs, computations do not ask the store for that. What the user orders (invalidate, set, clear) is
///    always tried.
/// 2. Reading and claiming fail each for itself: a store that is locked or full still gives what it has, and that it does so
///    says nothing about whether it can be written to again.
/// 3. Claiming has recovered only when a result was written: on a disk with next to no room a claim may fit where its result does not.
/// </remarks>
internal sealed class AttachedStore(IClaimStore claims, CacheClock clock)
{
    public IClaimStore Claims { get; } = claims;

    /// <summary>After a read that failed.</summary>
    public BackOff Reading { get; } = new(clock);

    /// <summary>After a claim that could not be taken or completed.</summary>
    public BackOff Claiming { get; } = new(clock);
}
