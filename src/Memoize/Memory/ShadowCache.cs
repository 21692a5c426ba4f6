using System.Numerics;

namespace Memoize;

/// <summary>
/// A small cache of hashes, without values, that follows <see cref="EvictionPolicy"/> with a fixed window: what it hits
/// tells how well that window would do. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// Paper: Waldspurger, Saemundsson, Ahmad and Park, "Cache modeling and optimization using miniature simulations" (2017).
/// Invariants:
/// 1. The first <c>_count</c> slots are in use: each is in the chain of its hash and in one of two lists, the newest in front,
///    that of the window or that of the main part.
/// 2. The window has at most <c>_windowCapacity</c> slots, both lists together at most the capacity.
/// </remarks>
internal sealed class ShadowCache
{
    private const short None = -1;

    // The slots behind the capacity are the ends of the two lists: Older leads to the newest, Newer to the oldest.
    private readonly Slot[] _slots;
    private readonly short[] _chains;
    private readonly FrequencySketch _frequencies;
    private readonly int _capacity;
    private readonly int _windowCapacity;
    private readonly short _window;
    private readonly short _main;
    private int _count;
    private int _windowCount;

    public ShadowCache(int capacity, int windowPercent, FrequencySketch frequencies)
    {
        _capacity = capacity;
        _windowCapacity = Math.Clamp(((capacity * windowPercent) + 50) / 100, 1, capacity - 1);
        _frequencies = frequencies;
        _slots = new Slot[capacity + 2];
        _chains = new short[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        Array.Fill(_chains, None);
        _window = (short)capacity;
        _main = (short)(capacity + 1);
        _slots[_window].Older = _slots[_window].Newer = _window;
        _slots[_main].Older = _slots[_main].Newer = _main;
    }

    public bool IsFull => _count == _capacity;

    /// <summary>Looks a hash up, and puts it in if it is missing. Returns whether it was there.</summary>
    public bool Use(int hash)
    {
        for (short slot = ChainOf(hash); slot != None; slot = _slots[slot].Next)
        {
            if (_slots[slot].Hash != hash) continue;

            Unlink(slot);
            Link(slot, _slots[slot].InMain);
            return true;
        }

        Insert(_count < _capacity ? (short)_count++ : Evict(), hash);
        if (_windowCount > _windowCapacity) MoveToMain(_slots[_window].Newer);
        return false;
    }

    private short Evict()
    {
        short victim = _slots[_main].Newer;
        if (_windowCount >= _windowCapacity)
        {
            short candidate = _slots[_window].Newer;
            bool admitted = EvictionPolicy.IsAdmitted(_frequencies.Estimate(_slots[candidate].Hash), _frequencies.Estimate(_slots[victim].Hash));
            if (!admitted) victim = candidate;
        }

        Unlink(victim);
        if (!_slots[victim].InMain) _windowCount--;
        ref short link = ref ChainOf(_slots[victim].Hash);
        while (link != victim) link = ref _slots[link].Next;
        link = _slots[victim].Next;
        return victim;
    }

    private void Insert(short slot, int hash)
    {
        ref short chain = ref ChainOf(hash);
        _slots[slot].Hash = hash;
        _slots[slot].Next = chain;
        chain = slot;
        Link(slot, inMain: false);
        _windowCount++;
    }

    private void MoveToMain(short slot)
    {
        Unlink(slot);
        Link(slot, inMain: true);
        _windowCount--;
    }

    private void Unlink(short slot)
    {
        _slots[_slots[slot].Newer].Older = _slots[slot].Older;
        _slots[_slots[slot].Older].Newer = _slots[slot].Newer;
    }

    private void Link(short slot, bool inMain)
    {
        short end = inMain ? _main : _window;
        short newest = _slots[end].Older;
        _slots[slot].InMain = inMain;
        _slots[slot].Newer = end;
        _slots[slot].Older = newest;
        _slots[newest].Newer = slot;
        _slots[end].Older = slot;
    }

    // The low bits of a sampled hash are all the same, so the chain is chosen by the high ones.
    private ref short ChainOf(int hash) => ref _chains[((uint)hash * 0x9E37_79B9 >> 16) & (uint)(_chains.Length - 1)];

    private struct Slot
    {
        public int Hash;
        public short Next;
        public short Older;
        public short Newer;
        public bool InMain;
    }
}
