namespace Memoize;

/// <summary>
/// What is known of the last keys that are not in the memory store: why, so that the next miss on one of them can say so, and
/// how the method failed, where that is remembered. It remembers a bounded number of keys, the oldest of which is forgotten
/// first. Not thread-safe: the store's lock guards it.
/// </summary>
internal sealed class RemovedKeys<TKey>(int limit)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<Removed>> _nodes = [];
    private readonly LinkedList<Removed> _oldestFirst = [];
    private int _failures;

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

    /// <summary>The failure that is remembered of a key, if one is.</summary>
    public KeptFailure? FailureOf(TKey key) => _nodes.TryGetValue(key, out var node) ? node.Value.Failure : null;

    /// <summary>Remembers why a key left, or why it did not come in.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reason">Why it is not there.</param>
    /// <param name="failure">How the method failed, if that is to be remembered.</param>
    public void Remember(TKey key, MissReason reason, KeptFailure? failure = null)
    {
        Forget(key);
        if (_nodes.Count >= limit) Forget(_oldestFirst.First!.Value.Key);
        _nodes.Add(key, _oldestFirst.AddLast(new Removed(key, reason, failure)));
        if (failure is not null) _failures++;
    }

    public void Forget(TKey key)
    {
        if (!_nodes.Remove(key, out var node)) return;

        _oldestFirst.Remove(node);
        if (node.Value.Failure is not null) _failures--;
    }

    /// <summary>Forgets every failure, or those of computations with a tag, as if the keys had been invalidated.</summary>
    public void ForgetFailures(string? tag = null)
    {
        if (_failures == 0) return;

        for (var node = _oldestFirst.First; node is not null; node = node.Next)
        {
            if (node.Value.Failure is not { } failure || (tag is not null && failure.Tags?.Contains(tag, StringComparer.Ordinal) != true)) continue;

            node.Value = node.Value with { Reason = MissReason.Invalidated, Failure = null };
            _failures--;
        }
    }

    private sealed record Removed(TKey Key, MissReason Reason, KeptFailure? Failure);
}
