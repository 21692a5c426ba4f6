using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>The life of an entry: fresh, refreshing, stale, gone. (Issue of time; R17, R22, R24)</summary>
public sealed class TimeTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Memoizer _memoizer;

    public TimeTests() => _memoizer = new Memoizer(new MemoizerOptions { TimeProvider = _time });

    public void Dispose() => _memoizer.Dispose();

    [Fact]
    public void A_sliding_value_lives_while_it_is_read()
    {
        var cache = Method(new() { Sliding = Seconds(10) });
        cache.Call("key", _ => "value");

        for (int i = 0; i < 5; i++)
        {
            _time.Advance(Seconds(9));
            Assert.True(cache.TryGet("key", out _));
        }

        _time.Advance(Seconds(9));
        Assert.True(cache.TryPeek("key", out _));     // a peek is not a read
        _time.Advance(Seconds(1));
        Assert.False(cache.TryGet("key", out _));
        Assert.Equal(MissReason.Expired, cache.Explain("key").Reason);
    }

    [Fact]
    public void A_sliding_value_does_not_outlive_its_duration()
    {
        var cache = Method(new() { Sliding = Seconds(10), Duration = Seconds(25) });
        cache.Call("key", _ => "value");

        _time.Advance(Seconds(9));
        Assert.True(cache.TryGet("key", out _));
        _time.Advance(Seconds(9));
        Assert.True(cache.TryGet("key", out _));
        _time.Advance(Seconds(7));
        Assert.False(cache.TryGet("key", out _));
    }

    [Fact]
    public void Jitter_shortens_each_life_by_a_share_of_its_own()
    {
        var cache = new CachedMethodDefinition<int, int>("Tests.Jitter", new() { Duration = Seconds(100), Jitter = 0.2 }).For(_memoizer);
        var now = _time.GetUtcNow();
        for (int key = 0; key < 1_000; key++) cache.Set(key, key);

        double[] lives = [.. Enumerable.Range(0, 1_000).Select(key => (cache.Explain(key).Expires!.Value - now).TotalSeconds)];

        Assert.InRange(lives.Min(), 80, 82);
        Assert.InRange(lives.Max(), 98, 100);
        Assert.True(lives.Distinct().Count() > 900);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Jitter_never_ends_a_life_before_its_refresh(double jitter)
    {
        var lives = Enumerable.Range(0, 1_000).Select(_ => EntryLife.Start(now: 0, Seconds(600), jitter, refreshAfter: Seconds(540))).ToArray();

        // Both are spread, and whoever comes at the age that calls for a refresh finds the value.
        Assert.All(lives, static life => Assert.True(life.RefreshAt < life.ExpiresAt));
        Assert.InRange(lives.Min(life => life.ExpiresAt), Seconds(540).Ticks + 1, Seconds(600 - 60 * jitter + 1).Ticks);
        Assert.InRange(lives.Max(life => life.ExpiresAt), Seconds(599).Ticks, Seconds(600).Ticks);
        Assert.InRange(lives.Min(life => life.RefreshAt), Seconds(540 - 540 * jitter).Ticks, Seconds(550 - 540 * jitter).Ticks);
        Assert.InRange(lives.Max(life => life.RefreshAt), Seconds(530).Ticks, Seconds(540).Ticks);
    }

    [Fact]
    public void Jitter_spreads_the_refreshes_of_results_that_do_not_expire()
    {
        var lives = Enumerable.Range(0, 1_000).Select(_ => EntryLife.Start(now: 0, duration: null, jitter: 0.2, refreshAfter: Seconds(100))).ToArray();

        Assert.All(lives, life => Assert.Equal(CacheClock.Never, life.ExpiresAt));
        Assert.InRange(lives.Min(life => life.RefreshAt), Seconds(80).Ticks, Seconds(82).Ticks);
        Assert.InRange(lives.Max(life => life.RefreshAt), Seconds(98).Ticks, Seconds(100).Ticks);
    }

    [Fact]
    public void A_result_whose_own_life_ends_before_the_refresh_is_refreshed_in_the_last_tenth_of_it()
    {
        var cache = Method(new() { RefreshAfter = Seconds(540), DurationFrom = (_, value) => TimeSpan.Parse(value) });
        cache.Set("short", "00:00:10");
        cache.Set("long", "01:00:00");

        _time.Advance(Seconds(9) - TimeSpan.FromTicks(1));
        Assert.False(IsDue("short"));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(IsDue("short"));
        Assert.False(IsDue("long"));
        _time.Advance(Seconds(531));
        Assert.True(IsDue("long"));

        bool IsDue(string key) => cache.TryGet(key, out _, out bool refresh) && refresh;
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(2L)]
    [InlineData(9L)]
    [InlineData(10L)]
    [InlineData(11L)]
    public void However_short_a_life_is_its_refresh_is_due_before_its_end(long ticks)
    {
        var started = EntryLife.Start(now: 100, TimeSpan.FromTicks(ticks), jitter: 0, refreshAfter: TimeSpan.FromTicks(10));
        var resumed = EntryLife.Resume(createdAt: 100, expiresAt: 100 + Math.Max(1, ticks), duration: null, jitter: 0, refreshAfter: TimeSpan.FromTicks(10));

        Assert.InRange(started.RefreshAt, 100, started.ExpiresAt - 1);
        Assert.Equal(started, resumed);
    }

    [Fact]
    public void A_life_that_goes_on_has_its_refresh_when_it_was()
    {
        for (int i = 0; i < 1_000; i++)
        {
            var started = EntryLife.Start(now: 50, Seconds(600), jitter: 0.5, refreshAfter: Seconds(540));
            var resumed = EntryLife.Resume(started.CreatedAt, started.ExpiresAt, Seconds(600), jitter: 0.5, refreshAfter: Seconds(540));

            Assert.InRange(resumed.RefreshAt - started.RefreshAt, -100, 100);
        }
    }

    [Fact]
    public void A_result_can_have_a_life_of_its_own()
    {
        var cache = Method(new() { Duration = Seconds(1), DurationFrom = (_, value) => value == "forever" ? Timeout.InfiniteTimeSpan : TimeSpan.Parse(value) });

        cache.Call("short", _ => "00:00:05");
        cache.Call("forever", _ => "forever");
        cache.Call("not at all", _ => "00:00:00");

        Assert.True(cache.TryPeek("short", out _));
        Assert.False(cache.TryPeek("not at all", out _));
        _time.Advance(Seconds(5));
        Assert.False(cache.TryPeek("short", out _));
        _time.Advance(TimeSpan.FromDays(1_000));
        Assert.True(cache.TryPeek("forever", out _));
    }

    // A DurationFrom that subtracts the clock from an expiry must not give more than what is left until then.
    [Fact]
    public void The_life_of_a_result_counts_from_before_it_is_asked_for()
    {
        var cache = Method(new() { DurationFrom = (_, _) => { _time.Advance(Seconds(3)); return Seconds(10); } });
        var computed = _time.GetUtcNow();

        cache.Call("key", _ => "value");

        Assert.Equal(computed + Seconds(10), cache.Explain("key").Expires);
    }

    [Fact]
    public async Task What_is_set_without_a_life_takes_the_stale_value_with_it()
    {
        var cache = Method(new() { StaleOnError = Seconds(100), DurationFrom = (_, value) => value == "" ? TimeSpan.Zero : Seconds(10) });
        cache.Set("key", "old");
        _time.Advance(Seconds(10));
        var gate = new TaskCompletionSource<string>();
        var call = cache.CallAsync("key", _ => gate.Task);

        cache.Set("key", "");
        gate.SetException(new InvalidOperationException());

        await Assert.ThrowsAsync<InvalidOperationException>(() => call);
    }

    [Fact]
    public async Task An_old_hit_is_served_and_starts_one_refresh()
    {
        var cache = Method(new() { Duration = Seconds(60), RefreshAfter = Seconds(30) });
        var gate = new TaskCompletionSource<string>();
        int refreshes = 0;
        Task<string> Get() => GetRefreshing(cache, _ => { Interlocked.Increment(ref refreshes); return gate.Task; });
        cache.Set("key", "old");

        Assert.Equal("old", await Get());
        Assert.Equal(0, refreshes);
        _time.Advance(Seconds(30));
        for (int i = 0; i < 10; i++) Assert.Equal("old", await Get());
        Threads.WaitUntil(() => refreshes == 1);
        Assert.Equal(EntryState.Refreshing, cache.Explain("key").State);
        gate.SetResult("new");
        Threads.WaitUntil(() => cache.LockCount == 0);

        Assert.Equal("new", await Get());
        Assert.Equal(1, refreshes);
        Assert.Equal(EntryState.Fresh, cache.Explain("key").State);
        Assert.Equal((12, 12), (cache.Statistics.Requests, cache.Statistics.Hits));
    }

    [Fact]
    public async Task A_refresh_that_fails_leaves_the_value_and_a_later_hit_tries_again()
    {
        var cache = Method(new() { Duration = Seconds(60), RefreshAfter = Seconds(30) });
        int refreshes = 0;
        Task<string> Get() => GetRefreshing(cache, _ => Interlocked.Increment(ref refreshes) == 1 ? throw new InvalidOperationException() : Task.FromResult("new"));
        cache.Set("key", "old");
        _time.Advance(Seconds(30));

        Assert.Equal("old", await Get());
        Threads.WaitUntil(() => refreshes == 1 && cache.Explain("key").State == EntryState.Fresh);

        // Not at once, or every hit would run the method that fails: after a tenth of the age that calls for a refresh.
        for (int i = 0; i < 100; i++) Assert.Equal("old", await Get());
        Assert.Equal(1, refreshes);
        _time.Advance(Seconds(3));
        Assert.Equal("old", await Get());
        Threads.WaitUntil(() => cache.TryPeek("key", out var value) && value == "new");

        Assert.Equal(2, refreshes);
    }

    [Fact]
    public async Task A_refresh_does_not_carry_the_callers_context()
    {
        var cache = Method(new() { Duration = Seconds(60), RefreshAfter = Seconds(30) });
        var ambient = new AsyncLocal<string?> { Value = "the caller's" };
        string? seen = "not run";
        cache.Set("key", "old");
        _time.Advance(Seconds(30));

        await GetRefreshing(cache, _ => { seen = ambient.Value; return Task.FromResult("new"); });
        Threads.WaitUntil(() => cache.TryPeek("key", out var value) && value == "new");

        Assert.Null(seen);
    }

    [Fact]
    public async Task A_refresh_that_was_invalidated_is_not_kept()
    {
        var cache = Method(new() { Duration = Seconds(60), RefreshAfter = Seconds(30) });
        var gate = new TaskCompletionSource<string>();
        bool started = false;
        cache.Set("key", "old");
        _time.Advance(Seconds(30));
        await GetRefreshing(cache, _ => { Volatile.Write(ref started, true); return gate.Task; });
        Threads.WaitUntil(() => Volatile.Read(ref started));

        cache.Invalidate("key");
        gate.SetResult("outdated");
        Threads.WaitUntil(() => cache.Memoizer.Running.Count == 0);

        Assert.False(cache.TryPeek("key", out _));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public void A_synchronous_method_is_refreshed_beside_its_callers()
    {
        var cache = Method(new() { Duration = Seconds(60), RefreshAfter = Seconds(30) });
        cache.Set("key", "old");
        _time.Advance(Seconds(30));
        int caller = Environment.CurrentManagedThreadId;

        Assert.True(cache.TryGet("key", out var hit, out bool refresh));
        Assert.True(refresh);
        cache.StartRefresh("key", 0, (_, _) => Environment.CurrentManagedThreadId == caller ? "on the caller's thread" : "beside");

        Assert.Equal("old", hit);
        Threads.WaitUntil(() => cache.TryPeek("key", out var value) && value == "beside");
    }

    [Fact]
    public async Task When_the_method_fails_the_expired_value_is_served_for_as_long_as_was_allowed()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(20) });
        static Task<string> Fail(CancellationToken token) => Task.FromException<string>(new InvalidOperationException("down"));
        await cache.CallAsync("key", _ => Task.FromResult("old"));

        _time.Advance(Seconds(10));
        Assert.Equal(EntryState.Stale, cache.Explain("key").State);
        Assert.Equal("old", await cache.CallAsync("key", Fail));
        _memoizer.Prune();
        _time.Advance(Seconds(20) - TimeSpan.FromTicks(1));
        Assert.Equal("old", await cache.CallAsync("key", Fail));
        _time.Advance(TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.CallAsync("key", Fail));

        Assert.Equal((2, 1, 1), (cache.Statistics.Stale, cache.Statistics.Failed, cache.Statistics.Computed));
        Assert.Equal(3, cache.Statistics.MissesFor(MissReason.Expired));
        Assert.Equal("new", await cache.CallAsync("key", _ => Task.FromResult("new")));
    }

    [Fact]
    public async Task The_waiters_of_a_failed_computation_get_the_stale_value_too()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(20) });
        cache.Set("key", "old");
        _time.Advance(Seconds(10));
        var gate = new TaskCompletionSource<string>();
        var calls = Enumerable.Range(0, 10).Select(_ => cache.CallAsync("key", _ => gate.Task)).ToArray();

        gate.SetException(new InvalidOperationException());

        Assert.All(await Task.WhenAll(calls), value => Assert.Equal("old", value));
        Assert.Equal((10, 10), (cache.Statistics.Requests, cache.Statistics.Stale));
    }

    [Fact]
    public void A_synchronous_method_that_fails_serves_the_stale_value()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(20) });
        cache.Set("key", "old");
        _time.Advance(Seconds(10));

        Assert.Equal("old", cache.Call("key", _ => throw new InvalidOperationException()));
        Assert.Equal(1, cache.Statistics.Stale);
    }

    [Fact]
    public async Task With_a_soft_timeout_every_caller_takes_the_stale_value_and_the_computation_goes_on()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(100), SoftTimeout = Seconds(2) });
        cache.Set("key", "old");
        _time.Advance(Seconds(10));
        var gate = new TaskCompletionSource<string>();
        CancellationToken computation = default;
        int runs = 0;
        Task<string> Core(CancellationToken token)
        {
            runs++;
            computation = token;
            return gate.Task;
        }

        var leader = cache.CallAsync("key", Core);
        var waiter = cache.CallAsync("key", Core);
        Assert.False(leader.IsCompleted || waiter.IsCompleted);
        _time.Advance(Seconds(2));

        Assert.Equal("old", await leader);
        Assert.Equal("old", await waiter);
        Assert.False(computation.IsCancellationRequested);
        var late = cache.CallAsync("key", Core);
        gate.SetResult("new");
        Assert.Equal("new", await late);
        Assert.Equal("new", await cache.CallAsync("key", Core));
        Assert.Equal(1, runs);
        Assert.Equal((2, 1, 1), (cache.Statistics.Stale, cache.Statistics.Coalesced, cache.Statistics.Hits));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task A_computation_that_nobody_waits_for_any_more_after_a_soft_timeout_is_kept()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(100), SoftTimeout = Seconds(2) });
        cache.Set("key", "old");
        _time.Advance(Seconds(10));
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        _time.Advance(Seconds(2));
        Assert.Equal("old", await leader);

        gate.SetResult("new");
        Threads.WaitUntil(() => _memoizer.Running.Count == 0);

        Assert.True(cache.TryPeek("key", out var value));
        Assert.Equal("new", value);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task A_computation_that_fails_after_a_soft_timeout_leaves_no_lock()
    {
        foreach (var onFailure in Enum.GetValues<OnFailure>())
        {
            var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(100), SoftTimeout = Seconds(2), OnFailure = onFailure });
            cache.Set("key", "old");
            _time.Advance(Seconds(10));
            var gate = new TaskCompletionSource<string>();
            var leader = cache.CallAsync("key", _ => gate.Task);
            _time.Advance(Seconds(2));
            Assert.Equal("old", await leader);

            gate.SetException(new InvalidOperationException());
            Threads.WaitUntil(() => _memoizer.Running.Count == 0);

            Assert.Equal(0, cache.LockCount);
        }
    }

    [Fact]
    public async Task Without_a_stale_value_a_soft_timeout_does_nothing()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(100), SoftTimeout = Seconds(2) });
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);

        _time.Advance(Seconds(1_000));

        Assert.False(leader.IsCompleted);
        gate.SetResult("new");
        Assert.Equal("new", await leader);
    }

    [Fact]
    public async Task A_caller_waits_on_when_the_stale_value_has_had_its_time_before_the_soft_timeout()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(1), SoftTimeout = Seconds(2) });
        cache.Set("key", "old");
        _time.Advance(Seconds(10));
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => gate.Task);

        _time.Advance(Seconds(5));

        gate.SetResult("new");
        Assert.Equal("new", await leader);
        Assert.Equal("new", await waiter);
        Assert.Equal(0, cache.Statistics.Stale);
    }

    [Fact]
    public void A_synchronous_caller_with_a_soft_timeout_takes_the_stale_value_while_the_method_goes_on()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(100), SoftTimeout = Seconds(2) });
        cache.Set("key", "old");
        _time.Advance(Seconds(10));
        using var gate = new ManualResetEventSlim();
        using var running = new ManualResetEventSlim();

        Threads.Run(2, thread =>
        {
            if (thread == 0)
            {
                Assert.Equal("old", cache.Call("key", _ => { running.Set(); gate.Wait(); return "new"; }));
            }
            else
            {
                running.Wait();
                Threads.WaitUntil(() => _time.ActiveTimers == 2);
                _time.Advance(Seconds(2));
            }
        });
        gate.Set();

        Threads.WaitUntil(() => cache.TryPeek("key", out var value) && value == "new");
        Threads.WaitUntil(() => cache.LockCount == 0);
        Assert.Equal(1, cache.Statistics.Stale);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_computation_is_cancelled_after_its_timeout_and_all_its_callers_go(bool coreHonoursItsToken)
    {
        var cache = Method(new() { Timeout = Seconds(3) });
        var gate = new TaskCompletionSource<string>();
        CancellationToken computation = default;
        Task<string> Core(CancellationToken token)
        {
            computation = token;
            return coreHonoursItsToken ? gate.Task.WaitAsync(token) : gate.Task;
        }

        var leader = cache.CallAsync("key", Core);
        var waiter = cache.CallAsync("key", Core);
        _time.Advance(Seconds(3));

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => leader);
        Assert.Same(failure, await Assert.ThrowsAsync<TimeoutException>(() => waiter));
        Assert.Contains("Tests.Time: the computation was cancelled after its Timeout of 00:00:03", failure.Message, StringComparison.Ordinal);
        Assert.True(computation.IsCancellationRequested);
        Assert.Equal(0, cache.LockCount);
        Assert.Equal("fresh", await cache.CallAsync("key", _ => Task.FromResult("fresh")));
        gate.TrySetResult("late");
        Threads.WaitUntil(() => _memoizer.Running.Count == 0);
        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal("fresh", kept);
    }

    [Fact]
    public async Task A_timeout_serves_the_stale_value_if_there_is_one()
    {
        var cache = Method(new() { Duration = Seconds(10), StaleOnError = Seconds(100), Timeout = Seconds(3) });
        cache.Set("key", "old");
        _time.Advance(Seconds(10));
        var call = cache.CallAsync("key", _ => new TaskCompletionSource<string>().Task);

        _time.Advance(Seconds(3));

        Assert.Equal("old", await call);
    }

    [Fact]
    public void A_synchronous_method_is_cancelled_through_its_token()
    {
        var cache = Method(new() { Timeout = Seconds(3) });

        Assert.Throws<TimeoutException>(() => cache.Call("key", token =>
        {
            _time.Advance(Seconds(3));
            token.ThrowIfCancellationRequested();
            return "never";
        }));

        Assert.Equal((1, 0), (cache.Statistics.Failed, cache.LockCount));
    }

    [Fact]
    public void A_synchronous_caller_that_is_cancelled_first_has_not_timed_out()
    {
        var cache = Method(new() { Timeout = Seconds(5) });
        using var caller = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => cache.Call(
            "key",
            token =>
            {
                caller.Cancel();
                token.ThrowIfCancellationRequested();
                return "never";
            },
            caller.Token));

        Assert.Equal((1, 0, 0), (cache.Statistics.Cancelled, cache.Statistics.Failed, cache.LockCount));
    }

    // The timers of .NET take less than fifty days.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_timeout_may_be_longer_than_any_timer(bool synchronous)
    {
        var cache = ByHand.Method<string, string>(new() { Timeout = TimeSpan.FromDays(60) }, new Memoizer());

        Assert.Equal("value", synchronous ? cache.Call("key", _ => "value") : await cache.CallAsync("key", _ => Task.FromResult("value")));
    }

    [Fact]
    public async Task A_computation_within_its_timeout_leaves_no_timer()
    {
        var cache = Method(new() { Timeout = Seconds(3), WaitTimeout = Seconds(1) });
        int before = _time.ActiveTimers;
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => gate.Task);
        Assert.Equal(before + 2, _time.ActiveTimers);

        gate.SetResult("value");
        await leader;
        await waiter;

        // The framework gives the timer of Task.WaitAsync back after it has let its waiter go.
        Threads.WaitUntil(() => _time.ActiveTimers == before);
    }

    [Fact]
    public async Task A_waiter_that_loses_its_patience_throws()
    {
        var cache = Method(new() { WaitTimeout = Seconds(1) });
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => gate.Task);

        _time.Advance(Seconds(1));

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => waiter);
        Assert.Contains("WaitTimeout of 00:00:01", failure.Message, StringComparison.Ordinal);
        Assert.False(leader.IsCompleted);
        gate.SetResult("value");
        Assert.Equal("value", await leader);
        Assert.Equal((1, 1), (cache.Statistics.Failed, cache.Statistics.Computed));
    }

    [Fact]
    public async Task A_waiter_that_loses_its_patience_computes_for_itself()
    {
        var cache = Method(new() { WaitTimeout = Seconds(1), OnWaitTimeout = OnWaitTimeout.ComputeUncached });
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => Task.FromResult("its own"));

        _time.Advance(Seconds(1));

        Assert.Equal("its own", await waiter);
        Assert.False(cache.TryPeek("key", out _));
        gate.SetResult("value");
        Assert.Equal("value", await leader);
        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal("value", kept);
        Assert.Equal(2, cache.Statistics.Computed);
    }

    [Fact]
    public void A_synchronous_waiter_that_loses_its_patience_computes_for_itself()
    {
        var cache = Method(new() { WaitTimeout = Seconds(1), OnWaitTimeout = OnWaitTimeout.ComputeUncached });
        using var done = new ManualResetEventSlim();

        Threads.Run(2, thread =>
        {
            if (thread == 0)
            {
                Assert.Equal("value", cache.Call("key", _ =>
                {
                    Threads.WaitUntil(() => _time.ActiveTimers == 2);
                    _time.Advance(Seconds(1));
                    done.Wait();
                    return "value";
                }));
            }
            else
            {
                Threads.WaitUntil(() => cache.LockCount == 1);
                Assert.Equal("its own", cache.Call("key", _ => "its own"));
                done.Set();
            }
        });

        Assert.Equal(2, cache.Statistics.Computed);
    }

    [Fact]
    public async Task The_last_caller_that_leaves_by_its_wait_timeout_abandons_the_computation()
    {
        var cache = Method(new() { WaitTimeout = Seconds(1) });
        using var cancellation = new CancellationTokenSource();
        CancellationToken computation = default;
        var leader = cache.CallAsync("key", token => { computation = token; return new TaskCompletionSource<string>().Task; }, cancellation.Token);
        var waiter = cache.CallAsync("key", _ => Task.FromResult("never"));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.False(computation.IsCancellationRequested);

        _time.Advance(Seconds(1));

        await Assert.ThrowsAsync<TimeoutException>(() => waiter);
        Assert.True(computation.IsCancellationRequested);
        Assert.Equal(0, cache.LockCount);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Task<string> GetRefreshing(CachedMethod<string, string> cache, Func<CancellationToken, Task<string>> core)
    {
        Assert.True(cache.TryGet("key", out var hit, out bool refresh));
        if (refresh) cache.StartRefreshAsync("key", core, static (core, token) => new ValueTask<string>(core(token)));
        return Task.FromResult(hit);
    }

    private CachedMethod<string, string> Method(CachePolicy<string> policy) => ByHand.Method<string, string>(policy, _memoizer, "Tests.Time");
}
