using System.Runtime.CompilerServices;
using Memoize.Testing;

namespace Memoize.Tests;

public sealed class MemoizerTests
{
    [Fact]
    public void The_default_memoizer_is_one_and_the_same()
    {
        Assert.Same(Memoizer.Default, Memoizer.Default);
    }

    [Fact]
    public void Two_memoizers_share_nothing()
    {
        using var one = new Memoizer();
        using var two = new Memoizer();
        var definition = new CachedMethodDefinition<string, string>("Tests.Method", new());

        definition.For(one).Set("key", "one");

        Assert.False(definition.For(two).TryPeek("key", out _));
        Assert.True(definition.For(one).TryPeek("key", out _));
        Assert.Same(definition.For(one), definition.For(one));
        Assert.Single(one.Methods);
        Assert.Equal("Tests.Method", Assert.Single(two.GetStatistics()).Method);
    }

    [Fact]
    public void Methods_of_instances_share_nothing_and_are_freed_with_their_instances()
    {
        using var memoizer = new Memoizer();
        var definition = new CachedMethodDefinition<string, object>("Tests.Method", new());
        var other = new object();
        definition.For(memoizer, other).Set("key", "other");

        Threads.WaitUntilCollected(UseAndDrop(memoizer, definition));

        Assert.Single(memoizer.Methods);
        Assert.True(definition.For(memoizer, other).TryPeek("key", out _));
        Assert.Same(definition.For(memoizer, other), definition.For(memoizer, other));
        memoizer.Clear();
        Assert.False(definition.For(memoizer, other).TryPeek("key", out _));
        GC.KeepAlive(other);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference UseAndDrop(Memoizer memoizer, CachedMethodDefinition<string, object> definition)
        {
            var instance = new object();

            // Even an entry that refers to the instance does not keep it alive.
            definition.For(memoizer, instance).Set("key", instance);
            return new WeakReference(instance);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_memoizer_that_was_dropped_is_kept_by_nothing(bool isDisposed)
    {
        // As generated code has it, in a static field.
        var definition = new CachedMethodDefinition<string, string>("Tests.Method", new());
        var (memoizer, value) = UseAndDrop(definition, isDisposed);

        Threads.WaitUntilCollected(memoizer, value);

        GC.KeepAlive(definition);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (WeakReference Memoizer, WeakReference Value) UseAndDrop(CachedMethodDefinition<string, string> definition, bool isDisposed)
        {
            var memoizer = new Memoizer();
            string value = new('x', 10);
            for (int i = 0; i < 2; i++) definition.For(memoizer).Call("key", _ => value);
            if (isDisposed) memoizer.Dispose();
            return (new(memoizer), new(value));
        }
    }

    [Fact]
    public void The_pruning_timer_ends_after_a_memoizer_that_was_dropped()
    {
        var time = new ManualTimeProvider();
        Threads.WaitUntilCollected(MakeAndDrop(time));
        Assert.Equal(1, time.ActiveTimers);

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, time.ActiveTimers);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference MakeAndDrop(ManualTimeProvider time) => new(new Memoizer(new MemoizerOptions { TimeProvider = time }));
    }

    [Fact]
    public void A_memoizer_finds_each_of_many_methods()
    {
        using var memoizer = new Memoizer();
        using var other = new Memoizer();
        var definitions = Enumerable.Range(0, 1_000).Select(i => new CachedMethodDefinition<int, int>($"Tests.Method{i}", new())).ToArray();

        // Every fourth: their numbers meet in the table.
        var some = definitions.Where((_, i) => i % 4 == 0).ToArray();
        var made = new CachedMethod<int, int>[2][];
        Threads.Run(2, thread => made[thread] = [.. some.Select(definition => definition.For(memoizer))]);

        Assert.Equal(made[0], made[1]);
        Assert.Equal(made[0], some.Select(definition => definition.For(memoizer)));
        Assert.Equal(some.Select(definition => definition.Name), memoizer.Methods.Select(method => method.Name).OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal));
        foreach (var definition in some)
        {
            Assert.NotSame(definition.For(memoizer), definition.For(other));
            Assert.Equal(definition.Name, definition.For(memoizer).Name);
        }
    }

    [Fact]
    public void A_disposed_memoizer_says_so_and_lets_its_timer_and_entries_go()
    {
        var time = new ManualTimeProvider();
        var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = time });
        Assert.Equal(1, time.ActiveTimers);

        memoizer.Dispose();
        memoizer.Dispose();

        Assert.Equal(0, time.ActiveTimers);
        Assert.Throws<ObjectDisposedException>(() => ByHand.Method<string, string>(memoizer: memoizer));
    }

    [Fact]
    public void Options_that_cannot_work_are_refused_by_name()
    {
        Assert.Contains("PruningInterval", Refused(new() { PruningInterval = TimeSpan.Zero }), StringComparison.Ordinal);
        Assert.Contains("DefaultDuration", Refused(new() { DefaultDuration = TimeSpan.Zero }), StringComparison.Ordinal);
        Assert.Contains("TimeProvider", Refused(new() { TimeProvider = null! }), StringComparison.Ordinal);
        Assert.Contains("LoggerFactory", Refused(new() { LoggerFactory = null! }), StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new Memoizer(null!));

        static string Refused(MemoizerOptions options) => Assert.Throws<ArgumentException>(() => new Memoizer(options)).Message;
    }

    [Fact]
    public void A_policy_that_cannot_work_is_refused_with_the_name_of_its_method()
    {
        Assert.Contains("Tests.Method: Capacity is 0", Refused(new() { Capacity = 0 }), StringComparison.Ordinal);
        Assert.Contains("Tests.Method: Duration is 00:00:00", Refused(new() { Duration = TimeSpan.Zero }), StringComparison.Ordinal);

        static string Refused(CachePolicy<int> policy) => Assert.Throws<ArgumentException>(() => ByHand.Method<int, int>(policy)).Message;
    }

    [Fact]
    public void Statistics_are_a_snapshot_that_can_be_read()
    {
        var cache = ByHand.Method<int, int>();
        cache.Call(1, _ => 1);
        var before = cache.Statistics;
        cache.Call(1, _ => 1);

        Assert.Equal(0, before.HitRatio + before.Hits);
        Assert.Equal(0.5, cache.Statistics.HitRatio);
        Assert.Equal("Tests.Method: 2 requests = 1 hits + 0 stale + 0 coalesced + 1 computed + 0 failed + 0 cancelled; 1 entries", cache.Statistics.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => before.MissesFor((MissReason)99));
        Assert.Throws<ArgumentOutOfRangeException>(() => before.MissesFor((MissReason)(-1)));
    }

    [Fact]
    public async Task A_clock_that_fails_loses_no_value()
    {
        var time = new BrokenTime();
        var cache = ByHand.Method<int, int>(new() { Duration = TimeSpan.FromSeconds(1) }, new Memoizer(new MemoizerOptions { TimeProvider = time, AutomaticPruning = false }));

        Assert.Equal(7, await cache.CallAsync(1, _ => { time.Broken = true; return Task.FromResult(7); }));
        time.Broken = false;

        Assert.Equal(0, cache.LockCount);
        Assert.Equal(8, await cache.CallAsync(1, _ => Task.FromResult(8)));
    }

    private sealed class BrokenTime : TimeProvider
    {
        public bool Broken { get; set; }

        public override DateTimeOffset GetUtcNow() => Broken ? throw new InvalidOperationException("The clock is broken.") : DateTimeOffset.UnixEpoch;
    }
}
