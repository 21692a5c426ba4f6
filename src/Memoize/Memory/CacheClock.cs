using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// The time that lives are measured in: <see cref="TimeSpan"/> ticks since some moment.
/// </summary>
/// <remarks>
/// With the system's provider it is the <see cref="CoarseTime"/>, which no correction of the wall clock moves and which costs
/// next to nothing to read. A provider of the user's is asked for its UTC time, the one thing that every virtual clock
/// implements, and is exact to the tick.
/// </remarks>
internal sealed class CacheClock(TimeProvider provider)
{
    /// <summary>The moment that never comes.</summary>
    public const long Never = long.MaxValue;

    private readonly TimeProvider? _virtual = provider == TimeProvider.System ? null : provider;

    public TimeProvider Provider => _virtual ?? TimeProvider.System;

    public long Now => _virtual is null ? CoarseTime.Now : Ask(_virtual);

    // Not inlined: a look in a loop has no room for the providers of users.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Ask(TimeProvider provider) => provider.GetUtcNow().UtcTicks;

    /// <summary>
    /// Whether <paramref name="moment"/> is still to come. Close to it the system itself is asked, so that nothing outlives its
    /// end because the thread of the coarse clock had to wait for a processor.
    /// </summary>
    public bool IsBefore(long moment)
    {
        long left = moment - Now;
        return left > CoarseTime.Slack || (left > 0 && (_virtual is not null || moment > CoarseTime.Exact));
    }

    /// <summary>The moment <paramref name="ticks"/> after <paramref name="moment"/>; <see cref="Never"/> if that is beyond all time.</summary>
    public static long Add(long moment, long ticks) => ticks >= Never - moment ? Never : moment + ticks;

    /// <summary>A moment of the world on this clock.</summary>
    public long FromDateTimeOffset(DateTimeOffset moment)
    {
        long left = (moment - Provider.GetUtcNow()).Ticks;
        long now = Now;
        return left >= Never - now ? Never : now + left;
    }

    /// <summary>What a moment on this clock is called in the world; null for <see cref="Never"/>.</summary>
    public DateTimeOffset? ToDateTimeOffset(long moment)
    {
        if (moment == Never) return null;

        DateTimeOffset utcNow = Provider.GetUtcNow();
        long ticks = moment - Now;
        return ticks > DateTimeOffset.MaxValue.Ticks - utcNow.Ticks ? null : utcNow.AddTicks(ticks);
    }
}
