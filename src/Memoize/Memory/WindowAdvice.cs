namespace Memoize;

/// <summary>
/// How large the window of a store's eviction policy is to be: its partitions tell what was used, ask, and share one
/// <see cref="WindowAdvisor"/>. Thread-safe.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. The advisor is used under a lock of its own, for which nobody waits: who finds it taken goes on with the last advice, and what
///    it had to tell is not missed.
/// 2. Hits of sampled keys come by <see cref="SampledHits"/> and are passed on by writes: those of sampled keys, and every eighth.
/// </remarks>
internal sealed class WindowAdvice(StoreRoom room, uint seed)
{
    // A store for fewer entries than this is all window: there is nothing to learn from so few.
    private const int MinAdvised = 8;

    // Advice starts when the store has one in so many of the entries that it has room for.
    private const int AdviceShare = 8;

    // Moments go in steps of two.
    private const uint MomentsBetweenDrains = 2 * 8;

    private readonly Lock _turn = new();
    private volatile WindowAdvisor? _advisor;
    private SampledHits? _hits;
    private int _sampleMask = -1;
    private int _percent = WindowAdvisor.InitialPercent;

    /// <summary>Whether uses of a key are to be told.</summary>
    public bool IsSampled(int hash) => (((int)HashBits.WithinPartition(hash) ^ (int)seed) & _sampleMask) == 0;

    /// <summary>Tells of a hit. Takes no lock.</summary>
    public void Hit(int hash)
    {
        if (IsSampled(hash)) _hits?.Add(hash);
    }

    /// <summary>Tells of a write, and asks how many percent of the store the window is to have.</summary>
    /// <param name="hash">The key's hash.</param>
    /// <param name="moment">The moment of the write.</param>
    public int AtWrite(int hash, uint moment)
    {
        int entries = CountWhenFull();
        if (entries < MinAdvised) return 100;

        bool isNew = NeedsNewAdvisor(entries);
        bool hasNews = isNew || (_advisor is not null && (IsSampled(hash) || moment % MomentsBetweenDrains < 2));
        if (hasNews && _turn.TryEnter())
        {
            try
            {
                if (isNew && NeedsNewAdvisor(entries)) Start(new WindowAdvisor(entries, seed));
                Tell(_advisor!, hash);
            }
            finally
            {
                _turn.Exit();
            }
        }

        return Volatile.Read(ref _percent);
    }

    // How many entries a full store has, if they are as heavy as those that are there.
    private int CountWhenFull() => room.MaxWeight == long.MaxValue
        ? room.Capacity
        : (int)Math.Min(room.Capacity, room.Count * (room.MaxWeight / Math.Max(1.0, room.Weight)));

    // A store that stays nearly empty needs no advice. Where weights change so much that the shadows are out of scale, they start again.
    private bool NeedsNewAdvisor(int entries)
    {
        if (_advisor is not { } advisor) return (long)room.Count * AdviceShare >= entries;

        return entries > advisor.Entries * 4L || entries * 4L < advisor.Entries;
    }

    private void Start(WindowAdvisor advisor)
    {
        _hits ??= new SampledHits();
        _advisor = advisor;
        _sampleMask = advisor.SampleMask;
        Volatile.Write(ref _percent, advisor.WindowPercent);
    }

    private void Tell(WindowAdvisor advisor, int hash)
    {
        _hits!.DrainTo(advisor);
        if (IsSampled(hash)) advisor.Use(hash);
        Volatile.Write(ref _percent, advisor.WindowPercent);
    }
}
