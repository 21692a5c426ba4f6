using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>Defects that other caches had. None of them may come back here.</summary>
public sealed class DefectTests
{
    private readonly CachedMethod<string, string> _cache = ByHand.Method<string, string>();

    [Fact]
    public async Task D01_A_method_that_throws_before_it_returns_its_task_leaks_no_lock()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _cache.CallAsync("key", _ => throw new InvalidOperationException()));

        AssertUsable();
    }

    [Fact]
    public async Task D01_A_value_that_cannot_be_written_leaks_no_lock()
    {
        var cache = ByHand.Method<string, string>(new() { DurationFrom = (_, _) => throw new InvalidOperationException() });

        Assert.Equal("value", await cache.CallAsync("key", _ => Task.FromResult("value")));

        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task D02_A_timeout_cancels_the_method_and_frees_the_key()
    {
        var time = new ManualTimeProvider();
        var cache = ByHand.Method<string, string>(new() { Timeout = TimeSpan.FromSeconds(1) }, new Memoizer(new() { TimeProvider = time }));
        CancellationToken computation = default;
        var call = cache.CallAsync("key", token => { computation = token; return new TaskCompletionSource<string>().Task; });

        time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.True(computation.IsCancellationRequested);
        Assert.Equal("value", await cache.CallAsync("key", _ => Task.FromResult("value")));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task D03_A_refresh_whose_token_is_cancelled_does_not_block_its_key()
    {
        var time = new ManualTimeProvider();
        var cache = ByHand.Method<string, string>(
            new() { Duration = TimeSpan.FromSeconds(60), RefreshAfter = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(5) },
            new Memoizer(new() { TimeProvider = time }));
        CancellationToken refresh = default;
        bool started = false;
        cache.Set("key", "old");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(cache.TryGet("key", out _, out bool due) && due);
        cache.StartRefreshAsync("key", 0, (_, token) =>
        {
            refresh = token;
            Volatile.Write(ref started, true);
            return new ValueTask<string>(new TaskCompletionSource<string>().Task.WaitAsync(token));
        });
        Threads.WaitUntil(() => Volatile.Read(ref started) && time.ActiveTimers == 2);

        time.Advance(TimeSpan.FromSeconds(5));

        Threads.WaitUntil(() => refresh.IsCancellationRequested);
        Threads.WaitUntil(() => cache.LockCount == 0);
        cache.Invalidate("key");
        Assert.Equal("value", await cache.CallAsync("key", _ => Task.FromResult("value")));
    }

    [Fact]
    public async Task D04_A_lock_is_never_disposed_under_those_who_hold_it()
    {
        var time = new ManualTimeProvider();
        var cache = ByHand.Method<string, string>(memoizer: new Memoizer(new() { TimeProvider = time }));
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => gate.Task);

        time.Advance(TimeSpan.FromDays(1));
        cache.Memoizer.Prune();
        gate.SetResult("value");

        Assert.Equal("value", await leader);
        Assert.Equal("value", await waiter);
    }

    [Fact]
    public void D05_A_waiter_that_comes_as_the_lock_is_released_does_not_hang()
    {
        var cache = ByHand.Method<int, int>(new() { Capacity = 20_000 });

        // The end of each computation races with the arrival of a waiter, thousands of times.
        Threads.Run(2, _ =>
        {
            for (int key = 0; key < 20_000; key++) Assert.Equal(key, cache.Call(key, _ => key));
        });

        Assert.Equal(0, cache.LockCount);
        Assert.Equal(20_000, cache.Statistics.Computed);
    }

    [Fact]
    public async Task D06_The_second_look_is_taken_also_when_the_lock_was_free_at_once()
    {
        Assert.False(_cache.TryGet("key", out _));
        _cache.Set("key", "stored between the looks");

        using var turn = await _cache.EnterAsync("key", CancellationToken.None);

        Assert.True(turn.TryGet(out _));
    }

    [Fact]
    public async Task D07_A_hundred_waiters_on_a_failure_make_no_convoy()
    {
        var time = new ManualTimeProvider();
        var cache = ByHand.Method<string, string>(memoizer: new Memoizer(new() { TimeProvider = time }));
        int runs = 0;
        var calls = Enumerable.Range(0, 100).Select(_ => cache.CallAsync("key", async _ =>
        {
            runs++;
            await Task.Delay(TimeSpan.FromSeconds(1), time);
            throw new InvalidOperationException("after a second");
        })).ToArray();

        time.Advance(TimeSpan.FromSeconds(1));

        var failures = new HashSet<Exception>(ReferenceEqualityComparer.Instance);
        foreach (var call in calls) failures.Add(await Assert.ThrowsAsync<InvalidOperationException>(() => call));
        Assert.Equal((1, 1), (runs, failures.Count));
        Assert.Equal(0, cache.LockCount);
        Assert.Equal(0, cache.Statistics.Entries);
    }

    [Fact]
    public async Task D07_No_task_exception_is_left_unobserved()
    {
        var unobserved = new List<Exception>();
        void Remember(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.InnerException is MarkedException)
            {
                lock (unobserved) unobserved.Add(e.Exception);
            }
        }

        TaskScheduler.UnobservedTaskException += Remember;
        try
        {
            await FailInEveryWay();
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.Empty(unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Remember;
        }
    }

    [Fact]
    public async Task D08_A_cancelled_leader_does_not_fail_the_joiners_and_a_second_cancel_makes_no_duplicates()
    {
        var gate = new TaskCompletionSource<string>();
        int runs = 0;
        Task<string> Core(CancellationToken token)
        {
            runs++;
            return gate.Task.WaitAsync(token);
        }

        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var leader = _cache.CallAsync("key", Core, first.Token);
        var joiner = _cache.CallAsync("key", Core, second.Token);
        var last = _cache.CallAsync("key", Core);
        await first.CancelAsync();
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joiner);
        gate.SetResult("value");

        Assert.Equal("value", await last);
        Assert.Equal(1, runs);
        Assert.Equal(0, _cache.LockCount);
    }

    [Fact]
    public async Task D09_The_same_key_entered_again_throws_instead_of_hanging()
    {
        await Assert.ThrowsAsync<CacheRecursionException>(() =>
            _cache.CallAsync("key", _ => _cache.CallAsync("key", _ => Task.FromResult("never"))).WaitAsync(TimeSpan.FromSeconds(60)));

        AssertUsable();
    }

    [Fact]
    public async Task D09_Different_keys_never_share_a_lock()
    {
        var cache = ByHand.Method<int, int>();
        Task<int> Chain(int key) => cache.CallAsync(key, _ => key == 0 ? Task.FromResult(0) : Chain(key - 1));

        // Each computation holds its lock while it needs the next: were locks striped, two of a thousand would collide.
        Assert.Equal(0, await Chain(1_000).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task D10_An_invalidation_during_a_load_leaves_no_stale_value_behind()
    {
        var gate = new TaskCompletionSource<string>();
        var call = _cache.CallAsync("key", _ => gate.Task);
        _cache.Invalidate("key");
        gate.SetResult("read before the invalidation");

        Assert.Equal("read before the invalidation", await call);
        Assert.False(_cache.TryPeek("key", out _));
    }

    [Fact]
    public async Task D11_An_exception_leaves_nothing_incomplete_behind_for_the_next()
    {
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => _cache.CallAsync("key", _ => throw new InvalidOperationException()));
            await Assert.ThrowsAsync<InvalidOperationException>(() => _cache.CallAsync("key", _ => Task.FromException<string>(new InvalidOperationException())));
            Assert.Throws<InvalidOperationException>(() => _cache.Call("key", _ => throw new InvalidOperationException()));
        }

        AssertUsable();
    }

    [Fact]
    public async Task D12_A_caller_that_gives_up_waiting_neither_runs_under_the_lock_nor_releases_it()
    {
        var time = new ManualTimeProvider();
        var cache = ByHand.Method<string, string>(new() { WaitTimeout = TimeSpan.FromSeconds(1) }, new Memoizer(new() { TimeProvider = time }));
        var gate = new TaskCompletionSource<string>();
        int runs = 0;
        Task<string> Core(CancellationToken token)
        {
            runs++;
            return gate.Task;
        }

        var leader = cache.CallAsync("key", Core);
        var impatient = cache.CallAsync("key", Core);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => impatient);
        var later = cache.CallAsync("key", Core);

        Assert.False(later.IsCompleted);
        gate.SetResult("value");
        Assert.Equal("value", await leader);
        Assert.Equal("value", await later);
        Assert.Equal(1, runs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D13_The_callers_context_is_there_inside_the_method(bool synchronous)
    {
        var ambient = new AsyncLocal<string> { Value = "the caller's" };
        string? seen = null;

        if (synchronous) _cache.Call("key", _ => seen = ambient.Value!);
        else await _cache.CallAsync("key", async _ => { await Task.Yield(); return seen = ambient.Value!; });

        Assert.Equal("the caller's", seen);
    }

    [Fact]
    public async Task D14_A_callers_cancellation_is_not_logged()
    {
        var log = new RecordingLoggerFactory();
        var cache = ByHand.Method<string, string>(memoizer: new Memoizer(new() { LoggerFactory = log }));
        using var cancellation = new CancellationTokenSource();
        var call = cache.CallAsync("key", token => new TaskCompletionSource<string>().Task.WaitAsync(token), cancellation.Token);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Threads.WaitUntil(() => cache.Memoizer.Running.Count == 0);

        Assert.Empty(log.Lines);
    }

    private static async Task FailInEveryWay()
    {
        var time = new ManualTimeProvider();
        var cache = ByHand.Method<int, string>(new() { Timeout = TimeSpan.FromSeconds(1) }, new Memoizer(new() { TimeProvider = time }));
        static Task<string> Fail(CancellationToken token) => Task.FromException<string>(new MarkedException());

        // Seen by its caller; shared; abandoned; after its time-out; in the background.
        await Assert.ThrowsAsync<MarkedException>(() => cache.CallAsync(1, Fail));
        var gates = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource<string>()).ToArray();
        var shared = Enumerable.Range(0, 3).Select(_ => cache.CallAsync(2, _ => gates[0].Task)).ToArray();
        gates[0].SetException(new MarkedException());
        foreach (var call in shared) await Assert.ThrowsAsync<MarkedException>(() => call);
        using var cancellation = new CancellationTokenSource();
        var abandoned = cache.CallAsync(3, _ => gates[1].Task, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        gates[1].SetException(new MarkedException());
        var slow = cache.CallAsync(4, _ => gates[2].Task);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => slow);
        gates[2].SetException(new MarkedException());
        cache.Set(5, "old");
        bool ran = false;
        cache.StartRefreshAsync(5, 0, (_, _) => { Volatile.Write(ref ran, true); throw new MarkedException(); });
        Threads.WaitUntil(() => Volatile.Read(ref ran) && cache.LockCount == 0);
    }

    private void AssertUsable()
    {
        Assert.Equal(0, _cache.LockCount);
        Assert.Equal("value", _cache.Call("key", _ => "value"));
    }

    private sealed class MarkedException : Exception;
}
