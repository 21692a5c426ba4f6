using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>
/// The store fails at each of its calls in turn, before the call took effect or after: every caller gets its value, no lock
/// survives, nothing wrong is kept, and once the store is well again it is used again.
/// </summary>
public sealed class StoreFaultTests
{
    private readonly SimulatedProcesses _processes = new();
    private readonly ITestOutputHelper _output;
    private readonly FaultingStore _store;

    public StoreFaultTests(ITestOutputHelper output)
    {
        _output = output;
        _store = new FaultingStore(_processes.Store);
    }

    public static TheoryData<bool, FaultMoment> FormsAndMoments => new() { { false, FaultMoment.Before }, { false, FaultMoment.After }, { true, FaultMoment.Before }, { true, FaultMoment.After } };

    [Theory]
    [MemberData(nameof(FormsAndMoments))]
    public async Task A_store_that_fails_at_any_call_loses_no_value(bool isAsync, FaultMoment moment)
    {
        for (int at = 1; ; at++)
        {
            _processes.Store.Clear();
            _store.Heal();
            _store.Forget();
            _store.FailAt(at, moment);
            var method = Start();

            // A value that is computed, one that is refused, one that fails, and one that another process has computed.
            Assert.Equal("good", await Load(method, isAsync, "key", () => "good"));
            Assert.Equal("good", await Load(method, isAsync, "key", Fail));
            Assert.Equal("bad", await Load(method, isAsync, "refused", () => "bad"));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await Load(method, isAsync, "failed", Fail));
            _processes.Start(Policy).Call("elsewhere", _ => "theirs");
            Assert.Contains(await Load(method, isAsync, "elsewhere", () => "mine"), (string?[])["theirs", "mine"]);

            if (_store.Calls.Count < at)
            {
                _output.WriteLine($"Failed at each of {at - 1} calls.");
                Assert.True(at > 8, $"There were only {at - 1} calls.");
                break;
            }

            Assert.Equal((1, 0), (method.Statistics.StoreFailures, method.LockCount));
            Assert.Single(_processes.Log.Records, record => record.EventId == 10 && record.Exception is IOException && record.Message.Contains(SimulatedProcesses.Name, StringComparison.Ordinal));
            _processes.Log.Clear();

            // What was claimed and could not be completed is free when its lease has run out; then all goes on as ever.
            _store.Heal();
            _processes.Time.Advance(TimeSpan.FromHours(1));
            var later = Start();
            foreach (string key in (string[])["key", "refused", "failed", "elsewhere", "new"])
            {
                string? value = await Load(later, isAsync, key, () => "anew");
                Assert.Equal(value, _processes.Start(Policy).Call(key, _ => Fail()));
            }

            Assert.Equal((0, 0), (later.Statistics.StoreFailures, later.LockCount));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dead_store_is_left_alone_for_a_while_and_longer_each_time(bool isAsync)
    {
        _store.FailAll();
        var method = Start();
        int number = 0;

        Assert.Equal(1, await CallsOf(misses: 100));
        Assert.Equal((100, 100, 1), (method.Statistics.Computed, method.Statistics.MissesFor(MissReason.StoreFailed), method.Statistics.StoreFailures));

        _processes.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, await CallsOf(misses: 100));
        _processes.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, await CallsOf(misses: 100));
        _processes.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, await CallsOf(misses: 1));
        for (int i = 0; i < 20; i++)
        {
            _processes.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(1, await CallsOf(misses: 10));
        }

        // It is well again: it is used at once, and the next failure is the first.
        _store.Heal();
        _processes.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(30, await CallsOf(misses: 10));
        Assert.Equal(10, _processes.Store.Count());

        async Task<int> CallsOf(int misses)
        {
            _store.Forget();
            for (int i = 0; i < misses; i++) await Load(method, isAsync, $"key {number++}", () => "good");
            return _store.Calls.Count;
        }
    }

    // Else a store that fails now and then is left alone for seconds.
    [Theory]
    [InlineData(false, "Read")]
    [InlineData(true, "Read")]
    [InlineData(false, "Complete")]
    [InlineData(true, "Complete")]
    public async Task After_a_success_the_next_failure_is_the_first_again(bool isAsync, string operation)
    {
        var method = Start();
        for (int round = 0; round < 3; round++)
        {
            _store.FailOn(operation);
            await Load(method, isAsync, $"failing {round}", () => "good");
            _store.Heal();
            _processes.Time.Advance(TimeSpan.FromMilliseconds(100));
            _store.Forget();

            await Load(method, isAsync, $"well {round}", () => "good");

            Assert.Contains(operation, _store.Operations);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_user_orders_throws_when_the_store_fails_and_holds_in_memory(bool isAsync)
    {
        var method = Start();
        await Load(method, isAsync, "key", () => "good");
        _store.FailAll();

        await Assert.ThrowsAsync<IOException>(async () => await Order(() => method.Set("key", "set"), () => method.SetAsync("key", "set")));
        Assert.Equal("set", await Load(method, isAsync, "key", Fail));

        await Assert.ThrowsAsync<IOException>(async () => await Order(() => method.Invalidate("key"), () => method.InvalidateAsync("key")));
        Assert.Equal("good", await Load(method, isAsync, "key", () => "good"));

        Assert.Throws<IOException>(() => method.Set("tagged", "set", ["tag"]));
        await Assert.ThrowsAsync<IOException>(async () => await Order(() => method.Memoizer.InvalidateTag("tag"), () => method.Memoizer.InvalidateTagAsync("tag")));
        Assert.Equal("good", await Load(method, isAsync, "tagged", () => "good"));

        await Assert.ThrowsAsync<IOException>(async () => await Order(method.Clear, () => method.ClearAsync()));
        Assert.Equal(0, method.Statistics.Entries);
        await Load(method, isAsync, "key", () => "good");
        await Assert.ThrowsAsync<IOException>(async () => await Order(method.Memoizer.Clear, () => method.Memoizer.ClearAsync()));
        Assert.Equal((0, 0), (method.Statistics.Entries, method.LockCount));

        async Task Order(Action order, Func<ValueTask> orderAsync)
        {
            if (isAsync) await orderAsync();
            else order();
        }
    }

    [Fact]
    public async Task A_renewal_that_fails_is_tried_again_and_loses_nothing()
    {
        var gate = new Gate<string?>();
        var method = Start();
        var call = method.CallAsync("key", _ => gate.Task);
        await gate.Entered;
        _store.FailOn(nameof(IClaimStore.Renew));
        _processes.Time.Advance(_processes.Store.LeaseDuration / 3);
        _store.Heal();
        _processes.Time.Advance(_processes.Store.LeaseDuration / 3);
        _processes.Time.Advance(_processes.Store.LeaseDuration * 0.9);

        gate.Open("good");

        Assert.Equal("good", await call);
        Assert.Equal("good", await _processes.Start(Policy).CallAsync("key", _ => throw new InvalidOperationException()));
    }

    [Fact]
    public async Task A_read_that_hangs_does_not_hold_a_cancelled_caller()
    {
        var held = _store.HoldOn(nameof(ICacheStore.Read));
        var method = Start();
        using var caller = new CancellationTokenSource();
        var first = method.CallAsync("key", _ => Task.FromResult<string?>("first"), caller.Token);
        var second = method.CallAsync("key", _ => Task.FromResult<string?>("second"));
        Threads.WaitUntil(() => method.WaitersOn("key") == 1);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        held.Release();
        Assert.Equal("second", await second);
        Assert.Equal((1, 1, 0), (method.Statistics.Cancelled, method.Statistics.Computed, method.LockCount));
    }

    [Fact]
    public async Task A_value_read_before_an_invalidation_is_not_kept_after_it()
    {
        _processes.Start(Policy).Call("key", _ => "old");
        var held = _store.HoldOn(nameof(ICacheStore.Read), FaultMoment.After);
        var method = Start();
        var call = method.CallAsync("key", _ => Task.FromResult<string?>("new"));
        await held.Reached;

        await method.InvalidateAsync("key");
        held.Release();

        Assert.Equal("old", await call);
        Assert.Equal(0, method.Statistics.Entries);
        Assert.Equal("new", await method.CallAsync("key", _ => Task.FromResult<string?>("new")));
    }

    [Fact]
    public async Task A_value_read_before_an_invalidation_by_tag_is_not_kept_after_it()
    {
        _processes.Start(Policy).Set("key", "old", tags: ["tag"]);
        var held = _store.HoldOn(nameof(ICacheStore.Read), FaultMoment.After);
        var method = Start();
        var call = method.CallAsync("key", _ => Task.FromResult<string?>("new"));
        await held.Reached;

        await method.Memoizer.InvalidateTagAsync("tag");
        held.Release();

        Assert.Equal("old", await call);
        Assert.Equal(0, method.Statistics.Entries);
        Assert.Equal("new", await method.CallAsync("key", _ => Task.FromResult<string?>("new")));
    }

    [Fact]
    public async Task A_value_read_before_an_invalidation_by_tag_is_not_in_memory_for_a_moment_after_it()
    {
        var definition = new CachedMethodDefinition<WatchedKey, string?>(
            SimulatedProcesses.Name, Policy, new() { WriteKey = static (key, writer) => writer.Write(key.Text), Schema = 1 });
        definition.For(_processes.NewMemoizer()).Set(new("key"), "old", tags: ["tag"]);
        var held = _store.HoldOn(nameof(ICacheStore.Read), FaultMoment.After);
        var method = definition.For(_processes.NewMemoizer(options => options.Store = _store));
        bool isLooking = false;
        bool wasSeen = false;
        var call = method.CallAsync(new WatchedKey("key") { Compared = LookForIt }, _ => Task.FromResult<string?>("new"));
        await held.Reached;

        await method.Memoizer.InvalidateTagAsync("tag");
        held.Release();

        Assert.Equal("old", await call);
        Assert.False(wasSeen);

        // Whoever looks for an entry compares its key: a moment to look from elsewhere.
        void LookForIt()
        {
            if (isLooking) return;

            isLooking = true;
            wasSeen |= method.TryPeek(new("key"), out _);
            isLooking = false;
        }
    }

    [Fact]
    public async Task A_value_of_another_process_is_not_kept_after_an_invalidation_by_a_tag_that_it_has()
    {
        var readHeld = _store.HoldOn(nameof(ICacheStore.Read), FaultMoment.After);
        var method = Start();
        var call = method.CallAsync("key", _ => Task.FromResult<string?>("not computed"));
        await readHeld.Reached;
        _processes.Start(Policy).Set("key", "old", tags: ["tag"]);
        var claimHeld = _store.HoldOn(nameof(IClaimStore.TryClaim), FaultMoment.After);
        readHeld.Release();
        await claimHeld.Reached;

        await method.Memoizer.InvalidateTagAsync("tag");
        claimHeld.Release();

        Assert.Equal("old", await call);
        Assert.Equal(0, method.Statistics.Entries);
        Assert.Equal("new", await method.CallAsync("key", _ => Task.FromResult<string?>("new")));
    }

    [Fact]
    public async Task A_value_that_was_found_serves_nobody_who_comes_after_an_invalidation_by_its_tag()
    {
        _processes.Start(Policy).Set("key", "old", tags: ["tag"]);
        var method = Start();
        var turn = await method.EnterAsync("key", default);
        method.Memoizer.InvalidateTag("tag");
        var later = method.CallAsync("key", _ => Task.FromResult<string?>("new"));

        Assert.True(turn.TryGet(out _));
        turn.Dispose();

        Assert.Equal("new", await later);
        Assert.Equal("new", method.Call("key", _ => Fail()));
    }

    [Fact]
    public async Task A_computation_that_a_refresh_has_overtaken_is_not_stored()
    {
        var gate = new Gate<string?>();
        var method = Start();
        var early = method.CallAsync("key", _ => gate.Task);
        await gate.Entered;
        var held = _store.HoldOn(nameof(IClaimStore.TryClaim));
        var refresh = Task.Run(async () =>
        {
            using var turn = await method.EnterToRefreshAsync("key", default);
            return turn.TryGet(out string? value) ? value : await turn.ComputeAsync(0, static (_, _) => throw new InvalidDataException("no"));
        });
        await held.Reached;

        gate.Open("early");

        Assert.Equal("early", await early);
        Threads.WaitUntil(() => method.Memoizer.Running.Count == 1);
        Assert.Equal(0, _processes.Store.Count());
        held.Release();
        await Assert.ThrowsAsync<InvalidDataException>(() => refresh);
        Assert.Equal("new", method.Call("key", _ => "new"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entry_of_no_use_that_came_after_the_look_is_replaced(bool isAsync)
    {
        var held = _store.HoldOn(nameof(IClaimStore.TryClaim));
        var method = Start();
        var call = Task.Run(() => Load(method, isAsync, "key", () => "mine"));
        await held.Reached;
        _processes.Start(new() { Version = 1 }).Call("key", _ => "of another version");
        held.Release();

        Assert.Equal("mine", await call.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal("mine", _processes.Start(Policy).Call("key", _ => Fail()));
    }

    [Fact]
    public async Task Callers_that_wait_together_look_into_the_store_once()
    {
        var policy = new CachePolicy<string?> { Size = (_, value) => value!.Length, MaxSize = 2 };
        _processes.Start(policy).Call("key", _ => "too large for memory");
        var held = _store.HoldOn(nameof(ICacheStore.Read));
        var method = _processes.Start(policy, options => options.Store = _store);
        var calls = Enumerable.Range(0, 5).Select(_ => method.CallAsync("key", _ => Task.FromResult<string?>(Fail()))).ToArray();
        Threads.WaitUntil(() => method.WaitersOn("key") == 4);

        held.Release();

        Assert.All(await Task.WhenAll(calls), value => Assert.Equal("too large for memory", value));
        Assert.Equal([nameof(ICacheStore.Read)], _store.Operations);
        Assert.Equal((5, 1), (method.Statistics.Hits, method.Statistics.StoreHits));
    }

    [Fact]
    public async Task Shutting_down_while_the_store_hangs_ends_the_callers()
    {
        var held = _store.HoldOn(nameof(IClaimStore.TryClaim));
        var method = Start();
        var call = method.CallAsync("key", _ => Task.FromResult<string?>("never"));
        await held.Reached;

        method.Memoizer.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        held.Release();
        Threads.WaitUntil(() => method.Memoizer.Running.Count == 0 && method.LockCount == 0);
    }

    private static CachePolicy<string?> Policy => new() { When = (_, value) => value != "bad" };

    private CachedMethod<TextKey, string?> Start() => _processes.Start(Policy, options => options.Store = _store);

    private static Task<string?> Load(CachedMethod<TextKey, string?> method, bool isAsync, string key, Func<string?> core) =>
        isAsync ? method.CallAsync(key, _ => Task.FromResult(core())) : Task.FromResult(method.Call(key, _ => core()));

    private static string Fail() => throw new InvalidOperationException("The method ran.");

    private sealed class WatchedKey(string text) : IEquatable<WatchedKey>
    {
        public string Text { get; } = text;

        public Action? Compared { get; init; }

        public bool Equals(WatchedKey? other)
        {
            Compared?.Invoke();
            other?.Compared?.Invoke();
            return Text == other?.Text;
        }

        public override bool Equals(object? obj) => Equals(obj as WatchedKey);

        public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
    }
}
