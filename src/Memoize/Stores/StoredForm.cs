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

    /// <summary>A hash of the method's code, if it asks for that; else 0. Entries of other code are misses (<see cref="MissReason.VersionChanged"/>).</summary>
    public ulong Code { get; init; }
}
