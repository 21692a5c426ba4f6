using System.Text.Json;

namespace Memoize.Cli.Json;

/// <summary>The shape of <c>memoize show --json</c>. Of a damaged or outdated entry, what is in its header is null.</summary>
internal sealed record ShowJson
{
    public required string File { get; init; }

    public required EntryJson Entry { get; init; }

    public required int? Version { get; init; }

    public required string? Code { get; init; }

    public required string? Schema { get; init; }

    public required long Revision { get; init; }

    public required string? Problem { get; init; }

    public required long? PayloadBytes { get; init; }

    /// <summary>The value, if it is JSON.</summary>
    public required JsonElement? Payload { get; init; }

    /// <summary>The value in Base64, if it is not JSON.</summary>
    public required string? PayloadBase64 { get; init; }

    public static ShowJson Of(string path, ExaminedEntry examined)
    {
        var header = examined.Header;
        using var document = header is null ? null : Parse(examined.Payload);
        return new()
        {
            File = path,
            Entry = EntryJson.Of(examined),
            Version = header?.Version,
            Code = header is null ? null : Words.Invariant($"{header.Code:x16}"),
            Schema = header is null ? null : Words.Invariant($"{header.Schema:x16}"),
            Revision = examined.Entry.Revision,
            Problem = examined.Problem(),
            PayloadBytes = header is null ? null : examined.Payload.Length,
            Payload = document?.RootElement.Clone(),
            PayloadBase64 = header is null || document is not null ? null : Convert.ToBase64String(examined.Payload.Span),
        };
    }

    /// <summary>The payload as JSON; null if it is something else.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> payload)
    {
        try
        {
            return JsonDocument.Parse(payload);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
