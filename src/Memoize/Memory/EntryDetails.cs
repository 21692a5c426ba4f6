namespace Memoize;

/// <summary>What only few entries have, apart from them, so that the others stay small.</summary>
internal sealed class EntryDetails<TKey, TValue>
    where TKey : notnull
{
    public string[]? Tags { get; init; }

    public long Size { get; init; }

    /// <summary>When the value was last read; only kept up to date with <c>Sliding</c>. Readers race, and each writes about the same.</summary>
    public long ReadAt;

    /// <summary>The moment from which a hit starts a refresh.</summary>
    public long RefreshAt = CacheClock.Never;

    /// <summary>1 from when a hit has claimed the refresh.</summary>
    public int Refreshing;

    /// <summary>The entry's places in the lists of its tags; owned by the store's lock.</summary>
    public LinkedListNode<MemoryEntry<TKey, TValue>>[]? TagNodes;

    /// <summary>The last failure to replace the entry, while it is remembered; written under the store's lock.</summary>
    public volatile KeptFailure? Failure;

    /// <summary>Why the last result was not kept in place of the entry; written under the store's lock.</summary>
    public MissReason? Refusal;
}
