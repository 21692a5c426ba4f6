using System.Threading.RateLimiting;
using Memoize.Testing;
using Memoize.Tests;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using Shop;

namespace Memoize.Resilience.Tests;

public sealed class ResilienceTests
{
    private readonly ManualTimeProvider _time = new();
    private int _runs;

    [Fact]
    public async Task A_computation_that_many_callers_share_is_retried_once_for_all_of_them()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder().AddRetry(Retries(3)).Build());
        var gate = new TaskCompletionSource();

        var calls = Enumerable.Range(0, 100).Select(_ => cache.CallAsync(1, async _ =>
        {
            await gate.Task;
            return ++_runs == 1 ? throw new InvalidOperationException("Not yet.") : 7;
        })).ToArray();
        gate.SetResult();

        Assert.All(await Task.WhenAll(calls), value => Assert.Equal(7, value));
        Assert.Equal(2, _runs);
        Assert.Equal((1, 99, 0), (cache.Statistics.Computed, cache.Statistics.Coalesced, cache.Statistics.Failed));
        Assert.True(cache.TryPeek(1, out _));
    }

    [Fact]
    public async Task A_computation_whose_retries_are_used_up_fails_for_all_its_callers_with_the_last_exception()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder().AddRetry(Retries(3)).Build());

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => cache.CallAsync(1, _ => throw new InvalidOperationException($"Run {++_runs}")));

        Assert.Equal("Run 4", failure.Message);
        Assert.Equal(1, cache.Statistics.Failed);
    }

    [Fact]
    public void Synchronous_methods_are_retried_on_their_callers_thread()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder().AddRetry(Retries(3)).Build());
        int thread = Environment.CurrentManagedThreadId;

        int value = cache.Call(1, _ =>
        {
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            return ++_runs < 4 ? throw new InvalidOperationException("Not yet.") : 7;
        });

        Assert.Equal((7, 4), (value, _runs));
    }

    [Fact]
    public async Task Methods_that_return_value_tasks_are_retried()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder().AddRetry(Retries(1)).Build());

        Assert.Equal(7, await cache.CallValueAsync(1, _ => ++_runs == 1 ? throw new InvalidOperationException("Not yet.") : new ValueTask<int>(7)));
    }

    [Fact]
    public async Task Retries_wait_in_virtual_time()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder { TimeProvider = _time }.AddRetry(Retries(1, TimeSpan.FromSeconds(10))).Build());

        var call = cache.CallAsync(1, _ => ++_runs == 1 ? throw new InvalidOperationException("Not yet.") : Task.FromResult(7));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, _runs);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(7, await call);
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task When_the_last_caller_has_left_nothing_is_retried()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder { TimeProvider = _time }.AddRetry(new RetryStrategyOptions { Delay = TimeSpan.Zero, MaxRetryAttempts = 3 }).Build());
        using var caller = new CancellationTokenSource();

        var call = cache.CallAsync(
            1,
            token =>
            {
                _runs++;
                return new TaskCompletionSource<int>().Task.WaitAsync(token);
            },
            caller.Token);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        // Shutting down waits for the computation to end.
        await cache.Memoizer.DisposeAsync();
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task A_circuit_that_is_broken_refuses_runs_until_its_time_has_come()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions { FailureRatio = 1, MinimumThroughput = 2, BreakDuration = TimeSpan.FromSeconds(10) })
            .Build());
        for (int i = 0; i < 2; i++) await Assert.ThrowsAsync<InvalidOperationException>(() => cache.CallAsync(i, Fail));

        await Assert.ThrowsAsync<BrokenCircuitException>(() => cache.CallAsync(2, Fail));
        Assert.Equal(2, _runs);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(7, await cache.CallAsync(2, _ => Task.FromResult(7)));

        Task<int> Fail(CancellationToken cancellationToken)
        {
            _runs++;
            throw new InvalidOperationException("Down.");
        }
    }

    [Fact]
    public void A_broken_circuit_refuses_synchronous_runs_too()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions { FailureRatio = 1, MinimumThroughput = 2 })
            .Build());
        for (int i = 0; i < 2; i++) Assert.Throws<InvalidOperationException>(() => cache.Call(i, _ => throw new InvalidOperationException("Down.")));

        Assert.Throws<BrokenCircuitException>(() => cache.Call(2, _ => 7));
    }

    [Fact]
    public async Task A_broken_circuit_can_be_answered_with_a_stale_value()
    {
        var cache = MethodWith(
            new ResiliencePipelineBuilder { TimeProvider = _time }
                .AddCircuitBreaker(new CircuitBreakerStrategyOptions { FailureRatio = 1, MinimumThroughput = 2, BreakDuration = TimeSpan.FromMinutes(5) })
                .Build(),
            new() { Duration = TimeSpan.FromMinutes(1), StaleOnError = TimeSpan.FromHours(1) });
        await cache.CallAsync(1, _ => Task.FromResult(7));
        _time.Advance(TimeSpan.FromMinutes(2));
        for (int i = 2; i < 4; i++) await Assert.ThrowsAsync<InvalidOperationException>(() => cache.CallAsync(i, _ => throw new InvalidOperationException("Down.")));

        Assert.Equal(7, await cache.CallAsync(1, _ => Task.FromResult(++_runs)));
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task A_time_out_of_the_pipeline_cancels_the_methods_token()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder { TimeProvider = _time }.AddTimeout(TimeSpan.FromSeconds(2)).Build());

        var calls = Enumerable.Range(0, 10).Select(_ => cache.CallAsync(1, token => new TaskCompletionSource<int>().Task.WaitAsync(token))).ToArray();
        _time.Advance(TimeSpan.FromSeconds(2));

        foreach (var call in calls) await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
        Assert.Equal((10, 0), (cache.Statistics.Failed, cache.Statistics.Cancelled));
    }

    [Fact]
    public async Task A_time_out_within_a_retry_is_one_for_each_try()
    {
        var cache = MethodWith(new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<TimeoutRejectedException>(), Delay = TimeSpan.Zero })
            .AddTimeout(TimeSpan.FromSeconds(2))
            .Build());

        var call = cache.CallAsync(1, token => ++_runs == 1 ? new TaskCompletionSource<int>().Task.WaitAsync(token) : Task.FromResult(7));
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(7, await call);
    }

    [Fact]
    public async Task A_concurrency_limit_holds_for_all_methods_that_share_it()
    {
        await using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 2, QueueLimit = 100 });
        await using var memoizer = new Memoizer(new MemoizerOptions().UseResilience(new ResiliencePipelineBuilder().AddRateLimit(limiter).Build()));
        var one = ByHand.Method<int, int>(memoizer: memoizer, name: "one");
        var two = ByHand.Method<int, int>(memoizer: memoizer, name: "two");
        int running = 0, most = 0;
        var sync = new Lock();
        var twoRun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(key => new[] { one.CallAsync(key, Run), two.CallAsync(key, Run) }));

        Assert.Equal(2, most);

        async Task<int> Run(CancellationToken cancellationToken)
        {
            lock (sync) most = Math.Max(most, ++running);
            if (Interlocked.Increment(ref _runs) == 2) twoRun.SetResult();
            await twoRun.Task;
            lock (sync) return --running;
        }
    }

    [Fact]
    public async Task Runs_beyond_a_rate_are_refused_and_hits_are_not_counted()
    {
        await using var limiter = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = 2,
            TokensPerPeriod = 2,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            AutoReplenishment = false,
            QueueLimit = 0,
        });
        var cache = MethodWith(new ResiliencePipelineBuilder().AddRateLimit(limiter).Build());

        for (int i = 0; i < 100; i++) await cache.CallAsync(i % 2, _ => Task.FromResult(++_runs));
        var refused = await Assert.ThrowsAsync<RateLimitedException>(() => cache.CallAsync(2, _ => Task.FromResult(++_runs)));
        Assert.Throws<RateLimitedException>(() => cache.Call(3, _ => ++_runs));

        Assert.Equal("Tests.Method: too many runs at this moment.", refused.Message);
        Assert.Equal(2, _runs);
        Assert.Equal(98, cache.Statistics.Hits);
    }

    [Fact]
    public async Task Pipelines_are_chosen_by_method_once_for_each()
    {
        var asked = new List<string>();
        var retry = new ResiliencePipelineBuilder().AddRetry(Retries(1)).Build();
        await using var memoizer = new Memoizer(new MemoizerOptions().UseResilience(method =>
        {
            asked.Add(method.Name);
            return method.Name.StartsWith("Shop.PaidApi.", StringComparison.Ordinal) ? retry : null;
        }));
        var paid = ByHand.Method<int, int>(memoizer: memoizer, name: "Shop.PaidApi.GetAsync(int)");
        var free = ByHand.Method<int, int>(memoizer: memoizer, name: "Shop.FreeApi.GetAsync(int)");

        await Assert.ThrowsAsync<InvalidOperationException>(() => paid.CallAsync(1, Fail));
        Assert.Equal(2, _runs);
        await Assert.ThrowsAsync<InvalidOperationException>(() => free.CallAsync(1, Fail));
        Assert.Equal(3, _runs);
        await Assert.ThrowsAsync<InvalidOperationException>(() => paid.CallAsync(2, Fail));

        Assert.Equal(["Shop.PaidApi.GetAsync(int)", "Shop.FreeApi.GetAsync(int)"], asked);

        Task<int> Fail(CancellationToken cancellationToken)
        {
            _runs++;
            throw new InvalidOperationException("Down.");
        }
    }

    [Fact]
    public async Task What_is_added_first_is_outermost()
    {
        var order = new List<string>();
        var options = new MemoizerOptions { Pipeline = _ => new Noting("own", order) }
            .UseResilience(new ResiliencePipelineBuilder().AddStrategy(_ => new NotingStrategy("first", order), new NotingOptions()).Build())
            .UseResilience(_ => null)
            .UseResilience(ResiliencePipeline.Empty)
            .UseResilience(new ResiliencePipelineBuilder().AddStrategy(_ => new NotingStrategy("second", order), new NotingOptions()).Build());
        await using var memoizer = new Memoizer(options);
        var cache = ByHand.Method<int, int>(memoizer: memoizer);

        Assert.Equal(7, await cache.CallAsync(1, _ => Task.FromResult(7)));
        Assert.Equal(8, cache.Call(2, _ => 8));

        Assert.Equal(["own", "first Tests.Method", "second Tests.Method", "own", "first Tests.Method", "second Tests.Method"], order);
    }

    [Fact]
    public void A_method_without_a_pipeline_has_none()
    {
        var options = new MemoizerOptions().UseResilience(_ => null).UseResilience(ResiliencePipeline.Empty);
        using var memoizer = new Memoizer(options);

        Assert.Null(options.Pipeline!(ByHand.Method<int, int>(memoizer: memoizer)));
    }

    [Fact]
    public void Null_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new MemoizerOptions().UseResilience((ResiliencePipeline)null!));
        Assert.Throws<ArgumentNullException>(() => new MemoizerOptions().UseResilience((Func<CachedMethod, ResiliencePipeline?>)null!));
        Assert.Throws<ArgumentNullException>(() => ((MemoizerOptions)null!).UseResilience(ResiliencePipeline.Empty));
    }

    private static RetryStrategyOptions Retries(int attempts, TimeSpan delay = default) => new() { MaxRetryAttempts = attempts, Delay = delay };

    private CachedMethod<int, int> MethodWith(ResiliencePipeline pipeline, CachePolicy<int>? policy = null) =>
        ByHand.Method<int, int>(policy, new Memoizer(new MemoizerOptions { TimeProvider = _time, AutomaticPruning = false }.UseResilience(pipeline)));

    private sealed class Noting(string name, List<string> order) : ComputationPipeline
    {
        public override ValueTask<TValue> ExecuteAsync<TState, TValue>(Func<TState, CancellationToken, ValueTask<TValue>> computation, TState state, CancellationToken cancellationToken)
        {
            order.Add(name);
            return computation(state, cancellationToken);
        }

        public override TValue Execute<TState, TValue>(Func<TState, CancellationToken, TValue> computation, TState state, CancellationToken cancellationToken)
        {
            order.Add(name);
            return computation(state, cancellationToken);
        }
    }

    private sealed class NotingStrategy(string name, List<string> order) : ResilienceStrategy
    {
        protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
        {
            order.Add($"{name} {context.OperationKey}");
            return callback(context, state);
        }
    }

    private sealed class NotingOptions : ResilienceStrategyOptions;
}
