using System.Threading.RateLimiting;
using Memoize;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Shop;

/// <summary>An API that is paid by the call, allows ten calls in a second, and fails now and then.</summary>
public sealed partial class PaidApi(HttpClient http, Memoizer memoizer)
{
    [CachedResponse("1h")]
    public partial Task<string> GetAnswerAsync(string question, CancellationToken cancellationToken = default);

    private Task<string> GetAnswerCoreAsync(string question, CancellationToken cancellationToken) =>
        http.GetStringAsync(new Uri($"/answers?question={Uri.EscapeDataString(question)}", UriKind.Relative), cancellationToken);

    /// <summary>What its calls go through, from the outside in.</summary>
    public static ResiliencePipeline CreatePipeline(RateLimiter limiter, TimeProvider? time = null) =>
        new ResiliencePipelineBuilder { TimeProvider = time }

            // Up to three more tries, after about 1, 2 and 4 seconds.
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                MaxRetryAttempts = 3,
                Delay = TimeSpan.FromSeconds(1),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })

            // When half of at least eight tries within 30 seconds have failed, none for 15 seconds.
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
                FailureRatio = 0.5,
                MinimumThroughput = 8,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(15),
            })

            // Innermost, so that every try counts: the API counts them all, too.
            .AddRateLimit(limiter)
            .Build();

    /// <summary>Ten calls in a second; up to a hundred more wait for their turn.</summary>
    public static RateLimiter CreateLimiter() =>
        new SlidingWindowRateLimiter(new SlidingWindowRateLimiterOptions
        {
            PermitLimit = 10,
            Window = TimeSpan.FromSeconds(1),
            SegmentsPerWindow = 10,
            QueueLimit = 100,
        });
}
