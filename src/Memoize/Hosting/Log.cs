using Microsoft.Extensions.Logging;

namespace Memoize;

/// <summary>Everything that Memoize logs. One event id each.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Method}: the result could not be kept; its callers get it all the same.")]
    public static partial void ResultNotKept(ILogger logger, Exception exception, string method);

    [LoggerMessage(2, LogLevel.Warning, "{Method}: a callback of the cancelled computation's token threw.")]
    public static partial void CancellationCallbackFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(8, LogLevel.Error, "Pruning in the background failed; it is tried again at the next interval.")]
    public static partial void PruningFailed(ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Warning, "{Method}: the progress of a warming threw. The warming goes on; what its progress throws later is not logged again.")]
    public static partial void ProgressFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(10, LogLevel.Error, "{Method}: the store failed to {Operation}; the method goes on without it.")]
    public static partial void StoreFailed(ILogger logger, Exception exception, string method, string operation);

    [LoggerMessage(11, LogLevel.Warning, "{Method}: the entry {Key} in the store cannot be used, and is computed anew. {Problem}")]
    public static partial void EntryCorrupt(ILogger logger, Exception? exception, string method, StoreKey key, string problem);

    [LoggerMessage(12, LogLevel.Warning, "{Method}: its entries have no stored form, because of the type of a parameter or of its result, or because its Scope is Instance: they stay in memory. Set Store = CacheStores.MemoryOnly if that is meant.")]
    public static partial void NoStoredForm(ILogger logger, string method);

    [LoggerMessage(7, LogLevel.Warning, "{Method}: a key could not be written for the store; its entry stays in memory.")]
    public static partial void KeyNotStored(ILogger logger, Exception exception, string method);

    [LoggerMessage(13, LogLevel.Warning, "{Method}: the claim on a key was lost while it was computed: its lease ran out, or the key was written or removed.")]
    public static partial void ClaimLost(ILogger logger, string method);

    [LoggerMessage(14, LogLevel.Warning, "{Method}: the store refused a result whose claim had been lost, or whose key had been written or removed; its callers get it all the same.")]
    public static partial void ResultRefused(ILogger logger, string method);

    [LoggerMessage(16, LogLevel.Warning, "{Method}: a result stays in memory, since the store would not give it back as it was: {Member} {Problem}. Return a type that the serializer gives back, set a Serializer that does, or set Store = CacheStores.MemoryOnly. This is said once; further results are counted as KeepFailures.")]
    public static partial void ResultWouldBeLost(ILogger logger, Exception? exception, string method, string member, string problem);

    [LoggerMessage(17, LogLevel.Warning, "{Method}: its results stay in memory, since System.Text.Json would not give them back as they were ({Problem}), and a trimmed or natively compiled program cannot look into them. Return a type that it gives back, set another Serializer, or set Store = CacheStores.MemoryOnly.")]
    public static partial void JsonLoses(ILogger logger, string method, string problem);

    [LoggerMessage(15, LogLevel.Error, "{Method}: the result could not be written for the store; it stays in memory. This is said once for each kind of failure; further ones are counted as KeepFailures.")]
    public static partial void ResultNotStored(ILogger logger, Exception exception, string method);

    [LoggerMessage(3, LogLevel.Warning, "{Method}: a refresh in the background failed; the value that is there stays.")]
    public static partial void RefreshFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(4, LogLevel.Warning, "{Method}: the method failed, and a stale value was served.")]
    public static partial void StaleServed(ILogger logger, Exception exception, string method);

    [LoggerMessage(5, LogLevel.Warning, "{Running} computations did not end within the shutdown time-out of {Timeout} and were cancelled.")]
    public static partial void ComputationsCancelledAtShutdown(ILogger logger, int running, TimeSpan timeout);

    [LoggerMessage(6, LogLevel.Warning, "Memoizer.Default was replaced; what {Methods} methods had kept in the one before is not found any more.")]
    public static partial void DefaultReplaced(ILogger logger, int methods);
}
