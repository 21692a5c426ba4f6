namespace Memoize;

/// <summary>
/// Why the last keys left the memory store, so that the next miss on one of them can say so. It remembers a bounded
/// number of keys, the oldest of which is forgotten first. Not thread-safe: the store's lock guards it.
/// </summary>
internal sealed class RemovedKeys<TKey>(int limit)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, MissReason Reason, long Written)>> _nodes = [];
    private readonly LinkedList<(TKey Key, MissReason Reason, long Written)> _oldestFirst = [];

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

    /// <summary>Whether the key's last entry was written after <paramref name="moment"/>.</summary>
    public bool WasWrittenAfter(long moment, TKey key) => _nodes.TryGetValue(key, out var node) && node.Value.Written > moment;

    /// <summary>Remembers why a key left.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reason">Why it left.</param>
    /// <param name="written">When, on the store's own count, its entry had been written; 0 if there was none.</param>
    public void Remember(TKey key, MissReason reason, long written)
    {
        Forget(key);
        if (_nodes.Count >= limit) Forget(_oldestFirst.First!.Value.Key);
        _nodes.Add(key, _oldestFirst.AddLast((key, reason, written)));
    }

    public void Forget(TKey key)
    {
        if (_nodes.Remove(key, out var node)) _oldestFirst.Remove(node);
    }
}
