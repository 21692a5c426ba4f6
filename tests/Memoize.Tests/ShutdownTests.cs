using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>What callers get when their memoizer is shut down under them.</summary>
public sealed class ShutdownTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(OnFailure.Share)]
    [InlineData(OnFailure.Retry)]
    public async Task Callers_of_a_method_that_ignores_its_token_go_when_the_grace_time_is_over(OnFailure onFailure)
    {
        var memoizer = new Memoizer(new() { TimeProvider = _time, ShutdownTimeout = TimeSpan.FromSeconds(5) });
        var cache = ByHand.Method<string, string>(new() { OnFailure = onFailure }, memoizer);
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => gate.Task);

        var shutdown = memoizer.DisposeAsync();
        Assert.False(shutdown.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await shutdown;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader.WaitAsync(TimeSpan.FromSeconds(60)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, cache.LockCount);
        gate.SetResult("late");
        Threads.WaitUntil(() => memoizer.Running.Count == 0);
        Assert.Equal(0, cache.Statistics.Entries);
    }

    [Fact]
    public async Task A_clock_that_stands_still_does_not_hold_up_the_shutdown()
    {
        var memoizer = new Memoizer(new() { TimeProvider = _time, ShutdownTimeout = TimeSpan.FromMilliseconds(1) });
        var cache = ByHand.Method<string, string>(memoizer: memoizer);
        var call = cache.CallAsync("key", async token =>
        {
            await new TaskCompletionSource().Task.WaitAsync(token);
            return "never";
        });

        await memoizer.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TimeSpan.FromSeconds(60)));
        Threads.WaitUntil(() => _time.ActiveTimers == 0);
    }

    [Fact]
    public async Task An_invalidated_computation_is_ended_too()
    {
        var memoizer = new Memoizer(new() { TimeProvider = _time });
        var cache = ByHand.Method<string, string>(memoizer: memoizer);
        var leader = cache.CallAsync("key", _ => new TaskCompletionSource<string>().Task);
        cache.Invalidate("key");

        memoizer.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_computation_of_a_caller_that_had_waited_is_ended_too_though_its_key_was_invalidated()
    {
        var memoizer = new Memoizer(new() { TimeProvider = _time });
        var cache = ByHand.Method<string, string>(new() { OnFailure = OnFailure.Retry }, memoizer);
        var first = new TaskCompletionSource<string>();
        var second = new Gate<string>();
        var leader = cache.CallAsync("key", _ => first.Task);
        var waiter = cache.CallAsync("key", _ => second.Task);
        first.SetException(new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => leader);
        await second.Entered;
        cache.Invalidate("key");
        Assert.Equal(1, memoizer.Running.Count);

        memoizer.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_result_that_comes_after_the_shutdown_changes_nothing_for_those_who_waited()
    {
        var memoizer = new Memoizer(new() { TimeProvider = _time });
        var cache = ByHand.Method<string, string>(memoizer: memoizer);
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var entering = cache.EnterAsync("key", CancellationToken.None).AsTask();
        memoizer.Dispose();
        using var turn = await entering;

        gate.SetResult("late");

        Assert.ThrowsAny<OperationCanceledException>(() => turn.TryGet(out _));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_that_would_compute_for_itself_does_not_once_the_memoizer_is_disposed(bool synchronous)
    {
        var memoizer = new Memoizer(new() { TimeProvider = _time });
        var cache = ByHand.Method<string, string>(new() { WaitTimeout = TimeSpan.FromSeconds(1), OnWaitTimeout = OnWaitTimeout.ComputeUncached }, memoizer);
        var leader = cache.CallAsync("key", _ => new TaskCompletionSource<string>().Task);
        var entering = cache.EnterAsync("key", CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        using var turn = await entering;
        Assert.False(turn.TryGet(out _));

        memoizer.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => _ = synchronous
            ? turn.Compute(0, static (_, _) => "computed too late")
            : await turn.ComputeAsync(0, static (_, _) => new ValueTask<string>("computed too late")));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
    }

    [Theory]
    [InlineData(OnFailure.Share)]
    [InlineData(OnFailure.Retry)]
    public void A_synchronous_caller_that_could_take_a_stale_value_does_not_wait_for_it_when_the_memoizer_shuts_down(OnFailure onFailure)
    {
        var memoizer = new Memoizer(new() { TimeProvider = _time });
        var cache = ByHand.Method<string, string>(
            new() { Duration = TimeSpan.FromSeconds(10), StaleOnError = TimeSpan.FromSeconds(100), SoftTimeout = TimeSpan.FromSeconds(2), OnFailure = onFailure }, memoizer);
        cache.Set("key", "old");
        _time.Advance(TimeSpan.FromSeconds(10));
        using var isRunning = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        using var hasGone = new ManualResetEventSlim();

        Threads.Run(2, thread =>
        {
            if (thread == 0)
            {
                isRunning.Wait();
                memoizer.Dispose();

                // No time has passed, and the method goes on: only the shutdown can have ended the wait.
                Assert.True(hasGone.Wait(TimeSpan.FromSeconds(60)));
                gate.Set();
                return;
            }

            var gone = Record.Exception(() => Assert.Equal("old", cache.Call("key", _ =>
            {
                isRunning.Set();
                gate.Wait();
                return "late";
            })));
            hasGone.Set();
            Assert.IsType<OperationCanceledException>(gone);
        });

        Threads.WaitUntil(() => memoizer.Running.Count == 0);
        Assert.Equal((0, 0), (cache.LockCount, cache.Statistics.Entries));
    }

    [Fact]
    public async Task No_computation_starts_after_the_memoizer_was_disposed()
    {
        var memoizer = new Memoizer(new() { TimeProvider = _time });
        var cache = ByHand.Method<string, string>(new() { OnFailure = OnFailure.Retry }, memoizer);
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => Task.FromResult("computed too late"));

        var shutdown = memoizer.DisposeAsync();
        gate.SetException(new InvalidOperationException());

        await Assert.ThrowsAsync<InvalidOperationException>(() => leader);
        var failure = await Assert.ThrowsAsync<ObjectDisposedException>(() => waiter.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("is disposed", failure.Message, StringComparison.Ordinal);
        await shutdown;
        Assert.Throws<ObjectDisposedException>(() => cache.Set("key", "value"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cache.CallAsync("key", _ => gate.Task));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task A_computation_that_ends_as_the_memoizer_shuts_down_is_not_waited_for_in_vain()
    {
        for (int i = 0; i < 2_000; i++)
        {
            var running = new RunningComputations(static () => []);
            running.EnterUncached();
            Task idle = Task.CompletedTask;

            Threads.Race(() => idle = running.WhenIdleAsync(), running.LeaveUncached);

            await idle.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public async Task A_computation_under_a_lock_that_ends_as_the_memoizer_shuts_down_is_not_waited_for_in_vain()
    {
        for (int i = 0; i < 500; i++)
        {
            var memoizer = new Memoizer(new() { ShutdownTimeout = TimeSpan.FromHours(1), AutomaticPruning = false });
            var cache = ByHand.Method<string, string>(memoizer: memoizer);
            var gate = new TaskCompletionSource<string>();
            var call = cache.CallAsync("key", _ => gate.Task);
            Task shutdown = Task.CompletedTask;

            Threads.Race(() => shutdown = memoizer.DisposeAsync().AsTask(), () => gate.SetResult("value"));

            await shutdown.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal("value", await call);
        }
    }
}
