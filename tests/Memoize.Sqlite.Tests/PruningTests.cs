namespace Memoize.Sqlite.Tests;

public sealed class PruningTests : SqliteStoreTests
{
    [Fact]
    public void What_was_pruned_by_the_write_of_another_key_has_expired()
    {
        var store = Open(static options => options.PruningInterval = TimeSpan.Zero);
        store.Write(Entry(1, life: Seconds(10)));
        Time.Advance(Seconds(10));

        store.Write(Entry(2));

        Assert.Equal(MissReason.Expired, ReasonOf(store, 1));
        Assert.Equal(MissReason.Expired, ReasonOf(Open(), 1));
        Assert.Equal(1, store.Count());
    }

    [Fact]
    public void What_may_still_be_served_stale_is_not_pruned()
    {
        var store = Open();
        store.Write(Entry(1, life: Seconds(10), staleFor: Seconds(10)));
        Time.Advance(Seconds(19));
        Assert.Equal(0, store.Prune());

        Time.Advance(Seconds(1));

        Assert.Equal(1, store.Prune());
        Assert.Equal(MissReason.Expired, ReasonOf(store, 1));
    }

    [Fact]
    public void Writes_look_once_in_an_interval()
    {
        var store = Open(static options => options.PruningInterval = Seconds(10));
        store.Write(Entry(1, life: Seconds(1)));
        Time.Advance(Seconds(9));

        store.Write(Entry(2));
        Assert.True(Has(store, 1));

        Time.Advance(Seconds(1));
        store.Write(Entry(3));
        Assert.False(Has(store, 1));
    }

    [Fact]
    public void Writes_prune_in_small_batches_until_nothing_is_left()
    {
        var store = Open(static options => options.PruningInterval = Seconds(10));
        for (int i = 0; i < 200; i++) store.Write(Entry(i, life: Seconds(1)));
        Time.Advance(Seconds(10));

        store.Write(Entry(1000));
        long afterOne = store.Count();
        store.Write(Entry(1001));
        store.Write(Entry(1002));
        store.Write(Entry(1003));

        Assert.InRange(afterOne, 100, 200);
        Assert.Equal(4, store.Count());
    }

    [Fact]
    public void Pruning_can_be_forbidden_and_forced()
    {
        var store = Open(static options =>
        {
            options.AutomaticPruning = false;
            options.PruningInterval = TimeSpan.Zero;
            options.MaxEntries = 10;
        });
        for (int i = 0; i < 20; i++) store.Write(Entry(i, life: i < 5 ? Seconds(1) : null));
        Time.Advance(Seconds(1));
        store.Write(Entry(100));
        Assert.Equal(21, store.Count());

        Assert.Equal(11, store.Prune());

        Assert.Equal(10, store.Count());
        Assert.Equal(0, store.Prune());
        Assert.Equal(MissReason.Expired, ReasonOf(store, 0));
        Assert.Equal(MissReason.Evicted, ReasonOf(store, 5));
        Assert.True(Has(store, 100));
        Assert.Empty(store.CheckIntegrity());
    }

    [Fact]
    public async Task Forced_pruning_takes_all_however_many_they_are()
    {
        var store = Open(static options => options.AutomaticPruning = false);
        for (int i = 0; i < 2_500; i++) store.Write(Entry(i, life: Seconds(1), tags: ["tag"]));
        Time.Advance(Seconds(1));

        Assert.Equal(2_500, await store.PruneAsync());

        Assert.Equal(0, store.Count());
        Assert.Equal(MissReason.Expired, ReasonOf(store, 0));
        Assert.Empty(store.CheckIntegrity());
        Assert.Equal(0L, Run(Connect(), "SELECT count(*) FROM tags"));
    }

    [Fact]
    public void Those_written_first_leave_when_there_are_too_many()
    {
        var store = Open(static options => options.MaxEntries = 3);
        for (int i = 0; i < 3; i++) store.Write(Entry(i));
        store.Write(Entry(0, "again"));

        store.Write(Entry(3));

        Assert.Equal(3, store.Count());
        Assert.Equal(MissReason.Evicted, ReasonOf(store, 1));
        Assert.True(Has(store, 0));
        Assert.True(Has(store, 3));
    }

    [Fact]
    public void Those_that_can_be_served_no_more_make_room_first()
    {
        var store = Open(static options => options.MaxEntries = 2);
        store.Write(Entry(1));
        store.Write(Entry(2, life: Seconds(1)));
        Time.Advance(Seconds(1));

        store.Write(Entry(3));

        Assert.True(Has(store, 1));
        Assert.Equal(MissReason.Expired, ReasonOf(store, 2));
    }

    [Fact]
    public void An_expired_entry_that_makes_room_has_expired()
    {
        var store = Open(static options => options.MaxEntries = 1);
        store.Write(Entry(1, life: Seconds(1), staleFor: Seconds(100)));
        Time.Advance(Seconds(1));

        store.Write(Entry(2));

        Assert.Equal(MissReason.Expired, ReasonOf(store, 1));
    }

