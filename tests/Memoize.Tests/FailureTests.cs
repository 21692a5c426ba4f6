namespace Memoize.Tests;

/// <summary>Failures are shared with those who waited, are not kept, and leave no lock. (Semantics 3 and 4, R18)</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task Waiters_share_the_failure_of_the_computation_they_waited_on()
    {
        var cache = ByHand.Method<string, string>();
        var gate = new TaskCompletionSource<string>();
        int runs = 0;
        var calls = Enumerable.Range(0, 100).Select(_ => cache.CallAsync("key", _ =>
        {
            runs++;
            return gate.Task;
        })).ToArray();

        var failure = new InvalidOperationException("The service is down.");
        gate.SetException(failure);

        foreach (var call in calls)
            Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => call));
        Assert.Equal(1, runs);
        Assert.Equal((100, 100), (cache.Statistics.Requests, cache.Statistics.Failed));
        Assert.Equal(0, cache.LockCount);
        Assert.Equal(0, cache.Statistics.Entries);
    }

    [Fact]
    public async Task A_caller_that_comes_after_a_failure_starts_afresh()
    {
        var cache = ByHand.Method<string, string>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.CallAsync("key", _ => Task.FromException<string>(new InvalidOperationException())));

        Assert.Equal("value", await cache.CallAsync("key", _ => Task.FromResult("value")));
    }

    [Theory]
    [InlineData("before the task")]
    [InlineData("after an await")]
    [InlineData("cancelled although nobody asked")]
    public async Task An_async_core_that_throws_leaves_no_lock(string when)
    {
        var cache = ByHand.Method<string, string>();
        Task<string> Core(CancellationToken token) => when switch
        {
            "before the task" => throw new InvalidOperationException(),
            "after an await" => ThrowLater(),
            _ => Task.FromCanceled<string>(new CancellationToken(canceled: true)),
        };

        static async Task<string> ThrowLater()
        {
            await Task.Yield();
            throw new InvalidOperationException();
        }

        await Assert.ThrowsAnyAsync<Exception>(() => cache.CallAsync("key", Core));

        Assert.Equal(0, cache.LockCount);
        Assert.Equal(1, cache.Statistics.Failed);
        Assert.Equal("value", await cache.CallAsync("key", _ => Task.FromResult("value")));
    }

    [Fact]
    public void A_synchronous_core_that_throws_leaves_no_lock()
    {
        var cache = ByHand.Method<string, string>();

        Assert.Throws<InvalidOperationException>(() => cache.Call("key", _ => throw new InvalidOperationException()));

        Assert.Equal(0, cache.LockCount);
        Assert.Equal(1, cache.Statistics.Failed);
        Assert.Equal("value", cache.Call("key", _ => "value"));
    }

    [Fact]
    public void Threads_that_waited_on_a_failing_synchronous_core_share_its_failure()
    {
        var cache = ByHand.Method<string, string>();
        int runs = 0;
        var failures = new Exception[5];

        Threads.Run(5, i => failures[i] = Assert.Throws<InvalidOperationException>(() => cache.Call("key", _ =>
        {
            Interlocked.Increment(ref runs);
            Threads.WaitUntil(() => cache.WaitersOn("key") == 4);
            throw new InvalidOperationException();
        })));

        Assert.Equal(1, runs);
        Assert.All(failures, failure => Assert.Same(failures[0], failure));
        Assert.Equal((5, 0), (cache.Statistics.Failed, cache.LockCount));
    }

    [Fact]
    public async Task A_turn_that_ends_without_an_outcome_passes_to_the_next_caller()
    {
        var cache = ByHand.Method<string, string>();
        Task<string> waiter;
        using (cache.Enter("key", CancellationToken.None))
        {
            waiter = cache.CallAsync("key", _ => Task.FromResult("value"));
            Assert.False(waiter.IsCompleted);
        }

        Assert.Equal("value", await waiter.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, cache.LockCount);
    }
}
