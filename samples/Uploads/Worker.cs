using Memoize;
using Memoize.Sqlite;

namespace Uploads;

/// <summary>What each of the processes does: uploads every file of a folder, and says what it sent itself.</summary>
internal static class Worker
{
    public static async Task<int> RunAsync(WorkerOrder order)
    {
        // Who is killed holds its claims for this long: short, since here one is killed on purpose. 30 seconds are the default.
        using var store = new SqliteCacheStore(order.StorePath, new SqliteCacheStoreOptions { LeaseDuration = TimeSpan.FromSeconds(1) });
        await using var memoizer = new Memoizer(new MemoizerOptions { Store = store });
        using var http = new HttpClient(order.StopsBeforeSending ? new StopBeforeSending() : new HttpClientHandler()) { BaseAddress = order.Endpoint };
        http.DefaultRequestHeaders.UserAgent.ParseAdd(order.Name);
        var uploader = new Uploader(http, memoizer);

        string[] files = [.. Directory.GetFiles(order.Folder).Order(StringComparer.Ordinal)];
        foreach (string file in files[order.First..].Concat(files[..order.First])) await uploader.UploadAsync(file);

        var statistics = uploader.UploadContentCache.Statistics;
        Console.WriteLine($"{statistics.Requests} files: sent {statistics.Computed}, had the receipts of {statistics.Requests - statistics.Computed}");
        return 0;
    }

    /// <summary>Says that it is about to send, which is when its process has the claim, and does not until it is killed.</summary>
    private sealed class StopBeforeSending : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Console.WriteLine("about to send");
            await Console.In.ReadToEndAsync(cancellationToken);
            throw new OperationCanceledException("Nobody is there to kill this process.");
        }
    }
}

/// <summary>What a worker is told, as JSON on its command line.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">The files to upload.</param>
/// <param name="First">With which of them it begins.</param>
/// <param name="Endpoint">Where to.</param>
/// <param name="StorePath">The file that all workers share.</param>
/// <param name="StopsBeforeSending">Whether it stops when it has a claim and has not sent anything.</param>
internal sealed record WorkerOrder(string Name, string Folder, int First, Uri Endpoint, string StorePath, bool StopsBeforeSending = false);
