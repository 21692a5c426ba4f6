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
    /// The life of a result after it was written, for example <c>"5m"</c>. Unset (the default): results do not expire.
    /// </summary>
    public string? Duration { get; set; }

    /// <summary>
    /// How many results the memory store keeps for this method at most. The default is 10,000.
    /// </summary>
    public int Capacity { get; set; } = 10_000;

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
}
