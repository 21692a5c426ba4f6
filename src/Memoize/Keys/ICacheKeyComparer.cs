namespace Memoize;

/// <summary>
/// Compares arguments for <see cref="CacheKeyAttribute.Comparer"/>, and copies them: what is kept as a key, and what the method is
/// given, must not change when the caller changes its argument. A comparer of values that cannot change, and of arrays, lists and
/// the other collections that keys know, needs only be an <see cref="IEqualityComparer{T}"/>.
/// </summary>
/// <typeparam name="T">The type of the arguments.</typeparam>
/// <remarks>One instance serves all threads. It is not asked to copy or hash <see langword="null"/>.</remarks>
public interface ICacheKeyComparer<T> : IEqualityComparer<T>
{
    /// <summary>A copy that is equal to <paramref name="value"/> and shares nothing with it that can change.</summary>
    T Copy(T value);
}
