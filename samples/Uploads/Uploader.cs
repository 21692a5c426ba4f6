using System.Net.Http.Json;
using System.Security.Cryptography;
using Memoize;

namespace Uploads;

/// <summary>Uploads files; each content once, however many files, callers and processes have it.</summary>
/// <param name="http">Talks to the endpoint.</param>
/// <param name="memoizer">Its store is what processes share.</param>
internal sealed partial class Uploader(HttpClient http, Memoizer memoizer)
{
    public async Task<Receipt> UploadAsync(string path, CancellationToken cancellationToken = default)
    {
        await using var file = File.OpenRead(path);
        string contentHash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        return await UploadContentAsync(contentHash, path, cancellationToken);
    }

    /// <summary>The key is the hash: files with the same content are one upload. The receipt is kept for good.</summary>
    [CachedResponse]
    internal partial Task<Receipt> UploadContentAsync(string contentHash, [CacheKeyIgnore] string path, CancellationToken cancellationToken = default);

    private async Task<Receipt> UploadContentCoreAsync(string contentHash, string path, CancellationToken cancellationToken)
    {
        // PUT under the hash: should it be sent twice after all, the endpoint has it once.
        await using var file = File.OpenRead(path);
        using var content = new StreamContent(file);
        using var response = await http.PutAsync(new Uri($"contents/{contentHash}", UriKind.Relative), content, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<Receipt>(cancellationToken) ?? throw new InvalidOperationException($"There was no receipt for {path}.");
    }
}

/// <summary>What the endpoint gives for a content.</summary>
internal sealed record Receipt(string ContentHash, long Length);
