namespace Memoize;

/// <summary>
/// The options of one cached method: what its <see cref="CachedResponseAttribute"/> says, as the generator understood it.
/// </summary>
/// <typeparam name="TValue">The type of the method's results.</typeparam>
public sealed class CachePolicy<TValue>
{
    /// <summary>The life of a result after it was written. <see langword="null"/> (the default): it does not expire.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How many results the memory store keeps at most. The default is 10,000.</summary>
    public int Capacity { get; init; } = 10_000;

    /// <summary>Throws when an option of the policy of <paramref name="method"/> cannot work.</summary>
    internal void Validate(string method)
    {
        if (Duration is { } duration && duration <= TimeSpan.Zero)
            throw new ArgumentException($"{method}: Duration is {duration}, but a result must live for some time. Leave it out for results that do not expire.");
        if (Capacity < 1)
            throw new ArgumentException($"{method}: Capacity is {Capacity}, but the memory store must have room for one result at least.");
    }
}
