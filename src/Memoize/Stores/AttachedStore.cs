namespace Memoize;

/// <summary>
/// A store as one memoizer uses it: with a short back-off after a failure, so that a dead store costs little.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. While the back-off runs, computations do not ask the store. What the user orders (invalidate, set, clear) is always tried.
/// 2. The back-off doubles with each failure in a row, up to a limit, and is forgotten with the first success.
/// </remarks>
internal sealed class AttachedStore(IClaimStore claims, CacheClock clock)
{
    private const long FirstBackOff = 100 * TimeSpan.TicksPerMillisecond;
    private const long LongestBackOff = 10 * TimeSpan.TicksPerSecond;

    private long _closedUntil;
    private long _backOff;

    public IClaimStore Claims { get; } = claims;

    /// <summary>Whether the store is to be asked now.</summary>
    public bool IsOpen => Volatile.Read(ref _closedUntil) is var closedUntil && (closedUntil == 0 || clock.Now >= closedUntil);

    public void Succeeded()
    {
        if (Volatile.Read(ref _closedUntil) == 0) return;

        Volatile.Write(ref _backOff, 0);
        Volatile.Write(ref _closedUntil, 0);
    }

    // Failures at once may count as one or as several: it is only a matter of how long the store is left alone.
    public void Failed()
    {
        long backOff = Math.Clamp(2 * Volatile.Read(ref _backOff), FirstBackOff, LongestBackOff);
        Volatile.Write(ref _backOff, backOff);
        Volatile.Write(ref _closedUntil, CacheClock.Add(clock.Now, backOff));
    }
}
