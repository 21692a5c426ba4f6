using Microsoft.Extensions.Caching.Memory;
#if PEERS
using BitFaster.Caching;
using BitFaster.Caching.Lfu;
using BitFaster.Caching.Lru;
#endif

namespace Memoize.Benchmarks.Scaling;

/// <summary>A cache that computes what it does not have.</summary>
internal interface IScaledCache
{
    /// <summary>Gets or computes.</summary>
    Quote Get(int key);
}

/// <summary>The caches whose speed with more threads is measured.</summary>
internal static class ScaledCaches
{
    private static readonly Quote Offer = new(1);

    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>The caches for hits, whose entries expire.</summary>
    public static IEnumerable<(string Name, Func<IScaledCache> Make)> ForHits() =>
    [
#if PEERS
        ("ConcurrentLru with expiry", static () => new OfBitFaster(new ConcurrentLruBuilder<int, Quote>().WithCapacity(10_000).WithExpireAfterWrite(Life).Build())),
#endif
        ("Memoize", static () => new OfMemoize(10_000)),
        ("Memoize, `Sliding` and `RefreshAfter`", static () => new OfRefreshingMemoize()),
    ];

    /// <summary>The caches of some capacity, with what computes a key that is missing, once.</summary>
    public static IEnumerable<(string Name, Func<IScaledCache> Make)> Of(int capacity) =>
    [
        ("MemoryCache", () => new OfMemoryCache(capacity)),
#if PEERS
        ("ConcurrentLru, atomic", () => new OfBitFaster(new ConcurrentLruBuilder<int, Quote>().WithCapacity(capacity).WithAtomicGetOrAdd().Build())),
        ("ConcurrentLfu", () => new OfBitFaster(new ConcurrentLfuBuilder<int, Quote>().WithCapacity(capacity).Build())),
#endif
        ("Memoize", () => new OfMemoize(capacity)),
    ];

    private sealed class OfMemoize(int capacity) : IScaledCache
    {
        private readonly CachedMethod<int, Quote> _method = new CachedMethodDefinition<int, Quote>(
            "Contoso.Quotes.Get(int)", new() { Duration = Life, Capacity = capacity }).For(new Memoizer());

        // What a generated wrapper does.
        public Quote Get(int key)
        {
            if (_method.TryGet(key, out var hit)) return hit;

            using var turn = _method.Enter(key, CancellationToken.None);
            return turn.TryGet(out var value) ? value : turn.Compute(key, static (_, _) => Offer);
        }
    }

    private sealed class OfRefreshingMemoize : IScaledCache
    {
        private readonly CachedMethod<int, Quote> _method = new CachedMethodDefinition<int, Quote>(
            "Contoso.Quotes.Get(int)", new() { Duration = Life, Sliding = Life / 2, RefreshAfter = Life / 4 }).For(new Memoizer());

        public Quote Get(int key)
        {
            if (_method.TryGet(key, out var hit, out bool refresh))
            {
                if (refresh) _method.StartRefreshAsync(key, key, static _ => new ValueTask<Quote>(Offer));
                return hit;
            }

            using var turn = _method.Enter(key, CancellationToken.None);
            return turn.TryGet(out var value) ? value : turn.Compute(key, static (_, _) => Offer);
        }
    }

    private sealed class OfMemoryCache(int capacity) : IScaledCache
    {
        private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = capacity });

        public Quote Get(int key) => _cache.GetOrCreate(key, static entry =>
        {
            entry.Size = 1;
            entry.AbsoluteExpirationRelativeToNow = Life;
            return Offer;
        })!;
    }

#if PEERS
    private sealed class OfBitFaster(ICache<int, Quote> cache) : IScaledCache
    {
        public Quote Get(int key) => cache.GetOrAdd(key, static _ => Offer);
    }
#endif
}
