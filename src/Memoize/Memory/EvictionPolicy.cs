using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// Decides which entry leaves a full memory store: W-TinyLFU whose window adapts, with hits that take no lock.
/// </summary>
/// <remarks>
/// An entry comes into the <em>window</em>, which lets the least recently used go. Who leaves the window is a candidate for
/// the <em>main</em> part: it takes the place of main's least recently used entry, the incumbent, if it was used more often
/// lately, as a frequency sketch remembers for keys that are there and keys that are not. Otherwise the candidate leaves. Before
/// the first choice there is no sketch: until it is needed, the entries count their uses themselves. The
/// use that brought an entry in does not speak for it, or the keys of a loop that does not fit would push each other out for
/// ever. Now and then a candidate is admitted by chance, so that nobody can freeze the main part by flooding the sketch. How
/// large the window is to be, shadow caches find out on a sample of the keys (<see cref="WindowAdvisor"/>). A store for a handful
/// of entries is all window, which is plain LRU.
///
/// Hits only leave marks: the entry's moment of use, its count of uses and, for sampled keys, the hash in a lossy buffer. The
/// order of use is therefore kept lazily: an entry that comes to the front of its order with a newer mark is put back by
/// it. A moment lasts from one write to the next. A second hit in the same moment changes nothing: it costs one comparison, and
/// a burst of hits counts once.
///
/// Papers: Einziger, Friedman and Manes, "TinyLFU: A highly efficient cache admission policy" (2017); Einziger, Eytan, Friedman
/// and Manes, "Adaptive software cache management" (2018); those that the parts name.
///
/// Each partition of a store has a policy of its own, for its share of the room; the advice is of all. Everything but
/// <see cref="Mark"/> is called under the lock of the partition. Who needs room for a newcomer asks for victims until there is some
/// (<see cref="TryEvict"/>), and then adds it.
///
/// Invariants, between two calls under the lock:
/// 1. Each entry is in one order, that of the window or that of main, as its <c>InWindow</c> says.
/// 2. A newcomer is never its own victim, and the newest entry stays until the next one comes in: victims are chosen before,
///    and the window has room for at least one.
/// 3. An entry is never ordered by a moment that is newer than its last use: it may look older than it is, never younger.
/// 4. A call puts back at most <see cref="MaxReordered"/> entries in each order for each victim and each entry that it moves, so nobody
///    pays for all the hits since the last write. An entry with a newer mark can be chosen only when that many had one.
/// 5. The same calls, with the same seed, choose the same victims, as long as no hits race.
/// </remarks>
internal sealed class EvictionPolicy
{
    // How many entries one choice puts back by their marks.
    private const int MaxReordered = 16;

    // How many entries an addition moves from a window that is too large: more than come in, so that it shrinks even if candidates win.
    private const int MaxMoved = 2;

    // In cells of the array of moments: a pair of cache lines.
    private const int MomentStride = 32;

    // A candidate that was used this often is admitted by chance, once in so many times.
    private const int ChanceFrequency = 6;
    private const uint ChanceMask = 127;

    private readonly RecencyOrder _window = new(isWindow: true);
    private readonly RecencyOrder _main = new(isWindow: false);
    private readonly WindowAdvice _advice;
    private readonly int _share;
    private readonly long _weightShare;
    private readonly uint[] _moments;
    private readonly int _cell;
    private readonly uint _seed;
    private FrequencySketch? _frequencies;
    private int _windowPercent;
    private int _windowCapacity;
    private long _windowMaxWeight;
    private uint _random;

