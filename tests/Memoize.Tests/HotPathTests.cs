namespace Memoize.Tests;

/// <summary>The parts of a hit: the table, the counter, the clock, the key. And that a hit allocates nothing.</summary>
public sealed partial class HotPathTests
{
    [Fact]
    public void A_table_is_read_while_it_grows_and_shrinks_and_never_finds_what_is_not_there()
    {
        var table = new EntryTable<int, int>();
        var entries = Enumerable.Range(0, 2_000).Select(key => new MemoryEntry<int, int>(key, -key, default, tags: null)).ToArray();

        // Half of the keys are always there, but a reader may miss them in the moment in which the table grows.
        for (int key = 0; key < 1_000; key++) table.Add(entries[key]);
        int growing = 6;
        bool done = false;
        Threads.Run(2, thread =>
        {
            if (thread == 0)
            {
                for (int round = 0; round < 200; round++)
                {
                    if (round % 30 == 0 && growing-- > 0) table.Grow();
                    for (int key = 1_000; key < 2_000; key++) table.Add(entries[key] = new MemoryEntry<int, int>(key, -key, default, tags: null));
                    for (int key = 1_000; key < 2_000; key++) table.Remove(entries[key]);
                    for (int key = 0; key < 1_000; key += 7)
                    {
                        var replacement = new MemoryEntry<int, int>(key, -key, default, tags: null);
                        table.Replace(entries[key], replacement);
                        entries[key] = replacement;
                    }
                }

                Volatile.Write(ref done, true);
            }
            else
            {
                var random = new Random(1);
                while (!Volatile.Read(ref done))
                {
                    int key = random.Next(2_000);
                    if (table.TryGet(key, out var entry)) Assert.Equal((key, -key), (entry.Key, entry.Value));
                }
            }
        });

        // The writer is done: every key is found that is there, as the entry that was put in its place last.
        for (int key = 0; key < 2_000; key++)
        {
            Assert.Equal(key < 1_000, table.TryGet(key, out var entry));
            if (key < 1_000) Assert.Same(entries[key], entry);
        }
    }

    [Fact]
    public void A_table_that_does_not_grow_is_read_without_missing_what_is_there()
    {
        var table = new EntryTable<int, int>();
        var entries = Enumerable.Range(0, 2_000).Select(key => new MemoryEntry<int, int>(key, -key, default, tags: null)).ToArray();

        // It has grown already to what it is going to hold.
        while (table.Chains < entries.Length) table.Grow();
        foreach (var entry in entries) table.Add(entry);
        int chains = table.Chains;
        bool done = false;
        Threads.Run(2, thread =>
        {
            if (thread == 0)
            {
                for (int round = 0; round < 200; round++)
                {
                    for (int key = 1; key < 2_000; key += 2) table.Remove(entries[key]);
                    for (int key = 1; key < 2_000; key += 2) table.Add(entries[key] = new MemoryEntry<int, int>(key, -key, default, tags: null));
                    for (int key = 0; key < 2_000; key += 14)
                    {
                        var replacement = new MemoryEntry<int, int>(key, -key, default, tags: null);
                        table.Replace(entries[key], replacement);
                        entries[key] = replacement;
                    }
                }

                Volatile.Write(ref done, true);
            }
            else
            {
                var random = new Random(1);
                while (!Volatile.Read(ref done))
                {
                    int key = random.Next(1_000) * 2;
                    Assert.True(table.TryGet(key, out var entry), $"{key} is always there, but was not found.");
                    Assert.Equal((key, -key), (entry.Key, entry.Value));
                }
            }
        });

        Assert.Equal(chains, table.Chains);
    }

    [Fact]
    public void A_table_grows_without_losing_an_entry_whatever_the_hashes()
    {
        var table = new EntryTable<BadHash, int>();
        var entries = Enumerable.Range(0, 500).Select(i => new MemoryEntry<BadHash, int>(new BadHash(i), i, default, tags: null)).ToList();

        foreach (var entry in entries)
        {
            table.Add(entry);
            if (entry.Value % 100 == 50) table.Grow();
        }

        for (int i = 0; i < 500; i += 3) table.Remove(entries[i]);

        for (int i = 0; i < 500; i++) Assert.Equal(i % 3 != 0, table.TryGet(new BadHash(i), out _));
    }

