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
/// Everything but <see cref="OnHit"/> is called under the store's lock. A newcomer to a full store:
/// <c>while (policy.TryMakeRoom(weight, out victim)) …take victim out of the table…; policy.Add(newcomer);</c>
///
/// Invariants, between two calls under the lock:
/// 1. Each entry is in one order, that of the window or that of main, as its <c>InWindow</c> says.
/// 2. There are at most <c>capacity</c> entries, which weigh at most <c>maxWeight</c>, if <see cref="Add"/> is only called when there
///    is room, and the store trims after <see cref="Replace"/>.
/// 3. A newcomer is never its own victim, and the newest entry stays until the next one comes in: victims are chosen before,
///    and the window has room for at least one.
/// 4. An entry is never ordered by a moment that is newer than its last use: it may look older than it is, never younger.
/// 5. A call puts back at most <see cref="MaxReordered"/> entries in each order for each victim and each entry that it moves, so nobody
///    pays for all the hits since the last write. An entry with a newer mark can be chosen only when that many had one.
/// 6. The same calls, with the same seed, choose the same victims, as long as no hits race.
/// </remarks>
internal sealed class EvictionPolicy
{
    // How many entries one choice puts back by their marks.
    private const int MaxReordered = 16;

    // How many entries an addition moves from a window that is too large: more than come in, so that it shrinks even if candidates win.
    private const int MaxMoved = 2;

    // A candidate that was used this often is admitted by chance, once in so many times.
    private const int ChanceFrequency = 6;
    private const uint ChanceMask = 127;

    // A store for fewer entries than this is all window: there is nothing to learn from so few.
    private const int MinAdvised = 8;

    // Advice starts when the store has one in so many of the entries that it has room for.
    private const int AdviceShare = 8;

    private readonly RecencyOrder _window = new(isWindow: true);
    private readonly RecencyOrder _main = new(isWindow: false);
    private readonly int _capacity;
    private readonly long _maxWeight;
    private readonly uint _seed;
    private FrequencySketch? _frequencies;
    private WindowAdvisor? _advisor;
    private int _windowPercent;
    private int _windowCapacity;
    private long _windowMaxWeight;
    private uint _random;

    // What hits read. A moment is counted by writes only.
    private SampledHits? _sampledHits;
    private int _sampleMask = -1;
    private uint _now;

    /// <summary>Makes the policy of an empty store.</summary>
    /// <param name="capacity">The most entries.</param>
    /// <param name="maxWeight">The most that the entries may weigh together.</param>
    /// <param name="seed">Decides which keys are sampled, which collide in the sketch, and what is admitted by chance.</param>
    public EvictionPolicy(int capacity, long maxWeight, uint seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWeight, 1);
        _capacity = capacity;
        _maxWeight = maxWeight;
        _seed = seed;
        _random = seed | 1;
    }

    public int Count => _window.Count + _main.Count;

    public long Weight => _window.Weight + _main.Weight;

    /// <summary>Whether a candidate that was used so often lately takes the place of an incumbent that was used so often.</summary>
    public static bool IsAdmitted(int candidate, int incumbent) => candidate - 1 > incumbent;

    /// <summary>Marks a use. Takes no lock; races lose marks at most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void OnHit(PolicyNode node)
    {
        if (node.UsedAt != _now) Mark(node);
    }

    /// <summary>Whether an entry of this weight can be kept at all. One that cannot must not be added.</summary>
    public bool CanHold(long weight) => weight <= _maxWeight;

    /// <summary>If there is no room for one more entry of this weight, chooses a victim and lets it go. Call it until there is room.</summary>
    public bool TryMakeRoom(long weight, [NotNullWhen(true)] out PolicyNode? victim) => TryEvict(newcomers: 1, weight, out victim);

    /// <summary>If the entries weigh too much, after a replacement, chooses a victim and lets it go. Call it until they do not.</summary>
    public bool TryTrim([NotNullWhen(true)] out PolicyNode? victim) => TryEvict(newcomers: 0, weight: 0, out victim);

    /// <summary>Chooses a victim as if a newcomer needed its place, and lets it go. False if there is none.</summary>
    public bool TryEvict([NotNullWhen(true)] out PolicyNode? victim) => TryEvictAny(newcomers: 1, weight: 0, out victim);

    /// <summary>Takes a newcomer in. There is room for it.</summary>
    public void Add(PolicyNode node)
    {
        AdviseOn(node.Hash);
        CountIn(node);
        node.UsedAt = node.OrderedAt = Advance();
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
        AdviseOn(old.Hash);
        with.UsedAt = Advance();
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
        Require(Count <= _capacity, $"{Count} entries, capacity {_capacity}.");
        Require(Weight <= _maxWeight, $"The entries weigh {Weight}, the limit is {_maxWeight}.");

        static void Require(bool holds, string message)
        {
            if (!holds) throw new InvalidOperationException(message);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Mark(PolicyNode node)
    {
        node.UsedAt = _now;
        if (node.Uses < PolicyNode.MaxUses) node.Uses++;
        if (IsSampled(node.Hash)) _sampledHits?.Add(node.Hash);
    }

    private bool IsSampled(int hash) => ((hash ^ (int)_seed) & _sampleMask) == 0;

    private RecencyOrder OrderOf(PolicyNode node) => node.InWindow ? _window : _main;

    private bool TryEvict(int newcomers, long weight, [NotNullWhen(true)] out PolicyNode? victim)
    {
        victim = null;
        bool hasRoom = Count <= _capacity - newcomers && Weight <= _maxWeight - weight;
        return !hasRoom && TryEvictAny(newcomers, weight, out victim);
    }

    private bool TryEvictAny(int newcomers, long weight, [NotNullWhen(true)] out PolicyNode? victim)
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
        _now += 2;
        return _now - 1;
    }

    // A write is the time to tell the shadow caches what was used, and to ask them.
    private void AdviseOn(int hash)
    {
        int entries = CountWhenFull();
        if (NeedsNewAdvisor(entries)) Start(new WindowAdvisor(entries, _seed));
        if (_advisor is not null)
        {
            _sampledHits!.DrainTo(_advisor);
            if (IsSampled(hash)) _advisor.Use(hash);
        }

        SetWindow(entries < MinAdvised ? 100 : _advisor?.WindowPercent ?? WindowAdvisor.InitialPercent);
    }

    // How many entries a full store has, if they are as heavy as those that are there.
    private int CountWhenFull() =>
        _maxWeight == long.MaxValue ? _capacity : (int)Math.Min(_capacity, Count * (_maxWeight / Math.Max(1.0, Weight)));

    // A store that stays nearly empty needs no advice. Where weights change so much that the shadows are out of scale, they start again.
    private bool NeedsNewAdvisor(int entries)
    {
        if (entries < MinAdvised || (long)Count * AdviceShare < entries) return false;

        return _advisor is null || entries > _advisor.Entries * 4L || entries * 4L < _advisor.Entries;
    }

    private void Start(WindowAdvisor advisor)
    {
        _advisor = advisor;
        _sampledHits ??= new SampledHits();
        _sampleMask = advisor.SampleMask;
    }

    private void SetWindow(int percent)
    {
        if (percent == _windowPercent) return;

        _windowPercent = percent;
        _windowCapacity = (int)Math.Max(1, (long)_capacity * percent / 100);
        _windowMaxWeight = (long)(_maxWeight * (percent / 100.0));
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
