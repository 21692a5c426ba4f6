using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// What is known of the last keys that are not in the memory store: why, so that the next miss on one of them can say so, and
/// how the method failed, where that is remembered. It remembers a bounded number of keys, the oldest of which is forgotten
/// first. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// A ring of slots in the order in which keys were removed, and chains through it by hash, from the newest to the oldest, as a
/// compressor keeps them for its window: a chain ends where it leads out of the ring, so what is forgotten in its order is in
/// no need of being taken out of its chain.
/// Invariants:
/// 1. A key that is remembered is in one slot. Slots are numbered in order, from <c>_first</c> to before <c>_end</c>; the low
///    bits of the number are the place in the ring. A slot whose key was forgotten out of order is a gap, which holds on to nothing.
/// 2. A chain leads to ever lower numbers.
/// 3. What compares keys, and so can throw, comes before anything is changed.
/// </remarks>
internal sealed class RemovedKeys<TKey>(int limit)
    where TKey : notnull
{
    private const int SmallestLength = 4;

    private Slot[] _ring = [];
    private uint[] _chains = [];
    private uint _first = 1;
    private uint _end = 1;
    private int _failures;

    public int Count { get; private set; }

    public bool TryGetReason(in HashedKey<TKey> key, out MissReason reason)
    {
        ref Slot slot = ref Find(key);
        bool isRemembered = !Unsafe.IsNullRef(ref slot);
        reason = isRemembered ? slot.Reason : MissReason.NotFound;
        return isRemembered;
    }

    /// <summary>The failure that is remembered of a key, if one is.</summary>
    public KeptFailure? FailureOf(in HashedKey<TKey> key)
    {
        ref Slot slot = ref Find(key);
        return Unsafe.IsNullRef(ref slot) ? null : slot.Failure;
    }

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
        while (Count >= limit) ForgetFirst();
        if (_end - _first == (uint)_ring.Length) MakeRoom();
        Append(new Slot { Key = key.Key, Hash = key.Hash, Reason = reason, Failure = failure, IsRemembered = true });
        Count++;
        if (failure is not null) _failures++;
    }

    public void Forget(in HashedKey<TKey> key)
    {
        ref Slot slot = ref Find(key);
        if (!Unsafe.IsNullRef(ref slot)) Forget(ref slot);
    }

    /// <summary>Forgets every failure, or those of computations with a tag, as if the keys had been invalidated.</summary>
    public void ForgetFailures(string? tag = null)
    {
        if (_failures == 0) return;

        for (uint number = _first; number != _end; number++)
        {
            ref Slot slot = ref SlotAt(number);
            if (slot.Failure is not { } failure || (tag is not null && failure.Tags?.Contains(tag, StringComparer.Ordinal) != true)) continue;

            (slot.Reason, slot.Failure) = (MissReason.Invalidated, null);
            _failures--;
        }
    }

    // A reference to nothing if the key is not remembered.
    private ref Slot Find(in HashedKey<TKey> key)
    {
        if (Count == 0) return ref Unsafe.NullRef<Slot>();

        // How far into the ring a number leads has to shrink: where numbers have wrapped around, an end might else not be seen.
        uint depth = _end - _first;
        for (uint number = ChainOf(key.Hash); number - _first < depth;)
        {
            depth = number - _first;
            ref Slot slot = ref SlotAt(number);
            if (slot.Hash == key.Hash && slot.IsRemembered && EqualityComparer<TKey>.Default.Equals(slot.Key, key.Key)) return ref slot;
            number = slot.Next;
        }

        return ref Unsafe.NullRef<Slot>();
    }

    private void ForgetFirst()
    {
        ref Slot slot = ref SlotAt(_first++);
        if (slot.IsRemembered) Forget(ref slot);
    }

    private void Forget(ref Slot slot)
    {
        if (slot.Failure is not null) _failures--;
        slot = new Slot { Next = slot.Next };
        Count--;
    }

    private void Append(in Slot slot)
    {
        ref uint chain = ref ChainOf(slot.Hash);
        ref Slot appended = ref SlotAt(_end);
        appended = slot;
        appended.Next = chain;
        chain = _end++;
    }

    // Every slot has its number. Where at least half are gaps, closing them makes room enough.
    private void MakeRoom()
    {
        var (ring, first, end) = (_ring, _first, _end);
        int length = Math.Max(SmallestLength, Count > ring.Length / 2 ? ring.Length * 2 : ring.Length);
        _ring = new Slot[length];
        _chains = new uint[length];
        _first = _end = 1;
        for (uint number = first; number != end; number++)
        {
            ref Slot slot = ref ring[number & (uint)(ring.Length - 1)];
            if (slot.IsRemembered) Append(slot);
        }
    }

    private ref uint ChainOf(int hash) => ref _chains[(uint)hash & (uint)(_chains.Length - 1)];

    private ref Slot SlotAt(uint number) => ref _ring[number & (uint)(_ring.Length - 1)];

    private struct Slot
    {
        private byte _reason;

        public TKey Key;
        public KeptFailure? Failure;
        public int Hash;

        /// <summary>The number of the next older slot in the chain, if it is still in the ring.</summary>
        public uint Next;
        public bool IsRemembered;

        public MissReason Reason
        {
            readonly get => (MissReason)_reason;
            set => _reason = (byte)value;
        }
    }
}
