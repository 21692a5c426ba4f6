// The service of the README, for pages that talk about its callers.
using Memoize;

public sealed record Quote(string Symbol, decimal Price);

public interface IQuoteApi
{
    Task<Quote> GetAsync(string symbol, CancellationToken cancellationToken);
}

public sealed partial class QuoteService(IQuoteApi api)
{
    [CachedResponse("5m")]
    public partial Task<Quote> GetQuoteAsync(string symbol, CancellationToken cancellationToken = default);

    private Task<Quote> GetQuoteCoreAsync(string symbol, CancellationToken cancellationToken) => api.GetAsync(symbol, cancellationToken);
}
