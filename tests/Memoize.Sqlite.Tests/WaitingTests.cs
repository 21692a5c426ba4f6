using System.Diagnostics;

namespace Memoize.Sqlite.Tests;

/// <summary>Waiting for another process, which a second store on the file stands for.</summary>
public sealed class WaitingTests : SqliteStoreTests
{
    private static readonly AsyncLocal<object?> Ambient = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Waiters_in_another_process_see_the_result(bool isAsync)
    {
        var holder = Open();
        var waiter = Open();
        var claim = holder.TryClaim(Request(1)).Claim!.Value;
        var waiting = Wait(waiter, claim, isAsync);

        holder.Complete(claim, Entry(1));

        await waiting.WaitAsync(Limit);
        Assert.NotNull(waiter.TryClaim(Request(1)).Entry);
    }

    [Fact]
    public async Task Many_waiters_for_many_keys_are_each_woken_by_their_own()
    {
        var holder = Open();
        var waiter = Open();
        var claims = Enumerable.Range(0, 20).Select(i => holder.TryClaim(Request(i)).Claim!.Value).ToArray();
        var waiting = claims.Select(claim => Task.WhenAll(Wait(waiter, claim, isAsync: true), Wait(waiter, claim, isAsync: true))).ToArray();

        for (int i = 0; i < claims.Length; i++)
        {
            holder.Complete(claims[i], Entry(i));
            await waiting[i].WaitAsync(Limit);
            Assert.All(waiting.Skip(i + 1), static others => Assert.False(others.IsCompleted));
        }
    }

    [Fact]
    public async Task The_thread_that_looks_for_all_waiters_does_not_keep_the_context_of_the_first()
    {
        var store = Open();
        var first = store.TryClaim(Request(1)).Claim!.Value;
        var second = store.TryClaim(Request(2)).Claim!.Value;
        var request = WaitInAContextAsync(store, first);
        var other = Wait(store, second, isAsync: true);
        store.Abandon(first);
        var ambient = await request;

        // Off the stack of what has just ended, which has the context.
        await Task.Yield();

        for (int i = 0; i < 100 && ambient.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(ambient.IsAlive);
        store.Abandon(second);
        await other.WaitAsync(Limit);

        static async Task<WeakReference> WaitInAContextAsync(SqliteCacheStore store, StoreClaim claim)
        {
            Ambient.Value = new object();
            await Wait(store, claim, isAsync: true).WaitAsync(Limit);
            return new WeakReference(Ambient.Value);
        }
    }

    [Fact]
    public async Task What_this_store_does_itself_wakes_at_once()
    {
        var store = Open();
        var claim = store.TryClaim(Request(1)).Claim!.Value;
        var waiting = Wait(store, claim, isAsync: true);
        Assert.False(waiting.IsCompleted);

        store.Abandon(claim);

        await waiting.WaitAsync(Limit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Waiting_ends_with_its_time(bool isAsync)
    {
        var store = Open();
        var claim = store.TryClaim(Request(1)).Claim!.Value;
        var waiting = Wait(store, claim, isAsync, Seconds(5));
        await Until(() => Time.ActiveTimers == 1);

        Time.Advance(Seconds(4.9));
        Assert.False(waiting.IsCompleted);
        Time.Advance(Seconds(0.1));

        await waiting.WaitAsync(Limit);
        Assert.Equal(0, Time.ActiveTimers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_is_cancelled_leaves_and_the_others_stay(bool isAsync)
    {
        var store = Open();
        var claim = store.TryClaim(Request(1)).Claim!.Value;
        using var cancelled = new CancellationTokenSource();
        var leaving = Wait(store, claim, isAsync, cancellationToken: cancelled.Token);
        var staying = Wait(store, claim, isAsync);
        await Until(() => Time.ActiveTimers == 2);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.WaitAsync(Limit));
        Assert.False(staying.IsCompleted);
        store.Abandon(claim);
        await staying.WaitAsync(Limit);
    }

    [Fact]
    public async Task Closing_the_store_lets_all_go()
    {
        var store = Open();
        var claim = store.TryClaim(Request(1)).Claim!.Value;
        var waiting = Wait(store, claim, isAsync: true);

        store.Dispose();

        await waiting.WaitAsync(Limit);
        Assert.Throws<ObjectDisposedException>(() => store.WaitForChange(Key(1), claim.Token, Seconds(1)));
    }

    [Fact]
    public void Waiting_costs_next_to_nothing()
    {
        var store = Open();
        var claim = store.TryClaim(Request(1)).Claim!.Value;
        using var enough = new CancellationTokenSource(Seconds(2), TimeProvider.System);
        var watch = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;

        Assert.ThrowsAny<OperationCanceledException>(() => store.WaitForChange(Key(1), claim.Token, TimeSpan.FromHours(1), enough.Token));

        // Measured: less than a hundredth. The rest is for other tests, which run meanwhile; a waiter that spins has a whole one.
        Assert.InRange((Environment.CpuUsage.TotalTime - before) / watch.Elapsed, 0, Environment.ProcessorCount * 0.9);
    }

    private static Task Wait(SqliteCacheStore store, StoreClaim claim, bool isAsync, TimeSpan? atMost = null, CancellationToken cancellationToken = default) => isAsync
        ? store.WaitForChangeAsync(claim.Key, claim.Token, atMost ?? TimeSpan.FromHours(1), cancellationToken).AsTask()
        : Task.Factory.StartNew(() => store.WaitForChange(claim.Key, claim.Token, atMost ?? TimeSpan.FromHours(1), cancellationToken), TaskCreationOptions.LongRunning);

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, limit.Token);
    }
}
