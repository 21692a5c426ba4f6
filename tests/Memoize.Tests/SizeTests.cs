using System.Runtime.CompilerServices;

namespace Memoize.Tests;

/// <summary>Limits on the size of what is kept, by method and by memoizer. (R19)</summary>
public sealed class SizeTests
{
    [Fact]
    public void The_sizes_of_what_is_kept_never_exceed_the_limit()
    {
        var cache = Sized(maxSize: 100);
        var random = new Random(1);

        for (int i = 0; i < 10_000; i++)
        {
            int size = random.Next(0, 40);
            cache.Set(random.Next(50), new string('x', size));
            Assert.True(TotalSize(cache) <= 100, $"{TotalSize(cache)} after {i} sets.");
        }

        cache.Verify();
        Assert.True(cache.Statistics.Evictions > 0);
    }

    [Fact]
    public void A_result_that_is_larger_than_the_limit_goes_to_its_callers_and_is_not_kept()
    {
        var cache = Sized(maxSize: 10);
        cache.Set(1, "small");
        cache.Set(2, "other");

        Assert.Equal(11, cache.Call(3, _ => new string('x', 11)).Length);
        Assert.Equal(12, cache.Call(3, _ => new string('x', 12)).Length);

        Assert.False(cache.TryPeek(3, out _));
        Assert.Equal(1, cache.Statistics.MissesFor(MissReason.Evicted));
        Assert.Equal(2, cache.Statistics.Entries);
    }

    [Fact]
    public void A_value_that_outgrows_the_limit_takes_the_old_one_with_it()
    {
        var cache = Sized(maxSize: 10);
        cache.Set(1, "small");

        cache.Set(1, new string('x', 11));

        Assert.False(cache.TryPeek(1, out _));
        Assert.Equal(MissReason.Evicted, cache.Explain(1).Reason);
    }

    [Fact]
    public void A_value_that_grows_makes_others_leave()
    {
        var cache = Sized(maxSize: 10);
        cache.Set(1, "12345");
        cache.Set(2, "12345");

        cache.Set(2, "1234567890");

        Assert.False(cache.TryPeek(1, out _));
        Assert.True(cache.TryPeek(2, out _));
        Assert.Equal(10, cache.Explain(2).Size);
        cache.Verify();
    }

