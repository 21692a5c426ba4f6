using System.Numerics;

namespace Memoize;

/// <summary>
/// How often keys were used lately, from 0 to 15, in about 4 to 8 bytes for each entry of the cache and without the keys: a
/// count-min sketch of four rows. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// Papers: Cormode and Muthukrishnan, "An improved data stream summary: the count-min sketch and its applications" (2005);
/// Einziger, Friedman and Manes, "TinyLFU: A highly efficient cache admission policy" (2017) for the ageing.
/// Invariants:
/// 1. Collisions only ever make an estimate too high: each row has counted at least the additions of the key, the halvings
///    apart, up to 15.
/// 2. All counts are halved after every <c>10 × capacity</c> additions, so that what was popular long ago makes way. The
///    halving is a sweep over the table, a few words with each addition: no caller waits for all of it.
/// 3. A word has four counters of each row: bits 16·row to 16·row + 15. Its index is made of the low bits of the row's hash,
///    so a table of twice the size that holds everything twice gives the same estimates.
/// </remarks>
internal sealed class FrequencySketch
{
    public const int MaxFrequency = 15;

    private const int Rows = 4;
    private const int AdditionsPerEntry = 10;
    private const int SweepStep = 64;

    private readonly uint _seed;
    private ulong[] _words;
    private int _capacity;
    private long _additions;
    private int _swept;

    public FrequencySketch(int capacity, uint seed)
    {
        _seed = seed;
        _capacity = capacity;
        _words = new ulong[Math.Max(1, BitOperations.RoundUpToPowerOf2((uint)capacity) / 2)];
        _swept = _words.Length;
    }

    /// <summary>Makes the sketch large enough for <paramref name="capacity"/> entries. Estimates stay what they are.</summary>
    public void EnsureCapacity(int capacity)
    {
        if (capacity <= _capacity) return;

        _capacity = capacity;
        while (_words.Length * 2 < capacity)
        {
            FinishSweep();
            _words = [.. _words, .. _words];
            _swept = _words.Length;
        }
    }

    /// <summary>How often the key with this hash was used lately, from 0 to 15.</summary>
    public int Estimate(int hash)
    {
        Spread(hash, out uint index, out uint step);
        int least = MaxFrequency;
        for (int row = 0; row < Rows; row++, index += step)
            least = Math.Min(least, (int)(WordOf(index) >> ShiftOf(row, index)) & MaxFrequency);

        return least;
    }

    /// <summary>Counts <paramref name="uses"/> uses of the key with this hash.</summary>
    public void Add(int hash, int uses = 1)
    {
        Spread(hash, out uint index, out uint step);
        for (int row = 0; row < Rows; row++, index += step)
        {
            ref ulong word = ref WordOf(index);
            int shift = ShiftOf(row, index);
            int count = (int)(word >> shift) & MaxFrequency;
            word += (ulong)Math.Min(uses, MaxFrequency - count) << shift;
        }

        _additions += uses;
        if (_swept < _words.Length) Sweep();
        if (_additions < (long)AdditionsPerEntry * _capacity) return;

        FinishSweep();
        _additions /= 2;
        _swept = 0;
    }

    private void FinishSweep()
    {
        while (_swept < _words.Length) Sweep();
    }

    private void Sweep()
    {
        foreach (ref ulong word in _words.AsSpan(_swept, Math.Min(SweepStep, _words.Length - _swept)))
            word = (word >> 1) & 0x7777_7777_7777_7777;

        _swept = Math.Min(_swept + SweepStep, _words.Length);
    }

    // Two hashes make as many as there are rows: Kirsch and Mitzenmacher, "Less hashing, same performance" (2006).
    private void Spread(int hash, out uint index, out uint step)
    {
        ulong mixed = (uint)hash ^ ((ulong)_seed << 32);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        index = (uint)mixed;
        step = (uint)(mixed >> 32) | 1;
    }

    private ref ulong WordOf(uint index) => ref _words[(index >> 2) & (uint)(_words.Length - 1)];

    private static int ShiftOf(int row, uint index) => (row * 16) + (int)((index & 3) * 4);
}
