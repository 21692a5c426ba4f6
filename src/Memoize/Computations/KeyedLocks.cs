using System.Collections.Concurrent;

namespace Memoize;

/// <summary>
/// The keyed locks of one cached method: exactly one for each key that is being looked up or computed, none for the rest.
/// </summary>
/// <remarks>
/// A lock leaves the table at the moment at which it detaches (see <see cref="KeyedLock{TKey,TValue}"/>). Whoever finds a
/// detached lock in the small gap between the two takes it out itself, so nobody ever waits for another to tidy up.
/// </remarks>
internal sealed class KeyedLocks<TKey, TValue>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, KeyedLock<TKey, TValue>> _locks = new();

    public int Count => _locks.Count;

    public int CallersOf(TKey key) => _locks.TryGetValue(key, out var found) ? found.Callers : 0;

    /// <summary>Enters the lock of <paramref name="key"/>. Who makes it has the turn; the others have to wait for theirs.</summary>
    public KeyedLock<TKey, TValue> Enter(TKey key, out bool hasTurn)
    {
        while (true)
        {
            if (_locks.TryGetValue(key, out var found))
            {
                if (found.TryJoin())
                {
                    hasTurn = false;
                    return found;
                }

                Remove(found);
            }
            else
            {
                var made = new KeyedLock<TKey, TValue>(this, key);
                if (_locks.TryAdd(key, made))
                {
                    hasTurn = true;
                    return made;
                }
            }
        }
    }

    /// <summary>Keeps the result of a computation of <paramref name="key"/> that is running now out of the cache.</summary>
    public void Detach(TKey key)
    {
        if (_locks.TryGetValue(key, out var found)) found.Detach();
    }

    /// <summary>Keeps the results of all computations that are running now out of the cache.</summary>
    public void DetachAll()
    {
        foreach (var (_, found) in _locks) found.Detach();
    }

    public void Remove(KeyedLock<TKey, TValue> detached) =>
        _locks.TryRemove(new KeyValuePair<TKey, KeyedLock<TKey, TValue>>(detached.Key, detached));
}
