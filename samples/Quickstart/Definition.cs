using System.Text.Json;

namespace Quickstart;

/// <summary>A table, column or metric as its owners describe it: named fields with text.</summary>
internal sealed class Definition
{
    public required DefinitionKind Kind { get; init; }

    public required string Id { get; init; }

    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    public static IReadOnlyList<Definition> ReadAll(string file)
    {
        using FileStream json = File.OpenRead(file);
        return JsonSerializer.Deserialize(json, CatalogJson.Default.DefinitionArray) ?? [];
    }
}
