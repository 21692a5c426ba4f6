namespace Memoize.Cli.Json;

/// <summary>The shape of <c>memoize prune --json</c> and <c>memoize invalidate --json</c>.</summary>
internal sealed record RemovedJson
{
    public required string File { get; init; }

    public required long Removed { get; init; }

    public required long Left { get; init; }
}
