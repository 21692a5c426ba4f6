using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>
/// Why the last keys that are not in the memory store are not there, so that the next miss on one of them can say so: the hash of each,
/// not the key. It remembers a bounded number, the oldest of which is forgotten first. Not thread-safe: the partition's lock guards it.
/// </summary>
/// <remarks>
/// Two keys with one hash share a reason. What is remembered only explains a miss; nothing is decided by it.
///
/// A ring of slots in the order in which keys were removed, and chains through it by hash, from the newest to the oldest, as a
/// compressor keeps them for its window: a chain ends where it leads out of the ring, so what is forgotten in its order is in
/// no need of being taken out of its chain. A slot and its link take 16 bytes.
/// Invariants:
/// 1. A hash that is remembered is in one slot. Slots are numbered in order, from <c>_first</c> to before <c>_end</c>; the low
///    bits of the number are the place in the ring. A slot whose hash was forgotten out of order is a gap.
/// 2. A chain leads to ever lower numbers.
/// </remarks>
internal sealed class RemovedKeys(int limit)
{
    private const int SmallestLength = 4;

    private Slot[] _ring = [];
    private uint[] _chains = [];
    private uint _first = 1;
    private uint _end = 1;

    public int Count { get; private set; }

    public bool TryGetReason(int hash, out MissReason reason)
    {
        ref Slot slot = ref Find(hash);
        bool isRemembered = !Unsafe.IsNullRef(ref slot);
        reason = isRemembered ? slot.Reason : MissReason.NotFound;
        return isRemembered;
    }

    /// <summary>Remembers why a key is not there, in place of what was known of it.</summary>
    public void Remember(int hash, MissReason reason)
    {
        ref Slot known = ref Find(hash);
        if (!Unsafe.IsNullRef(ref known)) Forget(ref known);
        while (Count >= limit) ForgetFirst();
        if (_end - _first == (uint)_ring.Length) MakeRoom();
        Append(hash, reason);
        Count++;
    }

    public void Forget(int hash)
    {
        ref Slot slot = ref Find(hash);
        if (!Unsafe.IsNullRef(ref slot)) Forget(ref slot);
    }

    /// <summary>Gives all that is remembered to those that take its place: each hash to the one of its partition, the oldest first.</summary>
    public void SplitInto(ReadOnlySpan<RemovedKeys> parts)
    {
        for (uint number = _first; number != _end; number++)
        {
            Slot slot = SlotAt(number);
            if (slot.IsRemembered) parts[slot.Hash & (parts.Length - 1)].Remember(slot.Hash, slot.Reason);
        }
    }

    // A reference to nothing if the hash is not remembered.
    private ref Slot Find(int hash)
    {
        if (Count == 0) return ref Unsafe.NullRef<Slot>();

        // How far into the ring a number leads has to shrink: where numbers have wrapped around, an end might else not be seen.
        uint depth = _end - _first;
        for (uint number = ChainOf(hash); number - _first < depth;)
        {
            depth = number - _first;
            ref Slot slot = ref SlotAt(number);
            if (slot.Hash == hash && slot.IsRemembered) return ref slot;
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
        slot.IsRemembered = false;
        Count--;
    }

    private void Append(int hash, MissReason reason)
    {
        ref uint chain = ref ChainOf(hash);
        SlotAt(_end) = new Slot { Hash = hash, Reason = reason, IsRemembered = true, Next = chain };
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
            if (slot.IsRemembered) Append(slot.Hash, slot.Reason);
        }
    }

    private ref uint ChainOf(int hash) => ref _chains[HashBits.WithinPartition(hash) & (uint)(_chains.Length - 1)];

    private ref Slot SlotAt(uint number) => ref _ring[number & (uint)(_ring.Length - 1)];

    [StructLayout(LayoutKind.Auto)]
    private struct Slot
    {
        private byte _reason;

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
