using Polly;

namespace Memoize;

/// <summary>Sends computations through Polly pipelines: retries, rate limits, circuit breakers, time-outs.</summary>
/// <remarks>
/// A pipeline sees computations, not calls: hits do not go through it, and a computation that a thousand callers share is
/// retried once for all of them. Its <see cref="ResilienceContext.OperationKey"/> is the name of the method
/// (<see cref="CachedMethod.Name"/>), and its token is cancelled when the last caller has left, which Polly does not retry.
/// <para>
/// Using these methods again adds to what is there, whatever put it there: what was added first is outermost, as in Polly.
/// </para>
/// </remarks>
public static class ResilienceMemoizerOptionsExtensions
{
    /// <summary>Sends the computations of all methods through one pipeline.</summary>
    /// <param name="options">The options of the memoizer.</param>
    /// <param name="pipeline">
    /// The pipeline. What it keeps count of, it counts for all methods together: they share one rate, and one circuit.
    /// </param>
    /// <returns><paramref name="options"/>, for more.</returns>
    public static MemoizerOptions UseResilience(this MemoizerOptions options, ResiliencePipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return options.UseResilience(_ => pipeline);
    }

    /// <summary>Sends the computations of each method through the pipeline that is chosen for it.</summary>
    /// <param name="options">The options of the memoizer.</param>
    /// <param name="choose">
    /// Chooses the pipeline of a method, for example by its <see cref="CachedMethod.Name"/>, which is written
    /// <c>Shop.QuoteService.GetQuoteAsync(string, int)</c>; <see langword="null"/> for a method that runs as it is. It is
    /// asked once for each method, at its first call (with <see cref="CacheScope.Instance"/>, once for each object). What it
    /// throws, that call throws.
    /// </param>
    /// <returns><paramref name="options"/>, for more.</returns>
    public static MemoizerOptions UseResilience(this MemoizerOptions options, Func<CachedMethod, ResiliencePipeline?> choose)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(choose);
        var before = options.Pipeline;
        options.Pipeline = method =>
        {
            var outer = before?.Invoke(method);
            if (choose(method) is not { } chosen || chosen == ResiliencePipeline.Empty) return outer;

            var inner = new PollyPipeline(chosen, method.Name);
            return outer is null ? inner : new NestedPipeline(outer, inner);
        };
        return options;
    }
}
