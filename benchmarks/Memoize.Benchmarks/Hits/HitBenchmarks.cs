using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Caching.Memory;

namespace Memoize.Benchmarks.Hits;

/// <summary>One look that finds a value, out of 1,000 keys, in every form, beside what one would use instead.</summary>
/// <remarks>
/// Each benchmark goes once through all keys, in an order of its own. The strings are the instances that are in the tables
/// too, so that nothing is compared that need not be: what is left is what each table adds.
/// </remarks>
[MemoryDiagnoser]
public class HitBenchmarks
{
    /// <summary>How many keys there are, and calls in one run of a benchmark.</summary>
    public const int Keys = 1_000;

    // The order in which values come into memory, and another in which they are asked for. The methods on the default memoizer
    // are shared by all instances of this class, and so are the strings.
    private static readonly string[] Ordered = [.. Enumerable.Range(0, Keys).Select(number => $"symbol:{number}")];
    private static readonly string[] Shuffled = Shuffle(Ordered);

    private readonly Shop _shop = new();
    private readonly ShopWithMemoizer _shopWithMemoizer = new(new Memoizer());
    private readonly CachedMethod<TextKey, Quote> _byHand = new CachedMethodDefinition<TextKey, Quote>("by hand", new() { Duration = TimeSpan.FromHours(1) }).For(new Memoizer());
    private readonly CachedMethod<PageKey, Quote> _pageByHand = new CachedMethodDefinition<PageKey, Quote>("page by hand", new() { Duration = TimeSpan.FromHours(1) }).For(new Memoizer());
    private readonly ConcurrentDictionary<string, Quote> _bare = new();
    private readonly ConcurrentDictionary<int, Quote> _bareInt = new();
    private readonly ConcurrentDictionary<PageKey, Quote> _barePage = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<Quote>>> _lazyTasks = new();
    private readonly HandWrittenShop _handWritten = new();
    private readonly MemoryCache _memoryCache = new(new MemoryCacheOptions());
    private readonly string[] _keys = Shuffled;

    /// <summary>Fills all caches.</summary>
    public HitBenchmarks()
    {
        var quote = new Quote(1);
        foreach (string key in Ordered) _bare[key] = quote;
        foreach (string key in Ordered) _lazyTasks[key] = new(Task.FromResult(quote));
        foreach (string key in Ordered) _ = _handWritten.Get(key);
        foreach (string key in Ordered) _memoryCache.Set(key, quote, TimeSpan.FromHours(1));
        foreach (string key in Ordered) _byHand.Set(key, quote);
        foreach (string key in Ordered) _ = _shop.Get(key);
        foreach (string key in Ordered) _ = _shopWithMemoizer.Get(key);
        for (int id = 0; id < Keys; id++) _bareInt[id] = quote;
        for (int id = 0; id < Keys; id++) _ = _shop.GetById(id);
        _ = _shop.GetBest();

        (string Symbol, int Page)[] pairs = [.. Ordered.Select(key => (key, Array.IndexOf(Shuffled, key)))];
        foreach (var (symbol, page) in pairs) _barePage[new(symbol, page)] = quote;
        foreach (var (symbol, page) in pairs) _pageByHand.Set(new(symbol, page), quote);
        foreach (var (symbol, page) in pairs) _ = _shop.GetPage(symbol, page);
        foreach (var (symbol, page) in pairs) _ = _shop.GetPageTaskAsync(symbol, page);
        foreach (var (symbol, page) in pairs) _ = _shop.GetPageValueTaskAsync(symbol, page).AsTask();
        foreach (var (symbol, page) in pairs) _ = _shopWithMemoizer.GetPage(symbol, page);
        foreach (var (symbol, page) in pairs) _memoryCache.Set((symbol, page), quote, TimeSpan.FromHours(1));
        foreach (var (symbol, page) in pairs) _memoryCache.Set($"{symbol}/{page}", quote, TimeSpan.FromHours(1));
    }

    [Benchmark(Description = "`ConcurrentDictionary<string, T>`", OperationsPerInvoke = Keys)]
    public int Bare()
    {
        int sum = 0;
        foreach (string key in _keys)
        {
            if (_bare.TryGetValue(key, out var quote)) sum += quote.Price;
        }

        return sum;
    }

    [Benchmark(Description = "wrapper: `T Get(string)`", OperationsPerInvoke = Keys)]
    public int Wrapper()
    {
        int sum = 0;
        foreach (string key in _keys) sum += _shop.Get(key).Price;
        return sum;
    }

    [Benchmark(Description = "wrapper with a memoizer field: `T Get(string)`", OperationsPerInvoke = Keys)]
    public int WrapperWithMemoizer()
    {
        int sum = 0;
        foreach (string key in _keys) sum += _shopWithMemoizer.Get(key).Price;
        return sum;
    }

