namespace Memoize;

/// <summary>
/// A second-level store: it keeps entries, as bytes, beyond the memory of one process. Each operation is there twice, so that
/// synchronous methods never block on asynchronous work, nor asynchronous ones a thread.
/// </summary>
/// <remarks>
/// Implementations are thread-safe. An operation that fails throws; a memoizer then computes without the store. An operation
/// is atomic: whoever reads sees an entry as it was before, or as it is after. A store that can also tell processes apart
/// implements <see cref="IClaimStore"/>. docs/stores.md says how to write one.
/// </remarks>
public interface ICacheStore
{
    /// <summary>Reads the entry of <paramref name="key"/>, expired or not. Reading changes nothing.</summary>
    StoreLook Read(StoreKey key);

    /// <inheritdoc cref="Read"/>
    ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default);

    /// <summary>Writes <paramref name="entry"/> in place of whatever its key has, and voids a claim on the key.</summary>
    void Write(StoredEntry entry);

    /// <inheritdoc cref="Write"/>
    ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Removes the entry of <paramref name="key"/>, and voids a claim on the key.</summary>
    /// <returns>Whether there was an entry.</returns>
    bool Remove(StoreKey key);

    /// <inheritdoc cref="Remove"/>
    ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default);

    /// <summary>Removes the entries that have <paramref name="tag"/>, and voids the claims that were made with it.</summary>
    /// <returns>How many entries were removed.</returns>
    long RemoveByTag(string tag);

    /// <inheritdoc cref="RemoveByTag"/>
    ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default);

    /// <summary>Removes every entry of a method, and voids every claim of it.</summary>
    /// <param name="method">The method, as <see cref="StoredEntry.Method"/> has it; <see langword="null"/> for all methods.</param>
    /// <returns>How many entries were removed.</returns>
    long Clear(string? method = null);

    /// <inheritdoc cref="Clear"/>
    ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default);

    /// <summary>Removes the entries that can never be served again: those past <see cref="EntryHeader.StaleUntil"/>, and what limits of the store's own say. Claims stay: what has expired is not invalidated, and its replacement may be under way.</summary>
    /// <returns>How many entries were removed.</returns>
    long Prune();

    /// <inheritdoc cref="Prune"/>
    ValueTask<long> PruneAsync(CancellationToken cancellationToken = default);

    /// <summary>How many entries there are, expired ones that have not been removed yet included.</summary>
    long Count();

    /// <inheritdoc cref="Count"/>
    ValueTask<long> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>The entries, in no particular order. Those that come or go meanwhile may be among them or not.</summary>
    IEnumerable<StoredEntry> Enumerate();

    /// <inheritdoc cref="Enumerate"/>
    IAsyncEnumerable<StoredEntry> EnumerateAsync(CancellationToken cancellationToken = default);
}
