namespace Memoize;

/// <summary>
/// The time that lives are measured in: <see cref="TimeSpan"/> ticks since some moment.
/// </summary>
/// <remarks>
/// With the system's provider it is the monotonic tick count, which no correction of the wall clock moves and which is
/// several times cheaper to read than a timestamp. A provider of the user's is asked for its UTC time, the one thing
/// that every virtual clock implements.
/// </remarks>
internal sealed class CacheClock(TimeProvider provider)
{
    /// <summary>The moment that never comes.</summary>
    public const long Never = long.MaxValue;

    private readonly TimeProvider? _virtual = provider == TimeProvider.System ? null : provider;

    public TimeProvider Provider => _virtual ?? TimeProvider.System;

    public long Now => _virtual is null
        ? Environment.TickCount64 * TimeSpan.TicksPerMillisecond
        : _virtual.GetUtcNow().UtcTicks;

    /// <summary>The moment when a life that starts now ends; <see cref="Never"/> for no limit or one beyond all time.</summary>
    public long After(TimeSpan? life)
    {
        if (life is not { } limit) return Never;

        long now = Now;
        return limit.Ticks >= Never - now ? Never : now + limit.Ticks;
    }
}
