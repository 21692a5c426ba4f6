using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Memoize.Benchmarks.Hits;
using Microsoft.Extensions.Caching.Memory;

namespace Memoize.Benchmarks.Footprint;

/// <summary>How many bytes an entry takes, the string of its key and its value not counted: those are the caller's in any cache.</summary>
internal static class FootprintReport
{
    private const int Entries = 100_000;

    /// <summary>A Markdown table.</summary>
    public static string Table()
    {
        string[] keys = [.. Enumerable.Range(0, Entries).Select(number => $"symbol:{number}")];
        var quote = FootprintShop.Offer;
        var table = new StringBuilder();
        table.AppendLine("| bytes per entry | string key | (string, int) key |");
        table.AppendLine("| --- | ---: | ---: |");
        Row(
            "`ConcurrentDictionary`",
            BytesPerEntry(() => new ConcurrentDictionary<string, Quote>(), (cache, i) => cache[keys[i]] = quote),
            BytesPerEntry(() => new ConcurrentDictionary<PageKey, Quote>(), (cache, i) => cache[new(keys[i], i)] = quote));
        Row(
            "Memoize, with expiry",
            BytesPerEntry(() => new FootprintShop(new Memoizer()), (cache, i) => cache.Get(keys[i])),
            BytesPerEntry(() => new FootprintShop(new Memoizer()), (cache, i) => cache.GetPage(keys[i], i)));
        Row(
            "a dictionary of `SemaphoreSlim` by hand",
            BytesPerEntry(() => new FootprintByHand<string>(), (cache, i) => cache.Get(keys[i])),
            BytesPerEntry(() => new FootprintByHand<PageKey>(), (cache, i) => cache.Get(new(keys[i], i))));
        Row(
            "`MemoryCache`, with expiry; the pair boxed",
            BytesPerEntry(() => new MemoryCache(new MemoryCacheOptions()), (cache, i) => cache.Set(keys[i], quote, TimeSpan.FromHours(1))),
            BytesPerEntry(() => new MemoryCache(new MemoryCacheOptions()), (cache, i) => cache.Set((keys[i], i), quote, TimeSpan.FromHours(1))));
        Row(
            "`MemoryCache`, with expiry; the pair as a string",
            null,
            BytesPerEntry(() => new MemoryCache(new MemoryCacheOptions()), (cache, i) => cache.Set($"{keys[i]}/{i}", quote, TimeSpan.FromHours(1))));
        return table.ToString();

        void Row(string name, double? one, double two) =>
            table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {(one is { } bytes ? bytes.ToString("0", CultureInfo.InvariantCulture) : "—")} | {two:0} |");
    }

    private static double BytesPerEntry<TCache>(Func<TCache> make, Action<TCache, int> add)
        where TCache : class
    {
        // The first pass makes what is there once in a process: compiled code, locks, the clock.
        Fill(make(), 10);

        // The cache before this one is held for a while by work of its own in the background.
        Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(100));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var cache = make();
        Fill(cache, Entries);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(cache);
        return (double)(after - before) / Entries;

        void Fill(TCache filled, int entries)
        {
            for (int i = 0; i < entries; i++) add(filled, i);
        }
    }
}

/// <summary>Cached methods that keep all the entries.</summary>
internal sealed partial class FootprintShop(Memoizer memoizer)
{
    internal static readonly Quote Offer = new(1);

    private readonly Memoizer _memoizer = memoizer;

    [CachedResponse("1h", Capacity = 100_000)]
    public partial Quote Get(string symbol);

    [CachedResponse("1h", Capacity = 100_000)]
    public partial Quote GetPage(string symbol, int page);

    private Quote GetCore(string symbol) => Offer;

    private Quote GetPageCore(string symbol, int page) => Offer;
}

/// <summary>The same by hand.</summary>
internal sealed class FootprintByHand<TKey> : HandWritten<TKey, Quote>
    where TKey : notnull
{
    protected override Quote Compute(TKey key) => FootprintShop.Offer;

    protected override Task<Quote> ComputeAsync(TKey key) => Task.FromResult(FootprintShop.Offer);
}
