namespace Memoize;

/// <summary>How the keys and results of a cached method are told apart in stores. Generated code makes one for each method that can have a store.</summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
/// <remarks>Immutable.</remarks>
public sealed class StoredForm<TKey>
    where TKey : notnull
{
    /// <summary>Writes a key in its canonical form.</summary>
    public required Action<TKey, StoreKeyWriter> WriteKey { get; init; }

    /// <summary>A hash of the shape of the results' type. Entries of another shape are misses (<see cref="MissReason.SchemaChanged"/>).</summary>
    public required ulong Schema { get; init; }

    /// <summary>
    /// Why System.Text.Json with its default options does not give results back as they were, as far as could be told while
    /// compiling; <see langword="null"/> if it does. Where values cannot be looked into, in trimmed and natively compiled
    /// programs, it keeps the results of a <see cref="JsonCacheSerializer"/> in memory; everywhere else, and for other
    /// serializers, what they do with the first results decides.
    /// </summary>
    public string? JsonLoss { get; init; }

    /// <summary>A hash of the method's code, if it asks for that; else 0. Entries of other code are misses (<see cref="MissReason.VersionChanged"/>).</summary>
    public ulong Code { get; init; }
}
