using Microsoft.Extensions.Logging;

namespace Memoize;

/// <summary>Everything that Memoize logs. One event id each.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Method}: the result could not be kept; its callers get it all the same.")]
    public static partial void ResultNotKept(ILogger logger, Exception exception, string method);

    [LoggerMessage(2, LogLevel.Warning, "{Method}: a callback of the cancelled computation's token threw.")]
    public static partial void CancellationCallbackFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(7, LogLevel.Error, "{Method}: the equality of a key threw. Nothing is lost for its callers, but what was kept under that key may not be found.")]
    public static partial void KeyFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(8, LogLevel.Error, "Pruning in the background failed; it is tried again at the next interval.")]
    public static partial void PruningFailed(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "{Method}: a refresh in the background failed; the value that is there stays.")]
    public static partial void RefreshFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(4, LogLevel.Warning, "{Method}: the method failed, and a stale value was served.")]
    public static partial void StaleServed(ILogger logger, Exception exception, string method);

    [LoggerMessage(5, LogLevel.Warning, "{Running} computations did not end within the shutdown time-out of {Timeout} and were cancelled.")]
    public static partial void ComputationsCancelledAtShutdown(ILogger logger, int running, TimeSpan timeout);

    [LoggerMessage(6, LogLevel.Warning, "Memoizer.Default was replaced; what {Methods} methods had kept in the one before is not found any more.")]
    public static partial void DefaultReplaced(ILogger logger, int methods);
}
