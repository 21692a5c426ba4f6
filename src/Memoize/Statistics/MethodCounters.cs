using System.Numerics;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// The counts of one cached method. Hits have a counter that costs next to nothing; the rest is one interlocked addition to
/// a cell that few other processors touch. Reading adds everything up and stops nobody.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. No update is lost: every cell is only ever changed by an interlocked addition (hits: see <see cref="HitCounter"/>).
/// 2. Each call adds to one cell: a hit to that of hits, a miss to that of its outcome and its reason. So misses, and requests,
///    their sum with the hits, need no counter.
/// 3. A count never goes back.
/// </remarks>
internal sealed class MethodCounters
{
    private const int OutcomeCount = (int)CallOutcome.Cancelled + 1;
    private const int ReasonCount = (int)MissReason.Bypassed + 1;

    // A miss ends as anything but a hit, which is the first outcome.
    private const int FirstMiss = (int)CallOutcome.Hit + 1;
    private const int MissCells = (OutcomeCount - FirstMiss) * ReasonCount;
    private const int KeepFailures = MissCells;
    private const int StoreHits = KeepFailures + 1;
    private const int StoreFailures = StoreHits + 1;
    private const int Refusals = StoreFailures + 1;
    private const int Evictions = Refusals + 1;

    // A stripe is a whole number of 128-byte pairs of cache lines, so that stripes do not share one.
    private const int StripeLength = 64;

    private static readonly int AllStripes =
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 32));

    private readonly HitCounter _hits = new();
    private readonly int _stripeMask;
    private long[]? _cells;

    /// <summary>Makes counters that are all zero.</summary>
    /// <param name="ofInstance">Whether they are of one object, of which there may be many: small, rather than apart for each processor.</param>
    public MethodCounters(bool ofInstance = false) => _stripeMask = ofInstance ? 0 : AllStripes - 1;

    public void CountHit() => _hits.Increment();

    public void CountMiss(CallOutcome outcome, MissReason reason) => Add((((int)outcome - FirstMiss) * ReasonCount) + (int)reason);

    /// <summary>Counts a value that made room.</summary>
    public void CountEviction() => Add(Evictions);

    public void CountKeepFailure() => Add(KeepFailures);

    public void CountStoreHit()
    {
        CountHit();
        Add(StoreHits);
    }

    public void CountStoreFailure() => Add(StoreFailures);

    public void CountRefusal() => Add(Refusals);

    public MethodStatistics Read(string method, int entries)
    {
        Span<long> totals = stackalloc long[StripeLength];
        long[] cells = Volatile.Read(ref _cells) ?? [];
        for (int cell = 0; cell < cells.Length; cell++)
            totals[cell & (StripeLength - 1)] += Volatile.Read(ref cells[cell]);

        Span<long> outcomes = stackalloc long[OutcomeCount];
        Span<long> reasons = stackalloc long[ReasonCount];
        outcomes[(int)CallOutcome.Hit] = _hits.Read();
        for (int miss = 0; miss < MissCells; miss++)
        {
            outcomes[FirstMiss + (miss / ReasonCount)] += totals[miss];
            reasons[miss % ReasonCount] += totals[miss];
        }

        return new MethodStatistics(method, outcomes, reasons)
        {
            Evictions = totals[Evictions],
            KeepFailures = totals[KeepFailures],
            StoreHits = totals[StoreHits],
            StoreFailures = totals[StoreFailures],
            Refusals = totals[Refusals],
            Entries = entries,
        };
    }

    private void Add(int counter)
    {
        long[] cells = _cells ?? MakeCells();
        Interlocked.Increment(ref cells[((Thread.GetCurrentProcessorId() & _stripeMask) * StripeLength) + counter]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long[] MakeCells()
    {
        // One processor's cells need no padding.
        int length = _stripeMask == 0 ? Evictions + 1 : (_stripeMask + 1) * StripeLength;
        return Interlocked.CompareExchange(ref _cells, new long[length], null) ?? _cells;
    }
}
