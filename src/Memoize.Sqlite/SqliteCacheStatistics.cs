namespace Memoize.Sqlite;

/// <summary>What is in the file of a <see cref="SqliteCacheStore"/>, all of one moment.</summary>
public sealed record SqliteCacheStatistics
{
    /// <summary>How many entries there are, expired ones that have not been removed yet included.</summary>
    public required long Entries { get; init; }

    /// <summary>The bytes of the entries' contents together.</summary>
    public required long Size { get; init; }

    /// <summary>The bytes of the file, with those of its write-ahead log.</summary>
    public required long FileSize { get; init; }

    /// <summary>How many keys are claimed, claims whose lease has run out included.</summary>
    public required long PendingClaims { get; init; }

    /// <summary>The methods that have entries, by name.</summary>
    public required IReadOnlyList<SqliteMethodStatistics> Methods { get; init; }
}
