namespace Memoize.Cli.Json;

/// <summary>The shape of <c>memoize export --json</c>.</summary>
internal sealed record ExportJson
{
    public required string File { get; init; }

    public required string Archive { get; init; }

    public required long Exported { get; init; }

    public required long Expired { get; init; }

    public required long Skipped { get; init; }

    /// <summary>The first hundred that were skipped.</summary>
    public required IReadOnlyList<ProblemJson> SkippedEntries { get; init; }

    /// <summary>Where the file is broken and could not be read on; null if all of it was read.</summary>
    public required string? Broken { get; init; }

    public static ExportJson Of(string path, string archive, ExportResult result, string? broken) => new()
    {
        File = path,
        Archive = archive,
        Exported = result.Exported,
        Expired = result.Expired,
        Skipped = result.Skipped,
        SkippedEntries = [.. result.SkippedEntries.Select(ProblemJson.Of)],
        Broken = broken,
    };
}

/// <summary>The shape of <c>memoize import --json</c>.</summary>
internal sealed record ImportJson
{
    public required string File { get; init; }

    public required string Archive { get; init; }

    public required long Imported { get; init; }

    public required long Unchanged { get; init; }

    public required long Expired { get; init; }

    public required long Skipped { get; init; }

    /// <summary>The first hundred that were skipped.</summary>
    public required IReadOnlyList<ProblemJson> SkippedEntries { get; init; }

    public static ImportJson Of(string path, string archive, ImportResult result) => new()
    {
        File = path,
        Archive = archive,
        Imported = result.Imported,
        Unchanged = result.Unchanged,
        Expired = result.Expired,
        Skipped = result.Skipped,
        SkippedEntries = [.. result.SkippedEntries.Select(ProblemJson.Of)],
    };
}