    [Fact]
    public void A_size_that_cannot_be_loses_no_value()
    {
        var cache = ByHand.Method<int, string>(new() { Size = (_, _) => -1 });

        Assert.Equal("value", cache.Call(1, _ => "value"));

        Assert.False(cache.TryPeek(1, out _));
        Assert.Equal(1, cache.Statistics.KeepFailures);
        Assert.Contains("the Size of a result is -1", Assert.Throws<InvalidOperationException>(() => cache.Set(1, "value")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_methods_of_a_memoizer_share_its_limits_and_the_largest_gives_way()
    {
        using var memoizer = new Memoizer(new MemoizerOptions { MaxEntries = 100 });
        var large = ByHand.Method<int, int>(memoizer: memoizer, name: "Tests.Large");
        var small = ByHand.Method<int, int>(memoizer: memoizer, name: "Tests.Small");
        for (int key = 0; key < 90; key++) large.Set(key, key);

        for (int key = 0; key < 40; key++) small.Set(key, key);

        Assert.Equal((60, 40), (large.Statistics.Entries, small.Statistics.Entries));
        Assert.Equal((30, 0), (large.Statistics.Evictions, small.Statistics.Evictions));
        large.Clear();
        for (int key = 0; key < 200; key++) small.Set(key, key);
        Assert.Equal(100, small.Statistics.Entries);
    }

    [Fact]
    public void All_methods_of_a_memoizer_share_its_size()
    {
        using var memoizer = new Memoizer(new MemoizerOptions { MaxSize = 1_000 });
        var one = ByHand.Method<int, string>(new() { Size = (_, value) => value.Length }, memoizer, "Tests.One");
        var two = ByHand.Method<int, string>(new() { Size = (_, value) => value.Length }, memoizer, "Tests.Two");

        for (int key = 0; key < 100; key++)
        {
            one.Set(key, new string('x', 30));
            two.Set(key, new string('x', 10));
            Assert.True(TotalSize(one) + TotalSize(two) <= 1_000);
        }
    }

    [Fact]
    public void What_a_value_is_heavier_or_lighter_than_the_one_before_counts_for_the_memoizer()
    {
        using var memoizer = new Memoizer(new MemoizerOptions { MaxSize = 100 });
        var cache = ByHand.Method<int, string>(new() { Size = (_, value) => value.Length }, memoizer);
        cache.Set(1, new string('x', 90));
        cache.Set(1, new string('x', 10));
        cache.Set(2, new string('x', 90));
        Assert.Equal((2, 0), (cache.Statistics.Entries, cache.Statistics.Evictions));

        cache.Set(1, new string('x', 20));

        Assert.Equal((1, 1), (cache.Statistics.Entries, cache.Statistics.Evictions));
    }

    [Fact]
    public void What_the_methods_of_collected_objects_kept_counts_no_longer()
    {
        using var memoizer = new Memoizer(new MemoizerOptions { MaxEntries = 100, MaxSize = 1_000, AutomaticPruning = false });
        var ofInstances = new CachedMethodDefinition<int, string>("Tests.OfInstances", new() { Size = static (_, value) => value.Length });
        Threads.WaitUntilCollected(Fill(50));

        var shared = ByHand.Method<int, string>(new() { Size = static (_, value) => value.Length }, memoizer, "Tests.Shared");
        for (int key = 0; key < 100; key++) shared.Set(key, "0123456789");

        Assert.Equal((100, 0), (shared.Statistics.Entries, shared.Statistics.Evictions));
        shared.Set(100, "one too many");
        Assert.InRange(shared.Statistics.Entries, 99, 100);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Fill(int objects)
        {
            CachedMethod<int, string>? method = null;
            for (int i = 0; i < objects; i++)
            {
                method = ofInstances.For(memoizer, new object());
                method.Set(1, "0123456789");
                method.Set(2, "0123456789");
            }

            return new WeakReference(method);
        }
    }

    [Fact]
    public void Concurrent_writers_keep_the_limits_of_the_memoizer_when_they_are_done()
    {
        using var memoizer = new Memoizer(new MemoizerOptions { MaxEntries = 50 });
        var methods = Enumerable.Range(0, 4).Select(i => ByHand.Method<int, int>(memoizer: memoizer, name: $"Tests.Method{i}")).ToArray();

        Threads.Run(4, thread =>
        {
            for (int i = 0; i < 5_000; i++) methods[(thread + i) % 4].Set(i, i);
        });

        Assert.InRange(methods.Sum(method => method.Statistics.Entries), 40, 50);
        foreach (var method in methods) method.Verify();
    }

    [Fact]
    public void Limits_that_cannot_work_are_refused()
    {
        Assert.Contains("MaxSize is 0", Assert.Throws<ArgumentException>(() => ByHand.Method<int, int>(new() { Size = (_, _) => 1, MaxSize = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("set Size too", Assert.Throws<ArgumentException>(() => ByHand.Method<int, int>(new() { MaxSize = 1 })).Message, StringComparison.Ordinal);
        Assert.Contains("MaxEntries", Assert.Throws<ArgumentException>(() => new Memoizer(new() { MaxEntries = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("MaxSize", Assert.Throws<ArgumentException>(() => new Memoizer(new() { MaxSize = 0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_expired_makes_room_before_what_is_alive()
    {
        var time = new Memoize.Testing.ManualTimeProvider();
        using var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = time, AutomaticPruning = false });
        var cache = ByHand.Method<int, int>(new() { Capacity = 100, Duration = TimeSpan.FromSeconds(10) }, memoizer);
        for (int key = 0; key < 100; key++) cache.Call(key, _ => key);
        for (int use = 0; use < 10; use++)
        {
            for (int key = 0; key < 100; key++) cache.Call(key, _ => key);
        }

        // However popular they were: what has expired does not keep newcomers out.
        time.Advance(TimeSpan.FromSeconds(10));
        for (int key = 1_000; key < 1_100; key++) cache.Call(key, _ => key);

        Assert.Equal(0, cache.Statistics.Evictions);
        Assert.Equal(100, Enumerable.Range(1_000, 100).Count(key => cache.TryPeek(key, out _)));
    }

    private static CachedMethod<int, string> Sized(long maxSize) =>
        ByHand.Method<int, string>(new() { Size = (_, value) => value.Length, MaxSize = maxSize });

    private static long TotalSize(CachedMethod<int, string> cache) => cache.TotalSize;
}
