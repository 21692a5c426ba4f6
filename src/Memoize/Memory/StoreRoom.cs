namespace Memoize;

/// <summary>How much room a memory store has, and how much of it is taken. Its partitions share it. Thread-safe, without a lock.</summary>
/// <remarks>
/// Invariant: never more is taken than there is. An entry takes its room before it comes in and gives it back after it has left, so
/// that nobody ever sees more entries than the store may have. Who lets an entry go to bring in another passes its room on, and the
/// counts, which all processors read, are not touched.
/// </remarks>
internal sealed class StoreRoom(int capacity, long maxWeight)
{
    private int _count;
    private long _weight;

    /// <summary>The most entries.</summary>
    public int Capacity => capacity;

    /// <summary>The most that the entries may weigh together.</summary>
    public long MaxWeight => maxWeight;

    /// <summary>How many entries there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What the entries weigh together.</summary>
    public long Weight => Volatile.Read(ref _weight);

    /// <summary>Whether an entry of this weight can be kept at all.</summary>
    public bool CanHold(long weight) => weight <= maxWeight;

    /// <summary>Takes places and weight, both or neither. What is zero or less needs no room.</summary>
    public bool TryTake(int places, long weight)
    {
        if (weight > 0 && !TryTakeWeight(weight)) return false;
        if (places <= 0 || TryTakePlaces(places)) return true;

        if (weight > 0) Interlocked.Add(ref _weight, -weight);
        return false;
    }

    /// <summary>Gives back what was taken. What is zero or less was not.</summary>
    public void GiveBack(int places, long weight)
    {
        if (places > 0) Interlocked.Add(ref _count, -places);
        if (weight > 0) Interlocked.Add(ref _weight, -weight);
    }

    private bool TryTakePlaces(int places)
    {
        for (int count = Count; count <= capacity - places;)
        {
            int seen = Interlocked.CompareExchange(ref _count, count + places, count);
            if (seen == count) return true;
            count = seen;
        }

        return false;
    }

    private bool TryTakeWeight(long weight)
    {
        for (long taken = Weight; taken <= maxWeight - weight;)
        {
            long seen = Interlocked.CompareExchange(ref _weight, taken + weight, taken);
            if (seen == taken) return true;
            taken = seen;
        }

        return false;
    }
}
