using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>What is kept, under which tags, and what is known of a key. (R08, R11, R14, R23, R34)</summary>
public sealed class KeepingTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Memoizer _memoizer;

    public KeepingTests() => _memoizer = new Memoizer(new MemoizerOptions { TimeProvider = _time });

    public void Dispose() => _memoizer.Dispose();

    [Fact]
    public void Only_results_that_the_user_calls_successful_are_kept()
    {
        var cache = Method(new() { When = (_, value) => value != "bad" });

        Assert.Equal("bad", cache.Call("key", _ => "bad"));
        Assert.False(cache.TryPeek("key", out _));
        Assert.Equal("good", cache.Call("key", _ => "good"));
        Assert.True(cache.TryPeek("key", out _));

        Assert.Equal(1, cache.Statistics.MissesFor(MissReason.NotFound));
        Assert.Equal(1, cache.Statistics.MissesFor(MissReason.Unsuccessful));
    }

    [Fact]
    public async Task Callers_that_waited_for_an_unsuccessful_result_get_it()
    {
        var cache = Method(new() { When = (_, _) => false });
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => gate.Task);

        gate.SetResult("bad");

        Assert.Equal("bad", await leader);
        Assert.Equal("bad", await waiter);
        Assert.Equal((1, 1), (cache.Statistics.Computed, cache.Statistics.Coalesced));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public void Nulls_are_not_kept_if_the_user_says_so()
    {
        var cache = new CachedMethodDefinition<string, string?>("Tests.Keeping", new() { CacheNull = false }).For(_memoizer);

        Assert.Null(cache.Call("key", _ => null));
        Assert.Equal("value", cache.Call("key", _ => "value"));

        Assert.Equal(1, cache.Statistics.MissesFor(MissReason.Unsuccessful));
    }

    [Fact]
    public void An_unsuccessful_refresh_leaves_the_value_that_is_there()
    {
        var cache = Method(new() { When = (_, value) => value != "bad", Duration = TimeSpan.FromSeconds(10) });
        cache.Set("key", "good");

        Assert.Equal("bad", Refresh(cache, "key", "bad"));

        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal("good", kept);
    }

    [Fact]
    public async Task Callbacks_get_the_object_that_the_method_was_called_on()
    {
        object? seenByWhen = null, seenByDuration = null;
        var cache = Method(new()
        {
            When = (owner, _) => { seenByWhen = owner; return true; },
            DurationFrom = (owner, _) => { seenByDuration = owner; return TimeSpan.FromSeconds(1); },
        });
        var self = new object();
        using (var turn = await cache.EnterAsync("key", CancellationToken.None))
        {
            Assert.False(turn.TryGet(out _));
            await turn.ComputeAsync(0, static (_, _) => new ValueTask<string>("value"), owner: self);
        }

        Assert.Same(self, seenByWhen);
        Assert.Same(self, seenByDuration);
    }

    [Theory]
    [InlineData(nameof(CachePolicy<>.When))]
    [InlineData(nameof(CachePolicy<>.DurationFrom))]
    [InlineData(nameof(CachePolicy<>.Size))]
    public async Task Callbacks_have_the_context_of_the_caller_that_computes_wherever_the_method_ends(string callback)
    {
        var ambient = new AsyncLocal<string?> { Value = "the caller's" };
        string? seen = "not asked";
        var cache = Method(callback switch
        {
            nameof(CachePolicy<>.When) => new() { When = (_, _) => { seen = ambient.Value; return true; } },
            nameof(CachePolicy<>.DurationFrom) => new() { DurationFrom = (_, _) => { seen = ambient.Value; return TimeSpan.FromSeconds(1); } },
            _ => new() { Size = (_, _) => { seen = ambient.Value; return 1; } },
        });
        var gate = new TaskCompletionSource<string>();
        var call = cache.CallAsync("key", _ => gate.Task);

        ThreadPool.UnsafeQueueUserWorkItem(gate => gate.SetResult("value"), gate, preferLocal: false);

        Assert.Equal("value", await call);
        Assert.Equal("the caller's", seen);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_callback_that_throws_loses_no_value(bool when, bool synchronous)
    {
        var cache = Method(when
            ? new() { When = (_, _) => throw new InvalidOperationException("When is broken.") }
            : new() { DurationFrom = (_, _) => throw new InvalidOperationException("DurationFrom is broken.") });

        string value = synchronous ? cache.Call("key", _ => "value") : await cache.CallAsync("key", _ => Task.FromResult("value"));

        Assert.Equal("value", value);
        Assert.False(cache.TryPeek("key", out _));
        Assert.Equal((1, 1), (cache.Statistics.Computed, cache.Statistics.KeepFailures));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task A_tag_drops_its_entries_together_and_leaves_the_others()
    {
        var quotes = Method(new());
        var orders = Method(new());
        await CallTagged(quotes, "a", ["tenant:1", "quotes"]);
        await CallTagged(quotes, "b", ["tenant:2", "quotes"]);
        await CallTagged(orders, "c", ["tenant:1"]);
        orders.Set("d", "value", ["tenant:2", "tenant:2"]);
        orders.Set("e", "value");

        _memoizer.InvalidateTag("tenant:1");
        Assert.False(quotes.TryPeek("a", out _));
        Assert.True(quotes.TryPeek("b", out _));
        Assert.False(orders.TryPeek("c", out _));
        Assert.True(orders.TryPeek("d", out _));

        await _memoizer.InvalidateTagAsync("tenant:2");
        await _memoizer.InvalidateTagAsync("no such tag");
        Assert.False(quotes.TryPeek("b", out _));
        Assert.False(orders.TryPeek("d", out _));
        Assert.True(orders.TryPeek("e", out _));
        Assert.Equal(MissReason.Invalidated, quotes.Explain("a").Reason);
        quotes.Verify();
        orders.Verify();
    }

    [Fact]
    public async Task A_tag_that_is_invalidated_during_a_computation_keeps_its_result_out()
    {
        var cache = Method(new());
        var gate = new TaskCompletionSource<string>();
        var tagged = CallTagged(cache, "tagged", ["tenant:1"], gate.Task);
        var other = CallTagged(cache, "other", ["tenant:2"], gate.Task);

        _memoizer.InvalidateTag("tenant:1");
        gate.SetResult("value");

        Assert.Equal("value", await tagged);
        Assert.Equal("value", await other);
        Assert.False(cache.TryPeek("tagged", out _));
        Assert.True(cache.TryPeek("other", out _));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public void A_group_is_bounded_and_its_oldest_entry_makes_room()
    {
        var cache = Method(new() { TagCapacity = 3 });
        for (int i = 1; i <= 5; i++) cache.Set($"a{i}", "value", ["session:a"]);
        for (int i = 1; i <= 2; i++) cache.Set($"b{i}", "value", ["session:b"]);

        Assert.Equal(["a3", "a4", "a5", "b1", "b2"], Kept("a1", "a2", "a3", "a4", "a5", "b1", "b2"));
        Assert.Equal(MissReason.Evicted, cache.Explain("a1").Reason);
        Assert.Equal(2, cache.Statistics.Evictions);
        cache.Set("a3", "written again, so the youngest", ["session:a"]);
        cache.Set("a6", "value", ["session:a"]);
        Assert.Equal(["a3", "a5", "a6"], Kept("a3", "a4", "a5", "a6"));
        cache.Verify();

        string[] Kept(params string[] keys) => [.. keys.Where(key => cache.TryPeek(key, out _))];
    }

    [Fact]
    public async Task Refresh_computes_whatever_there_is()
    {
        var cache = Method(new());
        cache.Set("key", "old");

        Assert.Equal("new", Refresh(cache, "key", "new"));
        Assert.Equal("newer", await RefreshAsync(cache, "key", () => Task.FromResult("newer")));

        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal("newer", kept);
        Assert.Equal(2, cache.Statistics.MissesFor(MissReason.Bypassed));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task Refresh_supersedes_the_computation_that_is_running_and_is_joined_by_the_next()
    {
        var cache = Method(new());
        var before = new TaskCompletionSource<string>();
        var after = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => before.Task);
        var refresh = RefreshAsync(cache, "key", () => after.Task);
        var joiner = cache.CallAsync("key", _ => throw new InvalidOperationException("This would be a third run."));

        before.SetResult("outdated");
        Assert.Equal("outdated", await leader);
        Assert.False(cache.TryPeek("key", out _));
        after.SetResult("new");

        Assert.Equal("new", await refresh);
        Assert.Equal("new", await joiner);
        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal("new", kept);
    }

    [Fact]
    public async Task A_refresh_that_fails_says_so_and_leaves_the_value_that_is_there()
    {
        var cache = Method(new() { Duration = TimeSpan.FromMinutes(1), StaleOnError = TimeSpan.FromMinutes(1) });
        cache.Set("key", "old");

        await Assert.ThrowsAsync<InvalidOperationException>(() => RefreshAsync(cache, "key", () => throw new InvalidOperationException()));

        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal("old", kept);
    }

    [Fact]
    public async Task Explain_tells_the_whole_life_of_an_entry_and_counts_nothing()
    {
        var cache = Method(new() { Duration = TimeSpan.FromSeconds(10), StaleOnError = TimeSpan.FromSeconds(5) });
        var start = _time.GetUtcNow();
        Assert.Equal(new EntryExplanation { State = EntryState.Absent, Reason = MissReason.NotFound }, cache.Explain("key"));

        var gate = new TaskCompletionSource<string>();
        var call = cache.CallAsync("key", _ => gate.Task);
        Assert.True(cache.Explain("key").IsComputing);
        gate.SetResult("value");
        await call;
        Assert.Equal(
            new EntryExplanation
            {
                State = EntryState.Fresh,
                Created = start,
                Expires = start.AddSeconds(10),
                StaleUntil = start.AddSeconds(15),
                Level = EntryLevel.Memory,
            },
            cache.Explain("key"));

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((EntryState.Stale, MissReason.Expired), (cache.Explain("key").State, cache.Explain("key").Reason!.Value));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((EntryState.Absent, MissReason.Expired), (cache.Explain("key").State, cache.Explain("key").Reason!.Value));
        _memoizer.Prune();
        Assert.Equal((EntryState.Absent, MissReason.Expired), (cache.Explain("key").State, cache.Explain("key").Reason!.Value));
        cache.Invalidate("key");
        Assert.Equal(1, cache.Statistics.Requests);
    }

    [Fact]
    public async Task Warming_computes_each_input_once_in_parallel_and_reports_progress()
    {
        var cache = new CachedMethodDefinition<int, int>("Tests.Warming", new()).For(_memoizer);
        cache.Set(7, 7);
        int runs = 0, running = 0, most = 0;
        var progress = new List<int>();

        await cache.WarmAsync(
            Enumerable.Range(0, 100),
            async (input, token) =>
            {
                await cache.CallAsync(
                    input,
                    async _ =>
                    {
                        Interlocked.Increment(ref runs);
                        int now = Interlocked.Increment(ref running);
                        lock (progress) most = Math.Max(most, now);
                        await Task.Yield();
                        Interlocked.Decrement(ref running);
                        return input;
                    },
                    token);
            },
            parallelism: 3,
            new Recorder(progress),
            CancellationToken.None);

        Assert.Equal(99, runs);
        Assert.InRange(most, 1, 3);
        Assert.Equal(Enumerable.Range(1, 100), progress.Order());
        Assert.True(cache.TryPeek(99, out _));
    }

    [Fact]
    public async Task Warming_goes_on_after_a_failure_and_tells_all_of_them()
    {
        var cache = new CachedMethodDefinition<int, int>("Tests.Warming", new()).For(_memoizer);

        var failure = await Assert.ThrowsAsync<AggregateException>(() => cache.WarmAsync(
            Enumerable.Range(0, 10),
            async (input, token) => await cache.CallAsync(input, _ => input % 2 == 0 ? throw new InvalidOperationException($"{input}") : Task.FromResult(input), token),
            parallelism: 0,
            progress: null,
            CancellationToken.None));

        Assert.Contains("Tests.Warming: 5 of 10 inputs could not be warmed.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["0", "2", "4", "6", "8"], failure.InnerExceptions.Select(inner => inner.Message).Order(StringComparer.Ordinal));
        Assert.Equal(5, cache.Statistics.Entries);
    }

    [Fact]
    public async Task Warming_stops_when_it_is_cancelled()
    {
        var cache = new CachedMethodDefinition<int, int>("Tests.Warming", new()).For(_memoizer);
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cache.WarmAsync(
            Enumerable.Range(0, 1_000_000),
            async (input, token) =>
            {
                if (input == 10) await cancellation.CancelAsync();
                await cache.CallAsync(input, _ => Task.FromResult(input), token);
            },
            parallelism: 1,
            progress: null,
            cancellation.Token));

        Assert.InRange(cache.Statistics.Entries, 10, 11);
    }

    private static string Refresh(CachedMethod<string, string> cache, string key, string value)
    {
        using var turn = cache.EnterToRefresh(key, CancellationToken.None);
        return turn.TryGet(out var found) ? found : turn.Compute(value, static (value, _) => value);
    }

    private static async Task<string> RefreshAsync(CachedMethod<string, string> cache, string key, Func<Task<string>> core)
    {
        using var turn = await cache.EnterToRefreshAsync(key, CancellationToken.None);
        return turn.TryGet(out var found) ? found : await turn.ComputeAsync(core, static (core, _) => new ValueTask<string>(core()));
    }

    private static async Task<string> CallTagged(CachedMethod<string, string> cache, string key, string[] tags, Task<string>? value = null)
    {
        using var turn = await cache.EnterAsync(key, CancellationToken.None);
        return turn.TryGet(out var found) ? found : await turn.ComputeAsync(value ?? Task.FromResult("value"), static (value, _) => new ValueTask<string>(value), tags);
    }

    private CachedMethod<string, string> Method(CachePolicy<string> policy) => ByHand.Method<string, string>(policy, _memoizer, "Tests.Keeping");

    private sealed class Recorder(List<int> reports) : IProgress<int>
    {
        public void Report(int value)
        {
            lock (reports) reports.Add(value);
        }
    }
}
