namespace Memoize;

/// <summary>What an export did.</summary>
public sealed record ExportResult
{
    /// <summary>How many entries are in the archive.</summary>
    public required long Exported { get; init; }

    /// <summary>How many were left out since they can never be served again.</summary>
    public required long Expired { get; init; }

    /// <summary>How many were skipped since they are damaged, or longer than an archive takes.</summary>
    public required long Skipped { get; init; }

    /// <summary>The first hundred of those that were skipped.</summary>
    public IReadOnlyList<SkippedEntry> SkippedEntries { get; init; } = [];
}
