using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>A memory that has split into partitions keeps what one in a single piece keeps.</summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_memory_splits_once_it_has_grown()
    {
        var cache = Method<int, int>(new() { Capacity = 1_000 }, partitions: 8, splitAt: 100);
        Fill(cache, 0, 99);
        Assert.Equal(1, cache.PartitionCount);

        Fill(cache, 99, 1);

        Assert.Equal(8, cache.PartitionCount);
        Fill(cache, 0, 1_000);
        Assert.Equal((1_000, 1_000L, 0L), (cache.EntryCount, cache.Statistics.Computed, cache.Statistics.Evictions));
        for (int key = 0; key < 1_000; key++) Assert.True(cache.TryPeek(key, out int value) && value == -key);
        cache.Verify();
    }

    [Fact]
    public void How_many_partitions_there_are_depends_on_the_processors_and_leaves_each_enough_entries()
    {
        Assert.Same(Partitioning.None, Partitioning.For(capacity: 500));
        var many = Partitioning.For(capacity: int.MaxValue);
        Assert.InRange(many.Partitions, Math.Min(4 * Environment.ProcessorCount, 256), 256);
        Assert.All([512, 1_000, 10_000, 100_000], capacity => Assert.True(capacity / Partitioning.For(capacity).Partitions >= 256));
    }

    [Fact]
    public void Objects_with_results_of_their_own_and_tags_with_a_limit_stay_in_one_piece()
    {
        using var memoizer = MemoizerWith(partitions: 4, splitAt: 2);
        var limited = ByHand.Method<int, int>(new() { TagCapacity = 3 }, memoizer);
        var ofInstance = new CachedMethod<int, int>(new CachedMethodDefinition<int, int>("Tests.OfInstance", new()), memoizer, ofInstance: true);

        Fill(limited, 0, 50);
        Fill(ofInstance, 0, 50);

        Assert.Equal((1, 1), (limited.PartitionCount, ofInstance.PartitionCount));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void No_entry_leaves_while_there_is_room_whatever_the_keys_hash_to(int classes)
    {
        var cache = Method<Chosen, int>(new() { Capacity = 2_000 }, partitions: 8, splitAt: 10);

        // All keys are in one partition, or in two, or everywhere.
        for (int key = 0; key < 2_000; key++) cache.Call(new Chosen(key, key % classes), _ => 0);

        Assert.Equal((8, 2_000, 0L), (cache.PartitionCount, cache.EntryCount, cache.Statistics.Evictions));
        cache.Verify();
    }

    [Fact]
    public void A_full_partition_makes_room_for_the_others()
    {
        var cache = Method<Chosen, int>(new() { Capacity = 800 }, partitions: 8, splitAt: 10);
        for (int key = 0; key < 800; key++) cache.Call(new Chosen(key, 0), _ => 0);

        // From now on only keys of the seven other partitions.
        for (int key = 0; key < 7_000; key++)
        {
            cache.Call(new Chosen(key, 1 + (key % 7)), _ => 0);
            Assert.True(cache.TryPeek(new Chosen(key, 1 + (key % 7)), out _), "The newest entry stays until the next comes in.");
            Assert.Equal(800, cache.EntryCount);
        }

        // Each of those has got about its share, so that it has something to choose from.
        int[] left = [.. Enumerable.Range(1, 7).Select(of => Enumerable.Range(0, 7_000).Count(key => key % 7 == of - 1 && cache.TryPeek(new Chosen(key, of), out _)))];
        Assert.All(left, count => Assert.InRange(count, 70, 200));
        cache.Verify();
    }

    [Theory]
    [InlineData(1_000, long.MaxValue)]
    [InlineData(10_000, 500)]
    public void There_is_never_more_than_there_is_room_for_while_many_threads_write(int capacity, long maxSize)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var cache = Method<Chosen, int>(
            new() { Capacity = capacity, MaxSize = maxSize == long.MaxValue ? null : maxSize, Size = maxSize == long.MaxValue ? null : static (_, value) => value }, partitions: 8, splitAt: 10);

        Threads.Run(4, thread =>
        {
            var random = new Random(seed + thread);
            for (int i = 0; i < 20_000; i++)
            {
                // Half of the keys are in one partition.
                int key = random.Next(3_000);
                var chosen = new Chosen(key, key % 2 == 0 ? 0 : key % 8);
                if (random.Next(20) == 0) cache.Set(chosen, random.Next(8));
                else cache.Call(chosen, _ => random.Next(8));
                Assert.InRange(cache.EntryCount, 0, capacity);
                Assert.InRange(cache.TotalSize, 0, maxSize);
            }
        });

        Assert.Equal(8, cache.PartitionCount);
        cache.Verify();
    }

    [Fact]
    public void A_value_that_grows_takes_the_room_of_others_wherever_they_are()
    {
        var cache = Method<Chosen, int>(new() { MaxSize = 100, Size = static (_, value) => value }, partitions: 8, splitAt: 4);
        for (int key = 0; key < 100; key++) cache.Set(new Chosen(key, key < 99 ? 0 : 5), 1);

        cache.Set(new Chosen(99, 5), 41);

        Assert.True(cache.TryPeek(new Chosen(99, 5), out int value) && value == 41);
        Assert.Equal((60, 100L), (cache.EntryCount, cache.TotalSize));
        cache.Verify();
    }

    [Fact]
    public void What_is_known_of_keys_that_left_goes_along()
    {
        var time = new ManualTimeProvider();
        var cache = Method<int, int>(new() { Capacity = 1_000, Duration = Life, FailureDuration = Life }, partitions: 4, splitAt: 150, time);
        Fill(cache, 0, 120);
        for (int key = 0; key < 40; key++) cache.Invalidate(key);
        for (int key = 200; key < 220; key++) Assert.Throws<TimeoutException>(() => cache.Call(key, _ => throw new TimeoutException()));

        Fill(cache, 1_000, 100);

        Assert.Equal(4, cache.PartitionCount);
        for (int key = 0; key < 40; key++) Assert.Equal(MissReason.Invalidated, cache.Explain(key).Reason);
        for (int key = 200; key < 220; key++) Assert.NotNull(cache.Explain(key).FailedUntil);
        Assert.Throws<TimeoutException>(() => cache.Call(200, _ => 0));
        time.Advance(Life);
        Assert.Equal(0, cache.Call(200, _ => 0));
    }

    [Fact]
    public void Tags_go_along()
    {
        using var memoizer = MemoizerWith(partitions: 4, splitAt: 50);
        var cache = ByHand.Method<int, int>(memoizer: memoizer);
        for (int key = 0; key < 100; key++) cache.Set(key, key, tags: [key % 2 == 0 ? "even" : "odd"]);
        Assert.Equal(4, cache.PartitionCount);

        memoizer.InvalidateTag("even");

        for (int key = 0; key < 100; key++) Assert.Equal(key % 2 == 1, cache.TryPeek(key, out _));
        cache.Verify();
    }

    [Fact]
    public void Entries_expire_and_are_swept_in_every_partition()
    {
        var time = new ManualTimeProvider();
        using var memoizer = MemoizerWith(partitions: 4, splitAt: 50, time);
        var cache = ByHand.Method<int, int>(new() { Duration = Life }, memoizer);
        Fill(cache, 0, 200);
        time.Advance(Life);

        for (int key = 0; key < 200; key++) Assert.False(cache.TryPeek(key, out _));
        Assert.Equal(200, memoizer.Prune());

        // Without anybody pruning, those that write do.
        Fill(cache, 0, 200);
        time.Advance(Life);
        Fill(cache, 1_000, 200);
        Assert.Equal(200, cache.EntryCount);
    }

    [Fact]
    public async Task Computations_that_are_running_while_the_memory_splits_end_for_everybody_inside_and_are_kept()
    {
        var cache = Method<int, int>(new(), partitions: 4, splitAt: 20);
        var gates = Enumerable.Range(0, 10).Select(_ => new TaskCompletionSource<int>()).ToArray();
        var callers = Enumerable.Range(0, 30).Select(i => cache.CallAsync(i % 10, _ => gates[i % 10].Task)).ToArray();

        Fill(cache, 100, 20);
        Assert.Equal(4, cache.PartitionCount);
        Assert.Equal(10, cache.LockCount);
        var late = Enumerable.Range(0, 10).Select(key => cache.CallAsync(key, _ => throw new InvalidOperationException("It runs already."))).ToArray();
        for (int key = 0; key < 10; key++) gates[key].SetResult(key);

        Assert.Equal(Enumerable.Range(0, 30).Select(i => i % 10), await Task.WhenAll(callers));
        Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(late));
        for (int key = 0; key < 10; key++) Assert.True(cache.TryPeek(key, out int value) && value == key);
        Assert.Equal(0, cache.LockCount);
        Assert.Equal(0, cache.RunningCount);
        cache.Verify();
    }

    [Fact]
    public async Task Computations_that_are_running_while_the_memory_splits_are_cut_off_by_an_invalidation()
    {
        var cache = Method<int, int>(new(), partitions: 4, splitAt: 20);
        var invalidated = new TaskCompletionSource<int>();
        var cleared = new TaskCompletionSource<int>();
        var first = cache.CallAsync(1, _ => invalidated.Task);
        cache.Invalidate(1);
        var second = cache.CallAsync(2, _ => cleared.Task);

        Fill(cache, 100, 20);
        Assert.Equal((4, 2), (cache.PartitionCount, cache.RunningCount));
        cache.Clear();
        invalidated.SetResult(1);
        cleared.SetResult(2);

        Assert.Equal((1, 2), (await first, await second));
        Assert.False(cache.TryPeek(1, out _));
        Assert.False(cache.TryPeek(2, out _));
        Assert.Equal((0, 0, 0), (cache.EntryCount, cache.LockCount, cache.RunningCount));
    }

    [Fact]
    public async Task Computations_that_were_running_when_the_memory_split_are_found_by_who_shuts_down()
    {
        var memoizer = MemoizerWith(partitions: 4, splitAt: 20);
        var cache = ByHand.Method<int, int>(memoizer: memoizer);
        var never = new TaskCompletionSource<int>();
        var attached = cache.CallAsync(1, _ => never.Task);
        var detached = cache.CallAsync(2, _ => never.Task);
        cache.Invalidate(2);
        Fill(cache, 100, 20);
        Assert.Equal(4, cache.PartitionCount);

        memoizer.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attached);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detached);
    }

    [Fact]
    public void Where_callers_stand_in_line_a_memory_splits_however_little_it_keeps()
    {
        var cache = Method<int, int>(new() { When = static (_, _) => false }, partitions: 8, splitAt: 1_000);

        Threads.Run(4, thread =>
        {
            for (int i = 0; i < 10_000_000 && cache.PartitionCount == 1; i++) cache.Call((thread * 10_000_000) + i, _ => i);
        });

        Assert.Equal((8, 0), (cache.PartitionCount, cache.EntryCount));
    }

    [Fact]
    public void Who_waits_for_the_gate_while_the_memory_splits_writes_to_the_partition_that_took_its_place()
    {
        var clock = new CacheClock(TimeProvider.System);
        var memory = new MemoryStore<int, int>(new CachePolicy<int>(), clock, new MethodCounters(), partitioning: new(Partitions: 4, SplitAt: 1));
        var writer = new Thread(() => memory.Keep(7, 7, EntryLife.Start(clock.Now, Life, jitter: 0, refreshAfter: null), tags: null, size: 0)) { IsBackground = true };
        lock (memory.Partitions[0].Gate)
        {
            writer.Start();
            Threads.WaitUntil(() => writer.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            memory.Split();
        }

        Assert.True(writer.Join(TimeSpan.FromSeconds(60)));
        Assert.True(memory.TryPeekFresh(7, out _));
        Assert.Equal(1, memory.Partitions.Sum(partition => partition.Count));
        memory.Verify();
    }

    [Fact]
    public void Who_waits_to_evict_while_the_memory_splits_evicts_from_the_partitions_that_took_its_place()
    {
        var clock = new CacheClock(TimeProvider.System);
        var memory = new MemoryStore<int, int>(new CachePolicy<int>(), clock, new MethodCounters(), partitioning: new(Partitions: 4, SplitAt: 1));
        for (int key = 0; key < 20; key++) memory.Keep(key, key, EntryLife.Start(clock.Now, Life, jitter: 0, refreshAfter: null), tags: null, size: 0);
        bool evicted = false;
        var evicting = new Thread(() => evicted = memory.EvictOne()) { IsBackground = true };
        lock (memory.Partitions[0].Gate)
        {
            evicting.Start();
            Threads.WaitUntil(() => evicting.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            memory.Split();
        }

        Assert.True(evicting.Join(TimeSpan.FromSeconds(60)));
        Assert.Equal((true, 19), (evicted, memory.Count));
        memory.Verify();
    }

    [Fact]
    public void Calls_race_with_the_split_and_compute_each_key_once()
    {
        for (int round = 0; round < 200; round++)
        {
            var cache = Method<int, int>(new() { Capacity = 1_000 }, partitions: 8, splitAt: 40);
            int[] runs = new int[80];

            Threads.Run(4, _ =>
            {
                for (int key = 0; key < runs.Length; key++)
                {
                    int asked = key;
                    Assert.Equal(asked, cache.Call(asked, _ =>
                    {
                        Interlocked.Increment(ref runs[asked]);
                        return asked;
                    }));
                }
            });

            Assert.All(runs, count => Assert.Equal(1, count));
            Assert.Equal((8, 80, 0), (cache.PartitionCount, cache.EntryCount, cache.LockCount));
            cache.Verify();
        }
    }

    private static CachedMethod<TKey, TValue> Method<TKey, TValue>(CachePolicy<TValue> policy, int partitions, int splitAt, TimeProvider? time = null)
        where TKey : notnull =>
        ByHand.Method<TKey, TValue>(policy, MemoizerWith(partitions, splitAt, time));

    private static Memoizer MemoizerWith(int partitions, int splitAt, TimeProvider? time = null) =>
        new(new() { Partitioning = new(partitions, splitAt), AutomaticPruning = false, TimeProvider = time ?? TimeProvider.System });

    private static void Fill(CachedMethod<int, int> cache, int first, int count)
    {
        for (int key = first; key < first + count; key++) cache.Call(key, _ => -key);
    }

    /// <summary>A key whose partition is chosen: hashes are spread by a product, which this undoes for the low bits.</summary>
    private sealed record Chosen(int Number, int Partition)
    {
        // The lowest bits of the spread hash are those of the number.
        public override int GetHashCode()
        {
            for (int salt = Number * 64; ; salt++)
            {
                if ((HashedKey<int>.HashOf(salt) & 7) == Partition) return salt;
            }
        }
    }
}
