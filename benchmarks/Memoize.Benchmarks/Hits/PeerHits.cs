#if PEERS
using BenchmarkDotNet.Attributes;
using BitFaster.Caching;
using BitFaster.Caching.Lfu;
using BitFaster.Caching.Lru;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using ZiggyCreatures.Caching.Fusion;

namespace Memoize.Benchmarks.Hits;

/// <summary>Hits of other caching packages; built with <c>-p:Peers=true</c> only.</summary>
[MemoryDiagnoser]
public class PeerHits
{
    private readonly ICache<string, Quote> _lru = new ConcurrentLruBuilder<string, Quote>().WithCapacity(10_000).Build();
    private readonly ICache<PageKey, Quote> _expiringLru = new ConcurrentLruBuilder<PageKey, Quote>().WithCapacity(10_000).WithExpireAfterWrite(TimeSpan.FromHours(1)).Build();
    private readonly ICache<PageKey, Quote> _lfu = new ConcurrentLfuBuilder<PageKey, Quote>().WithCapacity(10_000).Build();
    private readonly FusionCache _fusion = new(new FusionCacheOptions());
    private readonly HybridCache _hybrid = MakeHybridCache();
    private readonly string[] _keys = [.. Enumerable.Range(0, HitBenchmarks.Keys).Select(number => $"symbol:{number}")];

    /// <summary>Fills all caches.</summary>
    public PeerHits()
    {
        new Random(1).Shuffle(_keys);
        var quote = new Quote(1);
        for (int i = 0; i < _keys.Length; i++)
        {
            _lru.GetOrAdd(_keys[i], _ => quote);
            _expiringLru.GetOrAdd(new PageKey(_keys[i], i), _ => quote);
            _lfu.GetOrAdd(new PageKey(_keys[i], i), _ => quote);
        }

        Fusion();
        Hybrid();
    }

    [Benchmark(Description = "BitFaster `ConcurrentLru`, string key", OperationsPerInvoke = HitBenchmarks.Keys)]
    public int Lru()
    {
        int sum = 0;
        foreach (string key in _keys)
        {
            if (_lru.TryGet(key, out var quote)) sum += quote!.Price;
        }

        return sum;
    }

    [Benchmark(Description = "BitFaster `ConcurrentLru` with expiry, (string, int) struct", OperationsPerInvoke = HitBenchmarks.Keys)]
    public int ExpiringLru()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_expiringLru.TryGet(new PageKey(_keys[i], i), out var quote)) sum += quote!.Price;
        }

        return sum;
    }

    [Benchmark(Description = "BitFaster `ConcurrentLfu`, (string, int) struct", OperationsPerInvoke = HitBenchmarks.Keys)]
    public int Lfu()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_lfu.TryGet(new PageKey(_keys[i], i), out var quote)) sum += quote!.Price;
        }

        return sum;
    }

    [Benchmark(Description = "FusionCache, (string, int) interpolated", OperationsPerInvoke = HitBenchmarks.Keys)]
    public int Fusion()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++)
            sum += _fusion.GetOrSet<Quote>($"{_keys[i]}/{i}", static _ => new Quote(1), TimeSpan.FromHours(1)).Price;

        return sum;
    }

    [Benchmark(Description = "HybridCache, (string, int) interpolated", OperationsPerInvoke = HitBenchmarks.Keys)]
    public int Hybrid()
    {
        int sum = 0;
        for (int i = 0; i < _keys.Length; i++)
            sum += _hybrid.GetOrCreateAsync($"{_keys[i]}/{i}", static _ => new ValueTask<Quote>(new Quote(1))).AsTask().GetAwaiter().GetResult().Price;

        return sum;
    }

    private static HybridCache MakeHybridCache()
    {
        var services = new ServiceCollection();
        services.AddHybridCache();
        return services.BuildServiceProvider().GetRequiredService<HybridCache>();
    }
}
#endif
