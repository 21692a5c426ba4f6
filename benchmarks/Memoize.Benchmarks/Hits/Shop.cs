namespace Memoize.Benchmarks.Hits;

/// <summary>The cached methods whose hits are measured, on <see cref="Memoizer.Default"/>: with expiry and statistics.</summary>
internal sealed partial class Shop
{
    private static readonly Quote Offer = new(1);

    [CachedResponse("1h")]
    public partial Quote Get(string symbol);

    [CachedResponse("1h")]
    public partial Quote GetById(int id);

    [CachedResponse("1h")]
    public partial Quote GetBest();

    [CachedResponse("1h")]
    public partial Quote GetPage(string symbol, int page);

    [CachedResponse("1h")]
    public partial Task<Quote> GetPageTaskAsync(string symbol, int page);

    [CachedResponse("1h")]
    public partial ValueTask<Quote> GetPageValueTaskAsync(string symbol, int page);

    private Quote GetCore(string symbol) => Offer;

    private Quote GetByIdCore(int id) => Offer;

    private Quote GetBestCore() => Offer;

    private Quote GetPageCore(string symbol, int page) => Offer;

    private Task<Quote> GetPageTaskCoreAsync(string symbol, int page) => Task.FromResult(Offer);

    private ValueTask<Quote> GetPageValueTaskCoreAsync(string symbol, int page) => new(Offer);
}

/// <summary>The same with a memoizer of its own, as dependency injection gives it.</summary>
internal sealed partial class ShopWithMemoizer(Memoizer memoizer)
{
    private static readonly Quote Offer = new(1);

    private readonly Memoizer _memoizer = memoizer;

    [CachedResponse("1h")]
    public partial Quote Get(string symbol);

    [CachedResponse("1h")]
    public partial Quote GetPage(string symbol, int page);

    private Quote GetCore(string symbol) => Offer;

    private Quote GetPageCore(string symbol, int page) => Offer;
}
