namespace Memoize;

/// <summary>How long something that failed is left alone.</summary>
/// <remarks>
/// It doubles with each failure in a row, up to a limit, and is forgotten with the first success. Thread-safe; failures at once
/// may count as one or as several: it is only a matter of how long.
/// </remarks>
internal sealed class BackOff(CacheClock clock)
{
    private const long First = 100 * TimeSpan.TicksPerMillisecond;
    private const long Longest = 10 * TimeSpan.TicksPerSecond;

    private long _until;
    private long _length;

    /// <summary>Whether to try now.</summary>
    public bool IsOver => Volatile.Read(ref _until) is var until && (until == 0 || clock.Now >= until);

    public void Succeeded()
    {
        if (Volatile.Read(ref _until) == 0) return;

        Volatile.Write(ref _length, 0);
        Volatile.Write(ref _until, 0);
    }

    public void Failed()
    {
        long length = Math.Clamp(2 * Volatile.Read(ref _length), First, Longest);
        Volatile.Write(ref _length, length);
        Volatile.Write(ref _until, CacheClock.Add(clock.Now, length));
    }
}
