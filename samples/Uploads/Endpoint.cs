using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Uploads;

/// <summary>A slow HTTP endpoint on this machine that counts what it receives.</summary>
internal sealed class Endpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<string, Task> _work;
    private readonly ConcurrentQueue<(string ContentHash, string Sender)> _received = new();
    private readonly ConcurrentQueue<string> _completed = new();
    private readonly SemaphoreSlim _changed = new(0);

    private Endpoint(Func<string, Task> work)
    {
        _work = work;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPut("/contents/{contentHash}", ReceiveAsync);
    }

    /// <summary>Starts it, on a port that is free.</summary>
    /// <param name="work">What it does with each upload, by the name of the sender.</param>
    public static async Task<Endpoint> StartAsync(Func<string, Task> work)
    {
        var endpoint = new Endpoint(work);
        await endpoint._app.StartAsync();
        return endpoint;
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Requests whose whole content has arrived.</summary>
    public int Received => _received.Count;

    /// <summary>Those of them that were worked off.</summary>
    public int Completed => _completed.Count;

    /// <summary>How many contents it has now.</summary>
    public int Contents => _completed.Distinct().Count();

    public int ReceivedFrom(string sender) => _received.Count(request => request.Sender == sender);

    /// <summary>Waits until a condition on these numbers holds.</summary>
    public async Task UntilAsync(Func<Endpoint, bool> condition)
    {
        while (!condition(this)) await _changed.WaitAsync();
    }

    public ValueTask DisposeAsync()
    {
        _changed.Dispose();
        return _app.DisposeAsync();
    }

    private async Task<IResult> ReceiveAsync(string contentHash, HttpRequest request)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content);
        if (Convert.ToHexStringLower(SHA256.HashData(content.ToArray())) != contentHash) return Results.BadRequest("The content is not that of the hash.");

        string sender = request.Headers.UserAgent.ToString();
        _received.Enqueue((contentHash, sender));
        _changed.Release();
        await _work(sender);
        _completed.Enqueue(contentHash);
        _changed.Release();
        return Results.Ok(new Receipt(contentHash, content.Length));
    }
}
