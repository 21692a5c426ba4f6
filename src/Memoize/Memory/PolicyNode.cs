namespace Memoize;

/// <summary>
/// What the eviction policy knows about an entry. The entry is the node, so that the policy needs no object and no look-up of
/// its own.
/// </summary>
internal abstract class PolicyNode(int hash)
{
    /// <summary>The most that <see cref="Uses"/> counts, as a frequency sketch counts no further.</summary>
    public const byte MaxUses = FrequencySketch.MaxFrequency;

    /// <summary>The key's hash code, its bits spread: the low ones decide whether the key is sampled.</summary>
    public readonly int Hash = hash;

    /// <summary>The policy's moment of the last use. Hits write it without a lock; each writes about the same.</summary>
    public uint UsedAt;

    /// <summary>The moment by which the entry is ordered; behind <see cref="UsedAt"/> until the policy comes by. Owned by the lock.</summary>
    public uint OrderedAt;

    /// <summary>Which place it has in its <see cref="Part"/> of the order. Owned by the lock.</summary>
    public int Index;

    /// <summary>How often it was used since the policy came by, coming in included while there is no sketch. Hits count it without a lock; what races lose is not missed.</summary>
    public byte Uses;

    /// <summary>Whether the entry is in the window; otherwise it is in the main part. Owned by the lock.</summary>
    public bool InWindow;

    /// <summary>Where it is in the order of its window or main part; nowhere, if it is outside of the policy. Owned by the lock.</summary>
    public RecencyPart Part;

    /// <summary>The share of the weight limit that the entry takes. Does not change while the policy has the entry.</summary>
    public virtual long Weight => 1;
}
