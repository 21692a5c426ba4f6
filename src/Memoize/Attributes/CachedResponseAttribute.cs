namespace Memoize;

/// <summary>
/// Keeps the results of a method: calls with equal arguments run it once and share the result.
/// </summary>
/// <remarks>
/// <para>The type must be <c>partial</c>. On a <c>partial</c> method the generator implements the method over its
/// core (<c>GetQuoteAsync</c> calls <c>GetQuoteCoreAsync</c>). On an ordinary method it adds a wrapper beside it
/// (<c>LoadRules</c> gets <c>LoadRulesCached</c>, <c>FetchAsync</c> gets <c>FetchCachedAsync</c>).</para>
/// <para>Durations are written <c>"250ms"</c>, <c>"30s"</c>, <c>"5m"</c>, <c>"1h30m"</c>, <c>"2d"</c> or
/// <c>"00:05:00"</c> and are checked at compile time.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class CachedResponseAttribute : Attribute
{
    /// <summary>Keeps results until they are evicted or invalidated.</summary>
    public CachedResponseAttribute()
    {
    }

    /// <summary>Keeps each result for <paramref name="duration"/>.</summary>
    /// <param name="duration">The life of a result after it was written, for example <c>"5m"</c>.</param>
    public CachedResponseAttribute(string duration) => Duration = duration;

    /// <summary>
    /// The life of a result after it was written, for example <c>"5m"</c>. Unset (the default): the memoizer's
    /// <see cref="MemoizerOptions.DefaultDuration"/>, which by default is no limit.
    /// </summary>
    public string? Duration { get; set; }

    /// <summary>A result also expires when it was not read for this long. Unset (the default): only <see cref="Duration"/> counts.</summary>
    public string? Sliding { get; set; }

    /// <summary>
    /// Each life is shortened by a random share of itself up to this, from 0 (the default) to 1, so that results that were
    /// computed together do not expire together. With <see cref="RefreshAfter"/> that age is shortened, and of the life only what
    /// lies beyond it: the refresh comes first.
    /// </summary>
    public double Jitter { get; set; }

    /// <summary>
    /// A call that finds a result older than this gets it, and starts one computation in the background that replaces it. A result
    /// whose own life (<see cref="DurationFrom"/>) ends before that is due in the last tenth of it.
    /// Unset (the default): results are only computed when a call misses.
    /// </summary>
    public string? RefreshAfter { get; set; }

    /// <summary>When the method fails, the expired result is still served for this long past its expiry. Unset (the default): the failure is thrown.</summary>
    public string? StaleOnError { get; set; }

    /// <summary>
    /// A caller for whom there is a stale result waits at most this long for the fresh one and then takes the stale one;
    /// the computation goes on. Needs <see cref="StaleOnError"/>, which says how long a result may be stale. Unset (the
    /// default): callers wait.
    /// </summary>
    public string? SoftTimeout { get; set; }

    /// <summary>
    /// A computation is cancelled after this long; its callers get a <see cref="TimeoutException"/>, or the stale result.
    /// Unset (the default): no limit.
    /// </summary>
    public string? Timeout { get; set; }

    /// <summary>How long a caller waits for another caller's computation. Unset (the default): until it ends.</summary>
    public string? WaitTimeout { get; set; }

    /// <summary>What a caller does when its <see cref="WaitTimeout"/> is over. The default is <see cref="OnWaitTimeout.Throw"/>.</summary>
    public OnWaitTimeout OnWaitTimeout { get; set; }

    /// <summary>What the callers get that waited on a computation that failed. The default is <see cref="OnFailure.Share"/>.</summary>
    public OnFailure OnFailure { get; set; }

    /// <summary>A failure is remembered and thrown again for this long, without running the method. Unset (the default): failures are not kept.</summary>
    public string? FailureDuration { get; set; }

    /// <summary>Whether <see langword="null"/> results are kept. The default is true.</summary>
    public bool CacheNull { get; set; } = true;

    /// <summary>
    /// The name of a method <c>bool M(TValue)</c> of the type: only results for which it is true are kept. Unset (the
    /// default): every result is kept.
    /// </summary>
    public string? When { get; set; }

    /// <summary>
    /// The name of a method <c>TimeSpan M(TValue)</c> of the type: the life of this result. A life of zero or less is not
    /// kept; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> does not expire. Unset (the default): <see cref="Duration"/>.
    /// </summary>
    public string? DurationFrom { get; set; }

    /// <summary>
    /// How many results the memory store keeps for this method at most. The default is 10,000.
    /// </summary>
    public int Capacity { get; set; } = 10_000;

    /// <summary>
    /// The name of a method <c>long M(TValue)</c> of the type: the size of this result, in whatever unit you choose, zero or
    /// more. Unset (the default): results have no size.
    /// </summary>
    public string? Size { get; set; }

    /// <summary>
    /// The sum of the sizes that the memory store keeps for this method at most, in the unit of <see cref="Size"/>. A result
    /// that is larger by itself is not kept. 0 (the default): no limit.
    /// </summary>
    public long MaxSize { get; set; }

    /// <summary>How many computations of this method run at once at most; the others queue. 0 (the default): no limit.</summary>
    public int MaxConcurrency { get; set; }

    /// <summary>
    /// Names by which results are invalidated together with <see cref="Memoizer.InvalidateTag"/>: constants, or with
    /// parameters in braces, as in <c>"customer:{customerId}"</c>. The default is none.
    /// </summary>
    public string[] Tags { get; set; } = [];

    /// <summary>
    /// How many results are kept for each tag at most, when a result with that tag comes in the oldest one goes. 0 (the
    /// default): no limit of its own.
    /// </summary>
    public int TagCapacity { get; set; }

    /// <summary>
    /// The version of what the method computes: raise it when the same arguments give another result than before, and results
    /// that a store has kept from older versions are misses. The default is 0.
    /// </summary>
    public int Version { get; set; }

    /// <summary>
    /// Whether results that a store has kept are misses once the code that computed them has changed: the body of the method,
    /// or of methods of the same project that it calls. Comments and white space do not count. The default is false.
    /// </summary>
    public bool InvalidateOnCodeChange { get; set; }

    /// <summary>
    /// The name of a method of the type that makes the key: <c>Key = nameof(KeyOf)</c>. Its parameters are some of this method's, by
    /// name, and its result is the key, in their place; parameters that it does not take are out of the key. The result can be
    /// whatever a parameter in a key can be. It is called once for each call, also when the call is a hit, and what it throws reaches
    /// the caller. <see cref="CacheKeyAttribute">[CacheKey]</see> members of the type still count. Unset (the default): every
    /// parameter is in the key.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// The name of the store that keeps results beyond this process, or <see cref="CacheStores.MemoryOnly"/> for none. Unset
    /// (the default): the memoizer's store.
    /// </summary>
    public string? Store { get; set; }

    /// <summary>
    /// Whether all instances of the type share results (<see cref="CacheScope.Shared"/>, the default), or each has its own,
    /// which are freed with it (<see cref="CacheScope.Instance"/>).
    /// </summary>
    public CacheScope Scope { get; set; }

    /// <summary>
    /// The name of the generated wrapper, for an ordinary (not partial) method. By default <c>Load</c> gets
    /// <c>LoadCached</c> and <c>LoadAsync</c> gets <c>LoadCachedAsync</c>. The handle is named after it.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// The method that computes a result, for a partial method: <c>Core = nameof(FetchQuoteAsync)</c>. By default
    /// <c>GetQuoteAsync</c> calls <c>GetQuoteCoreAsync</c> and <c>GetQuote</c> calls <c>GetQuoteCore</c>.
    /// </summary>
    public string? Core { get; set; }

    /// <summary>
    /// The name of the generated handle. By default the name of the method without <c>Async</c>, and <c>Cache</c>:
    /// <c>GetQuoteAsync</c> has <c>GetQuoteCache</c>. Overloads have their parameter types in it.
    /// </summary>
    public string? Handle { get; set; }
}
