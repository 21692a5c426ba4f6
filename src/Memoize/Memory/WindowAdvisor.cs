namespace Memoize;

/// <summary>
/// Advises the eviction policy how large its window is to be: it lets one shadow cache for each choice compete on a sample
/// of the keys. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// A narrow window is best for loops, scans and lasting popularity, a wide one for recency. A change costs misses, and where a
/// loop nearly fits a sample can mislead for a while, so there is one only when the same choice leads at two decisions in a row, each
/// time by one in 150 of the uses that are remembered.
/// </remarks>
internal sealed class WindowAdvisor
{
    // Percent. The first is where a policy starts.
    private static readonly int[] Choices = [1, 30, 95];

    private const int MaxShadowCapacity = 1024;

    // A decision is made after so many uses; each forgets one in so many hits, so that about as many periods are remembered.
    private const int MinPeriod = 96;
    private const int Memory = 8;

    // A lead counts if it is one in so many of the uses that are remembered.
    private const int LeadShare = 150;

    private readonly ShadowCache[] _shadows;
    private readonly int[] _hits = new int[Choices.Length];
    private readonly FrequencySketch _frequencies;
    private readonly int _period;
    private int _uses;
    private int _choice;
    private int _leader;

    public WindowAdvisor(int entries, uint seed)
    {
        Entries = entries;
        int capacity = entries;
        while (capacity > MaxShadowCapacity)
        {
            capacity -= capacity / 2;
            SampleMask = (SampleMask << 1) | 1;
        }

        _period = Math.Max(capacity * 3 / 2, MinPeriod);
        _frequencies = new FrequencySketch(capacity, seed);
        _shadows = Array.ConvertAll(Choices, percent => new ShadowCache(capacity, percent, _frequencies));
    }

    /// <summary>The window before there is advice.</summary>
    public static int InitialPercent => Choices[0];

    /// <summary>For how many entries in the cache the shadows are scaled.</summary>
    public int Entries { get; }

    /// <summary>A key is to be reported if these bits of its hash have one certain value: 1 of 2 keys, 1 of 4, ….</summary>
    public int SampleMask { get; }

    /// <summary>The share of the cache that the window is to have.</summary>
    public int WindowPercent => Choices[_choice];

    /// <summary>Reports the use of a sampled key.</summary>
    public void Use(int hash)
    {
        _frequencies.Add(hash);
        for (int choice = 0; choice < _shadows.Length; choice++)
        {
            if (_shadows[choice].Use(hash)) _hits[choice]++;
        }

        if (++_uses < _period || !_shadows[0].IsFull) return;

        _uses = 0;
        Decide();
        foreach (ref int hits in _hits.AsSpan()) hits -= hits / Memory;
    }

    private void Decide()
    {
        int best = Array.IndexOf(_hits, _hits.Max());
        int leader = _hits[best] > _hits[_choice] + (Memory * _period / LeadShare) ? best : _choice;
        if (leader == _leader) _choice = leader;
        _leader = leader;
    }
}