    [Fact]
    public void The_contents_stay_within_their_size()
    {
        int size = Entry(0, new string('x', 1000)).Content.Length;
        var store = Open(options => options.MaxSize = 5 * size);

        for (int i = 0; i < 20; i++)
        {
            store.Write(Entry(i, new string('x', 1000)));
            Assert.InRange(store.GetStatistics().Size, 0, 5 * size);
        }

        Assert.Equal(5, store.Count());
        Assert.Equal(MissReason.Evicted, ReasonOf(store, 14));
        Assert.True(Has(store, 15));
    }

    [Fact]
    public void An_entry_larger_than_the_limit_leaves_alone()
    {
        var store = Open(static options => options.MaxSize = 1000);
        store.Write(Entry(1, "small"));

        store.Write(Entry(2, new string('x', 2000)));

        Assert.True(Has(store, 1));
        Assert.Equal(MissReason.Evicted, ReasonOf(store, 2));
    }

    [Fact]
    public void Entries_leave_when_they_are_too_old()
    {
        var store = Open(static options =>
        {
            options.MaxAge = Seconds(100);
            options.PruningInterval = TimeSpan.Zero;
        });
        store.Write(Entry(1));
        store.Write(Entry(2, life: Seconds(50), staleFor: Seconds(1000)));
        Time.Advance(Seconds(60));
        store.Write(Entry(3));
        Time.Advance(Seconds(40));

        store.Write(Entry(4));

        Assert.Equal(MissReason.Evicted, ReasonOf(store, 1));
        Assert.Equal(MissReason.Expired, ReasonOf(store, 2));
        Assert.True(Has(store, 3));
    }

    [Fact]
    public void Limits_hold_for_completed_claims_too()
    {
        var store = Open(static options => options.MaxEntries = 2);
        for (int i = 0; i < 5; i++) store.Complete(store.TryClaim(Request(i)).Claim!.Value, Entry(i));

        Assert.Equal(2, store.Count());
    }

    [Fact]
    public void Reasons_are_remembered_for_those_that_left_last()
    {
        var store = Open(static options => options.MaxRememberedReasons = 3);
        for (int i = 0; i < 5; i++) store.Write(Entry(i));
        for (int i = 0; i < 5; i++) store.Remove(Key(i));

        Assert.Null(ReasonOf(store, 0));
        Assert.Null(ReasonOf(store, 1));
        for (int i = 2; i < 5; i++) Assert.Equal(MissReason.Invalidated, ReasonOf(store, i));
        Assert.Equal(3L, Run(Connect(), "SELECT count(*) FROM departures"));
    }

    [Fact]
    public void Reasons_of_many_at_once_are_bounded_too()
    {
        var store = Open(static options => options.MaxRememberedReasons = 3);
        for (int i = 0; i < 5; i++) store.Write(Entry(i));

        Assert.Equal(5, store.Clear());

        Assert.Equal(3L, Run(Connect(), "SELECT count(*) FROM departures"));
        Assert.Null(ReasonOf(store, 1));
        Assert.Equal(MissReason.Invalidated, ReasonOf(store, 2));
    }

    [Fact]
    public void With_no_room_for_reasons_none_is_remembered()
    {
        var store = Open(static options => options.MaxRememberedReasons = 0);
        store.Write(Entry(1));
        store.Remove(Key(1));

        Assert.Null(ReasonOf(store, 1));
    }

    [Fact]
    public void A_reason_ends_with_a_new_entry()
    {
        var store = Open();
        store.Write(Entry(1));
        store.Remove(Key(1));
        store.Write(Entry(1));

        Assert.Null(store.Read(Key(1)).Reason);
        Assert.Equal(0L, Run(Connect(), "SELECT count(*) FROM departures"));
    }

    [Fact]
    public async Task No_reader_ever_finds_an_expired_entry_gone_without_its_reason()
    {
        var store = Open(static options => options.PruningInterval = TimeSpan.Zero);
        var other = Open();
        for (int i = 0; i < 300; i++) store.Write(Entry(i, life: Seconds(1)));
        Time.Advance(Seconds(1));
        using var done = new CancellationTokenSource();

        var readers = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    for (int i = 0; i < 300; i++)
                    {
                        var look = other.Read(Key(i));
                        Assert.True(look.Entry is not null || look.Reason == MissReason.Expired);
                    }
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        for (int i = 1000; i < 1100; i++) store.Write(Entry(i));
        await done.CancelAsync();

        await Task.WhenAll(readers);
        Assert.Equal(100, store.Count());
    }

    [Fact]
    public void A_claim_that_nobody_wants_any_more_goes_after_a_day()
    {
        var store = Open();
        store.TryClaim(Request(1));
        Time.Advance(store.LeaseDuration);
        store.Prune();
        Assert.Equal(1, store.GetStatistics().PendingClaims);

        Time.Advance(TimeSpan.FromDays(1));
        store.Prune();

        Assert.Equal(0, store.GetStatistics().PendingClaims);
    }
}