    [Fact]
    public void Hits_of_threads_that_have_ended_stay_counted()
    {
        var counter = new HitCounter();
        for (int round = 0; round < 10; round++)
        {
            Threads.Run(8, _ => { for (int i = 0; i < 1_000; i++) counter.Increment(); });
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(80_000, counter.Read());
    }

    [Fact]
    public void A_counter_does_not_see_what_was_counted_in_its_slot_before()
    {
        for (int i = 0; i < 100; i++)
        {
            Count(1_000);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Count(int times)
        {
            var counter = new HitCounter();
            Assert.Equal(0, counter.Read());
            for (int i = 0; i < times; i++) counter.Increment();
            Assert.Equal(times, counter.Read());
        }
    }

    [Fact]
    public void Many_counters_and_threads_lose_nothing()
    {
        var counters = Enumerable.Range(0, 300).Select(_ => new HitCounter()).ToArray();

        Threads.Run(4, _ => { for (int i = 0; i < 30_000; i++) counters[i % 300].Increment(); });

        Assert.All(counters, counter => Assert.Equal(400, counter.Read()));
    }

    [Fact]
    public void The_coarse_time_is_never_ahead_of_the_systems_and_catches_up_with_every_moment()
    {
        // How soon it catches up depends on when the machine lets its thread run, so that is waited for.
        for (int round = 0; round < 10; round++)
        {
            long moment = SystemTime() + (CoarseTime.Step * TimeSpan.TicksPerMillisecond);
            Threads.WaitUntil(() =>
            {
                long coarse = CoarseTime.Now;
                Assert.True(coarse <= SystemTime());
                return coarse >= moment;
            });
        }

        static long SystemTime() => Environment.TickCount64 * TimeSpan.TicksPerMillisecond;
    }

    [Fact]
    public void A_text_key_compares_as_its_string_does()
    {
        string[] texts = ["", "a", "b", "ab", "abc", "abcd", "abce", "abcde", "abcdefgh", "abcdefgi", "ABCD", "\0", "\0\0", "ß", "ss", new string('x', 1_000)];
        foreach (string one in texts)
        {
            foreach (string two in texts)
            {
                string copy = new(two.AsSpan());
                Assert.Equal(one == two, new TextKey(one).Equals(new TextKey(copy)));
                if (one == two) Assert.Equal(new TextKey(one).GetHashCode(), new TextKey(copy).GetHashCode());
            }
        }

        Assert.Equal(texts.Length, texts.Select(text => new TextKey(text).GetHashCode()).Distinct().Count());
        Assert.False(new TextKey(null).Equals(new TextKey("")));
        Assert.True(new TextKey(null).Equals(default));
        Assert.Equal("abc", new TextKey("abc").ToString());
    }

    [Fact]
    public void Differences_in_one_part_of_a_text_cannot_be_taken_back_in_another()
    {
        // Bit 63 of one step against every bit of the next, and every pair of bits of two steps.
        string text = "abcdefgh";
        var hashes = new HashSet<int> { new TextKey(text).GetHashCode() };
        int pairs = 0;
        for (int first = 0; first < 64; first++)
        {
            for (int second = 64; second < 128; second++)
            {
                char[] changed = text.ToCharArray();
                changed[first / 16] ^= (char)(1 << (first % 16));
                changed[second / 16] ^= (char)(1 << (second % 16));
                hashes.Add(new TextKey(new string(changed)).GetHashCode());
                pairs++;
            }
        }

        // Of 4,096 random numbers of 32 bits, two are the same in one of 500 processes; three pairs in none.
        Assert.InRange(hashes.Count, pairs - 1, pairs + 1);
    }

    [Fact]
    public void Text_keys_spread_over_a_table()
    {
        // 4,096 keys that differ in a digit or two: no bucket of 4,096 gets more than a handful.
        int fullest = Enumerable.Range(0, 4_096)
            .Select(i => HashedKey<TextKey>.HashOf($"customer:{i}") & 4_095)
            .GroupBy(bucket => bucket)
            .Max(bucket => bucket.Count());

        Assert.InRange(fullest, 1, 12);
    }

    [Fact]
    public void A_hit_allocates_nothing_in_any_form()
    {
        var cache = ByHand.Method<TextKey, string>(new() { Duration = TimeSpan.FromHours(1) });
        cache.Set("key", "value");
        Func<CancellationToken, string> core = _ => "never";
        Func<CancellationToken, Task<string>> coreAsync = _ => Task.FromResult("never");

        Assert.Equal(0, Allocated(() => cache.TryGet("key", out _)));
        Assert.Equal(0, Allocated(() => cache.TryGetTask("key", out _)));
        Assert.Equal(0, Allocated(() => cache.TryGet("key", out _, out bool _)));
        Assert.Equal(0, Allocated(() => cache.Call("key", core)));

    }

    [Fact]
    public async Task A_hit_of_a_generated_wrapper_allocates_nothing_in_any_form()
    {
        using var memoizer = new Memoizer();
        var quotes = new Quotes(memoizer);
        quotes.Get("MSFT");
        quotes.Get("MSFT", 1);
        quotes.GetFirst();
        Quotes.GetStatic(1);
        await quotes.GetTaskAsync("MSFT", 1);
        await quotes.GetValueTaskAsync("MSFT", 1);
        await quotes.GetRefreshedAsync("MSFT");
        quotes.GetGeneric(1);
        quotes.LoadCached("MSFT");

        Assert.Equal(0, Allocated(() => quotes.Get("MSFT")));
        Assert.Equal(0, Allocated(() => quotes.Get("MSFT", 1)));
        Assert.Equal(0, Allocated(() => quotes.GetFirst()));
        Assert.Equal(0, Allocated(() => Quotes.GetStatic(1)));
        Assert.Equal(0, Allocated(() => quotes.GetTaskAsync("MSFT", 1)));
        Assert.Equal(0, Allocated(() => IsCompleted(quotes.GetValueTaskAsync("MSFT", 1))));
        Assert.Equal(0, Allocated(() => quotes.GetRefreshedAsync("MSFT")));
        Assert.Equal(0, Allocated(() => quotes.GetGeneric(1)));
        Assert.Equal(0, Allocated(() => quotes.LoadCached("MSFT")));
        Assert.Equal(0, Allocated(() => quotes.GetTaskCache.TryPeek("MSFT", 1, out _)));
    }

    [Fact]
    public void A_hit_with_arguments_that_are_compared_by_content_allocates_nothing()
    {
        using var memoizer = new Memoizer();
        var contents = new Contents(memoizer);
        List<int> list = [1, 2];
        Dictionary<string, int> map = new() { ["a"] = 1 }, lax = new(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 };
        HashSet<string> set = ["a"], laxSet = new(StringComparer.OrdinalIgnoreCase) { "a" };
        var basket = new Basket("a", [1], -0.0);
        var uri = new Uri("https://a/#b");
        contents.Of(list);
        contents.Of((IReadOnlyList<int>)list);
        contents.Of(map);
        contents.Of(lax);
        contents.Of((IReadOnlyDictionary<string, int>)map);
        contents.Of(set);
        contents.Of(laxSet);
        contents.Of(basket);
        contents.Of(uri, 1.0m, 0.5, DateTime.MinValue);
        contents.Any(1.5);
        contents.Any(basket.Items);

        Assert.Equal(0, Allocated(() => contents.Of(list)));
        Assert.Equal(0, Allocated(() => contents.Of((IReadOnlyList<int>)list)));
        Assert.Equal(0, Allocated(() => contents.Of(map)));
        Assert.Equal(0, Allocated(() => contents.Of(lax)));
        Assert.Equal(0, Allocated(() => contents.Of((IReadOnlyDictionary<string, int>)map)));
        Assert.Equal(0, Allocated(() => contents.Of(set)));
        Assert.Equal(0, Allocated(() => contents.Of(laxSet)));
        Assert.Equal(0, Allocated(() => contents.Of(basket)));
        Assert.Equal(0, Allocated(() => contents.Of(uri, 1.0m, 0.5, DateTime.MinValue)));
        Assert.Equal(0, Allocated(() => contents.Any(1.5)));
        Assert.Equal(0, Allocated(() => contents.Any(basket.Items)));
    }

    private static bool IsCompleted(ValueTask<string> task) => task.IsCompletedSuccessfully;

    private static long Allocated<T>(Func<T> hit)
    {
        for (int i = 0; i < 100; i++) hit();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) hit();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed partial class Quotes(Memoizer memoizer)
    {
        [CachedResponse("1h")]
        public partial string Get(string symbol);

        [CachedResponse("1h")]
        public partial string Get(string symbol, int page);

        [CachedResponse("1h")]
        public partial string GetFirst();

        [CachedResponse("1h")]
        public static partial string GetStatic(int page);

        [CachedResponse("1h", Sliding = "30m")]
        public partial Task<string> GetTaskAsync(string symbol, int page, CancellationToken cancellationToken = default);

        [CachedResponse("1h")]
        public partial ValueTask<string> GetValueTaskAsync(string symbol, int page, CancellationToken cancellationToken = default);

        [CachedResponse("1h", RefreshAfter = "30m")]
        public partial Task<string> GetRefreshedAsync(string symbol);

        [CachedResponse("1h")]
        public partial string GetGeneric<T>(T page);

        [CachedResponse("1h")]
        internal string Load(string symbol) => symbol;

        private string GetCore(string symbol) => symbol;

        private string GetCore(string symbol, int page) => symbol + page;

        private string GetFirstCore() => "first";

        private static string GetStaticCore(int page) => $"{page}";

        private Task<string> GetTaskCoreAsync(string symbol, int page, CancellationToken cancellationToken) => Task.FromResult(symbol + page);

        private ValueTask<string> GetValueTaskCoreAsync(string symbol, int page, CancellationToken cancellationToken) => new(symbol + page);

        private Task<string> GetRefreshedCoreAsync(string symbol) => Task.FromResult(symbol);

        private string GetGenericCore<T>(T page) => $"{page}";
    }

    private sealed record Basket(string Name, int[] Items, double Price);

    private sealed partial class Contents(Memoizer memoizer)
    {
        [CachedResponse("1h")]
        public partial string Of(List<int> x);

        [CachedResponse("1h")]
        public partial string Of(IReadOnlyList<int> x);

        [CachedResponse("1h")]
        public partial string Of(Dictionary<string, int> x);

        [CachedResponse("1h")]
        public partial string Of(IReadOnlyDictionary<string, int> x);

        [CachedResponse("1h")]
        public partial string Of(HashSet<string> x);

        [CachedResponse("1h")]
        public partial string Of(Basket x);

        [CachedResponse("1h")]
        public partial string Of(Uri x, decimal y, double z, DateTime at);

        [CachedResponse("1h")]
        public partial string Any<T>(T x);

        private static string OfCore(List<int> x) => $"{x.Count}";

        private static string OfCore(IReadOnlyList<int> x) => $"{x.Count}";

        private static string OfCore(Dictionary<string, int> x) => $"{x.Count}";

        private static string OfCore(IReadOnlyDictionary<string, int> x) => $"{x.Count}";

        private static string OfCore(HashSet<string> x) => $"{x.Count}";

        private static string OfCore(Basket x) => x.Name;

        private static string OfCore(Uri x, decimal y, double z, DateTime at) => FormattableString.Invariant($"{x} {y} {z} {at}");

        private static string AnyCore<T>(T x) => $"{x}";
    }

    private readonly record struct BadHash(int Value)
    {
        public override int GetHashCode() => Value % 5;
    }
}
