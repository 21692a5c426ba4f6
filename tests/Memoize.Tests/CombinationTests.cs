using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>Where two features meet: refreshes and ordinary calls, time-outs and background work, failures and staleness.</summary>
public sealed class CombinationTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Memoizer _memoizer;

    public CombinationTests() => _memoizer = new Memoizer(new() { TimeProvider = _time, AutomaticPruning = false });

    public void Dispose() => _memoizer.Dispose();

    [Fact]
    public async Task A_caller_that_joins_a_failing_refresh_gets_the_stale_value_and_its_own_reason()
    {
        var cache = Method(new() { Duration = Seconds(10), RefreshAfter = Seconds(5), StaleOnError = Seconds(3_600) });
        var gate = new TaskCompletionSource<string>();
        cache.Set("key", "old");
        _time.Advance(Seconds(9));
        Assert.True(cache.TryGet("key", out _, out bool refresh) && refresh);
        var background = cache.RefreshAsync("key", 0, (_, _) => new ValueTask<string>(gate.Task), tags: null, owner: null);
        _time.Advance(Seconds(2));
        var caller = cache.CallAsync("key", _ => throw new InvalidOperationException("This would be a second run."));

        gate.SetException(new InvalidOperationException("down"));

        Assert.Equal("old", await caller);
        await background;
        Assert.Equal((1, 0), (cache.Statistics.MissesFor(MissReason.Expired), cache.Statistics.MissesFor(MissReason.Bypassed)));
        Assert.Equal(1, cache.Statistics.Stale);
    }

    [Fact]
    public async Task A_refresh_that_waits_for_another_caller_is_told_of_the_failure_though_there_is_a_stale_value()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(3_600) });
        var gates = new[] { new TaskCompletionSource<string>(), new TaskCompletionSource<string>() };
        int runs = 0;
        cache.Set("key", "old");
        Task<string> Refresh() => RefreshAsync(cache, () => gates[Interlocked.Increment(ref runs) - 1].Task);
        var first = Refresh();
        var second = Refresh();
        var third = Refresh();

        gates[0].SetResult("first");
        Assert.Equal("first", await first);
        Threads.WaitUntil(() => Volatile.Read(ref runs) == 2 && cache.WaitersOn("key") == 1);
        gates[1].SetException(new InvalidOperationException("down"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
        await Assert.ThrowsAsync<InvalidOperationException>(() => third);
        Assert.Equal(3, cache.Statistics.MissesFor(MissReason.Bypassed));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task Two_hundred_refreshes_that_come_together_are_two_runs_one_after_the_other()
    {
        var cache = Method(new());
        cache.Set("key", "old");
        var gates = new[] { new TaskCompletionSource<string>(), new TaskCompletionSource<string>(), new TaskCompletionSource<string>() };
        int runs = 0;
        var calls = Enumerable.Range(0, 200).Select(_ => RefreshAsync(cache, () => gates[Interlocked.Increment(ref runs) - 1].Task)).ToArray();
        Assert.Equal(1, runs);

        gates[0].SetResult("begun before most of them asked");
        Threads.WaitUntil(() => Volatile.Read(ref runs) == 2 && cache.WaitersOn("key") == 198);
        gates[1].SetResult("new");
        string[] values = await Task.WhenAll(calls);

        Assert.Equal(2, runs);
        Assert.Equal(199, values.Count(value => value == "new"));
        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal("new", kept);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public void A_core_that_invalidates_its_own_key_and_calls_itself_throws()
    {
        var cache = Method(new());
        int depth = 0;
        string Call() => cache.Call("key", _ =>
        {
            if (++depth > 100) return "too deep";
            cache.Invalidate("key");
            return Call();
        });

        Assert.Throws<CacheRecursionException>(() => Call());

        Assert.Equal(1, depth);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task A_core_that_refreshes_its_own_key_throws()
    {
        var cache = Method(new());

        await Assert.ThrowsAsync<CacheRecursionException>(() => cache.CallAsync("key", _ => RefreshAsync(cache, () => Task.FromResult("never"))));

        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task A_caller_that_computes_for_itself_has_the_timeout_too_and_the_stale_value()
    {
        var cache = Method(new()
        {
            Duration = Seconds(1),
            StaleOnError = Seconds(3_600),
            WaitTimeout = Seconds(1),
            OnWaitTimeout = OnWaitTimeout.ComputeUncached,
            Timeout = Seconds(10),
        });
        cache.Set("key", "old");
        _time.Advance(Seconds(1));
        CancellationToken uncached = default;
        var leader = cache.CallAsync("key", _ => new TaskCompletionSource<string>().Task);
        var impatient = cache.CallAsync("key", token => { uncached = token; return new TaskCompletionSource<string>().Task; });
        _time.Advance(Seconds(1));
        Threads.WaitUntil(() => _memoizer.Running.Count == 2 && _time.ActiveTimers == 2);

        _time.Advance(Seconds(10));

        Assert.Equal("old", await leader);
        Assert.Equal("old", await impatient);
        Assert.True(uncached.IsCancellationRequested);
        Assert.Equal(2, cache.Statistics.Stale);
    }

    [Fact]
    public void A_method_that_works_before_it_returns_its_task_is_cancelled_after_its_timeout()
    {
        var cache = Method(new() { Timeout = Seconds(3) });
        bool cancelled = false;

        var call = cache.CallAsync("key", token =>
        {
            _time.Advance(Seconds(3));
            Threads.WaitUntil(() => token.IsCancellationRequested);
            cancelled = true;
            throw new OperationCanceledException(token);
        });

        Assert.True(cancelled);
        Assert.IsType<TimeoutException>(Assert.IsType<AggregateException>(call.Exception).InnerException);
    }

    [Fact]
    public async Task A_refresh_that_fails_is_not_tried_again_while_its_failure_is_remembered()
    {
        var cache = Method(new() { Duration = Seconds(100), RefreshAfter = Seconds(10), FailureDuration = Seconds(30) });
        int runs = 0;
        cache.Set("key", "old");
        _time.Advance(Seconds(10));
        async Task<bool> Hit()
        {
            Assert.True(cache.TryGet("key", out _, out bool refresh));
            if (refresh) await cache.RefreshAsync("key", 0, (_, _) => { runs++; throw new InvalidOperationException(); }, tags: null, owner: null);
            return refresh;
        }

        for (int second = 0; second < 29; second++)
        {
            await Hit();
            _time.Advance(Seconds(1));
        }

        Assert.Equal(1, runs);
        _time.Advance(Seconds(1));
        Assert.True(await Hit());
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task A_computation_on_a_turn_that_was_passed_on_is_abandoned_like_any_other()
    {
        var cache = Method(new() { Duration = Seconds(1), StaleOnError = Seconds(100), SoftTimeout = Seconds(2), OnFailure = OnFailure.Retry });
        cache.Set("key", "old");
        _time.Advance(Seconds(1));
        var first = new TaskCompletionSource<string>();
        CancellationToken second = default;
        using var cancellation = new CancellationTokenSource();
        var a = cache.CallAsync("key", _ => first.Task);
        _time.Advance(Seconds(2));
        Assert.Equal("old", await a);
        var b = cache.CallAsync("key", token => { second = token; return new TaskCompletionSource<string>().Task; }, cancellation.Token);
        first.SetException(new InvalidOperationException());
        Threads.WaitUntil(() => second.CanBeCanceled);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => b);
        Assert.True(second.IsCancellationRequested);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public void A_waiter_of_a_synchronous_computation_goes_when_the_memoizer_shuts_down()
    {
        var memoizer = new Memoizer(new() { TimeProvider = _time });
        var cache = ByHand.Method<string, string>(memoizer: memoizer);

        Threads.Run(2, thread =>
        {
            if (thread == 0)
            {
                // The one on whose thread it runs gets its value.
                Assert.Equal("value", cache.Call("key", _ =>
                {
                    Threads.WaitUntil(() => cache.WaitersOn("key") == 1);
                    memoizer.Dispose();
                    Threads.WaitUntil(() => cache.Statistics.Failed == 1);
                    return "value";
                }));
            }
            else
            {
                Threads.WaitUntil(() => cache.LockCount == 1);
                Assert.ThrowsAny<OperationCanceledException>(() => cache.Call("key", _ => "never"));
            }
        });
    }

    [Fact]
    public async Task A_chain_of_a_hundred_thousand_waits_is_searched_without_a_deep_stack()
    {
        var cache = ByHand.Method<int, int>(memoizer: _memoizer);
        var gate = new TaskCompletionSource<int>();
        Task<int> Chain(int n) => cache.CallAsync(n, async _ =>
        {
            await Task.Yield();
            return n == 0 ? await gate.Task : await Chain(n - 1) + 1;
        });
        var chain = Chain(100_000);
        Threads.WaitUntil(() => cache.LockCount == 100_001);
        var joiner = ByHand.Method<int, int>(memoizer: _memoizer, name: "Tests.Joiner").CallAsync(1, _ => cache.CallAsync(100_000, _ => Task.FromResult(0)));
        gate.SetResult(0);

        Assert.Equal(100_000, await chain);
        Assert.Equal(100_000, await joiner);
    }

    [Fact]
    public void The_log_tells_once_of_a_failed_computation_however_many_callers_got_the_stale_value()
    {
        var log = new RecordingLoggerFactory();
        using var memoizer = new Memoizer(new() { TimeProvider = _time, LoggerFactory = log });
        var cache = ByHand.Method<string, string>(new() { Duration = Seconds(1), StaleOnError = Seconds(100), FailureDuration = Seconds(50) }, memoizer);
        cache.Set("key", "old");
        _time.Advance(Seconds(1));

        for (int i = 0; i < 100; i++) Assert.Equal("old", cache.Call("key", _ => throw new InvalidOperationException()));

        Assert.Single(log.Lines);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static async Task<string> RefreshAsync(CachedMethod<string, string> cache, Func<Task<string>> core)
    {
        using var turn = await cache.EnterToRefreshAsync("key", CancellationToken.None).ConfigureAwait(false);
        return turn.TryGet(out var found) ? found : await turn.ComputeAsync(core, static (core, _) => new ValueTask<string>(core())).ConfigureAwait(false);
    }

    private CachedMethod<string, string> Method(CachePolicy<string> policy) => ByHand.Method<string, string>(policy, _memoizer, "Tests.Combination");
}
