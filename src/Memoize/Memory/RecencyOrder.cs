namespace Memoize;

/// <summary>
/// Entries with the one that was used longest ago in front, as far as the policy has heard of uses: ordered by
/// <see cref="PolicyNode.OrderedAt"/>. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// Entries come in the order of their moments, those that were never used again leave in it, and for these a queue is enough.
/// Only an entry that is ordered anew, by the mark of a hit, goes to the heap. The oldest is the older of the two that are in front.
/// Invariants:
/// 1. Each entry is in the queue or in the heap, as its <see cref="PolicyNode.Part"/> says.
/// 2. <see cref="Weight"/> is the sum of the entries' weights.
/// Moments wrap around, so they are compared by their difference. Entries that nobody used for a thousand million writes
/// may therefore look new; then the order is off, and nothing else.
/// </remarks>
internal sealed class RecencyOrder(bool isWindow)
{
    private readonly RecencyQueue _queue = new();
    private readonly RecencyHeap _heap = new();

    public int Count => _queue.Count + _heap.Count;

    public long Weight { get; private set; }

    /// <summary>The entries in no certain order.</summary>
    public IEnumerable<PolicyNode> Entries => _queue.Entries.Concat(_heap.Entries);

    /// <summary>The entry in front. There is one.</summary>
    public PolicyNode Oldest
    {
        get
        {
            if (_heap.Count == 0) return _queue.Oldest;
            return _queue.Count > 0 && IsOlder(_queue.Oldest.OrderedAt, _heap.Oldest.OrderedAt) ? _queue.Oldest : _heap.Oldest;
        }
    }

    /// <summary>Whether a moment comes before another.</summary>
    public static bool IsOlder(uint moment, uint than) => (int)(moment - than) < 0;

    public void Add(PolicyNode node)
    {
        node.InWindow = isWindow;
        Weight += node.Weight;
        if (_queue.IsInOrder(node)) _queue.Add(node);
        else _heap.Add(node);
    }

    public void Remove(PolicyNode node)
    {
        if (node.Part == RecencyPart.Queue) _queue.Remove(node);
        else _heap.Remove(node);
        Weight -= node.Weight;
    }

    /// <summary>Gives the place of <paramref name="old"/> to <paramref name="with"/>, which is ordered by the same moment.</summary>
    public void Replace(PolicyNode old, PolicyNode with)
    {
        with.InWindow = isWindow;
        with.OrderedAt = old.OrderedAt;
        if (old.Part == RecencyPart.Queue) _queue.Replace(old, with);
        else _heap.Replace(old, with);
        Weight += with.Weight - old.Weight;
    }

    /// <summary>Orders an entry by a new moment.</summary>
    public void Reorder(PolicyNode node, uint orderedAt)
    {
        if (node.Part == RecencyPart.Queue)
        {
            _queue.Remove(node);
            node.OrderedAt = orderedAt;
            _heap.Add(node);
        }
        else
        {
            node.OrderedAt = orderedAt;
            _heap.Reorder(node);
        }
    }

    /// <summary>Throws unless the invariants hold, here and in the parts.</summary>
    public void Verify()
    {
        _queue.Verify();
        _heap.Verify();
        long weight = 0;
        foreach (PolicyNode node in Entries)
        {
            weight += node.Weight;
            if (node.InWindow != isWindow) throw new InvalidOperationException("An entry says that it is in another order.");
        }

        if (weight != Weight) throw new InvalidOperationException($"The entries weigh {weight}, their order says {Weight}.");
    }
}
