namespace Memoize;

/// <summary>
/// How the method failed for keys that have no value, where that is remembered: <c>FailureDuration</c>. A bounded number, the oldest of
/// which is forgotten first. Not thread-safe: the partition's lock guards it.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. Every key that is in the table is in the order, with its failure. What the order has and the table does not was forgotten before.
/// 2. What compares keys, and so can throw, comes before anything is changed.
/// </remarks>
internal sealed class RememberedFailures<TKey>(int limit)
    where TKey : notnull
{
    private readonly Dictionary<TKey, KeptFailure> _failures = [];
    private Queue<(HashedKey<TKey> Key, KeptFailure Failure)> _order = new();

    public KeptFailure? Of(TKey key) => _failures.GetValueOrDefault(key);

    /// <summary>Remembers how the method failed, in place of how it did before.</summary>
    public void Remember(in HashedKey<TKey> key, KeptFailure failure, long now)
    {
        _failures[key.Key] = failure;
        _order.Enqueue((key, failure));
        while (_order.TryPeek(out var oldest) && (_failures.Count > limit || !oldest.Failure.IsRememberedAt(now) || !IsThere(oldest.Key.Key, oldest.Failure)))
        {
            _order.Dequeue();
            if (IsThere(oldest.Key.Key, oldest.Failure)) _failures.Remove(oldest.Key.Key);
        }

        // A key that fails, is forgotten and fails again leaves an item behind each time.
        if (_order.Count > 16 + (2 * _failures.Count)) _order = new(_order.Where(item => IsThere(item.Key.Key, item.Failure)));
    }

    public bool Forget(TKey key) => _failures.Remove(key);

    /// <summary>Forgets every failure, or those of computations with a tag, and returns whose they were.</summary>
    public List<HashedKey<TKey>> Forget(string? tag)
    {
        var forgotten = new List<HashedKey<TKey>>();
        foreach (var (key, failure) in _order)
        {
            if (!IsThere(key.Key, failure) || (tag is not null && failure.Tags?.Contains(tag, StringComparer.Ordinal) != true)) continue;

            _failures.Remove(key.Key);
            forgotten.Add(key);
        }

        return forgotten;
    }

    /// <summary>Gives all failures to those that take its place: each to the one of its key's partition.</summary>
    public void SplitInto(ReadOnlySpan<RememberedFailures<TKey>> parts, long now)
    {
        foreach (var (key, failure) in _order)
        {
            if (IsThere(key.Key, failure)) parts[key.Hash & (parts.Length - 1)].Remember(key, failure, now);
        }
    }

    private bool IsThere(TKey key, KeptFailure failure) => _failures.TryGetValue(key, out var known) && ReferenceEquals(known, failure);
}