    [Benchmark(Description = "the runtime by hand: string", OperationsPerInvoke = Keys)]
    public int ByHand()
    {
        int sum = 0;
        foreach (string key in _keys)
        {
            if (_byHand.TryGet(key, out var quote)) sum += quote.Price;
        }

        return sum;
    }

    [Benchmark(Description = "`ConcurrentDictionary<int, T>`", OperationsPerInvoke = Keys)]
    public int BareInt()
    {
        int sum = 0;
        for (int id = 0; id < Keys; id++)
        {
            if (_bareInt.TryGetValue(id, out var quote)) sum += quote.Price;
        }

        return sum;
    }

    [Benchmark(Description = "wrapper: `T Get(int)`", OperationsPerInvoke = Keys)]
    public int WrapperOfInt()
    {
        int sum = 0;
        for (int id = 0; id < Keys; id++) sum += _shop.GetById(id).Price;
        return sum;
    }

    [Benchmark(Description = "wrapper: `T Get()`", OperationsPerInvoke = Keys)]
    public int WrapperWithoutArguments()
    {
        int sum = 0;
        for (int i = 0; i < Keys; i++) sum += _shop.GetBest().Price;
        return sum;
    }

    [Benchmark(Description = "`ConcurrentDictionary<(string, int) struct, T>`", OperationsPerInvoke = Keys)]
    public int BareOfTwo()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_barePage.TryGetValue(new(_keys[i], i), out var quote)) sum += quote.Price;
        }

        return sum;
    }

    [Benchmark(Description = "wrapper: `T Get(string, int)`", OperationsPerInvoke = Keys)]
    public int WrapperOfTwo()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++) sum += _shop.GetPage(_keys[i], i).Price;
        return sum;
    }

    [Benchmark(Description = "wrapper with a memoizer field: `T Get(string, int)`", OperationsPerInvoke = Keys)]
    public int WrapperOfTwoWithMemoizer()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++) sum += _shopWithMemoizer.GetPage(_keys[i], i).Price;
        return sum;
    }

    [Benchmark(Description = "the runtime by hand: (string, int)", OperationsPerInvoke = Keys)]
    public int ByHandOfTwo()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_pageByHand.TryGet(new(_keys[i], i), out var quote)) sum += quote.Price;
        }

        return sum;
    }

    [Benchmark(Description = "wrapper: `ValueTask<T> Get(string, int)`", OperationsPerInvoke = Keys)]
    public int WrapperOfTwoValueTask()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++) sum += _shop.GetPageValueTaskAsync(_keys[i], i).GetAwaiter().GetResult().Price;
        return sum;
    }

    [Benchmark(Description = "wrapper: `Task<T> Get(string, int)`", OperationsPerInvoke = Keys)]
    public int WrapperOfTwoTask()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++) sum += _shop.GetPageTaskAsync(_keys[i], i).GetAwaiter().GetResult().Price;
        return sum;
    }

    [Benchmark(Description = "a dictionary of `Lazy<Task<T>>`", OperationsPerInvoke = Keys)]
    public int LazyTasks()
    {
        int sum = 0;
        foreach (string key in _keys)
            sum += _lazyTasks.GetOrAdd(key, static _ => new Lazy<Task<Quote>>(static () => Task.FromResult(new Quote(1)))).Value.GetAwaiter().GetResult().Price;

        return sum;
    }

    [Benchmark(Description = "a dictionary of `SemaphoreSlim` by hand", OperationsPerInvoke = Keys)]
    public int Semaphores()
    {
        int sum = 0;
        foreach (string key in _keys) sum += _handWritten.Get(key).Price;
        return sum;
    }

    [Benchmark(Description = "`MemoryCache`, string key", OperationsPerInvoke = Keys)]
    public int MemoryCacheOfString()
    {
        int sum = 0;
        foreach (string key in _keys)
        {
            if (_memoryCache.TryGetValue(key, out Quote? quote)) sum += quote!.Price;
        }

        return sum;
    }

    [Benchmark(Description = "`MemoryCache`, (string, int) boxed", OperationsPerInvoke = Keys)]
    public int MemoryCacheOfTuple()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_memoryCache.TryGetValue((_keys[i], i), out Quote? quote)) sum += quote!.Price;
        }

        return sum;
    }

    [Benchmark(Description = "`MemoryCache`, (string, int) interpolated", OperationsPerInvoke = Keys)]
    public int MemoryCacheOfText()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_memoryCache.TryGetValue($"{_keys[i]}/{i}", out Quote? quote)) sum += quote!.Price;
        }

        return sum;
    }

    private static string[] Shuffle(string[] keys)
    {
        string[] shuffled = [.. keys];
        new Random(1).Shuffle(shuffled);
        return shuffled;
    }

    private sealed class HandWrittenShop : HandWritten<string, Quote>
    {
        private static readonly Quote Offer = new(1);

        protected override Quote Compute(string key) => Offer;

        protected override Task<Quote> ComputeAsync(string key) => Task.FromResult(Offer);
    }
}
