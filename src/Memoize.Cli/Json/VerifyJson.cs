namespace Memoize.Cli.Json;

/// <summary>The shape of <c>memoize verify --json</c>.</summary>
internal sealed record VerifyJson
{
    public required string File { get; init; }

    /// <summary>Whether nothing is wrong.</summary>
    public required bool Ok { get; init; }

    /// <summary>How many entries were checked.</summary>
    public required long Entries { get; init; }

    /// <summary>What is wrong with the database itself.</summary>
    public required IReadOnlyList<string> Database { get; init; }

    /// <summary>What is wrong with entries.</summary>
    public required IReadOnlyList<ProblemJson> Problems { get; init; }
}

/// <summary>An entry with which something is wrong.</summary>
internal sealed record ProblemJson
{
    public required string Key { get; init; }

    public required string Method { get; init; }

    public required string Problem { get; init; }

    public static ProblemJson Of(SkippedEntry entry) => new() { Key = entry.Key.ToString(), Method = entry.Method, Problem = entry.Problem };
}
