using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>What random interleavings have found, or were too rare for them to find, each fixed step by step.</summary>
public sealed class FoundInterleavings
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Invalidating_a_tag_forgets_the_failures_of_computations_with_it()
    {
        using var memoizer = new Memoizer(new() { TimeProvider = _time });
        var cache = ByHand.Method<string, string>(new() { FailureDuration = Seconds(10) }, memoizer);
        Assert.Throws<InvalidOperationException>(() => Compute("key", () => throw new InvalidOperationException()));
        Assert.Throws<InvalidOperationException>(() => Compute("other", () => throw new InvalidOperationException()));

        memoizer.InvalidateTag("of key");

        Assert.Equal("value", Compute("key", () => "value"));
        Assert.Throws<InvalidOperationException>(() => Compute("other", () => "too early"));
        cache.Verify();

        string Compute(string key, Func<string> core)
        {
            using var turn = cache.Enter(key, CancellationToken.None);
            return turn.TryGet(out var found) ? found : turn.Compute(core, static (core, _) => core(), [$"of {key}"]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_comes_after_an_invalidation_gets_no_stale_value_that_an_earlier_caller_has_seen(bool byTag)
    {
        using var memoizer = new Memoizer(new() { TimeProvider = _time });
        var cache = ByHand.Method<string, string>(new() { Duration = Seconds(10), StaleOnError = Seconds(100) }, memoizer);
        cache.Set("key", "old", ["tag"]);
        _time.Advance(Seconds(10));

        Task<string> newcomer;
        using (var turn = cache.Enter("key", CancellationToken.None))
        {
            Assert.False(turn.TryGet(out _));
            if (byTag) memoizer.InvalidateTag("tag");
            else cache.Invalidate("key");
            newcomer = cache.CallAsync("key", _ => throw new InvalidOperationException());
            Assert.Throws<InvalidOperationException>(() => turn.Compute(0, (_, _) => throw new InvalidOperationException(), ["tag"]));
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => newcomer.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal((2, 0), (cache.Statistics.Failed, cache.Statistics.Stale));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public void A_caller_that_came_in_between_while_its_key_was_invalidated_leaves_no_stale_value_to_those_after() =>
        ControlledScheduler.Play(workers =>
        {
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { TimeProvider = _time, Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(new() { Duration = Seconds(10), StaleOnError = Seconds(100) }, memoizer);
            cache.Set("key", "old");
            _time.Advance(Seconds(10));
            scheduler.Begin("invalidate", () => cache.Invalidate("key")).GoOn();

            // The locks are cut off, but the value is still there.
            var gate = new TaskCompletionSource<string>();
            var between = ControlledScheduler.Start("between", () => cache.CallAsync("key", _ => gate.Task));
            scheduler["invalidate"].GoOn();
            var after = ControlledScheduler.Start("after", () => cache.CallAsync("key", _ => gate.Task));
            gate.SetException(new InvalidOperationException());
            foreach (var step in scheduler.Parked.ToList()) EndWait(step);

            Assert.IsType<InvalidOperationException>(between.Exception!.InnerException);
            Assert.IsType<InvalidOperationException>(after.Exception!.InnerException);
            Assert.Equal(0, cache.LockCount);
        });

    [Fact]
    public void A_caller_that_came_in_between_while_its_key_was_set_leaves_nothing_older_to_those_after() =>
        ControlledScheduler.Play(workers =>
        {
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { TimeProvider = _time, Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(new() { Duration = Seconds(10), StaleOnError = Seconds(100) }, memoizer);
            cache.Set("key", "old");
            _time.Advance(Seconds(10));
            scheduler.Begin("set", () => cache.Set("key", "new")).GoOn();

            // A refresh does not wait for the turn of the set: it cuts it off, and sees what is there still.
            var turn = cache.EnterToRefreshAsync("key", CancellationToken.None);
            Assert.True(turn.IsCompletedSuccessfully);
            Assert.False(turn.Result.TryGet(out _));
            scheduler["set"].GoOn();
            scheduler["set"].GoOn();
            _time.Advance(Seconds(10));
            var after = ControlledScheduler.Start("after", () => cache.CallAsync("key", _ => Task.FromResult("never run")));
            Assert.False(after.IsCompleted);
            var refresh = turn.Result.ComputeAsync(0, static (_, _) => ValueTask.FromException<string>(new InvalidOperationException()));
            EndWait(scheduler["after"]);

            Assert.True(refresh.IsFaulted);
            Assert.Equal("new", after.Result);
            turn.Result.Dispose();
            Assert.Equal(0, cache.LockCount);
        });

    [Theory]
    [InlineData(OnFailure.Share)]
    [InlineData(OnFailure.Retry)]
    public void A_caller_whose_soft_timeout_ends_together_with_its_computation_takes_the_fresh_value(OnFailure onFailure) =>
        ControlledScheduler.Play(workers =>
        {
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { TimeProvider = _time, Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(new() { Duration = Seconds(10), StaleOnError = Seconds(100), SoftTimeout = Seconds(2), OnFailure = onFailure }, memoizer);
            cache.Set("key", "old");
            _time.Advance(Seconds(10));
            var gate = new TaskCompletionSource<string>();
            var call = ControlledScheduler.Start("call", () => cache.CallAsync("key", _ => gate.Task));

            _time.Advance(Seconds(2));
            Assert.True(scheduler["call"].TryCancel());
            gate.SetResult("new");
            scheduler["call"].GoOn();

            Assert.Equal("new", call.Result);
            Assert.Equal((1, 0), (cache.Statistics.Computed, cache.Statistics.Stale));
        });

    [Fact]
    public void A_caller_that_takes_the_stale_value_has_it_whatever_the_next_turn_sees() =>
        ControlledScheduler.Play(workers =>
        {
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { TimeProvider = _time, Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(new() { Duration = Seconds(10), StaleOnError = Seconds(3), SoftTimeout = Seconds(2), OnFailure = OnFailure.Retry }, memoizer);
            cache.Set("key", "old");
            _time.Advance(Seconds(10));
            var gate = new TaskCompletionSource<string>();
            var leader = ControlledScheduler.Start("leader", () => cache.CallAsync("key", _ => gate.Task));
            var waiting = cache.EnterAsync("key", CancellationToken.None);
            var next = ControlledScheduler.Start("next", () => cache.CallAsync("key", _ => Task.FromResult("new")));
            _time.Advance(Seconds(2));
            var patient = scheduler["somebody"];
            Assert.True(patient.TryCancel());
            patient.GoOn();

            // The turn goes to the next, who sees that the old value has had its time.
            _time.Advance(Seconds(1));
            memoizer.Prune();
            gate.SetException(new InvalidOperationException());
            EndWait(scheduler["next"]);

            Assert.Equal("new", next.Result);
            Assert.True(waiting.Result.TryGet(out string? value));
            Assert.Equal("old", value);
            EndWait(scheduler["leader"]);
            Assert.True(leader.IsFaulted);
            Assert.Equal(0, cache.LockCount);
        });

    [Fact]
    public void A_waiter_that_notices_its_soft_timeout_after_the_end_takes_the_outcome() =>
        ControlledScheduler.Play(workers =>
        {
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { TimeProvider = _time, Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(new() { Duration = Seconds(10), StaleOnError = Seconds(100), SoftTimeout = Seconds(2) }, memoizer);
            cache.Set("key", "old");
            _time.Advance(Seconds(10));
            bool gateIsOpen = false;
            var leader = ControlledScheduler.Start("leader", () => cache.CallAsync("key", async _ =>
            {
                await scheduler.WaitAsync(() => gateIsOpen, CancellationToken.None).ConfigureAwait(false);
                return "new";
            }));
            var waiter = ControlledScheduler.Start("waiter", () => cache.CallAsync("key", _ => Task.FromResult("never run")));
            var core = scheduler.Parked[0];

            _time.Advance(Seconds(2));
            Assert.True(scheduler["waiter"].TryCancel());
            gateIsOpen = true;
            EndWait(core);
            scheduler["waiter"].GoOn();
            foreach (var step in scheduler.Parked.ToList()) EndWait(step);

            Assert.Equal(("new", "new"), (leader.Result, waiter.Result));
            Assert.Equal((0, 1, 1), (cache.Statistics.Stale, cache.Statistics.Computed, cache.Statistics.Coalesced));
            Assert.Equal(0, cache.LockCount);
        });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(100, 1)]
    [InlineData(100, 2)]
    public void A_waiter_whose_soft_timeout_ends_does_not_take_the_new_value_for_the_stale_one(double staleFor, int pauses) =>
        ControlledScheduler.Play(workers =>
        {
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { TimeProvider = _time, Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(new() { Duration = Seconds(10), StaleOnError = Seconds(staleFor), SoftTimeout = Seconds(2) }, memoizer);
            cache.Set("key", "old");
            _time.Advance(Seconds(10));
            var gate = new TaskCompletionSource<string>();
            var leader = ControlledScheduler.Start("leader", async () =>
            {
                using var turn = await cache.EnterAsync("key", CancellationToken.None).ConfigureAwait(false);
                Assert.False(turn.TryGet(out _));
                return await turn.ComputeAsync(gate, static (gate, _) => new(gate.Task)).ConfigureAwait(false);
            });
            string? taken = null;
            scheduler.Begin("waiter", () => taken = cache.Call("key", _ => "never run")).GoOn();

            // It looks for what stands in, and whether the computation has ended: that ends in between, or just before.
            _time.Advance(Seconds(2));
            Assert.True(scheduler["waiter"].TryCancel());
            for (int steps = 0; steps < pauses; steps++) EndWait(scheduler["waiter"]);
            gate.SetResult("new");
            while (scheduler.Find("waiter") is { } waiter) EndWait(waiter);
            while (scheduler.Find("leader") is { } step) EndWait(step);

            Assert.Equal(("new", "new"), (leader.Result, taken));
            Assert.Equal((0, 1, 1), (cache.Statistics.Stale, cache.Statistics.Computed, cache.Statistics.Coalesced));
        });

    [Theory]
    [InlineData(OnFailure.Share, 1)]
    [InlineData(OnFailure.Share, 2)]
    [InlineData(OnFailure.Retry, 1)]
    [InlineData(OnFailure.Retry, 2)]
    public void A_starter_whose_soft_timeout_ends_does_not_take_the_new_value_for_the_stale_one(OnFailure onFailure, int pauses) =>
        ControlledScheduler.Play(workers =>
        {
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { TimeProvider = _time, Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(new() { Duration = Seconds(10), StaleOnError = Seconds(1), SoftTimeout = Seconds(2), OnFailure = onFailure }, memoizer);
            cache.Set("key", "old");
            _time.Advance(Seconds(10));
            var gate = new TaskCompletionSource<string>();
            var starter = ControlledScheduler.Start("starter", () => cache.CallAsync("key", _ => gate.Task));

            // It looks for what stands in on a thread where it pauses before and after that; the computation settles meanwhile.
            _time.Advance(Seconds(2));
            var step = scheduler["starter"];
            Assert.True(step.TryCancel());
            scheduler.Begin("notices", step.GoOn).GoOn();
            for (int steps = 1; steps < pauses; steps++) EndWait(scheduler["starter"]);
            gate.SetResult("new");
            while (scheduler.Parked is [var parked, ..]) EndWait(parked);

            Assert.Equal("new", starter.Result);
            Assert.Equal((0, 1), (cache.Statistics.Stale, cache.Statistics.Computed));
        });

    [Fact]
    public void A_void_turn_does_not_keep_the_computation_of_the_next_one_running()
    {
        var locks = Locks();
        var keyedLock = locks.Enter("key", out _);
        locks.Enter("key", out _);
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        keyedLock.Begin(caller: null, tags: null, first);
        keyedLock.PassOn(turn: 1);
        var (_, turn) = keyedLock.Wait(Patience.OfThread(limit: null, TimeProvider.System, CancellationToken.None));
        keyedLock.Begin(caller: null, tags: null, second);

        keyedLock.KeepRunning(turn: 1);
        keyedLock.Leave(turn: 1);

        Assert.Equal(2, turn);
        Assert.Same(second, keyedLock.Leave(turn));
        Assert.Equal(0, locks.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_computation_is_kept_running_by_its_own_turn_or_by_who_only_waited(int by)
    {
        var keyedLock = Locks().Enter("key", out _);
        using var cancellation = new CancellationTokenSource();
        keyedLock.Begin(caller: null, tags: null, cancellation);

        keyedLock.KeepRunning(by);

        Assert.Null(keyedLock.Leave(turn: 1));
        Assert.True(keyedLock.IsAttached);
    }

    [Fact]
    public void A_caller_that_has_seen_an_entry_that_was_pruned_since_finds_the_value_that_was_set_after() =>
        ControlledScheduler.Play(workers =>
        {
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { TimeProvider = _time, Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(new() { Duration = Seconds(10) }, memoizer);
            cache.Set("key", "old");
            _time.Advance(Seconds(10));
            scheduler.Begin("set", () => cache.Set("key", "new")).GoOn();

            // It takes the turn from the set, which is still to write.
            scheduler.Begin("clear", cache.Clear).GoOn();
            using var turn = cache.Enter("key", CancellationToken.None);
            Assert.Equal(1, memoizer.Prune());
            scheduler["set"].GoOn();

            Assert.True(turn.TryGet(out var found));
            Assert.Equal("new", found);
            scheduler["set"].GoOn();
            scheduler["clear"].GoOn();
        });

    [Fact]
    public async Task A_caller_whose_turn_was_passed_on_before_it_waits_does_not_take_what_the_others_come_to()
    {
        var method = ByHand.Method<string, string>();
        var locks = new KeyedLocks<string, string>(method, new MemoryStore<string, string>(new CachePolicy<string>(), method.Memoizer.Clock, new MethodCounters()));
        var keyedLock = locks.Enter("key", out _);
        locks.Enter("key", out _);
        var turn = keyedLock.FirstTurn.Open(TurnKind.Compute, toRefresh: false, number: 1, caller: null, CancellationToken.None);
        turn.Begin(tags: null, cancellation: null);
        locks.Detach("key");
        keyedLock.PassOn(turn.Number);

        var failed = new TimeoutException();
        var wait = keyedLock.OpenWait(turn).For(ValueTask.FromResult(new Outcome<string>(failed)));

        Assert.Same(failed, await Assert.ThrowsAsync<TimeoutException>(wait.AsTask));
    }

    private static KeyedLocks<string, string> Locks()
    {
        var method = ByHand.Method<string, string>();
        return new(method, new MemoryStore<string, string>(new CachePolicy<string>(), method.Memoizer.Clock, new MethodCounters()));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static void EndWait(ControlledScheduler.Step step)
    {
        Assert.True(step.TryEnd());
        step.GoOn();
    }
}
