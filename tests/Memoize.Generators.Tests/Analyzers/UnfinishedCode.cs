namespace Memoize.Generators.Tests.Analyzers;

/// <summary>An IDE analyses code while it is written. Whatever is missing yet, the analyzers must not fail.</summary>
public sealed class UnfinishedCode
{
    private const string Source = """
        namespace Shop;
        public sealed partial class Quotes(HttpClient http, [CacheKey] string address) : IDisposable
        {
            private readonly AsyncLocal<string> _tenant = new();
            [CachedResponse("5m", Scope = CacheScope.Shared, Tags = ["a:{symbol}"], When = nameof(IsGood), Core = nameof(Fetch))]
            public partial Task<List<string>> GetAsync<T>(string symbol, in int? count, CancellationToken token = default) where T : class;
            private async Task<List<string>> Fetch<T>(string symbol, int? count) where T : class
                => await GetAsync<T>(symbol, count) is [var one, ..] ? [one + DateTime.Now + _tenant.Value + http + address] : [];
            private static bool IsGood(List<string> value) => value.Count > 0;
            [CachedResponse(Duration = "10", Name = "Remembered")] internal (int, string) Load(Func<int> x, ref int y, params int[] z)
            {
                [CachedResponse] int Local(int w) => Load(() => w, ref w).Item1;
                return (Local(1), nameof(Load) + RememberedCache.Statistics);
            }
            public void Dispose() => throw new NotImplementedException();
        }
        """;

    [Fact]
    public async Task Is_analysed_wherever_it_ends()
    {
        for (var end = 40; end < Source.Length; end += 23)
            await MustNotFail(Source[..end]);
    }

    [Fact]
    public async Task Is_analysed_whatever_is_missing_in_it()
    {
        for (var start = 0; start + 17 < Source.Length; start += 23)
            await MustNotFail(Source.Remove(start, 17));
    }

    private static async Task MustNotFail(string source)
    {
        var reported = await Analysis.OfAsync(source, "MEMO036");
        Assert.All(reported, diagnostic => Assert.StartsWith("MEMO", diagnostic.Id, StringComparison.Ordinal));
    }
}
