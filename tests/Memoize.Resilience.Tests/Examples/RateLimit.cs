using System.Threading.RateLimiting;
using Polly;

namespace Shop;

/// <summary>A Polly strategy over any limiter of System.Threading.RateLimiting: a rate, a window, a number at once.</summary>
public sealed class RateLimit(RateLimiter limiter) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        using var lease = await limiter.AcquireAsync(permitCount: 1, context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
        if (lease.IsAcquired) return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);

        return Outcome.FromException<TResult>(new RateLimitedException($"{context.OperationKey}: too many runs at this moment."));
    }
}

/// <summary>A run was refused, because there were too many.</summary>
public sealed class RateLimitedException(string message) : ExecutionRejectedException(message);

public static class RateLimitExtensions
{
    public static ResiliencePipelineBuilder AddRateLimit(this ResiliencePipelineBuilder builder, RateLimiter limiter)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddStrategy(_ => new RateLimit(limiter), new RateLimitOptions());
    }

    private sealed class RateLimitOptions : ResilienceStrategyOptions;
}
