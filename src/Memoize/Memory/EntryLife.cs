using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>The moments in the life of a kept value, on the <see cref="CacheClock"/>. See <see cref="MemoryEntry{TKey,TValue}"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryLife(long CreatedAt, long ExpiresAt, long RefreshAt)
{
    /// <summary>The life of a value that is kept now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="duration">How long it is; null for no limit.</param>
    /// <param name="jitter">The share by which it is shortened at most.</param>
    /// <param name="refreshAfter">The age from which a hit starts a refresh; null for never.</param>
    public static EntryLife Start(long now, TimeSpan? duration, double jitter, TimeSpan? refreshAfter)
    {
        long life = duration?.Ticks ?? CacheClock.Never;
        if (jitter > 0 && life != CacheClock.Never) life -= (long)(life * jitter * Random.Shared.NextDouble());

        return new EntryLife(now, CacheClock.Add(now, Math.Max(1, life)), CacheClock.Add(now, refreshAfter?.Ticks ?? CacheClock.Never));
    }
}
