using System.Globalization;

namespace Memoize;

/// <summary>
/// The options of one cached method: what its <see cref="CachedResponseAttribute"/> says, as the generator understood it.
/// <see cref="CachedResponseAttribute"/> tells what each option means.
/// </summary>
/// <typeparam name="TValue">The type of the method's results.</typeparam>
/// <remarks>Immutable. It is validated when a memoizer first runs the method.</remarks>
public sealed class CachePolicy<TValue>
{
    /// <inheritdoc cref="CachedResponseAttribute.Duration"/>
    public TimeSpan? Duration { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.Sliding"/>
    public TimeSpan? Sliding { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.Jitter"/>
    public double Jitter { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.RefreshAfter"/>
    public TimeSpan? RefreshAfter { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.StaleOnError"/>
    public TimeSpan? StaleOnError { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.SoftTimeout"/>
    public TimeSpan? SoftTimeout { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.Timeout"/>
    public TimeSpan? Timeout { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.WaitTimeout"/>
    public TimeSpan? WaitTimeout { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.OnWaitTimeout"/>
    public OnWaitTimeout OnWaitTimeout { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.OnFailure"/>
    public OnFailure OnFailure { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.FailureDuration"/>
    public TimeSpan? FailureDuration { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.CacheNull"/>
    public bool CacheNull { get; init; } = true;

    /// <summary>
    /// Whether a result is kept: gets the object that the method was called on (<see langword="null"/> for static
    /// methods) and the result. <see langword="null"/> (the default): every result is kept.
    /// </summary>
    public Func<object?, TValue, bool>? When { get; init; }

    /// <summary>
    /// The life of a result: gets the object that the method was called on (<see langword="null"/> for static methods)
    /// and the result. <see langword="null"/> (the default): <see cref="Duration"/>. A life of zero or less is not kept;
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> does not expire.
    /// </summary>
    public Func<object?, TValue, TimeSpan>? DurationFrom { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.Capacity"/>
    public int Capacity { get; init; } = 10_000;

    /// <summary>
    /// The size of a result, zero or more: gets the object that the method was called on (<see langword="null"/> for static
    /// methods) and the result. <see langword="null"/> (the default): results have no size.
    /// </summary>
    public Func<object?, TValue, long>? Size { get; init; }

    /// <summary>The sum of the sizes that the memory store keeps at most. <see langword="null"/> (the default): no limit.</summary>
    public long? MaxSize { get; init; }

    /// <summary>How many results are kept for each tag at most; the oldest makes room. <see langword="null"/> (the default): no limit of its own.</summary>
    public int? TagCapacity { get; init; }

    /// <summary>How many computations of the method run at once at most. <see langword="null"/> (the default): no limit.</summary>
    public int? MaxConcurrency { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.Version"/>
    public int Version { get; init; }

    /// <inheritdoc cref="CachedResponseAttribute.Store"/>
    public string? Store { get; init; }

    /// <summary>Throws when an option of the policy of <paramref name="method"/> cannot work, or two contradict each other.</summary>
    internal void Validate(string method, TimeSpan? defaultDuration = null)
    {
        var duration = Duration ?? (DurationFrom is null ? defaultDuration : null);
        Positive(Duration, nameof(Duration));
        Positive(Sliding, nameof(Sliding));
        Positive(RefreshAfter, nameof(RefreshAfter));
        Positive(StaleOnError, nameof(StaleOnError));
        Positive(SoftTimeout, nameof(SoftTimeout));
        Positive(Timeout, nameof(Timeout));
        Positive(WaitTimeout, nameof(WaitTimeout));
        Positive(FailureDuration, nameof(FailureDuration));

        // Also for NaN.
        if (!(Jitter is >= 0 and <= 1)) Refuse($"Jitter is {Jitter}, but it is a share of the life, from 0 to 1");
        AtLeastOne(Capacity, nameof(Capacity));
        AtLeastOne(TagCapacity, nameof(TagCapacity));
        AtLeastOne(MaxConcurrency, nameof(MaxConcurrency));
        if (Store?.Length == 0) Refuse($"Store is empty, but it must name a store: leave it out to use the memoizer's");

        if (MaxSize < 1) Refuse($"MaxSize is {MaxSize}, but it must be one or more");
        if (MaxSize is not null && Size is null) Refuse($"MaxSize is {MaxSize}, but results have no size: set Size too");
        if (RefreshAfter >= duration) Refuse($"RefreshAfter is {RefreshAfter}, but a result of that age has expired: it must be shorter than the Duration of {duration}");
        if (Sliding >= duration) Refuse($"Sliding is {Sliding}, but a result only lives for the Duration of {duration}: it must be shorter");
        if (SoftTimeout is not null && StaleOnError is null) Refuse($"SoftTimeout is set, but there is no stale result to take then: set StaleOnError too");
        if (SoftTimeout >= Timeout) Refuse($"SoftTimeout is {SoftTimeout}, but the computation ends at the Timeout of {Timeout}: it must be shorter");
        if (OnWaitTimeout != OnWaitTimeout.Throw && WaitTimeout is null) Refuse($"OnWaitTimeout is {OnWaitTimeout}, but there is no WaitTimeout: set it too");
        if (OnFailure == OnFailure.Retry && FailureDuration is not null) Refuse($"OnFailure is Retry, but a failure that is remembered for the FailureDuration is not retried: leave one of them out");

        void Positive(TimeSpan? value, string option)
        {
            if (value <= TimeSpan.Zero) Refuse($"{option} is {value}, but it must be longer than zero; leave it out to switch it off");
        }

        void AtLeastOne(int? value, string option)
        {
            if (value < 1) Refuse($"{option} is {value}, but it must be one or more");
        }

        void Refuse(FormattableString message) =>
            throw new ArgumentException($"{method}: {message.ToString(CultureInfo.InvariantCulture)}.");
    }
}