    /// <summary>Makes the policy of an empty store, or of one of its partitions.</summary>
    /// <param name="room">How much the whole store has room for.</param>
    /// <param name="advice">How large the window is to be, in all partitions.</param>
    /// <param name="seed">Decides which keys collide in the sketch, and what is admitted by chance.</param>
    /// <param name="moments">The moments of all partitions, as <see cref="NewMoments"/> makes them.</param>
    /// <param name="partition">The number of the partition.</param>
    /// <param name="partitions">How many there are.</param>
    public EvictionPolicy(StoreRoom room, WindowAdvice advice, uint seed, uint[] moments, int partition = 0, int partitions = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(room.Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(room.MaxWeight, 1);
        _advice = advice;
        _share = Math.Max(1, room.Capacity / partitions);
        _weightShare = room.MaxWeight == long.MaxValue ? long.MaxValue : Math.Max(1, room.MaxWeight / partitions);
        _moments = moments;
        _cell = CellOf(partition, moments);
        _seed = seed;
        _random = (seed + (uint)partition) | 1;
    }

    public int Count => _window.Count + _main.Count;

    public long Weight => _window.Weight + _main.Weight;

    /// <summary>Whether a candidate that was used so often lately takes the place of an incumbent that was used so often.</summary>
    public static bool IsAdmitted(int candidate, int incumbent) => candidate - 1 > incumbent;

    /// <summary>Moments for so many partitions, each on cache lines of its own: hits read them while writes count them.</summary>
    public static uint[] NewMoments(int partitions, uint now = 0)
    {
        uint[] moments = new uint[partitions == 1 ? 1 : partitions * MomentStride];
        moments.AsSpan().Fill(now);
        return moments;
    }

    /// <summary>Whether a use in this moment is marked already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsMarked(PolicyNode node, uint[] moments) => node.UsedAt == moments[CellOf(node.Hash, moments)];

    /// <summary>Marks a use. Takes no lock; races lose marks at most.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Mark(PolicyNode node, uint[] moments, WindowAdvice advice)
    {
        node.UsedAt = moments[CellOf(node.Hash, moments)];
        if (node.Uses < PolicyNode.MaxUses) node.Uses++;
        advice.Hit(node.Hash);
    }

    /// <summary>Chooses a victim, as if newcomers of this weight together needed its place, and lets it go. False if there is none.</summary>
    public bool TryEvict(int newcomers, long weight, [NotNullWhen(true)] out PolicyNode? victim)
    {
        victim = null;
        if (Count == 0) return false;

        _frequencies ??= new FrequencySketch(Count, _seed);
        if (_main.Count == 0) victim = OldestOf(_window);
        else if (_window.Count == 0 || !WindowExceeds(newcomers, weight)) victim = OldestOf(_main);
        else victim = LoserOf(OldestOf(_window), OldestOf(_main));
        Remove(victim);
        return true;
    }

    /// <summary>Gives all entries to the policies of the partitions that take the place of the one that this is of.</summary>
    public void SplitInto(ReadOnlySpan<EvictionPolicy> parts)
    {
        uint now = _moments[_cell];
        foreach (RecencyOrder order in (RecencyOrder[])[_window, _main])
        {
            // The oldest first, however far the moments have wrapped around.
            foreach (PolicyNode node in order.Entries.OrderBy(node => node.OrderedAt - now - 1).ToList())
            {
                EvictionPolicy part = parts[node.Hash & (parts.Length - 1)];
                part.OrderOf(node).Add(node);
                if (_frequencies is not { } frequencies) continue;

                part._frequencies ??= new FrequencySketch(Count / parts.Length, _seed);
                part._frequencies.EnsureCapacity(part.Count);
                part._frequencies.Add(node.Hash, frequencies.Estimate(node.Hash));
            }
        }
    }

    /// <summary>Takes a newcomer in. There is room for it.</summary>
    public void Add(PolicyNode node)
    {
        uint moment = Advance();
        SetWindow(_advice.AtWrite(node.Hash, moment));
        CountIn(node);
        node.UsedAt = node.OrderedAt = moment;
        _window.Add(node);
        for (int moved = 0; moved < MaxMoved && _window.Count > 1 && WindowExceeds(newcomers: 0, weight: 0); moved++)
        {
            PolicyNode oldest = OldestOf(_window);
            _window.Remove(oldest);
            _main.Add(oldest);
        }
    }

    /// <summary>Gives the standing of an entry to another with the same key. This counts as a use.</summary>
    public void Replace(PolicyNode old, PolicyNode with)
    {
        uint moment = Advance();
        SetWindow(_advice.AtWrite(old.Hash, moment));
        with.UsedAt = moment;
        with.Uses = (byte)Math.Min(old.Uses + 1, PolicyNode.MaxUses);
        OrderOf(old).Replace(old, with);
    }

    /// <summary>Takes an entry out. Its key's frequency stays remembered. Returns whether it was there.</summary>
    public bool Remove(PolicyNode node)
    {
        if (node.Part == RecencyPart.None) return false;

        CollectUses(node);
        OrderOf(node).Remove(node);
        return true;
    }

    /// <summary>Throws unless the invariants 1 and 2 hold. For tests.</summary>
    internal void Verify(IEnumerable<PolicyNode> entries)
    {
        _window.Verify();
        _main.Verify();
        int count = 0;
        foreach (PolicyNode node in entries)
        {
            count++;
            Require(node.Part != RecencyPart.None, "An entry is in no order.");
        }

        Require(count == Count, $"{count} entries, {Count} in the orders.");

        static void Require(bool holds, string message)
        {
            if (!holds) throw new InvalidOperationException(message);
        }
    }

    private static int CellOf(int hash, uint[] moments) => (hash * MomentStride) & (moments.Length - 1);

    private RecencyOrder OrderOf(PolicyNode node) => node.InWindow ? _window : _main;

    // A candidate that wins stays in the window until there is room in main: if it is heavy, it has to win over several.
    private PolicyNode LoserOf(PolicyNode candidate, PolicyNode incumbent)
    {
        int frequency = FrequencyOf(candidate);
        bool mayWin = IsAdmitted(frequency, incumbent: 0);
        bool admitted = mayWin && (IsAdmitted(frequency, FrequencyOf(incumbent)) || (frequency >= ChanceFrequency && (NextRandom() & ChanceMask) == 0));
        return admitted ? incumbent : candidate;
    }

    private int FrequencyOf(PolicyNode node) => _frequencies!.Estimate(node.Hash) + node.Uses;

    private PolicyNode OldestOf(RecencyOrder order)
    {
        PolicyNode oldest = order.Oldest;
        for (int reordered = 0; reordered < MaxReordered; reordered++)
        {
            uint usedAt = Volatile.Read(ref oldest.UsedAt);
            if (!RecencyOrder.IsOlder(oldest.OrderedAt, usedAt)) break;

            CollectUses(oldest);
            order.Reorder(oldest, usedAt);
            oldest = order.Oldest;
        }

        return oldest;
    }

    // Counts the use that brought an entry in.
    private void CountIn(PolicyNode node)
    {
        node.Uses = 1;
        _frequencies?.EnsureCapacity(Count + 1);
        CollectUses(node);
    }

    private void CollectUses(PolicyNode node)
    {
        if (node.Uses == 0 || _frequencies is null) return;

        _frequencies.Add(node.Hash, node.Uses);
        node.Uses = 0;
    }

    // Returns the moment of a write: after the hits before it, and before those to come.
    private uint Advance()
    {
        uint moment = _moments[_cell] + 1;
        Volatile.Write(ref _moments[_cell], moment + 1);
        return moment;
    }

    private void SetWindow(int percent)
    {
        if (percent == _windowPercent) return;

        _windowPercent = percent;
        _windowCapacity = (int)Math.Max(1, (long)_share * percent / 100);
        _windowMaxWeight = (long)(_weightShare * (percent / 100.0));
    }

    private bool WindowExceeds(int newcomers, long weight) =>
        _window.Count > _windowCapacity - newcomers || _window.Weight > _windowMaxWeight - weight;

    // Marsaglia, "Xorshift RNGs" (2003).
    private uint NextRandom()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        _random ^= _random << 5;
        return _random;
    }
}
