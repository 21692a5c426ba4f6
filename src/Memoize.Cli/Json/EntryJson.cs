namespace Memoize.Cli.Json;

/// <summary>An entry in <see cref="ListJson"/>. Of a damaged or outdated one, what is in its header is null.</summary>
internal sealed record EntryJson
{
    public required string Key { get; init; }

    public required string Method { get; init; }

    public required string? Arguments { get; init; }

    public required string State { get; init; }

    public required string? Damage { get; init; }

    public required DateTimeOffset? Created { get; init; }

    public required DateTimeOffset? Expires { get; init; }

    public required DateTimeOffset? StaleUntil { get; init; }

    public required string? Format { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required long ContentBytes { get; init; }

    public static EntryJson Of(ExaminedEntry examined) => new()
    {
        Key = examined.Entry.Key.ToString(),
        Method = examined.Entry.Method,
        Arguments = examined.Entry.ReadableKey,
        State = examined.StateName,
        Damage = examined.Damage,
        Created = examined.Header?.Created,
        Expires = examined.Header?.Expires,
        StaleUntil = examined.Header?.StaleUntil,
        Format = examined.Header?.Format,
        Tags = examined.Entry.Tags,
        ContentBytes = examined.Entry.Content.Length,
    };
}

/// <summary>The shape of <c>memoize list --json</c>.</summary>
internal sealed record ListJson
{
    public required string File { get; init; }

    /// <summary>How many entries there are of the kind that was asked for; those beyond the limit are not listed.</summary>
    public required long Matching { get; init; }

    public required IReadOnlyList<EntryJson> Entries { get; init; }
}
