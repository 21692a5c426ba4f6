using Memoize;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddMemoize(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
builder.Services.AddHostedService<RateWorker>();
await builder.Build().RunAsync();

internal sealed class RateWorker(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ExchangeRates.GetRateAsync("EUR", "USD", stoppingToken)));
        Console.WriteLine(ExchangeRates.GetRateCache.Statistics);
        lifetime.StopApplication();
    }
}

// A static method has no memoizer at hand: its wrapper uses Memoizer.Default, which is the host's.
internal static partial class ExchangeRates
{
    [CachedResponse("10m")]
    public static partial Task<decimal> GetRateAsync(string from, string to, CancellationToken cancellationToken = default);

    private static async Task<decimal> GetRateCoreAsync(string from, string to, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken); // in place of a slow call
        return from == to ? 1m : 1.08m;
    }
}
