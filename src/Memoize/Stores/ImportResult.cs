namespace Memoize;

/// <summary>What an import did.</summary>
public sealed record ImportResult
{
    /// <summary>How many entries were written to the store.</summary>
    public required long Imported { get; init; }

    /// <summary>How many were left out since the store has an entry of their key that is as new or newer.</summary>
    public required long Unchanged { get; init; }

    /// <summary>How many were left out since they can never be served again.</summary>
    public required long Expired { get; init; }

    /// <summary>How many were skipped since they are damaged, or of a version of the entries' format that this library does not read.</summary>
    public required long Skipped { get; init; }

    /// <summary>The first hundred of those that were skipped.</summary>
    public IReadOnlyList<SkippedEntry> SkippedEntries { get; init; } = [];
}
