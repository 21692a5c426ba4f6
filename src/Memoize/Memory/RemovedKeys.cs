namespace Memoize;

/// <summary>
/// Why the last keys left the memory store, so that the next miss on one of them can say so. It remembers a bounded
/// number of keys, the oldest of which is forgotten first. Not thread-safe: the store's lock guards it.
/// </summary>
internal sealed class RemovedKeys<TKey>(int limit)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, MissReason Reason)>> _nodes = [];
    private readonly LinkedList<(TKey Key, MissReason Reason)> _oldestFirst = [];

    public int Count => _nodes.Count;

    public bool TryGetReason(TKey key, out MissReason reason)
    {
        if (_nodes.TryGetValue(key, out var node))
        {
            reason = node.Value.Reason;
            return true;
        }

        reason = MissReason.NotFound;
        return false;
    }

    public void Remember(TKey key, MissReason reason)
    {
        Forget(key);
        if (_nodes.Count >= limit) Forget(_oldestFirst.First!.Value.Key);
        _nodes.Add(key, _oldestFirst.AddLast((key, reason)));
    }

    public void Forget(TKey key)
    {
        if (_nodes.Remove(key, out var node)) _oldestFirst.Remove(node);
    }
}
