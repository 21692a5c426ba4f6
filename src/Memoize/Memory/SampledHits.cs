using System.Numerics;

namespace Memoize;

/// <summary>
/// The hashes of sampled keys that were hit, on their way from readers, who take no lock, to the next writer. It is lossy: readers
/// that race may overwrite each other, and what comes to a full stripe is dropped.
/// </summary>
internal sealed class SampledHits
{
    // A stripe is a pair of cache lines: how many hashes there are, then the hashes.
    private const int StripeLength = 32;
    private const int Room = StripeLength - 1;

    private static readonly int StripeMask =
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 16)) - 1;

    private readonly int[] _cells = new int[(StripeMask + 1) * StripeLength];

    public void Add(int hash)
    {
        int stripe = (Thread.GetCurrentProcessorId() & StripeMask) * StripeLength;
        int count = Volatile.Read(ref _cells[stripe]);
        if (count >= Room) return;

        _cells[stripe + 1 + count] = hash;
        Volatile.Write(ref _cells[stripe], count + 1);
    }

    /// <summary>Reports what has gathered. Under the store's lock.</summary>
    public void DrainTo(WindowAdvisor advisor)
    {
        for (int stripe = 0; stripe < _cells.Length; stripe += StripeLength)
        {
            int count = Volatile.Read(ref _cells[stripe]);
            if (count == 0) continue;

            foreach (int hash in _cells.AsSpan(stripe + 1, count)) advisor.Use(hash);
            Volatile.Write(ref _cells[stripe], 0);
        }
    }
}
