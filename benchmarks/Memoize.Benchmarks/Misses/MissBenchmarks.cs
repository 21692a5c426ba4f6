using BenchmarkDotNet.Attributes;

namespace Memoize.Benchmarks.Misses;

/// <summary>
/// One call that finds nothing, runs the method and keeps its result. Either the cache is new and fills up (by hand:
/// unbounded), or it is full and each newcomer needs a victim (by hand: bounded too, first in, first out).
/// </summary>
[MemoryDiagnoser]
public class MissBenchmarks
{
    /// <summary>The calls of one run: as many as the cached methods keep.</summary>
    public const int Calls = 10_000;

    private Memoizer _memoizer = new();
    private ColdShop _shop;
    private ColdByHand _byHand = null!;
    private ColdByHand _yieldingByHand = null!;
    private readonly ColdShop _fullShop = new(new Memoizer());
    private readonly ColdByHand _fullByHand = new(Calls, yields: false);
    private int _next;

    /// <summary>Makes new caches.</summary>
    public MissBenchmarks()
    {
        _shop = new(_memoizer);
        Renew();
    }

    /// <summary>Empties the caches that fill up.</summary>
    [IterationSetup]
    public void Renew()
    {
        _memoizer.Dispose();
        _memoizer = new Memoizer();
        _shop = new ColdShop(_memoizer);
        _byHand = new ColdByHand(capacity: null, yields: false);
        _yieldingByHand = new ColdByHand(capacity: null, yields: true);

        // What makes a method known to its memoizer is no part of a miss.
        _ = _shop.Get(-1);
        _shop.GetAsync(-1).GetAwaiter().GetResult();
        _shop.GetYieldingAsync(-1).GetAwaiter().GetResult();
        GC.Collect();
    }

    [Benchmark(Description = "sync: the method alone", OperationsPerInvoke = Calls)]
    public int Method()
    {
        int sum = 0;
        for (int id = 0; id < Calls; id++) sum += Origin.Get(id).Price;
        return sum;
    }

    [Benchmark(Description = "sync, filling: by hand", OperationsPerInvoke = Calls)]
    public int ByHand()
    {
        int sum = 0;
        for (int id = 0; id < Calls; id++) sum += _byHand.Get(id).Price;
        return sum;
    }

    [Benchmark(Description = "sync, filling: wrapper", OperationsPerInvoke = Calls)]
    public int Wrapper()
    {
        int sum = 0;
        for (int id = 0; id < Calls; id++) sum += _shop.Get(id).Price;
        return sum;
    }

    [Benchmark(Description = "sync, full: by hand, bounded", OperationsPerInvoke = Calls)]
    public int FullByHand()
    {
        int sum = 0;
        for (int i = 0; i < Calls; i++) sum += _fullByHand.Get(_next++).Price;
        return sum;
    }

    [Benchmark(Description = "sync, full: wrapper", OperationsPerInvoke = Calls)]
    public int FullWrapper()
    {
        int sum = 0;
        for (int i = 0; i < Calls; i++) sum += _fullShop.Get(_next++).Price;
        return sum;
    }

    [Benchmark(Description = "async: the method alone", OperationsPerInvoke = Calls)]
    public int MethodAsync() => Sum(default(AloneAsync));

    [Benchmark(Description = "async, filling: by hand", OperationsPerInvoke = Calls)]
    public int ByHandAsync() => Sum(new ByHandOf(_byHand));

    [Benchmark(Description = "async, filling: wrapper", OperationsPerInvoke = Calls)]
    public int WrapperAsync() => Sum(new WrapperOf(_shop));

    [Benchmark(Description = "async with a yield: the method alone", OperationsPerInvoke = Calls)]
    public int MethodYielding() => Sum(default(AloneYielding));

    [Benchmark(Description = "async with a yield, filling: by hand", OperationsPerInvoke = Calls)]
    public int ByHandYielding() => Sum(new YieldingByHandOf(_yieldingByHand));

    [Benchmark(Description = "async with a yield, filling: wrapper", OperationsPerInvoke = Calls)]
    public int WrapperYielding() => Sum(new YieldingWrapperOf(_shop));

    // Each caller has a loop of its own, which the compiler makes for it: of one loop for all, some would get the better part.
    private static int Sum<TCallee>(TCallee callee)
        where TCallee : struct, ICallee
    {
        return SumAsync(callee).GetAwaiter().GetResult();

        static async Task<int> SumAsync(TCallee callee)
        {
            int sum = 0;
            for (int id = 0; id < Calls; id++) sum += (await callee.GetAsync(id)).Price;
            return sum;
        }
    }

    private interface ICallee
    {
        Task<Quote> GetAsync(int id);
    }

    private readonly struct AloneAsync : ICallee
    {
        public Task<Quote> GetAsync(int id) => Origin.GetAsync(id);
    }

    private readonly struct AloneYielding : ICallee
    {
        public Task<Quote> GetAsync(int id) => Origin.GetYieldingAsync(id);
    }

    private readonly struct ByHandOf(ColdByHand byHand) : ICallee
    {
        public Task<Quote> GetAsync(int id) => byHand.GetAsync(id);
    }

    private readonly struct YieldingByHandOf(ColdByHand byHand) : ICallee
    {
        public Task<Quote> GetAsync(int id) => byHand.GetAsync(id);
    }

    private readonly struct WrapperOf(ColdShop shop) : ICallee
    {
        public Task<Quote> GetAsync(int id) => shop.GetAsync(id);
    }

    private readonly struct YieldingWrapperOf(ColdShop shop) : ICallee
    {
        public Task<Quote> GetAsync(int id) => shop.GetYieldingAsync(id);
    }
}
