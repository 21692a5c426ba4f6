using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// Counts hits, the one thing that is counted on the hot path: each thread adds to a number of its own, without an
/// interlocked operation, and reading adds the numbers up.
/// </summary>
/// <remarks>
/// Every counter has a slot, and every thread an array with a number for each slot.
/// Invariants:
/// 1. Only its thread writes to an array, so no update is lost; the numbers of an array only grow.
/// 2. All arrays are in <c>Arrays</c>, for ever: when a thread has ended, the next new thread goes on with its array.
/// 3. A slot belongs to one living counter. What other counters left in it before is its <c>_baseline</c>.
/// </remarks>
internal sealed class HitCounter
{
    // What is never used at the end of each array: two cache lines, so that no thread's numbers share one with the length of the
    // array behind, which its thread reads at every hit.
    private const int Padding = 16;

    private static readonly Lock Registry = new();
    private static readonly List<long[]> Arrays = [];
    private static readonly Stack<int> IdleArrays = new();
    private static readonly Stack<int> FreeSlots = new();
    private static int _slots;

    [ThreadStatic]
    private static long[]? _mine;

    [ThreadStatic]
    private static Tenancy? _tenancy;

    private readonly int _slot;
    private readonly long _baseline;

    public HitCounter()
    {
        lock (Registry)
        {
            _slot = FreeSlots.TryPop(out int free) ? free : _slots++;
            _baseline = Sum();
        }
    }

    ~HitCounter()
    {
        lock (Registry) FreeSlots.Push(_slot);
    }

    public void Increment()
    {
        long[]? mine = _mine;
        int slot = _slot;
        if (mine is not null && slot < mine.Length - Padding) mine[slot]++;
        else IncrementFirst();
    }

    public long Read()
    {
        lock (Registry) return Sum() - _baseline;
    }

    private long Sum()
    {
        long sum = 0;
        foreach (long[] array in Arrays)
        {
            if (_slot < array.Length) sum += Volatile.Read(ref array[_slot]);
        }

        return sum;
    }

    // The thread has no array yet, or one from a time with fewer counters. Kept out of the loops of callers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void IncrementFirst()
    {
        lock (Registry)
        {
            _tenancy ??= new Tenancy(RentArray());
            long[] mine = Arrays[_tenancy.Index];
            if (_slot >= mine.Length - Padding)
            {
                Array.Resize(ref mine, Math.Max(_slots + Padding, mine.Length * 2));
                Arrays[_tenancy.Index] = mine;
            }

            _mine = mine;
            mine[_slot]++;
        }
    }

    private static int RentArray()
    {
        if (IdleArrays.TryPop(out int idle)) return idle;

        Arrays.Add(new long[_slots + Padding]);
        return Arrays.Count - 1;
    }

    /// <summary>A thread's hold on its array: collected after the thread has ended, it gives the array to the next.</summary>
    private sealed class Tenancy(int index)
    {
        ~Tenancy()
        {
            lock (Registry) IdleArrays.Push(Index);
        }

        public int Index { get; } = index;
    }
}
