namespace Memoize;

/// <summary>
/// A cached method was called, directly or by way of others, from inside the computation that the call would have to wait
/// for. The message names the methods and keys of the circle.
/// </summary>
/// <remarks>
/// The way out is to call the uncached method where the value that is being computed is needed again, or to take the
/// call out of the computation.
/// </remarks>
public sealed class CacheRecursionException : InvalidOperationException
{
    internal CacheRecursionException(IReadOnlyList<KeyedLock> circle)
        : base($"A cached call waits for itself: {string.Join(" → ", circle.Select(keyedLock => keyedLock.Describe()))}. Call the uncached method there, or move the call out of the computation.")
    {
    }
}
