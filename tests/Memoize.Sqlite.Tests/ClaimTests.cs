using System.Collections.Concurrent;

namespace Memoize.Sqlite.Tests;

public sealed class ClaimTests : SqliteStoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Of_twenty_threads_on_a_key_one_wins_and_nineteen_are_blocked(int stores)
    {
        var opened = Enumerable.Range(0, stores).Select(_ => Open()).ToArray();
        for (int round = 0; round < 10; round++)
        {
            var results = await AtOnce(20, thread => opened[thread % stores].TryClaim(Request(round)));

            var claim = Assert.Single(results, static result => result.Claim is not null).Claim!.Value;
            Assert.Equal(19, results.Count(result => result.IsPending && result.PendingToken == claim.Token));
        }
    }

    [Fact]
    public async Task Of_fifty_concurrent_operations_on_a_key_one_wins_and_the_end_is_consistent()
    {
        SqliteCacheStore[] stores = [Open(), Open(), Open()];

        var stored = await AtOnce(50, thread =>
        {
            var store = stores[thread % stores.Length];
            var result = store.TryClaim(Request(1));
            return result.Claim is { } claim && store.Complete(claim, Entry(1, $"{thread}")) && store.Complete(claim, Entry(1, $"{thread}"));
        });

        Assert.Single(stored, true);
        var statistics = stores[0].GetStatistics();
        Assert.Equal(1, statistics.Entries);
        Assert.Equal(0, statistics.PendingClaims);
        Assert.Empty(stores[0].CheckIntegrity());
    }

    [Fact]
    public async Task Different_keys_are_all_won()
    {
        SqliteCacheStore[] stores = [Open(), Open()];

        var results = await AtOnce(40, thread => stores[thread % stores.Length].TryClaim(Request(thread)));

        Assert.All(results, static result => Assert.NotNull(result.Claim));
        Assert.Distinct(results.Select(static result => result.Claim!.Value.Token));
    }

    [Fact]
    public async Task Asking_and_reading_need_no_lock_of_the_file()
    {
        var store = Open(static options => options.BusyTimeout = TimeSpan.Zero);
        store.Write(Entry(1));
        var claim = store.TryClaim(Request(2)).Claim!.Value;
        Run(Connect(), "BEGIN IMMEDIATE");

        Assert.NotNull(store.TryClaim(Request(1)).Entry);
        Assert.NotNull((await store.TryClaimAsync(Request(1))).Entry);
        Assert.Equal(claim.Token, store.TryClaim(Request(2)).PendingToken);
        Assert.Equal(claim.Token, (await store.TryClaimAsync(Request(2))).PendingToken);
        Assert.True(Has(store, 1));
        Assert.Equal(1, store.Count());
        Assert.Throws<CacheStoreException>(() => store.TryClaim(Request(3)));
    }

    // Who asks looks before it locks the file, to spare the lock. What counts is the look under the lock.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_claim_that_another_process_takes_between_the_look_and_the_lock_is_not_taken_again(bool isAsync)
    {
        var theirs = Open();
        theirs.TryClaim(Request(1));
        Time.Advance(theirs.LeaseDuration);
        var clock = new InterruptedClock(Time);
        var mine = Open(options => options.TimeProvider = clock);
        mine.Write(Entry(2));
        StoreClaim? claim = null;

        // The look asks whether the lease has run out.
        clock.Interrupt(() => claim = theirs.TryClaim(Request(1)).Claim);
        var result = isAsync ? await mine.TryClaimAsync(Request(1)) : mine.TryClaim(Request(1));

        Assert.NotNull(claim);
        Assert.Equal(claim.Value.Token, result.PendingToken);
        Assert.True(theirs.Complete(claim.Value, Entry(1)));
    }

    [Fact]
    public void The_entry_of_a_completed_claim_has_its_token_as_revision()
    {
        var store = Open();
        var claim = store.TryClaim(Request(1)).Claim!.Value;

        store.Complete(claim, Entry(1));

        Assert.Equal(claim.Token, store.Read(Key(1)).Entry!.Revision);
    }

    [Fact]
    public void Tokens_grow_beyond_the_end_of_the_process()
    {
        long first;
        using (var store = Open())
        {
            first = store.TryClaim(Request(1)).Claim!.Value.Token;
            store.Abandon(new StoreClaim(Key(1), first));
        }

        Assert.True(Open().TryClaim(Request(1)).Claim!.Value.Token > first);
    }

    [Fact]
    public void A_claim_outlives_its_process_until_its_lease_has_run_out()
    {
        StoreClaim late;
        using (var store = Open()) late = store.TryClaim(Request(1)).Claim!.Value;
        var other = Open();
        Assert.True(other.TryClaim(Request(1)).IsPending);

        Time.Advance(other.LeaseDuration);

        var claim = other.TryClaim(Request(1)).Claim!.Value;
        Assert.False(other.Complete(late, Entry(1, "late")));
        Assert.True(other.Complete(claim, Entry(1, "in time")));
    }

    [Fact]
    public void An_entry_of_another_key_completes_no_claim()
    {
        var store = Open();
        var claim = store.TryClaim(Request(1)).Claim!.Value;

        Assert.Throws<ArgumentException>(() => store.Complete(claim, Entry(2)));

        Assert.True(store.Renew(claim));
    }

    private static async Task<IReadOnlyCollection<T>> AtOnce<T>(int threads, Func<int, T> work)
    {
        var results = new ConcurrentBag<T>();
        using var start = new Barrier(threads);
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                results.Add(work(thread));
            },
            TaskCreationOptions.LongRunning)));
        return results;
    }

    /// <summary>A clock that, the next time it is asked, lets something happen before it answers.</summary>
    private sealed class InterruptedClock(TimeProvider time) : TimeProvider
    {
        private Action? _interruption;

        public void Interrupt(Action interruption) => _interruption = interruption;

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Exchange(ref _interruption, null)?.Invoke();
            return time.GetUtcNow();
        }
    }
}
