using Memoize;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddMemoize(options => options.DefaultDuration = TimeSpan.FromMinutes(5));
builder.Services.AddSingleton<QuoteService>();

var app = builder.Build();
app.MapGet("/quotes/{symbol}", (string symbol, QuoteService quotes, CancellationToken cancellationToken) => quotes.GetQuoteAsync(symbol, cancellationToken));
app.MapGet("/statistics", (Memoizer memoizer) => memoizer.GetStatistics().Select(method => method.ToString()));
app.Run();

public sealed record Quote(string Symbol, int Run);

// The wrapper uses the container's memoizer, because the type has one.
public sealed partial class QuoteService(Memoizer memoizer)
{
    private static int _runs;

    [CachedResponse]
    public partial Task<Quote> GetQuoteAsync(string symbol, CancellationToken cancellationToken = default);

    private async Task<Quote> GetQuoteCoreAsync(string symbol, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken); // in place of a slow call
        return new Quote(symbol, Interlocked.Increment(ref _runs));
    }
}
