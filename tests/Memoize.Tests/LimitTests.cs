using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>OnFailure, FailureDuration, MaxConcurrency, and the pipeline around computations. (R22)</summary>
public sealed class LimitTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Memoizer _memoizer;

    public LimitTests() => _memoizer = new Memoizer(new MemoizerOptions { TimeProvider = _time });

    public void Dispose() => _memoizer.Dispose();

    [Fact]
    public async Task With_retry_the_next_of_the_waiters_computes()
    {
        var cache = Method(new() { OnFailure = OnFailure.Retry });
        var gates = new Queue<TaskCompletionSource<string>>([new(), new(), new()]);
        var running = gates.ToArray();
        var calls = Enumerable.Range(0, 5).Select(_ => cache.CallAsync("key", _ => gates.Dequeue().Task)).ToArray();

        running[0].SetException(new InvalidOperationException("first"));
        Assert.Equal("first", (await Assert.ThrowsAsync<InvalidOperationException>(() => calls[0])).Message);
        Threads.WaitUntil(() => gates.Count == 1);
        running[1].SetException(new InvalidOperationException("second"));
        Threads.WaitUntil(() => gates.Count == 0);
        running[2].SetResult("value");

        string?[] results = await Task.WhenAll(calls.Skip(1).Select(async call =>
        {
            try
            {
                return await call;
            }
            catch (InvalidOperationException failure)
            {
                return failure.Message;
            }
        }));
        Assert.Equal(["second", "value", "value", "value"], results.Order(StringComparer.Ordinal));
        Assert.Equal((2, 1, 2), (cache.Statistics.Failed, cache.Statistics.Computed, cache.Statistics.Coalesced));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task With_retry_the_turn_passes_on_even_when_the_one_who_started_has_left()
    {
        var cache = Method(new() { OnFailure = OnFailure.Retry });
        using var cancellation = new CancellationTokenSource();
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task, cancellation.Token);
        var waiter = cache.CallAsync("key", _ => Task.FromResult("its own"));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);

        gate.SetException(new InvalidOperationException());

        Assert.Equal("its own", await waiter);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public void With_retry_synchronous_callers_compute_one_after_the_other()
    {
        var cache = Method(new() { OnFailure = OnFailure.Retry });
        int runs = 0, failures = 0;

        Threads.Run(4, _ =>
        {
            try
            {
                cache.Call("key", _ =>
                {
                    if (Interlocked.Increment(ref runs) == 1) Threads.WaitUntil(() => cache.WaitersOn("key") == 3);
                    return Volatile.Read(ref runs) < 3 ? throw new InvalidOperationException() : "value";
                });
            }
            catch (InvalidOperationException)
            {
                Interlocked.Increment(ref failures);
            }
        });

        Assert.Equal((3, 2), (runs, failures));
        Assert.Equal(0, cache.LockCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_remembered_failure_is_thrown_again_without_running_the_method(bool synchronous)
    {
        var cache = Method(new() { FailureDuration = TimeSpan.FromSeconds(5) });
        int runs = 0;
        var failure = new InvalidOperationException("down");
        async Task<string> Call(Func<string> core) => synchronous
            ? cache.Call("key", _ => { runs++; return core(); })
            : await cache.CallAsync("key", _ => { runs++; return Task.FromResult(core()); });

        for (int i = 0; i < 3; i++)
            Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => Call(() => throw failure)));
        Assert.Equal(1, runs);
        Assert.Equal(_time.GetUtcNow().AddSeconds(5), cache.Explain("key").FailedUntil);
        Assert.Equal(3, cache.Statistics.Failed);
        Assert.Equal(2, cache.Statistics.MissesFor(MissReason.Unsuccessful));

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("value", await Call(() => "value"));
        Assert.Equal(2, runs);
        Assert.Equal(0, cache.LockCount);
        cache.Verify();
    }

    [Fact]
    public async Task A_remembered_failure_serves_the_stale_value_where_that_is_allowed()
    {
        var cache = Method(new() { Duration = TimeSpan.FromSeconds(1), StaleOnError = TimeSpan.FromMinutes(1), FailureDuration = TimeSpan.FromSeconds(5) });
        cache.Set("key", "old");
        _time.Advance(TimeSpan.FromSeconds(1));
        int runs = 0;
        Task<string> Fail(CancellationToken token)
        {
            runs++;
            throw new InvalidOperationException();
        }

        for (int i = 0; i < 3; i++) Assert.Equal("old", await cache.CallAsync("key", Fail));

        Assert.Equal((1, 3), (runs, cache.Statistics.Stale));
    }

    [Fact]
    public async Task A_remembered_failure_is_forgotten_by_set_invalidate_and_clear()
    {
        var cache = Method(new() { FailureDuration = TimeSpan.FromSeconds(5) });
        async Task Fail() => await Assert.ThrowsAsync<InvalidOperationException>(() => cache.CallAsync("key", _ => throw new InvalidOperationException()));

        await Fail();
        cache.Set("key", "set");
        Assert.Equal("set", await cache.CallAsync("key", _ => throw new InvalidOperationException()));
        cache.Invalidate("key");
        await Fail();
        cache.Invalidate("key");
        Assert.Equal("value", await cache.CallAsync("key", _ => Task.FromResult("value")));
        cache.Invalidate("key");
        await Fail();
        cache.Clear();
        Assert.Equal("value", await cache.CallAsync("key", _ => Task.FromResult("value")));
        cache.Invalidate("key");
        await Fail();
        Assert.Equal(0, _memoizer.Prune());
        await Fail();
    }

    [Fact]
    public void Pruning_forgets_no_failure_that_is_remembered_with_a_value_that_has_had_its_time()
    {
        var cache = Method(new() { Duration = TimeSpan.FromSeconds(1), StaleOnError = TimeSpan.FromSeconds(1), FailureDuration = TimeSpan.FromSeconds(10) });
        cache.Set("key", "old");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("old", cache.Call("key", _ => throw new InvalidOperationException("down")));
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, _memoizer.Prune());

        Assert.Equal("down", Assert.Throws<InvalidOperationException>(() => cache.Call("key", _ => "value")).Message);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("value", cache.Call("key", _ => "value"));
    }

    [Fact]
    public async Task Remembered_failures_take_no_room_from_values()
    {
        var cache = Method(new() { FailureDuration = TimeSpan.FromSeconds(5), Capacity = 3 });
        for (int i = 0; i < 3; i++) cache.Set($"good {i}", "value");

        for (int i = 0; i < 6; i++) await Assert.ThrowsAsync<InvalidOperationException>(() => cache.CallAsync($"bad {i}", _ => throw new InvalidOperationException()));

        Assert.Equal((3, 0), (cache.Statistics.Entries, cache.Statistics.Evictions));
        Assert.NotNull(cache.Explain("bad 5").FailedUntil);

        // As many as the capacity are remembered.
        Assert.Null(cache.Explain("bad 0").FailedUntil);
        cache.Verify();
    }

    [Fact]
    public async Task No_more_computations_run_at_once_than_allowed()
    {
        var cache = new CachedMethodDefinition<int, int>("Tests.Limits", new() { MaxConcurrency = 3 }).For(_memoizer);
        int running = 0, most = 0;
        var gate = new TaskCompletionSource();
        var calls = Enumerable.Range(0, 20).Select(key => cache.CallAsync(key, async _ =>
        {
            int now = Interlocked.Increment(ref running);
            lock (gate) most = Math.Max(most, now);
            await gate.Task;
            Interlocked.Decrement(ref running);
            return key;
        })).ToArray();

        Assert.Equal(3, running);
        gate.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal(3, most);
        Assert.Equal(20, cache.Statistics.Computed);
    }

    [Fact]
    public void No_more_synchronous_computations_run_at_once_than_allowed()
    {
        var cache = new CachedMethodDefinition<int, int>("Tests.Limits", new() { MaxConcurrency = 2 }).For(_memoizer);
        int running = 0, most = 0;

        Threads.Run(8, key => cache.Call(key, _ =>
        {
            int now = Interlocked.Increment(ref running);
            lock (cache) most = Math.Max(most, now);
            Thread.Yield();
            Interlocked.Decrement(ref running);
            return key;
        }));

        Assert.InRange(most, 1, 2);
        Assert.Equal(8, cache.Statistics.Computed);
    }

    [Fact]
    public async Task A_computation_that_calls_its_own_method_runs_in_its_place()
    {
        var cache = new CachedMethodDefinition<int, int>("Tests.Fibonacci", new() { MaxConcurrency = 1 }).For(_memoizer);
        Task<int> Fibonacci(int n) => cache.CallAsync(n, async _ => n < 2 ? n : await Fibonacci(n - 1) + await Fibonacci(n - 2));

        Assert.Equal(6765, await Fibonacci(20).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_caller_that_leaves_the_queue_leaves_no_place_taken()
    {
        var cache = new CachedMethodDefinition<int, int>("Tests.Limits", new() { MaxConcurrency = 1 }).For(_memoizer);
        using var cancellation = new CancellationTokenSource();
        var gate = new TaskCompletionSource<int>();
        var running = cache.CallAsync(1, _ => gate.Task);
        var queued = cache.CallAsync(2, _ => Task.FromResult(2), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);

        gate.SetResult(1);

        Assert.Equal(1, await running);
        Assert.Equal(3, await cache.CallAsync(3, _ => Task.FromResult(3)));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task Every_computation_goes_through_the_pipeline_once_however_many_callers_share_it()
    {
        var pipeline = new CountingPipeline();
        using var memoizer = new Memoizer(new MemoizerOptions { Pipeline = method => method.Name == "Tests.Limits" ? pipeline : null });
        var cache = ByHand.Method<string, string>(memoizer: memoizer, name: "Tests.Limits");
        var other = ByHand.Method<string, string>(memoizer: memoizer, name: "Tests.Other");
        var gate = new TaskCompletionSource<string>();

        var calls = Enumerable.Range(0, 10).Select(_ => cache.CallAsync("async", _ => gate.Task)).ToArray();
        gate.SetResult("value");
        await Task.WhenAll(calls);
        cache.Call("sync", _ => "value");
        other.Call("sync", _ => "value");

        Assert.Equal((1, 1), (pipeline.Asynchronous, pipeline.Synchronous));
    }

    private CachedMethod<string, string> Method(CachePolicy<string> policy) => ByHand.Method<string, string>(policy, _memoizer, "Tests.Limits");

    private sealed class CountingPipeline : ComputationPipeline
    {
        public int Asynchronous { get; private set; }

        public int Synchronous { get; private set; }

        public override ValueTask<TValue> ExecuteAsync<TState, TValue>(Func<TState, CancellationToken, ValueTask<TValue>> computation, TState state, CancellationToken cancellationToken)
        {
            Asynchronous++;
            return computation(state, cancellationToken);
        }

        public override TValue Execute<TState, TValue>(Func<TState, CancellationToken, TValue> computation, TState state, CancellationToken cancellationToken)
        {
            Synchronous++;
            return computation(state, cancellationToken);
        }
    }
}
