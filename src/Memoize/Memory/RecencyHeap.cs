namespace Memoize;

/// <summary>
/// Entries that came in any order, the oldest in front: a binary heap by <see cref="PolicyNode.OrderedAt"/>. Not thread-safe:
/// the store's lock guards it.
/// </summary>
/// <remarks>
/// Invariant: <c>_places[node.Index]</c> is the place of <c>node</c> for each entry, with its moment, and no entry is ordered before
/// its parent.
/// </remarks>
internal sealed class RecencyHeap
{
    private const int MinLength = 16;

    private Place[] _places = [];

    public int Count { get; private set; }

    /// <summary>The entry in front. There is one.</summary>
    public PolicyNode Oldest => _places[0].Node;

    /// <summary>The entries in no certain order.</summary>
    public IEnumerable<PolicyNode> Entries => _places.Take(Count).Select(place => place.Node);

    public void Add(PolicyNode node)
    {
        if (Count == _places.Length) Array.Resize(ref _places, Math.Max(MinLength, Count * 2));
        node.Part = RecencyPart.Heap;
        MoveUp(node, Count++);
    }

    public void Remove(PolicyNode node)
    {
        PolicyNode last = _places[--Count].Node;
        _places[Count].Node = null!;
        if (last != node) Put(last, node.Index);
        node.Part = RecencyPart.None;
        if (_places.Length > MinLength && Count < _places.Length / 4) Array.Resize(ref _places, _places.Length / 2);
    }

    /// <summary>Gives the place of <paramref name="old"/> to <paramref name="with"/>, which is ordered by the same moment.</summary>
    public void Replace(PolicyNode old, PolicyNode with)
    {
        with.Part = RecencyPart.Heap;
        with.Index = old.Index;
        _places[with.Index].Node = with;
        old.Part = RecencyPart.None;
    }

    /// <summary>Finds the place of an entry whose moment has changed.</summary>
    public void Reorder(PolicyNode node) => Put(node, node.Index);

    /// <summary>Throws unless the invariant holds.</summary>
    public void Verify()
    {
        for (int index = 0; index < Count; index++)
        {
            PolicyNode node = _places[index].Node;
            if (node.Part != RecencyPart.Heap) throw new InvalidOperationException($"An entry in the heap says it is in {node.Part}.");
            if (node.Index != index) throw new InvalidOperationException($"The entry in place {index} says {node.Index}.");
            if (node.OrderedAt != _places[index].OrderedAt) throw new InvalidOperationException($"The entry in place {index} is ordered by another moment than its own.");
            if (index > 0 && RecencyOrder.IsOlder(node.OrderedAt, _places[(index - 1) / 2].OrderedAt)) throw new InvalidOperationException($"The entry in place {index} is ordered before its parent.");
        }

        if (Array.Exists(_places[Count..], place => place.Node is not null)) throw new InvalidOperationException("The heap holds on to entries that left.");
    }

    private void Put(PolicyNode node, int index)
    {
        if (index > 0 && RecencyOrder.IsOlder(node.OrderedAt, _places[(index - 1) / 2].OrderedAt)) MoveUp(node, index);
        else MoveDown(node, index);
    }

    private void MoveUp(PolicyNode node, int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!RecencyOrder.IsOlder(node.OrderedAt, _places[parent].OrderedAt)) break;

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
            if (!RecencyOrder.IsOlder(places[child].OrderedAt, orderedAt)) break;

            Settle(places[child].Node, index);
            index = child;
        }

        Settle(node, index);
    }

    private void Settle(PolicyNode node, int index)
    {
        _places[index] = new Place { Node = node, OrderedAt = node.OrderedAt };
        node.Index = index;
    }

    // In a structure, so that writing to the array checks no types; with the moment, so that ordering does not go from entry to entry.
    private struct Place
    {
        public PolicyNode Node;
        public uint OrderedAt;
    }
}
