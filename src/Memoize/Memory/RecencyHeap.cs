namespace Memoize;

/// <summary>
/// Entries with the one that was used longest ago in front, as far as the policy has heard of uses: a binary heap by
/// <see cref="PolicyNode.OrderedAt"/>. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. <c>_nodes[node.HeapIndex] == node</c> for each entry, and no entry is ordered before its parent.
/// 2. <see cref="Weight"/> is the sum of the entries' weights.
/// Moments wrap around, so they are compared by their difference. Entries that nobody used for a thousand million writes
/// may therefore look new; then the order is off, and nothing else.
/// </remarks>
internal sealed class RecencyHeap(bool isWindow)
{
    private const int MinLength = 16;

    private PolicyNode[] _nodes = [];

    public int Count { get; private set; }

    public long Weight { get; private set; }

    public PolicyNode Oldest => _nodes[0];

    public void Add(PolicyNode node)
    {
        if (Count == _nodes.Length) Array.Resize(ref _nodes, Math.Max(MinLength, Count * 2));
        node.InWindow = isWindow;
        Weight += node.Weight;
        MoveUp(node, Count++);
    }

    public void Remove(PolicyNode node)
    {
        int index = node.HeapIndex;
        PolicyNode last = _nodes[--Count];
        _nodes[Count] = null!;
        if (last != node) Put(last, index);
        node.HeapIndex = -1;
        Weight -= node.Weight;
        if (_nodes.Length > MinLength && Count < _nodes.Length / 4) Array.Resize(ref _nodes, _nodes.Length / 2);
    }

    /// <summary>Gives the place of <paramref name="old"/> to <paramref name="with"/>, which is ordered by the same moment.</summary>
    public void Replace(PolicyNode old, PolicyNode with)
    {
        with.InWindow = isWindow;
        with.OrderedAt = old.OrderedAt;
        with.HeapIndex = old.HeapIndex;
        _nodes[with.HeapIndex] = with;
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
            PolicyNode node = _nodes[index];
            weight += node.Weight;
            if (node.HeapIndex != index) throw new InvalidOperationException($"The entry in place {index} says {node.HeapIndex}.");
            if (node.InWindow != isWindow) throw new InvalidOperationException($"The entry in place {index} says it is in another heap.");
            if (IsOlder(node, _nodes[(index - 1) / 2]) && index > 0) throw new InvalidOperationException($"The entry in place {index} is ordered before its parent.");
        }

        if (weight != Weight) throw new InvalidOperationException($"The entries weigh {weight}, the heap says {Weight}.");
        if (Array.Exists(_nodes[Count..], node => node is not null)) throw new InvalidOperationException("The heap holds on to entries that left.");
    }

    private static bool IsOlder(PolicyNode node, PolicyNode than) => (int)(node.OrderedAt - than.OrderedAt) < 0;

    private void Put(PolicyNode node, int index)
    {
        if (index > 0 && IsOlder(node, _nodes[(index - 1) / 2])) MoveUp(node, index);
        else MoveDown(node, index);
    }

    private void MoveUp(PolicyNode node, int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!IsOlder(node, _nodes[parent])) break;

            Place(_nodes[parent], index);
            index = parent;
        }

        Place(node, index);
    }

    private void MoveDown(PolicyNode node, int index)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= Count) break;

            if (child + 1 < Count && IsOlder(_nodes[child + 1], _nodes[child])) child++;
            if (!IsOlder(_nodes[child], node)) break;

            Place(_nodes[child], index);
            index = child;
        }

        Place(node, index);
    }

    private void Place(PolicyNode node, int index)
    {
        _nodes[index] = node;
        node.HeapIndex = index;
    }
}
