using System.Collections.Concurrent;

namespace Memoize;

/// <summary>
/// The keyed locks of one cached method: exactly one for each key that is being looked up or computed, none for the rest.
/// </summary>
/// <remarks>
/// A lock leaves the table at the moment at which it detaches (see <see cref="KeyedLock{TKey,TValue}"/>). Whoever finds a
/// detached lock in the small gap between the two takes it out itself, so nobody ever waits for another to tidy up.
/// </remarks>
internal sealed class KeyedLocks<TKey, TValue>(CachedMethod method)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, KeyedLock<TKey, TValue>> _locks = new();

    // Locks that were invalidated while a computation ran on them: out of the table, but not out of the world.
    private readonly ConcurrentDictionary<KeyedLock<TKey, TValue>, bool> _detached = new();
    private int _detachedCount;
    private int _tagInvalidations;

    public int Count => _locks.Count;

    /// <summary>The locks on which computations may be running now.</summary>
    public IEnumerable<KeyedLock<TKey, TValue>> Running => _locks.Values.Concat(_detached.Keys);

    public int CallersOf(TKey key) => _locks.TryGetValue(key, out var found) ? found.Callers : 0;

    /// <summary>Enters the lock of <paramref name="key"/>. Who makes it has the turn; the others have to wait for theirs.</summary>
    public KeyedLock<TKey, TValue> Enter(TKey key, out bool hasTurn, bool toRefresh = false)
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
                var made = new KeyedLock<TKey, TValue>(this, method, key, toRefresh);
                if (_locks.TryAdd(key, made))
                {
                    hasTurn = true;
                    return made;
                }
            }
        }
    }

    /// <summary>
    /// Enters the lock of <paramref name="key"/> with the turn, cutting off whoever is on it. While the caller has it, nobody computes
    /// the key; it must <see cref="KeyedLock{TKey,TValue}.Leave"/> soon.
    /// </summary>
    public KeyedLock<TKey, TValue> EnterAlone(TKey key)
    {
        while (true)
        {
            Detach(key);
            var entered = Enter(key, out bool hasTurn);
            if (hasTurn) return entered;

            // Somebody came in between.
            if (entered.Leave(turn: 0) is { } abandoned) method.Cancel(abandoned);
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

    /// <summary>How often results were invalidated by tag so far.</summary>
    public int TagInvalidations => Volatile.Read(ref _tagInvalidations);

    /// <summary>Keeps the results of running computations with a tag out of the cache.</summary>
    public void DetachTag(string tag)
    {
        Interlocked.Increment(ref _tagInvalidations);
        foreach (var (_, found) in _locks)
        {
            if (found.HasTag(tag)) found.Detach();
        }
    }

    /// <summary>Whether a computation runs on a lock that is not in the table any more.</summary>
    public bool HasDetached => Volatile.Read(ref _detachedCount) > 0;

    public void AddDetached(KeyedLock<TKey, TValue> detached)
    {
        if (_detached.TryAdd(detached, true)) Interlocked.Increment(ref _detachedCount);
    }

    public void RemoveDetached(KeyedLock<TKey, TValue> settled)
    {
        if (_detached.TryRemove(settled, out _)) Interlocked.Decrement(ref _detachedCount);
    }

    /// <summary>
    /// Takes a detached lock out. It never throws: if the key's equality does, the lock stays until the next caller of its key
    /// finds it.
    /// </summary>
    public void Remove(KeyedLock<TKey, TValue> detached)
    {
        try
        {
            _locks.TryRemove(new KeyValuePair<TKey, KeyedLock<TKey, TValue>>(detached.Key, detached));
        }
        catch (Exception failure)
        {
            Log.KeyFailed(method.Memoizer.Logger, failure, method.Name);
        }
    }
}
