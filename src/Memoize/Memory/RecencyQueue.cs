namespace Memoize;

/// <summary>
/// Entries that came in the order of their moments, the oldest first: a ring, in which an entry that leaves from the middle
/// leaves a gap. Not thread-safe: the store's lock guards it.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. An entry has the number of its place, <see cref="PolicyNode.Index"/>, from <c>_first</c> to before <c>_end</c>; the low bits
///    of the number are where the place is in the ring. So a ring of another length leaves the numbers what they are.
/// 2. No entry is ordered before one with a lower number, or after <c>_newest</c>. The first place is no gap.
/// 3. Places outside of the numbers hold on to nothing.
/// Each operation takes constant time on average: a gap is passed once, and closed only when half of the places are gaps.
/// </remarks>
internal sealed class RecencyQueue
{
    private const int MinLength = 16;

    private Place[] _places = [];
    private int _first;
    private int _end;
    private uint _newest;

    public int Count { get; private set; }

    /// <summary>The first entry. There is one.</summary>
    public PolicyNode Oldest => PlaceOf(_first).Node!;

    /// <summary>The entries from the oldest to the newest.</summary>
    public IEnumerable<PolicyNode> Entries
    {
        get
        {
            for (int number = _first; number != _end; number++)
            {
                if (PlaceOf(number).Node is { } node) yield return node;
            }
        }
    }

    /// <summary>Whether an entry may come last.</summary>
    public bool IsInOrder(PolicyNode node) => Count == 0 || !RecencyOrder.IsOlder(node.OrderedAt, _newest);

    /// <summary>Adds an entry that is in order.</summary>
    public void Add(PolicyNode node)
    {
        if (_end - _first == _places.Length) MakeRoom();
        _newest = node.OrderedAt;
        node.Part = RecencyPart.Queue;
        node.Index = _end;
        PlaceOf(_end++).Node = node;
        Count++;
    }

    public void Remove(PolicyNode node)
    {
        PlaceOf(node.Index).Node = null;
        node.Part = RecencyPart.None;
        Count--;
        while (_first != _end && PlaceOf(_first).Node is null) _first++;
        if (_places.Length > MinLength && Count < _places.Length / 4) Resize(_places.Length / 2);
    }

    /// <summary>Gives the place of <paramref name="old"/> to <paramref name="with"/>, which is ordered by the same moment.</summary>
    public void Replace(PolicyNode old, PolicyNode with)
    {
        with.Part = RecencyPart.Queue;
        with.Index = old.Index;
        PlaceOf(with.Index).Node = with;
        old.Part = RecencyPart.None;
    }

    /// <summary>Throws unless the invariants hold.</summary>
    public void Verify()
    {
        int count = 0;
        uint orderedAt = Count > 0 ? Oldest.OrderedAt : 0;
        for (int number = _first; number != _end; number++)
        {
            if (PlaceOf(number).Node is not { } node) continue;

            count++;
            if (node.Part != RecencyPart.Queue) throw new InvalidOperationException($"An entry in the queue says it is in {node.Part}.");
            if (node.Index != number) throw new InvalidOperationException($"The entry in place {number} says {node.Index}.");
            if (RecencyOrder.IsOlder(node.OrderedAt, orderedAt)) throw new InvalidOperationException($"The entry in place {number} is ordered before the one in front of it.");
            orderedAt = node.OrderedAt;
        }

        if (Count > 0 && RecencyOrder.IsOlder(_newest, orderedAt)) throw new InvalidOperationException("The last entry is newer than the newest.");
        if (count != Count || _places.Count(place => place.Node is not null) != Count) throw new InvalidOperationException($"The queue has {count} entries, counts {Count}, and may hold on to others that left.");
    }

    private ref Place PlaceOf(int number) => ref _places[number & (_places.Length - 1)];

    private void MakeRoom() => Resize(Count < _places.Length / 2 ? _places.Length : Math.Max(MinLength, _places.Length * 2));

    // Closes the gaps. Where there are none no entry is touched, so growing is cheap.
    private void Resize(int length)
    {
        var places = new Place[length];
        int end = _first;
        for (int number = _first; number != _end; number++)
        {
            if (PlaceOf(number).Node is not { } node) continue;

            if (number != end) node.Index = end;
            places[end++ & (length - 1)].Node = node;
        }

        _places = places;
        _end = end;
    }

    // In a structure, so that writing to the array checks no types.
    private struct Place
    {
        public PolicyNode? Node;
    }
}
