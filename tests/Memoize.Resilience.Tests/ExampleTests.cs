using System.Net;
using System.Threading.RateLimiting;
using Memoize.Testing;
using Polly.CircuitBreaker;
using Shop;

namespace Memoize.Resilience.Tests;

/// <summary>The example of docs/resilience.md, running against an API that is not there.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly FlakyApi _api = new();
    private readonly HttpClient _http;
    private readonly RateLimiter _limiter = PaidApi.CreateLimiter();

    public ExampleTests() => _http = new HttpClient(_api) { BaseAddress = new Uri("https://api.example") };

    public void Dispose()
    {
        _http.Dispose();
        _api.Dispose();
        _limiter.Dispose();
    }

    [Fact]
    public async Task The_callers_of_an_answer_share_its_second_try()
    {
        var time = new ManualTimeProvider();
        await using var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = time }.UseResilience(PaidApi.CreatePipeline(_limiter, time)));
        var answers = new PaidApi(_http, memoizer);
        _api.Failures = 1;

        var calls = Enumerable.Range(0, 50).Select(_ => answers.GetAnswerAsync("Why?")).ToArray();
        Assert.Equal(1, _api.Requests);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal("Because.", answer));
        Assert.Equal(2, _api.Requests);
    }

    [Fact]
    public async Task An_api_that_is_down_is_left_alone_for_a_while()
    {
        var time = new ManualTimeProvider();
        await using var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = time }.UseResilience(PaidApi.CreatePipeline(_limiter, time)));
        var answers = new PaidApi(_http, memoizer);
        _api.Failures = int.MaxValue;

        var calls = Enumerable.Range(0, 8).Select(i => answers.GetAnswerAsync($"Why {i}?")).ToArray();
        time.Advance(TimeSpan.FromSeconds(10));

        foreach (var call in calls) await Assert.ThrowsAsync<BrokenCircuitException>(() => call);
        Assert.Equal(8, _api.Requests);
    }

    [Theory]
    [InlineData("PaidApi.cs")]
    [InlineData("RateLimit.cs")]
    public void The_page_shows_the_code_that_is_tested(string file)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "resilience.md"));
        string code = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Memoize.Resilience.Tests", "Examples", file));

        Assert.Contains($"```csharp\n{code}```", page, StringComparison.Ordinal);
    }

    private sealed class FlakyApi : HttpMessageHandler
    {
        private int _requests;

        public int Failures { get; set; }

        public int Requests => _requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Interlocked.Increment(ref _requests) <= Failures
                ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
                : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("Because.") });
    }
}
