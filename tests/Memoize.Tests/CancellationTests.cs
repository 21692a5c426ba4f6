namespace Memoize.Tests;

/// <summary>A computation belongs to all its callers. (Semantic 2)</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task The_caller_that_started_leaves_at_once_and_the_others_are_served()
    {
        var cache = ByHand.Method<string, string>();
        var gate = new TaskCompletionSource<string>();
        using var cancellation = new CancellationTokenSource();
        CancellationToken computation = default;
        var leader = cache.CallAsync("key", token => { computation = token; return gate.Task; }, cancellation.Token);
        var joiner = cache.CallAsync("key", _ => throw new InvalidOperationException("This would be a second run."));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.False(computation.IsCancellationRequested);
        gate.SetResult("value");
        Assert.Equal("value", await joiner);
        Assert.True(cache.TryPeek("key", out _));
        Assert.Equal((1, 1, 0), (cache.Statistics.Cancelled, cache.Statistics.Coalesced, cache.Statistics.Computed));
        Assert.Equal(0, cache.LockCount);
    }

    // What the caller does next would hold up who cancels, and what it throws would end that one's thread.
    [Fact]
    public async Task The_caller_that_started_goes_on_on_another_thread_than_the_one_that_cancels()
    {
        var cache = ByHand.Method<string, string>();
        using var cancellation = new CancellationTokenSource();
        var call = cache.CallAsync("key", _ => new TaskCompletionSource<string>().Task, cancellation.Token);
        var goesOn = call.ContinueWith(static _ => Thread.CurrentThread, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        var cancelling = new Thread(cancellation.Cancel) { IsBackground = true };
        cancelling.Start();

        Assert.NotSame(cancelling, await goesOn);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_waiter_leaves_at_once_and_harms_nobody()
    {
        var cache = ByHand.Method<string, string>();
        var gate = new TaskCompletionSource<string>();
        using var cancellation = new CancellationTokenSource();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => gate.Task, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);
        Assert.False(leader.IsCompleted);
        gate.SetResult("value");
        Assert.Equal("value", await leader);
        Assert.Equal((1, 1), (cache.Statistics.Cancelled, cache.Statistics.Computed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_last_caller_leaves_the_computation_is_cancelled_and_a_newcomer_starts_afresh(bool coreHonoursTheToken)
    {
        var cache = ByHand.Method<string, string>();
        var gate = new TaskCompletionSource<string>();
        using var cancellation = new CancellationTokenSource();
        CancellationToken computation = default;
        Task<string> Core(CancellationToken token)
        {
            computation = token;
            return coreHonoursTheToken ? gate.Task.WaitAsync(token) : gate.Task;
        }

        var leader = cache.CallAsync("key", Core, cancellation.Token);
        var waiter = cache.CallAsync("key", Core, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);

        Assert.True(computation.IsCancellationRequested);
        Assert.Equal(0, cache.LockCount);
        Assert.Equal("fresh", await cache.CallAsync("key", _ => Task.FromResult("fresh")));
        gate.SetResult("late");
        Threads.WaitUntil(() => cache.Memoizer.Running.Count == 0);
        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal("fresh", kept);
        Assert.Equal(2, cache.Statistics.Cancelled);
    }

    [Fact]
    public async Task Nothing_is_kept_of_an_abandoned_computation_that_ends_all_the_same()
    {
        var cache = ByHand.Method<string, string>();
        var gate = new TaskCompletionSource<string>();
        using var cancellation = new CancellationTokenSource();
        var leader = cache.CallAsync("key", _ => gate.Task, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);

        gate.SetResult("nobody wants it");
        Threads.WaitUntil(() => cache.Memoizer.Running.Count == 0);

        Assert.False(cache.TryPeek("key", out _));
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_gets_a_kept_value_but_does_not_compute()
    {
        var cache = ByHand.Method<string, string>();
        var cancelled = new CancellationToken(canceled: true);
        await cache.CallAsync("kept", _ => Task.FromResult("value"));

        Assert.Equal("value", await cache.CallAsync("kept", _ => Task.FromResult("other"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cache.CallAsync("absent", _ => Task.FromResult("other"), cancelled));

        Assert.Equal(1, cache.Statistics.Cancelled);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public void A_cancelled_synchronous_computation_hands_the_turn_to_the_next_waiter()
    {
        var cache = ByHand.Method<string, string>();
        using var cancellation = new CancellationTokenSource();
        int runs = 0;

        Threads.Run(4, thread =>
        {
            if (thread == 0)
            {
                Assert.ThrowsAny<OperationCanceledException>(() => cache.Call(
                    "key",
                    token =>
                    {
                        Threads.WaitUntil(() => cache.WaitersOn("key") == 3);
                        cancellation.Cancel();
                        token.ThrowIfCancellationRequested();
                        return "never";
                    },
                    cancellation.Token));
            }
            else
            {
                Threads.WaitUntil(() => cache.LockCount == 1);
                Assert.Equal("value", cache.Call("key", _ =>
                {
                    Interlocked.Increment(ref runs);
                    return "value";
                }));
            }
        });

        Assert.Equal(1, runs);
        Assert.Equal(1, cache.Statistics.Cancelled);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public void A_synchronous_waiter_leaves_at_once()
    {
        var cache = ByHand.Method<string, string>();
        using var cancellation = new CancellationTokenSource();

        Threads.Run(2, thread =>
        {
            if (thread == 0)
            {
                cache.Call("key", _ =>
                {
                    Threads.WaitUntil(() => cache.WaitersOn("key") == 1);
                    cancellation.Cancel();
                    Threads.WaitUntil(() => cache.Statistics.Cancelled == 1);
                    return "value";
                });
            }
            else
            {
                Threads.WaitUntil(() => cache.LockCount == 1);
                Assert.ThrowsAny<OperationCanceledException>(() => cache.Call("key", _ => "other", cancellation.Token));
            }
        });

        Assert.Equal(0, cache.LockCount);
        Assert.Equal((1, 1), (cache.Statistics.Computed, cache.Statistics.Cancelled));
    }

    [Fact]
    public void A_waiter_that_was_cancelled_before_it_got_the_turn_does_not_run_the_method()
    {
        for (int round = 0; round < 50; round++)
        {
            var cache = ByHand.Method<string, string>();
            using var cancellation = new CancellationTokenSource();
            int runs = 0;
            Threads.Run(4, _ => Assert.ThrowsAny<OperationCanceledException>(() => cache.Call(
                "key",
                token =>
                {
                    if (Interlocked.Increment(ref runs) == 1)
                    {
                        Threads.WaitUntil(() => cache.WaitersOn("key") == 3);
                        cancellation.Cancel();
                    }

                    token.ThrowIfCancellationRequested();
                    return "never";
                },
                cancellation.Token)));

            Assert.Equal(1, runs);
            Assert.Equal(4, cache.Statistics.Cancelled);
            Assert.Equal(0, cache.LockCount);
        }
    }

    [Fact]
    public async Task A_waiter_that_is_cancelled_before_anybody_has_looked_again_has_its_reason_all_the_same()
    {
        var cache = ByHand.Method<string, string>();
        cache.Set("key", "value");
        cache.Invalidate("key");
        using var cancellation = new CancellationTokenSource();
        using (await cache.EnterAsync("key", CancellationToken.None))
        {
            var waiter = cache.CallAsync("key", _ => Task.FromResult("never"), cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);
        }

        // The one that had the turn made nothing of it, and has failed for the same reason.
        Assert.Equal((1, 1, 2), (cache.Statistics.Cancelled, cache.Statistics.Failed, cache.Statistics.MissesFor(MissReason.Invalidated)));
    }
}
