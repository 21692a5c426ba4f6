using Memoize.Sqlite;

namespace Memoize.Cli.Json;

/// <summary>The shape of <c>memoize stats --json</c>.</summary>
internal sealed record StatsJson
{
    public required string File { get; init; }

    public required long FileBytes { get; init; }

    public required long PendingClaims { get; init; }

    public required long Entries { get; init; }

    public required long Fresh { get; init; }

    public required long Stale { get; init; }

    public required long Expired { get; init; }

    public required long Outdated { get; init; }

    public required long Damaged { get; init; }

    public required long ContentBytes { get; init; }

    public required IReadOnlyList<MethodJson> Methods { get; init; }

    public static StatsJson Of(string path, SqliteCacheStatistics file, IReadOnlyList<MethodJson> methods) => new()
    {
        File = path,
        FileBytes = file.FileSize,
        PendingClaims = file.PendingClaims,
        Entries = methods.Sum(static method => method.Entries),
        Fresh = methods.Sum(static method => method.Fresh),
        Stale = methods.Sum(static method => method.Stale),
        Expired = methods.Sum(static method => method.Expired),
        Outdated = methods.Sum(static method => method.Outdated),
        Damaged = methods.Sum(static method => method.Damaged),
        ContentBytes = methods.Sum(static method => method.ContentBytes),
        Methods = methods,
    };
}

/// <summary>The entries of one method in <see cref="StatsJson"/>.</summary>
internal sealed record MethodJson
{
    public required string Method { get; init; }

    public long Entries { get; init; }

    public long Fresh { get; init; }

    public long Stale { get; init; }

    public long Expired { get; init; }

    public long Outdated { get; init; }

    public long Damaged { get; init; }

    public long ContentBytes { get; init; }

    public MethodJson Plus(ExaminedEntry examined) => this with
    {
        Entries = Entries + 1,
        Fresh = Fresh + (examined.State == StoredState.Fresh ? 1 : 0),
        Stale = Stale + (examined.State == StoredState.Stale ? 1 : 0),
        Expired = Expired + (examined.State == StoredState.Expired ? 1 : 0),
        Outdated = Outdated + (examined.State == StoredState.Outdated ? 1 : 0),
        Damaged = Damaged + (examined.State == StoredState.Damaged ? 1 : 0),
        ContentBytes = ContentBytes + examined.Entry.Content.Length,
    };
}
