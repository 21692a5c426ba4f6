namespace Memoize.Benchmarks.Misses;

/// <summary>The methods whose misses are measured.</summary>
internal static class Origin
{
    private static readonly Quote Offer = new(1);
    private static readonly Task<Quote> Offered = Task.FromResult(Offer);

    public static Quote Get(int id) => Offer;

    public static Task<Quote> GetAsync(int id) => Offered;

    public static async Task<Quote> GetYieldingAsync(int id)
    {
        await Task.Yield();
        return Offer;
    }
}

/// <summary>The cached methods over them.</summary>
internal sealed partial class ColdShop(Memoizer memoizer)
{
    private readonly Memoizer _memoizer = memoizer;

    [CachedResponse("1h")]
    public partial Quote Get(int id);

    [CachedResponse("1h")]
    public partial Task<Quote> GetAsync(int id);

    [CachedResponse("1h")]
    public partial Task<Quote> GetYieldingAsync(int id);

    private Quote GetCore(int id) => Origin.Get(id);

    private Task<Quote> GetCoreAsync(int id) => Origin.GetAsync(id);

    private Task<Quote> GetYieldingCoreAsync(int id) => Origin.GetYieldingAsync(id);
}

/// <summary>The same by hand.</summary>
internal sealed class ColdByHand(int? capacity, bool yields) : HandWritten<int, Quote>(capacity)
{
    protected override Quote Compute(int key) => Origin.Get(key);

    protected override Task<Quote> ComputeAsync(int key) => yields ? Origin.GetYieldingAsync(key) : Origin.GetAsync(key);
}
