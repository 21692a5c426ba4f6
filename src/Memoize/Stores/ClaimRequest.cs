namespace Memoize;

/// <summary>What a process asks for that wants to compute a key.</summary>
public sealed record ClaimRequest
{
    /// <summary>The key.</summary>
    public required StoreKey Key { get; init; }

    /// <summary>The method that computes it.</summary>
    public required string Method { get; init; }

    /// <summary>The tags that the result will have, so that invalidating one of them voids the claim.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>
    /// The <see cref="StoredEntry.Revision"/> of the entry that the caller knows and does not want; <see langword="null"/> if
    /// it found none. Any other entry of the key is an answer.
    /// </summary>
    public long? Seen { get; init; }

    /// <summary>Whether the claim is wanted whatever the key has, and whoever has claimed it: the claim of another becomes void.</summary>
    public bool TakeOver { get; init; }
}
