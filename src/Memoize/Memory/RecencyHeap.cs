namespace Memoize;

/// <summary>
/// Entries with the one that was used longest ago in front, as far as the policy has heard of uses: a binary heap by
/// <see cref="PolicyNode.OrderedAt"/>. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. <c>_places[node.HeapIndex]</c> is the place of <c>node</c> for each entry, with its moment, and no entry is ordered before its
///    parent.
/// 2. <see cref="Weight"/> is the sum of the entries' weights.
/// Moments wrap around, so they are compared by their difference. Entries that nobody used for a thousand million writes
/// may therefore look new; then the order is off, and nothing else.
/// </remarks>
internal sealed class RecencyHeap(bool isWindow)
{
    private const int MinLength = 16;

    private Place[] _places = [];

    public int Count { get; private set; }

    public long Weight { get; private set; }

    public PolicyNode Oldest => _places[0].Node;

    public void Add(PolicyNode node)
    {
        if (Count == _places.Length) Array.Resize(ref _places, Math.Max(MinLength, Count * 2));
        node.InWindow = isWindow;
        Weight += node.Weight;
        MoveUp(node, Count++);
    }

    public void Remove(PolicyNode node)
    {
        int index = node.HeapIndex;
        PolicyNode last = _places[--Count].Node;
        _places[Count].Node = null!;
        if (last != node) Put(last, index);
        node.HeapIndex = -1;
        Weight -= node.Weight;
        if (_places.Length > MinLength && Count < _places.Length / 4) Array.Resize(ref _places, _places.Length / 2);
    }

    /// <summary>Gives the place of <paramref name="old"/> to <paramref name="with"/>, which is ordered by the same moment.</summary>
    public void Replace(PolicyNode old, PolicyNode with)
    {
        with.InWindow = isWindow;
        with.OrderedAt = old.OrderedAt;
        with.HeapIndex = old.HeapIndex;
        _places[with.HeapIndex].Node = with;
        old.HeapIndex = -1;
        Weight += with.Weight - old.Weight;
    }

    /// <summary>Orders an entry by a new moment.</summary>
    public void Reorder(PolicyNode node, uint orderedAt)
    {
        node.OrderedAt = orderedAt;
        Put(node, node.HeapIndex);
    }

    /// <summary>Throws unless the invariants hold.</summary>
    public void Verify()
    {
        long weight = 0;
        for (int index = 0; index < Count; index++)
        {
            PolicyNode node = _places[index].Node;
            weight += node.Weight;
            if (node.HeapIndex != index) throw new InvalidOperationException($"The entry in place {index} says {node.HeapIndex}.");
            if (node.InWindow != isWindow) throw new InvalidOperationException($"The entry in place {index} says it is in another heap.");
            if (node.OrderedAt != _places[index].OrderedAt) throw new InvalidOperationException($"The entry in place {index} is ordered by another moment than its own.");
            if (IsOlder(node.OrderedAt, _places[(index - 1) / 2].OrderedAt) && index > 0) throw new InvalidOperationException($"The entry in place {index} is ordered before its parent.");
        }

        if (weight != Weight) throw new InvalidOperationException($"The entries weigh {weight}, the heap says {Weight}.");
        if (Array.Exists(_places[Count..], place => place.Node is not null)) throw new InvalidOperationException("The heap holds on to entries that left.");
    }

    private static bool IsOlder(uint moment, uint than) => (int)(moment - than) < 0;

    private void Put(PolicyNode node, int index)
    {
        if (index > 0 && IsOlder(node.OrderedAt, _places[(index - 1) / 2].OrderedAt)) MoveUp(node, index);
        else MoveDown(node, index);
    }

    private void MoveUp(PolicyNode node, int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!IsOlder(node.OrderedAt, _places[parent].OrderedAt)) break;

            Settle(_places[parent].Node, index);
            index = parent;
        }

        Settle(node, index);
    }

    private void MoveDown(PolicyNode node, int index)
    {
        var places = _places;
        uint orderedAt = node.OrderedAt;
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= Count) break;

            // Without a branch, since nobody can guess which of the two is older: the sign says it.
            if (child + 1 < Count) child -= (int)(places[child + 1].OrderedAt - places[child].OrderedAt) >> 31;
            if (!IsOlder(places[child].OrderedAt, orderedAt)) break;

            Settle(places[child].Node, index);
            index = child;
        }

        Settle(node, index);
    }

    private void Settle(PolicyNode node, int index)
    {
        _places[index] = new Place { Node = node, OrderedAt = node.OrderedAt };
        node.HeapIndex = index;
    }

    // In a structure, so that writing to the array checks no types; with the moment, so that ordering does not go from entry to entry.
    private struct Place
    {
        public PolicyNode Node;
        public uint OrderedAt;
    }
}
