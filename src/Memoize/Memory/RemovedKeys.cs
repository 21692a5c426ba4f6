using System.Numerics;

namespace Memoize;

/// <summary>
/// What is known of the last keys that are not in the memory store: why, so that the next miss on one of them can say so, and
/// how the method failed, where that is remembered. It remembers a bounded number of keys, the oldest of which is forgotten
/// first. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. Each of the first <c>_used</c> slots is either remembered — in the chain of its hash, and in the list from the oldest to the
///    newest — or free, and then holds on to nothing.
/// 2. What compares keys, and so can throw, comes before anything is changed.
/// </remarks>
internal sealed class RemovedKeys<TKey>(int limit)
    where TKey : notnull
{
    private const int None = -1;
    private const int SmallestLength = 4;

    private Slot[] _slots = [];
    private int[] _chains = [];
    private int _used;
    private int _free = None;
    private int _oldest = None;
    private int _newest = None;
    private int _failures;

    public int Count { get; private set; }

    public bool TryGetReason(in HashedKey<TKey> key, out MissReason reason)
    {
        int slot = Find(key);
        reason = slot == None ? MissReason.NotFound : _slots[slot].Reason;
        return slot != None;
    }

    /// <summary>The failure that is remembered of a key, if one is.</summary>
    public KeptFailure? FailureOf(in HashedKey<TKey> key) => Find(key) is var slot and not None ? _slots[slot].Failure : null;

    /// <summary>Remembers why a key is not there, in place of what was known of it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reason">Why it is not there.</param>
    /// <param name="failure">How the method failed, if that is to be remembered.</param>
    public void Remember(in HashedKey<TKey> key, MissReason reason, KeptFailure? failure = null)
    {
        Forget(key);
        Add(key, reason, failure);
    }

    /// <summary>Remembers why a key left of which nothing is remembered: so no key is compared.</summary>
    /// <inheritdoc cref="Remember"/>
    public void Add(in HashedKey<TKey> key, MissReason reason, KeptFailure? failure = null)
    {
        if (Count >= limit) Forget(_oldest);
        int slot = TakeSlot();
        ref int chain = ref ChainOf(key.Hash);
        _slots[slot] = new Slot { Key = key.Key, Hash = key.Hash, Reason = reason, Failure = failure, Next = chain, Older = _newest, Newer = None };
        chain = slot;
        NewerThan(_newest) = slot;
        _newest = slot;
        Count++;
        if (failure is not null) _failures++;
    }

    public void Forget(in HashedKey<TKey> key)
    {
        if (Find(key) is var slot and not None) Forget(slot);
    }

    /// <summary>Forgets every failure, or those of computations with a tag, as if the keys had been invalidated.</summary>
    public void ForgetFailures(string? tag = null)
    {
        if (_failures == 0) return;

        for (int slot = _oldest; slot != None; slot = _slots[slot].Newer)
        {
            if (_slots[slot].Failure is not { } failure || (tag is not null && failure.Tags?.Contains(tag, StringComparer.Ordinal) != true)) continue;

            (_slots[slot].Reason, _slots[slot].Failure) = (MissReason.Invalidated, null);
            _failures--;
        }
    }

    private int Find(in HashedKey<TKey> key)
    {
        if (Count == 0) return None;

        int slot = ChainOf(key.Hash);
        while (slot != None && !(_slots[slot].Hash == key.Hash && EqualityComparer<TKey>.Default.Equals(_slots[slot].Key, key.Key))) slot = _slots[slot].Next;
        return slot;
    }

    private void Forget(int slot)
    {
        ref Slot forgotten = ref _slots[slot];
        ref int link = ref ChainOf(forgotten.Hash);
        while (link != slot) link = ref _slots[link].Next;
        link = forgotten.Next;
        NewerThan(forgotten.Older) = forgotten.Newer;
        OlderThan(forgotten.Newer) = forgotten.Older;
        if (forgotten.Failure is not null) _failures--;
        forgotten = new Slot { Next = _free };
        _free = slot;
        Count--;
    }

    private int TakeSlot()
    {
        int slot = _free;
        if (slot != None)
        {
            _free = _slots[slot].Next;
            return slot;
        }

        if (_used == _slots.Length) Grow();
        return _used++;
    }

    // Only when every slot is remembered.
    private void Grow()
    {
        Array.Resize(ref _slots, (int)Math.Min(Math.Max(SmallestLength, _slots.Length * 2L), limit));
        _chains = new int[BitOperations.RoundUpToPowerOf2((uint)_slots.Length)];
        Array.Fill(_chains, None);
        for (int slot = 0; slot < _used; slot++)
        {
            ref int chain = ref ChainOf(_slots[slot].Hash);
            _slots[slot].Next = chain;
            chain = slot;
        }
    }

    private ref int ChainOf(int hash) => ref _chains[hash & (_chains.Length - 1)];

    private ref int NewerThan(int slot) => ref slot == None ? ref _oldest : ref _slots[slot].Newer;

    private ref int OlderThan(int slot) => ref slot == None ? ref _newest : ref _slots[slot].Older;

    private struct Slot
    {
        public TKey Key;
        public KeptFailure? Failure;
        public int Hash;
        public int Next;
        public int Older;
        public int Newer;
        public MissReason Reason;
    }
}
