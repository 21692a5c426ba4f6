using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// A hash table whose nodes are the entries themselves. Reading takes no lock and finds an entry with one indirection less
/// than a dictionary does; writing to a chain is for whoever holds the lock of the partition that the chain belongs to.
/// </summary>
/// <remarks>
/// A chain is for the hashes that have its number in their low bits. There are never fewer chains than partitions, and the lowest bits are the
/// number of the partition: so each chain belongs to one.
/// Invariants:
/// 1. Every entry is in the chain of its hash, once. A chain ends: <c>Next</c> always leads to an entry that came into the
///    chain earlier, also while the table grows, since growing splits each chain in two without changing the order.
/// 2. An entry that leaves keeps its <c>Next</c>, so that a reader that is on it finds its way on. No entry comes back.
/// 3. A reader can miss an entry while the table grows, but never finds one whose key is another or that was never there. A
///    miss is always looked at again under the lock, so missing costs time and nothing else. While it grows nobody writes.
/// </remarks>
internal sealed class EntryTable<TKey, TValue>
    where TKey : notnull
{
    private const int SmallestLength = 16;

    private Chain[] _chains = new Chain[SmallestLength];

    /// <summary>The entry of a key. Without the lock it can miss one that is there (invariant 3).</summary>
    /// <remarks>Inlined, so that keys of several fields are not copied from frame to frame on their way here.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry)
    {
        int hash = HashedKey<TKey>.HashOf(key);
        var chains = _chains;
        for (entry = chains[hash & (chains.Length - 1)].Head; entry is not null; entry = entry.Next)
        {
            if (entry.Hash == hash && EqualityComparer<TKey>.Default.Equals(entry.Key, key)) return true;
        }

        return false;
    }

    /// <inheritdoc cref="TryGet(TKey, out MemoryEntry{TKey, TValue})"/>
    public bool TryGet(in HashedKey<TKey> key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry)
    {
        var chains = _chains;
        for (entry = chains[key.Hash & (chains.Length - 1)].Head; entry is not null; entry = entry.Next)
        {
            if (entry.Hash == key.Hash && EqualityComparer<TKey>.Default.Equals(entry.Key, key.Key)) return true;
        }

        return false;
    }

    /// <summary>How many chains there are.</summary>
    public int Chains => _chains.Length;

    /// <summary>The first entry of one chain; <c>Next</c> leads on, also from one that is removed meanwhile (invariant 2). Under the lock.</summary>
    public MemoryEntry<TKey, TValue>? Head(int chain) => _chains[chain].Head;

    /// <summary>Adds an entry whose key is not there.</summary>
    public void Add(MemoryEntry<TKey, TValue> entry)
    {
        ref var head = ref HeadOf(entry);
        entry.Next = head;
        Volatile.Write(ref head, entry);
    }

    /// <summary>Puts an entry in the place of another with the same key.</summary>
    public void Replace(MemoryEntry<TKey, TValue> old, MemoryEntry<TKey, TValue> entry)
    {
        entry.Next = old.Next;
        Volatile.Write(ref LinkTo(old), entry);
    }

    /// <summary>Removes an entry that is there.</summary>
    public void Remove(MemoryEntry<TKey, TValue> entry) => Volatile.Write(ref LinkTo(entry), entry.Next);

    private ref MemoryEntry<TKey, TValue>? HeadOf(MemoryEntry<TKey, TValue> entry) => ref _chains[entry.Hash & (_chains.Length - 1)].Head;

    // What points at the entry: by identity, so that no key is compared.
    private ref MemoryEntry<TKey, TValue>? LinkTo(MemoryEntry<TKey, TValue> entry)
    {
        ref var link = ref HeadOf(entry);
        while (link != entry) link = ref link!.Next;
        return ref link;
    }

    /// <summary>Makes twice as many chains. Nobody else writes meanwhile.</summary>
    public void Grow()
    {
        int length = _chains.Length;
        var chains = new Chain[(int)BitOperations.RoundUpToPowerOf2((uint)length + 1)];
        for (int i = 0; i < length; i++)
        {
            ref var stays = ref chains[i].Head;
            ref var moves = ref chains[i + length].Head;
            for (var entry = _chains[i].Head; entry is not null; entry = entry.Next)
            {
                if ((entry.Hash & length) == 0)
                {
                    stays = entry;
                    stays = ref entry.Next;
                }
                else
                {
                    moves = entry;
                    moves = ref entry.Next;
                }
            }

            stays = null;
            moves = null;
        }

        Volatile.Write(ref _chains, chains);
    }

    // In a structure, so that writing to the array checks no types.
    private struct Chain
    {
        public MemoryEntry<TKey, TValue>? Head;
    }
}
