using System.Numerics;

namespace Memoize;

/// <summary>When a memory store splits, and into how many partitions.</summary>
/// <param name="Partitions">How many: a power of two, at most two to the power of <see cref="HashBits.OfPartition"/>.</param>
/// <param name="SplitAt">The number of entries at which it does, if it has not before, for callers that stood in line.</param>
internal sealed record Partitioning(int Partitions, int SplitAt)
{
    // Enough that two of the threads that run at once rarely meet.
    private const int PerProcessor = 4;

    // With fewer entries, a policy has little to choose from.
    private const int SmallestShare = 256;

    // Splitting takes longer the more entries there are. With fewer, only callers that stand in line are a reason: one thread alone is
    // faster where all is in one place.
    private const int SplitAtLast = 16_384;

    /// <summary>The store stays in one piece.</summary>
    public static Partitioning None { get; } = new(Partitions: 1, SplitAt: int.MaxValue);

    /// <summary>For a store that may hold so many entries.</summary>
    public static Partitioning For(int capacity)
    {
        int wanted = (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * PerProcessor);
        int possible = capacity < SmallestShare ? 1 : 1 << BitOperations.Log2((uint)(capacity / SmallestShare));
        int partitions = Math.Min(Math.Min(wanted, possible), 1 << HashBits.OfPartition);
        return partitions == 1 || Environment.ProcessorCount == 1 ? None : new(partitions, SplitAtLast);
    }
}
