using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>The memory store: bounded, exact in its expiry, and able to say why something is missing.</summary>
public sealed class MemoryStoreTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_value_is_fresh_until_the_moment_its_life_ends()
    {
        var cache = Method<string, string>(new() { Duration = TimeSpan.FromMinutes(5) });
        cache.Call("key", _ => "value");

        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.True(cache.TryPeek("key", out _));
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.False(cache.TryPeek("key", out _));
        Assert.False(cache.TryGet("key", out _));
        Assert.Equal("new", cache.Call("key", _ => "new"));
        Assert.Equal(1, cache.Statistics.MissesFor(MissReason.Expired));
        Assert.Equal(1, cache.Statistics.MissesFor(MissReason.NotFound));
    }

    [Fact]
    public void A_method_without_a_duration_takes_the_memoizers()
    {
        using var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = _time, DefaultDuration = TimeSpan.FromSeconds(1) });
        var cache = ByHand.Method<string, string>(memoizer: memoizer);
        cache.Set("key", "value");

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(cache.TryPeek("key", out _));
    }

    [Fact]
    public void A_value_without_a_duration_does_not_expire()
    {
        // Without the timer, whose ticks would take a while to count.
        using var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = _time, AutomaticPruning = false });
        var cache = ByHand.Method<string, string>(memoizer: memoizer);
        cache.Call("key", _ => "value");

        _time.Advance(TimeSpan.FromDays(10_000));

        Assert.Equal(0, memoizer.Prune());
        Assert.True(cache.TryPeek("key", out _));
    }

    [Fact]
    public void The_longest_duration_does_not_overflow()
    {
        var cache = Method<string, string>(new() { Duration = TimeSpan.MaxValue });
        cache.Call("key", _ => "value");

        Assert.True(cache.TryPeek("key", out _));
    }

    [Fact]
    public void Null_is_a_value()
    {
        var cache = Method<string, string?>();
        int runs = 0;

        Assert.Null(cache.Call("key", _ => { runs++; return null; }));
        Assert.Null(cache.Call("key", _ => { runs++; return null; }));

        Assert.Equal(1, runs);
    }

    [Fact]
    public void A_miss_says_why()
    {
        var cache = Method<int, int>(new() { Capacity = 2, Duration = TimeSpan.FromMinutes(1) });

        cache.Call(1, _ => 1);
        cache.Invalidate(1);
        cache.Call(1, _ => 1);
        cache.Call(2, _ => 2);
        cache.Call(3, _ => 3);      // evicts 1
        cache.Call(1, _ => 1);      // evicts 2
        _time.Advance(TimeSpan.FromMinutes(1));
        cache.Call(3, _ => 3);
        cache.Memoizer.Prune();
        cache.Call(1, _ => 1);      // expired, although pruned since

        var statistics = cache.Statistics;
        Assert.Equal(3, statistics.MissesFor(MissReason.NotFound));
        Assert.Equal(1, statistics.MissesFor(MissReason.Invalidated));
        Assert.Equal(1, statistics.MissesFor(MissReason.Evicted));
        Assert.Equal(2, statistics.MissesFor(MissReason.Expired));
        Assert.Equal(statistics.Misses, statistics.Computed);
        Assert.Equal(2, statistics.Evictions);
    }

    [Fact]
    public void An_expired_value_takes_no_room_when_its_successor_is_not_kept()
    {
        using var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = _time, AutomaticPruning = false });
        var cache = ByHand.Method<string, string>(new() { Duration = TimeSpan.FromMinutes(1), When = (_, value) => value != "bad" }, memoizer);
        cache.Call("key", _ => "good");
        _time.Advance(TimeSpan.FromMinutes(1));

        cache.Call("key", _ => "bad");

        Assert.Equal((0, MissReason.Unsuccessful), (cache.Statistics.Entries, cache.Explain("key").Reason));
    }

    [Fact]
    public void A_value_that_is_there_for_failures_only_has_expired_when_it_makes_room()
    {
        var cache = Method<int, int>(new() { Capacity = 1, Duration = TimeSpan.FromMinutes(1), StaleOnError = TimeSpan.FromHours(1) });
        cache.Set(1, 1);
        _time.Advance(TimeSpan.FromMinutes(1));

        cache.Set(2, 2);

        Assert.Equal((MissReason.Expired, 0), (cache.Explain(1).Reason, cache.Statistics.Evictions));
        Assert.Equal(1, cache.Statistics.Entries);
    }

    [Fact]
    public void The_value_that_was_used_stays_and_the_one_that_was_not_goes()
    {
        var cache = Method<int, int>(new() { Capacity = 3 });
        for (int key = 1; key <= 3; key++) cache.Set(key, key);
        Assert.True(cache.TryGet(1, out _));
        Assert.True(cache.TryGet(3, out _));

        cache.Set(4, 4);

        Assert.True(cache.TryPeek(1, out _));
        Assert.False(cache.TryPeek(2, out _));
        Assert.True(cache.TryPeek(3, out _));
        Assert.True(cache.TryPeek(4, out _));
        cache.Verify();
    }

    [Fact]
    public void Fifty_concurrent_sets_at_the_limit_keep_the_limit()
    {
        var cache = Method<int, int>(new() { Capacity = 100 });
        for (int key = 0; key < 100; key++) cache.Set(key, key);

        Threads.Run(50, thread =>
        {
            for (int i = 0; i < 100; i++)
            {
                cache.Set(1_000 + (thread * 100) + i, i);
                Assert.Equal(100, cache.Statistics.Entries);
            }
        });

        Assert.Equal(100, cache.Statistics.Entries);
        Assert.Equal(5_000, cache.Statistics.Evictions);
        cache.Verify();
    }

    [Fact]
    public void Random_concurrent_use_leaves_the_store_whole()
    {
        int seed = Environment.TickCount;
        var cache = Method<int, int>(new() { Capacity = 64, Duration = TimeSpan.FromSeconds(10) });

        Threads.Run(4, thread =>
        {
            var random = new Random(seed + thread);
            for (int i = 0; i < 50_000; i++)
            {
                int key = random.Next(200);
                switch (random.Next(20))
                {
                    case 0: cache.Invalidate(key); break;
                    case 1: cache.Set(key, key); break;
                    case 2: _time.Advance(TimeSpan.FromMilliseconds(random.Next(500))); break;
                    case 3 when i % 100 == 0: cache.Clear(); break;
                    case 4 when i % 10 == 0: cache.Memoizer.Prune(); break;
                    default: Assert.True(key == cache.Call(key, _ => key), $"Seed {seed}"); break;
                }
            }
        });

        cache.Verify();
        Assert.Equal(0, cache.LockCount);
        var statistics = cache.Statistics;
        Assert.Equal(statistics.Requests, statistics.Hits + statistics.Misses);
    }

    [Fact]
    public void Expired_values_are_pruned_though_nobody_calls_any_more()
    {
        var cache = Method<int, int>(new() { Duration = TimeSpan.FromSeconds(30) });
        for (int key = 0; key < 1_000; key++) cache.Set(key, key);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, cache.Statistics.Entries);
    }

    [Fact]
    public void Automatic_pruning_can_be_switched_off()
    {
        using var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = _time, AutomaticPruning = false });
        var cache = ByHand.Method<int, int>(new() { Duration = TimeSpan.FromSeconds(30) }, memoizer);
        cache.Set(1, 1);

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(0, _time.ActiveTimers);
        Assert.Equal(1, cache.Statistics.Entries);
        Assert.Equal(1, memoizer.Prune());
        Assert.Equal(0, cache.Statistics.Entries);
    }

    private CachedMethod<TKey, TValue> Method<TKey, TValue>(CachePolicy<TValue>? policy = null)
        where TKey : notnull =>
        ByHand.Method<TKey, TValue>(policy, new Memoizer(new MemoizerOptions { TimeProvider = _time }));
}
