using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>What the memory store guarantees while everything happens at once, checked on every single call.</summary>
public sealed class MemoryIntegrityTests(ITestOutputHelper output)
{
    private const int Keys = 60;

    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(1_000, long.MaxValue, 1)]
    [InlineData(20, long.MaxValue, 1)]
    [InlineData(20, long.MaxValue, 8)]
    [InlineData(1_000, 100, 1)]
    [InlineData(1_000, 100, 4)]
    [InlineData(5, 10, 1)]
    [InlineData(5, 10, 2)]
    public void Nothing_expired_is_served_and_nothing_invalidated_comes_back(int capacity, long maxSize, int partitions)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var time = new ManualTimeProvider();
        using var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = time, AutomaticPruning = false, Partitioning = new(partitions, SplitAt: 3) });
        var cache = ByHand.Method<int, Value>(
            new() { Capacity = capacity, DurationFrom = (_, value) => value.Created + Life - time.GetUtcNow(), Size = (_, value) => value.Size, MaxSize = maxSize == long.MaxValue ? null : maxSize }, memoizer);
        var versions = new int[Keys];
        var invalidated = new int[Keys];

        Threads.Run(4, thread =>
        {
            var random = new Random(seed + thread);
            for (int i = 0; i < 20_000; i++)
            {
                int key = random.Next(Keys);
                switch (random.Next(30))
                {
                    case 0:
                        int version = Interlocked.Increment(ref versions[key]);
                        cache.Invalidate(key);
                        Raise(ref invalidated[key], version);
                        break;

                    case 1:
                        time.Advance(TimeSpan.FromMilliseconds(random.Next(300)));
                        break;

                    case 2 when i % 20 == 0:
                        memoizer.Prune();
                        break;

                    case 3:
                        Assert.True(cache.Statistics.Entries <= capacity, $"Seed {seed}: more entries than there is room for.");
                        break;

                    default:
                        // What was invalidated, or had expired, before this call began must not come out of it.
                        int oldest = Volatile.Read(ref invalidated[key]);
                        var now = time.GetUtcNow();
                        bool isHit = cache.TryGet(key, out var value);
                        value ??= cache.Call(key, _ => new Value(key, Volatile.Read(ref versions[key]), time.GetUtcNow(), random.Next(4)));
                        Assert.True(value.Key == key, $"Seed {seed}: the value of another key.");
                        Assert.True(value.Version >= oldest, $"Seed {seed}: version {value.Version} after {oldest} was invalidated.");
                        Assert.True(!isHit || value.Created + Life > now, $"Seed {seed}: a value of {value.Created:O} at {now:O}.");
                        break;
                }
            }
        });

        cache.Verify();
        Assert.Equal(partitions, cache.PartitionCount);
        Assert.True(cache.TotalSize <= maxSize);
        Assert.Equal(0, cache.LockCount);
        var statistics = cache.Statistics;
        Assert.Equal(statistics.Requests, statistics.Hits + statistics.Misses);
        output.WriteLine($"{statistics}");
    }

    private static void Raise(ref int highest, int value)
    {
        for (int seen = Volatile.Read(ref highest); seen < value;)
        {
            int found = Interlocked.CompareExchange(ref highest, value, seen);
            if (found == seen) return;
            seen = found;
        }
    }

    private sealed record Value(int Key, int Version, DateTimeOffset Created, long Size);
}
