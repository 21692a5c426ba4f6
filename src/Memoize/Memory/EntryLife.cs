using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>The moments in the life of a kept value, on the <see cref="CacheClock"/>. See <see cref="MemoryEntry{TKey,TValue}"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryLife(long CreatedAt, long ExpiresAt, long RefreshAt)
{
    /// <summary>The life of a value that is kept now. The refresh is due before the life ends, whatever shortens it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="duration">How long it is; null for no limit.</param>
    /// <param name="jitter">The share by which it, and the age that calls for a refresh, is shortened at most.</param>
    /// <param name="refreshAfter">The age from which a hit starts a refresh; null for never.</param>
    public static EntryLife Start(long now, TimeSpan? duration, double jitter, TimeSpan? refreshAfter)
    {
        long life = duration?.Ticks ?? CacheClock.Never;
        double left = jitter > 0 ? 1 - jitter * Random.Shared.NextDouble() : 1;
        if (refreshAfter is not { } age) return new EntryLife(now, CacheClock.Add(now, Math.Max(1, Shorten(life, left))), CacheClock.Never);

        // A life is only shortened as far as the age for its refresh, which itself comes earlier by the same share.
        long refresh = RefreshWithin(life, age);
        if (life != CacheClock.Never) life = refresh + Math.Max(1, Shorten(life - refresh, left));
        return new EntryLife(now, CacheClock.Add(now, life), CacheClock.Add(now, Shorten(refresh, left)));
    }

    /// <summary>The life of a value that a store kept. It has the share that jitter left to it, so the refresh is due when it was.</summary>
    /// <param name="createdAt">When it began.</param>
    /// <param name="expiresAt">When it ends.</param>
    /// <param name="duration">How long lives are before jitter, where all are the same; null where each result has its own, or none ends.</param>
    /// <param name="jitter">The share by which it was shortened at most.</param>
    /// <param name="refreshAfter">The age from which a hit starts a refresh; null for never.</param>
    public static EntryLife Resume(long createdAt, long expiresAt, TimeSpan? duration, double jitter, TimeSpan? refreshAfter)
    {
        if (refreshAfter is not { } age) return new EntryLife(createdAt, expiresAt, CacheClock.Never);

        long life = expiresAt == CacheClock.Never ? CacheClock.Never : expiresAt - createdAt;
        long refresh = RefreshWithin(life, age);
        if (jitter > 0 && duration > age && refresh == age.Ticks)
        {
            double left = (double)(life - refresh) / (duration.Value - age).Ticks;
            refresh = Shorten(refresh, Math.Clamp(left, 1 - jitter, 1));
        }

        return new EntryLife(createdAt, expiresAt, CacheClock.Add(createdAt, refresh));
    }

    // A result whose own life is too short for the refresh is refreshed in the last tenth of it.
    private static long RefreshWithin(long life, TimeSpan age) => age.Ticks < life ? age.Ticks : Math.Max(0, life) / 10 * 9;

    private static long Shorten(long ticks, double left) => left == 1 || ticks == CacheClock.Never ? ticks : (long)(ticks * left);
}
