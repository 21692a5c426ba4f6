namespace Memoize;

/// <summary>
/// How the method failed for keys that have no value, where that is remembered: <c>FailureDuration</c>. A bounded number, the oldest of
/// which is forgotten first. Not thread-safe: the partition's lock guards it.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. The table and the order have the same failures; what is forgotten is held by neither, nor is its key.
/// 2. What compares keys, and so can throw, comes before anything is changed.
/// </remarks>
internal sealed class RememberedFailures<TKey>(int limit)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(HashedKey<TKey> Key, KeptFailure Failure)>> _failures = [];
    private readonly LinkedList<(HashedKey<TKey> Key, KeptFailure Failure)> _order = [];

    public KeptFailure? Of(TKey key) => _failures.TryGetValue(key, out var node) ? node.Value.Failure : null;

    /// <summary>Remembers how the method failed, in place of how it did before.</summary>
    public void Remember(in HashedKey<TKey> key, KeptFailure failure, long now)
    {
        var node = new LinkedListNode<(HashedKey<TKey>, KeptFailure)>((key, failure));
        Forget(key.Key);
        _failures.Add(key.Key, node);
        _order.AddLast(node);
        ForgetWhatIsOver(now);
        while (_failures.Count > limit) Forget(_order.First!);
    }

    public bool Forget(TKey key)
    {
        if (!_failures.Remove(key, out var node)) return false;

        _order.Remove(node);
        return true;
    }

    /// <summary>Forgets what is not remembered any more at <paramref name="now"/>. All last equally long, so the oldest ends first.</summary>
    public void ForgetWhatIsOver(long now)
    {
        while (_order.First is { } oldest && !oldest.Value.Failure.IsRememberedAt(now)) Forget(oldest);
    }

    /// <summary>Forgets every failure, or those of computations with a tag, and returns whose they were.</summary>
    public List<HashedKey<TKey>> ForgetAll(string? tag)
    {
        var forgotten = new List<HashedKey<TKey>>();
        for (var node = _order.First; node is not null;)
        {
            var (current, failure) = (node, node.Value.Failure);
            node = node.Next;
            if (tag is not null && failure.Tags?.Contains(tag, StringComparer.Ordinal) != true) continue;

            Forget(current);
            forgotten.Add(current.Value.Key);
        }

        return forgotten;
    }

    /// <summary>Gives all failures to those that take its place: each to the one of its key's partition.</summary>
    public void SplitInto(ReadOnlySpan<RememberedFailures<TKey>> parts, long now)
    {
        foreach (var (key, failure) in _order) parts[key.Hash & (parts.Length - 1)].Remember(key, failure, now);
    }

    private void Forget(LinkedListNode<(HashedKey<TKey> Key, KeptFailure Failure)> node)
    {
        _failures.Remove(node.Value.Key.Key);
        _order.Remove(node);
    }
}
