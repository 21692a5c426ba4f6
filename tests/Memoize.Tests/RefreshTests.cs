namespace Memoize.Tests;

/// <summary>
/// Refreshes that come together: one runs, which may have begun too early for those who come meanwhile, and those share the one
/// that begins after it, however fast that is.
/// </summary>
public sealed class RefreshTests
{
    private readonly SimulatedProcesses _processes = new();
    private int _runs;

    public static TheoryData<bool, bool> FormsAndStores => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(FormsAndStores))]
    public async Task Those_who_come_while_a_refresh_runs_share_the_next_one(bool isAsync, bool hasStore)
    {
        var cache = Method(hasStore);
        var gate = new Gate<string?>();
        var first = Start(() => Refresh(cache, isAsync, () => gate.Task));
        await gate.Entered;

        var others = Enumerable.Range(0, isAsync ? 199 : 49).Select(_ => Start(() => Refresh(cache, isAsync, () => Task.FromResult<string?>("new")))).ToArray();
        Threads.WaitUntil(() => cache.WaitersOn(Key) == others.Length);
        gate.Open("begun before the others asked");

        Assert.All(await Task.WhenAll(others), value => Assert.Equal("new", value));
        Assert.Equal("begun before the others asked", await first);
        Assert.Equal(2, _runs);
        Assert.True(cache.TryPeek(Key, out string? kept));
        Assert.Equal("new", kept);
        Assert.Equal((others.Length + 1, 2, others.Length - 1), (cache.Statistics.Requests, cache.Statistics.Computed, cache.Statistics.Coalesced));
        Assert.Equal(0, cache.LockCount);
    }

    [Theory]
    [MemberData(nameof(FormsAndStores))]
    public async Task Those_who_come_while_a_value_is_computed_cut_it_off_once_and_share_one_refresh(bool isAsync, bool hasStore)
    {
        var cache = Method(hasStore);
        var tooEarly = new Gate<string?>();
        var call = Start(() => isAsync ? cache.CallAsync(Key, _ => tooEarly.Task) : Task.FromResult(cache.Call(Key, _ => tooEarly.Wait())));
        await tooEarly.Entered;

        var gate = new Gate<string?>();
        var refreshes = Enumerable.Range(0, 20).Select(_ => Start(() => Refresh(cache, isAsync, () => gate.Task))).ToArray();
        await gate.Entered;
        Threads.WaitUntil(() => cache.WaitersOn(Key) == 19);
        gate.Open("new");
        var values = await Task.WhenAll(refreshes);
        tooEarly.Open("too early");
        await call;

        Assert.All(values, value => Assert.Equal("new", value));
        Assert.InRange(_runs, 1, 2);
        Assert.True(cache.TryPeek(Key, out string? kept));
        Assert.Equal("new", kept);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task Who_comes_before_a_refresh_has_begun_shares_it()
    {
        var cache = Method(hasStore: false);
        using var turn = await cache.EnterToRefreshAsync(Key, default);
        var other = Refresh(cache, isAsync: true, () => Task.FromResult<string?>("a second run"));

        Assert.False(turn.TryGet(out _));
        await turn.ComputeAsync(0, static (_, _) => new ValueTask<string?>("new"));

        Assert.Equal("new", await other);
        Assert.Equal(0, _runs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_next_refresh_begins_when_the_one_before_is_cut_off_or_abandoned(bool isAbandoned)
    {
        var cache = Method(hasStore: false);
        var gate = new Gate<string?>();
        using var cancellation = new CancellationTokenSource();
        var first = Refresh(cache, isAsync: true, () => gate.Task, cancellation.Token);
        var others = Enumerable.Range(0, 3).Select(_ => Refresh(cache, isAsync: true, () => Task.FromResult<string?>("new"))).ToArray();

        if (isAbandoned) await cancellation.CancelAsync();
        else cache.Invalidate(Key);

        Assert.All(await Task.WhenAll(others), value => Assert.Equal("new", value));
        Assert.Equal(2, _runs);
        gate.Open("old");
        await first.ContinueWith(_ => { }, TaskScheduler.Default);
        Threads.WaitUntil(() => cache.Memoizer.Running.Count == 0);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task Those_who_wait_for_the_next_refresh_wait_for_a_value_that_is_set_and_then_share_theirs()
    {
        var cache = Method(hasStore: true);
        var gate = new Gate<string?>();
        var first = Refresh(cache, isAsync: true, () => gate.Task);
        var others = Enumerable.Range(0, 3).Select(_ => Refresh(cache, isAsync: true, () => Task.FromResult<string?>("new"))).ToArray();

        await cache.SetAsync(Key, "set");

        Assert.All(await Task.WhenAll(others), value => Assert.Equal("new", value));
        Assert.Equal(2, _runs);
        gate.Open("old");
        Assert.Equal("old", await first);
        Assert.True(cache.TryPeek(Key, out string? kept));
        Assert.Equal("new", kept);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task When_all_who_wait_for_the_next_refresh_have_gone_there_is_none()
    {
        var cache = Method(hasStore: false);
        var gate = new Gate<string?>();
        using var cancellation = new CancellationTokenSource();
        var first = Refresh(cache, isAsync: true, () => gate.Task);
        var others = Enumerable.Range(0, 3).Select(_ => Refresh(cache, isAsync: true, () => Task.FromResult<string?>("new"), cancellation.Token)).ToArray();
        await cancellation.CancelAsync();
        foreach (var other in others) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);

        gate.Open("value");

        Assert.Equal("value", await first);
        Assert.Equal((1, 0), (_runs, cache.LockCount));
        Assert.Equal("newer", await Refresh(cache, isAsync: true, () => Task.FromResult<string?>("newer")));
    }

    [Fact]
    public async Task A_refresh_that_refreshes_its_own_key_throws()
    {
        var cache = Method(hasStore: false);

        var failure = await Assert.ThrowsAsync<CacheRecursionException>(() =>
            Refresh(cache, isAsync: true, () => Refresh(cache, isAsync: true, () => Task.FromResult<string?>("never"))).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.Contains("with key key", failure.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0), (_runs, cache.LockCount));
    }

    [Fact]
    public async Task Who_waits_for_the_next_refresh_has_its_wait_timeout_for_all_of_it()
    {
        var cache = Method(hasStore: false, new() { WaitTimeout = TimeSpan.FromSeconds(2) });
        var gate = new Gate<string?>();
        var first = Refresh(cache, isAsync: true, () => gate.Task);
        var other = Refresh(cache, isAsync: true, () => Task.FromResult<string?>("never"));

        _processes.Time.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TimeoutException>(() => other);
        gate.Open("value");
        Assert.Equal("value", await first);
        Assert.Equal((1, 0), (_runs, cache.LockCount));
    }

    [Fact]
    public async Task Who_waits_for_the_next_refresh_takes_the_stale_value_after_the_soft_timeout()
    {
        var cache = Method(hasStore: false, new() { Duration = TimeSpan.FromSeconds(10), StaleOnError = TimeSpan.FromSeconds(100), SoftTimeout = TimeSpan.FromSeconds(2) });
        cache.Set(Key, "stale");
        _processes.Time.Advance(TimeSpan.FromSeconds(10));
        var gate = new Gate<string?>();
        var first = Refresh(cache, isAsync: true, () => gate.Task);
        var other = Refresh(cache, isAsync: true, () => Task.FromResult<string?>("never"));

        _processes.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(("stale", "stale"), (await first, await other));
        gate.Open("value");
        Threads.WaitUntil(() => cache.TryPeek(Key, out _));
        Assert.Equal((1, 0), (_runs, cache.LockCount));
    }

    private static TextKey Key => new("key");

    // A thread for each that may block.
    private static Task<string?> Start(Func<Task<string?>> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private Task<string?> Refresh(CachedMethod<TextKey, string?> cache, bool isAsync, Func<Task<string?>> core, CancellationToken cancellationToken = default)
    {
        return isAsync ? RefreshAsync().WaitAsync(TimeSpan.FromSeconds(60)) : Task.FromResult(Refresh());

        string? Refresh()
        {
            using var turn = cache.EnterToRefresh(Key, cancellationToken);
            return turn.TryGet(out string? value) ? value : turn.Compute(core, (core, _) => Run(core).GetAwaiter().GetResult());
        }

        async Task<string?> RefreshAsync()
        {
            using var turn = await cache.EnterToRefreshAsync(Key, cancellationToken).ConfigureAwait(false);
            return turn.TryGet(out string? value) ? value : await turn.ComputeAsync(core, (core, _) => new(Run(core))).ConfigureAwait(false);
        }
    }

    private Task<string?> Run(Func<Task<string?>> core)
    {
        Interlocked.Increment(ref _runs);
        return core();
    }

    private CachedMethod<TextKey, string?> Method(bool hasStore, CachePolicy<string?>? policy = null) =>
        _processes.Start(policy, configure: options => { if (!hasStore) options.Store = null; });
}
