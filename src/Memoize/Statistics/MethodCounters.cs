using System.Numerics;

namespace Memoize;

/// <summary>
/// The counts of one cached method. Hits have a counter that costs next to nothing; the rest is one interlocked addition to
/// a cell that few other processors touch. Reading adds everything up and stops nobody.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. No update is lost: every cell is only ever changed by an interlocked addition (and hits: see <see cref="HitCounter"/>).
/// 2. Each call adds one outcome; each call whose outcome is not a hit also adds one reason. So requests, their sum,
///    need no counter, and neither have misses.
/// 3. A count never goes back.
/// </remarks>
internal sealed class MethodCounters
{
    private const int OutcomeCount = (int)CallOutcome.Cancelled + 1;
    private const int ReasonCount = (int)MissReason.Bypassed + 1;
    private const int FirstReason = OutcomeCount;
    private const int Evictions = FirstReason + ReasonCount;
    private const int KeepFailures = Evictions + 1;
    private const int StoreHits = KeepFailures + 1;
    private const int StoreFailures = StoreHits + 1;
    private const int Refusals = StoreFailures + 1;

    // A stripe is a whole number of 128-byte pairs of cache lines, so that stripes do not share one.
    private const int StripeLength = 32;

    private static readonly int StripeMask =
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 32)) - 1;

    private readonly HitCounter _hits = new();
    private readonly long[] _cells = new long[(StripeMask + 1) * StripeLength];

    public void CountHit() => _hits.Increment();

    public void CountMiss(CallOutcome outcome, MissReason reason)
    {
        Add((int)outcome);
        Add(FirstReason + (int)reason);
    }

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
        for (int cell = 0; cell < _cells.Length; cell++)
            totals[cell & (StripeLength - 1)] += Volatile.Read(ref _cells[cell]);

        totals[(int)CallOutcome.Hit] = _hits.Read();
        return new MethodStatistics(method, totals[..OutcomeCount], totals.Slice(FirstReason, ReasonCount))
        {
            Evictions = totals[Evictions],
            KeepFailures = totals[KeepFailures],
            StoreHits = totals[StoreHits],
            StoreFailures = totals[StoreFailures],
            Refusals = totals[Refusals],
            Entries = entries,
        };
    }

    private void Add(int counter) =>
        Interlocked.Increment(ref _cells[((Thread.GetCurrentProcessorId() & StripeMask) * StripeLength) + counter]);
}
