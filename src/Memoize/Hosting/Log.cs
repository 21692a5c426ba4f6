using Microsoft.Extensions.Logging;

namespace Memoize;

/// <summary>Everything that Memoize logs. One event id each.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Method}: the result could not be kept; its callers get it all the same.")]
    public static partial void ResultNotKept(ILogger logger, Exception exception, string method);

    [LoggerMessage(2, LogLevel.Warning, "{Method}: a callback of the cancelled computation's token threw.")]
    public static partial void CancellationCallbackFailed(ILogger logger, Exception exception, string method);
}
