namespace Memoize.Tests;

/// <summary>A call that would wait for itself throws, and names the circle. (Semantic 6, D09)</summary>
public sealed class RecursionTests
{
    private readonly CachedMethod<string, string> _a = ByHand.Method<string, string>(name: "Tests.A");
    private readonly CachedMethod<string, string> _b = ByHand.Method<string, string>(name: "Tests.B");

    [Fact]
    public async Task A_method_that_calls_itself_with_the_same_key_throws()
    {
        var failure = await Assert.ThrowsAsync<CacheRecursionException>(() =>
            _a.CallAsync("1", async _ => await _a.CallAsync("1", _ => Task.FromResult("never"))));

        Assert.Contains("Tests.A with key 1 → Tests.A with key 1", failure.Message, StringComparison.Ordinal);
        AssertNoLockIsLeft();
        Assert.Equal("value", await _a.CallAsync("1", _ => Task.FromResult("value")));
    }

    [Fact]
    public void A_synchronous_method_that_calls_itself_with_the_same_key_throws()
    {
        Assert.Throws<CacheRecursionException>(() => _a.Call("1", _ => _a.Call("1", _ => "never")));

        AssertNoLockIsLeft();
    }

    [Fact]
    public async Task A_call_after_an_await_or_on_another_thread_is_still_inside()
    {
        await Assert.ThrowsAsync<CacheRecursionException>(() => _a.CallAsync("1", async _ =>
        {
            await Task.Yield();
            return await Task.Run(() => _a.CallAsync("1", _ => Task.FromResult("never")));
        }));
    }

    [Fact]
    public async Task A_circle_over_several_methods_and_keys_throws_and_names_them()
    {
        var failure = await Assert.ThrowsAsync<CacheRecursionException>(() =>
            _a.CallAsync("1", _ => _b.CallAsync("2", _ => _a.CallAsync("3", _ => _b.CallAsync("2", _ => Task.FromResult("never"))))));

        Assert.Contains("Tests.A with key 3 → Tests.B with key 2 → Tests.A with key 3", failure.Message, StringComparison.Ordinal);
        AssertNoLockIsLeft();
    }

    [Fact]
    public async Task A_circle_from_asynchronous_to_synchronous_and_back_throws()
    {
        await Assert.ThrowsAsync<CacheRecursionException>(() =>
            _a.CallAsync("1", _ => Task.FromResult(_b.Call("2", _ => _a.CallAsync("1", _ => Task.FromResult("never")).GetAwaiter().GetResult()))));

        AssertNoLockIsLeft();
    }

    [Fact]
    public async Task Two_computations_that_wait_for_each_other_throw()
    {
        var bothRun = new TaskCompletionSource();
        int running = 0;
        async Task Meet()
        {
            if (Interlocked.Increment(ref running) == 2) bothRun.SetResult();
            await bothRun.Task;
        }

        var one = _a.CallAsync("1", async _ =>
        {
            await Meet();
            return await _b.CallAsync("2", _ => Task.FromResult("never"));
        });
        var two = _b.CallAsync("2", async _ =>
        {
            await Meet();
            return await _a.CallAsync("1", _ => Task.FromResult("never"));
        });

        // One of the two closes the circle and throws; the other waits for it, so it gets the same failure.
        var failure = await Assert.ThrowsAsync<CacheRecursionException>(() => one.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Same(failure, await Assert.ThrowsAsync<CacheRecursionException>(() => two.WaitAsync(TimeSpan.FromSeconds(60))));
        AssertNoLockIsLeft();
    }

    [Fact]
    public void Two_synchronous_computations_that_wait_for_each_other_throw()
    {
        using var bothRun = new Barrier(2);

        Threads.Run(2, thread => Assert.Throws<CacheRecursionException>(() =>
        {
            var (mine, other) = thread == 0 ? (_a, _b) : (_b, _a);
            mine.Call("key", _ =>
            {
                bothRun.SignalAndWait();
                return other.Call("key", _ => "never");
            });
        }));

        AssertNoLockIsLeft();
    }

    [Fact]
    public async Task Three_computations_that_wait_in_a_ring_throw()
    {
        var allRun = new TaskCompletionSource();
        int running = 0;
        var calls = Enumerable.Range(0, 3).Select(i => _a.CallAsync($"{i}", async _ =>
        {
            if (Interlocked.Increment(ref running) == 3) allRun.SetResult();
            await allRun.Task;
            return await _a.CallAsync($"{(i + 1) % 3}", _ => Task.FromResult("never"));
        })).ToArray();

        foreach (var call in calls) await Assert.ThrowsAsync<CacheRecursionException>(() => call.WaitAsync(TimeSpan.FromSeconds(60)));
        AssertNoLockIsLeft();
    }

    [Fact]
    public async Task Computations_that_need_others_but_not_themselves_are_served()
    {
        int runs = 0;
        Task<string> Tree(int n) => _a.CallAsync($"{n}", async _ =>
        {
            Interlocked.Increment(ref runs);
            await Task.Yield();
            if (n < 2) return $"{n}";
            var left = Tree(n - 1);
            var right = Tree(n - 2);
            return $"({await left} {await right})";
        });

        string[] trees = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Tree(12)))).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Single(trees.Distinct(StringComparer.Ordinal));
        Assert.Equal(13, runs);
        AssertNoLockIsLeft();
    }

    [Fact]
    public async Task Work_that_a_computation_left_behind_is_not_inside_it()
    {
        var go = new TaskCompletionSource();
        Task<string>? leftBehind = null;
        await _a.CallAsync("1", _ =>
        {
            leftBehind = Task.Run(async () =>
            {
                await go.Task;
                return await _a.CallAsync("1", _ => Task.FromResult("computed again"));
            });
            return Task.FromResult("value");
        });

        _a.Invalidate("1");
        var slow = new TaskCompletionSource<string>();
        var running = _a.CallAsync("1", _ => slow.Task);
        go.SetResult();
        Threads.WaitUntil(() => _a.WaitersOn("1") == 1);
        slow.SetResult("second run");

        Assert.Equal("second run", await running);
        Assert.Equal("second run", await leftBehind!);
    }

    [Fact]
    public async Task The_caller_is_not_inside_the_computation_after_it()
    {
        await _a.CallAsync("1", _ => Task.FromResult("value"));
        _a.Call("2", _ => "value");

        Assert.Null(ComputationFrame.Current);
    }

    private void AssertNoLockIsLeft()
    {
        Assert.Equal((0, 0), (_a.LockCount, _b.LockCount));
        Assert.Equal(0, _a.Memoizer.Running.Count + _b.Memoizer.Running.Count);
    }
}
