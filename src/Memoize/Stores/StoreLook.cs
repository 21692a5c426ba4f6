namespace Memoize;

/// <summary>What a store found under a key.</summary>
/// <param name="Entry">The entry, expired or not; <see langword="null"/> if there is none.</param>
/// <param name="Reason">
/// Why an entry that was there is there no more, if the store remembers: <see cref="MissReason.Expired"/> when it was pruned,
/// <see cref="MissReason.Evicted"/> when it made room, <see cref="MissReason.Invalidated"/> when it was removed.
/// </param>
public readonly record struct StoreLook(StoredEntry? Entry, MissReason? Reason = null);
