namespace Memoize;

internal static class Limits
{
    // The longest time that the timers of .NET take: 2^32 - 2 milliseconds.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>A time-out that a timer takes: seven weeks and longer are no limit.</summary>
    public static TimeSpan ForTimer(TimeSpan limit) => limit < LongestTimer ? limit : Timeout.InfiniteTimeSpan;
}
