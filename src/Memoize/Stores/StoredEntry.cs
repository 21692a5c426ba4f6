namespace Memoize;

/// <summary>One entry as stores keep it.</summary>
/// <remarks>Its moments, versions and tags are in the header of its content: <see cref="EntryHeader"/> reads them.</remarks>
public sealed record StoredEntry
{
    /// <summary>The key.</summary>
    public required StoreKey Key { get; init; }

    /// <summary>The method whose result it is, with its type and parameter types.</summary>
    public required string Method { get; init; }

    /// <summary>The header and the serialized value, in the format that docs/entry-format.md describes. Stores keep it as it is.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The tags by which the entry is invalidated; the same as in the header.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The arguments, for people; only there if <see cref="MemoizerOptions.StoreReadableKeys"/> asks for it, since arguments can be secrets.</summary>
    public string? ReadableKey { get; init; }

    /// <summary>Changes with every write of the key. The store sets it: what a writer gives is ignored. 0 from a store that counts no writes.</summary>
    public long Revision { get; init; }
}
