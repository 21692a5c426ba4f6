namespace Memoize.Tests;

/// <summary>Calls that come together: one computes, the others get its result. (R01–R03, R16, R20)</summary>
public sealed class StampedeTests
{
    [Fact]
    public void Five_threads_that_ask_together_run_the_method_once()
    {
        var cache = ByHand.Method<string, string>();
        int runs = 0;
        var results = new string[5];

        Threads.Run(5, i => results[i] = cache.Call("question", _ =>
        {
            Interlocked.Increment(ref runs);
            // The computation ends only when the other four wait for it.
            Threads.WaitUntil(() => cache.WaitersOn("question") == 4);
            return new string("answer");
        }));

        Assert.Equal(1, runs);
        Assert.All(results, result => Assert.Same(results[0], result));
        var statistics = cache.Statistics;
        Assert.Equal((5, 1, 4, 0), (statistics.Requests, statistics.Computed, statistics.Coalesced, statistics.Hits));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task Ten_async_callers_make_one_call_and_get_the_same_result()
    {
        var cache = ByHand.Method<string, object>();
        var gate = new TaskCompletionSource<object>();
        int runs = 0;

        var calls = Enumerable.Range(0, 10).Select(_ => cache.CallAsync("question", _ =>
        {
            runs++;
            return gate.Task;
        })).ToArray();
        gate.SetResult(new object());
        object[] results = await Task.WhenAll(calls);

        Assert.Equal(1, runs);
        Assert.All(results, result => Assert.Same(results[0], result));
        Assert.Equal((10, 1, 9), (cache.Statistics.Requests, cache.Statistics.Computed, cache.Statistics.Coalesced));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task Ten_async_callers_of_a_value_task_make_one_call_and_get_the_same_result()
    {
        var cache = ByHand.Method<string, object>();
        var gate = new TaskCompletionSource<object>();
        int runs = 0;

        var calls = Enumerable.Range(0, 10).Select(_ => cache.CallValueAsync("question", _ =>
        {
            runs++;
            return new ValueTask<object>(gate.Task);
        }).AsTask()).ToArray();
        gate.SetResult(new object());
        object[] results = await Task.WhenAll(calls);

        Assert.Equal(1, runs);
        Assert.All(results, result => Assert.Same(results[0], result));
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task Different_keys_never_wait_for_each_other()
    {
        var cache = ByHand.Method<int, int>();
        var gate = new TaskCompletionSource<int>();
        Task<int> slow = cache.CallAsync(1, _ => gate.Task);

        for (int key = 2; key < 1_000; key++)
            Assert.Equal(key, await cache.CallAsync(key, _ => Task.FromResult(key)));

        Assert.False(slow.IsCompleted);
        gate.SetResult(1);
        Assert.Equal(1, await slow);
    }

    [Fact]
    public async Task Keys_of_equal_hash_never_wait_for_each_other()
    {
        var cache = ByHand.Method<Colliding, int>();
        var gate = new TaskCompletionSource<int>();
        Task<int> slow = cache.CallAsync(new(1), _ => gate.Task);

        for (int key = 2; key < 10; key++)
            Assert.Equal(key, await cache.CallAsync(new(key), _ => Task.FromResult(key)).WaitAsync(TimeSpan.FromSeconds(60)));

        gate.SetResult(1);
        Assert.Equal(1, await slow);
    }

    [Fact]
    public void A_million_distinct_keys_leave_no_lock_behind()
    {
        var cache = ByHand.Method<int, int>();

        Threads.Run(2, thread =>
        {
            for (int i = 0; i < 500_000; i++)
            {
                int key = (thread * 500_000) + i;
                cache.Call(key, _ => key);
            }
        });

        Assert.Equal(0, cache.LockCount);
        Assert.Equal(1_000_000, cache.Statistics.Computed);
        Assert.Equal(10_000, cache.Statistics.Entries);
        Assert.Equal(990_000, cache.Statistics.Evictions);
        cache.Verify();
    }

    [Fact]
    public async Task A_caller_that_finds_the_value_on_the_second_look_does_not_compute()
    {
        var cache = ByHand.Method<string, string>();
        Assert.False(cache.TryGet("key", out _));
        cache.Set("key", "set between the two looks");

        using var turn = await cache.EnterAsync("key", CancellationToken.None);

        Assert.True(turn.TryGet(out var value));
        Assert.Equal("set between the two looks", value);
        Assert.Equal((1, 1), (cache.Statistics.Requests, cache.Statistics.Hits));
    }

    [Fact]
    public void A_hundred_concurrent_hits_count_as_a_hundred()
    {
        var cache = ByHand.Method<string, string>();
        cache.Call("key", _ => "value");

        Threads.Run(100, _ => cache.Call("key", _ => throw new InvalidOperationException("This would be a second run.")));

        Assert.Equal((101, 100, 1), (cache.Statistics.Requests, cache.Statistics.Hits, cache.Statistics.Computed));
    }

    private sealed record Colliding(int Number)
    {
        public override int GetHashCode() => 1;
    }
}
