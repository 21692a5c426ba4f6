namespace Memoize.Tests;

/// <summary>Invalidate beats load: what is written or invalidated wins over what is being computed. (Semantic 5)</summary>
public sealed class InvalidationTests
{
    public enum Act
    {
        Invalidate,
        Set,
        Clear,
        ClearTheMemoizer,
    }

    [Theory]
    [InlineData(Act.Invalidate)]
    [InlineData(Act.Set)]
    [InlineData(Act.Clear)]
    [InlineData(Act.ClearTheMemoizer)]
    public async Task During_a_computation_it_keeps_the_result_out_but_its_callers_get_it(Act act)
    {
        var cache = ByHand.Method<string, string>();
        var gate = new TaskCompletionSource<string>();
        var leader = cache.CallAsync("key", _ => gate.Task);
        var waiter = cache.CallAsync("key", _ => gate.Task);

        switch (act)
        {
            case Act.Invalidate: await cache.InvalidateAsync("key"); break;
            case Act.Set: await cache.SetAsync("key", "set"); break;
            case Act.Clear: await cache.ClearAsync(); break;
            default: cache.Memoizer.Clear(); break;
        }

        var newcomer = cache.CallAsync("key", _ => Task.FromResult("fresh"));
        Assert.Equal(act == Act.Set ? "set" : "fresh", await newcomer);
        gate.SetResult("outdated");
        Assert.Equal("outdated", await leader);
        Assert.Equal("outdated", await waiter);

        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal(act == Act.Set ? "set" : "fresh", kept);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task A_result_that_was_invalidated_before_it_was_there_is_not_held_on_to()
    {
        var cache = ByHand.Method<string, object>();

        var result = await ComputeInvalidated(cache);

        // The callers are on their way out, and this goes on above one of them.
        await Task.Yield();
        Threads.WaitUntil(() =>
        {
            GC.Collect();
            return !result.IsAlive;
        });
        GC.KeepAlive(cache);

        static async Task<WeakReference> ComputeInvalidated(CachedMethod<string, object> cache)
        {
            var gate = new TaskCompletionSource<object>();
            Task<object>[] calls = [cache.CallAsync("key", _ => gate.Task), cache.CallAsync("key", _ => gate.Task)];
            cache.Invalidate("key");
            gate.SetResult(new object());
            return new WeakReference((await Task.WhenAll(calls))[0]);
        }
    }

    [Fact]
    public async Task A_waiter_of_an_invalidated_lock_whose_turn_ends_without_an_outcome_starts_over()
    {
        var cache = ByHand.Method<string, string>();
        Task<string> waiter;
        using (cache.Enter("key", CancellationToken.None))
        {
            waiter = cache.CallAsync("key", _ => Task.FromResult("value"));
            cache.Invalidate("key");
        }

        Assert.Equal("value", await waiter.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(cache.TryPeek("key", out var kept));
        Assert.Equal("value", kept);
        Assert.Equal(0, cache.LockCount);
    }

    [Fact]
    public async Task Peek_set_invalidate_and_clear_do_what_they_say()
    {
        var cache = ByHand.Method<string, string>();

        Assert.False(cache.TryPeek("key", out _));
        cache.Set("key", "set");
        Assert.True(cache.TryPeek("key", out var peeked));
        Assert.Equal("set", peeked);
        Assert.Equal("set", await cache.CallAsync("key", _ => Task.FromResult("computed")));
        cache.Invalidate("key");
        Assert.False(cache.TryPeek("key", out _));
        cache.Set("key", "again");
        cache.Clear();
        Assert.False(cache.TryPeek("key", out _));

        // Peeking counts nothing.
        Assert.Equal(1, cache.Statistics.Requests);
    }
}
