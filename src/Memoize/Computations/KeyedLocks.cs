namespace Memoize;

/// <summary>
/// The keyed locks of one cached method: exactly one for each key that is being looked up or computed, none for the rest.
/// </summary>
/// <remarks>
/// A hash table whose nodes are the locks. The gate guards it and the state of every lock in it, so that a lock leaves the
/// table in the very step in which it detaches (see <see cref="KeyedLock{TKey,TValue}"/>), and everybody who finds one joins it in
/// the step that found it.
/// Invariants, each guarded by the gate:
/// 1. A lock is in the chain of its hash, once, if and only if it is attached. It is found by its key, and taken out by
///    identity: nothing of the user's can throw at whoever leaves.
/// 2. The locks that are detached while their turn is in hand are listed apart, until it is put down.
/// 3. The spare lock is in nobody's hands. It was only ever entered by one caller, which has left it.
/// 4. The lock of the next refresh (<see cref="EnterToRefresh"/>) comes into the table in the step in which the one before leaves it.
/// </remarks>
internal sealed class KeyedLocks<TKey, TValue>(CachedMethod<TKey, TValue> method, MemoryStore<TKey, TValue> memory)
    where TKey : notnull
{
    private const int SmallestLength = 16;

    // A table that is emptier than one in so many shrinks, down to a length that is not worth it.
    private const int Sparse = 8;
    private const int LargestIdleLength = 1024;

    private readonly HashSet<KeyedLock<TKey, TValue>> _detached = [];
    private Chain[] _chains = new Chain[SmallestLength];
    private KeyedLock<TKey, TValue>? _spare;
    private int _count;
    private int _detachedCount;
    private int _tagInvalidations;

    /// <summary>
    /// Guards the table and its locks. It is the lock of the store too, since a miss that enters also looks and one that settles
    /// also writes. Under it, of the user's code, only the equality of keys and the clock run.
    /// </summary>
    public Lock Gate { get; } = memory.Gate;

    public CachedMethod<TKey, TValue> Method { get; } = method;

    public int Count => Volatile.Read(ref _count);

    /// <summary>How many turns are in hand. Only touched while the gate is held.</summary>
    public int InHand { get; set; }

    /// <summary>How many computations run, callers that are about to start one included.</summary>
    public int RunningCount
    {
        get
        {
            lock (Gate) return InHand;
        }
    }

    /// <summary>Whether a computation may be running on a lock that is not in the table any more.</summary>
    public bool HasDetached => Volatile.Read(ref _detachedCount) > 0;

    /// <summary>The locks on which computations may be running now.</summary>
    public IEnumerable<KeyedLock<TKey, TValue>> Running
    {
        get
        {
            lock (Gate) return [.. Attached(), .. _detached];
        }
    }

    public int CallersOf(TKey key)
    {
        lock (Gate) return Find(key) is { } found ? found.Callers + (found.NextRefresh?.Callers ?? 0) : 0;
    }

    /// <summary>Enters the lock of <paramref name="key"/>. Who makes it has the turn; the others have to wait for theirs.</summary>
    public KeyedLock<TKey, TValue> Enter(in HashedKey<TKey> key, out bool hasTurn, bool toRefresh = false)
    {
        lock (Gate)
        {
            var found = Find(key);
            hasTurn = found is null;
            if (found is null) return Add(key, toRefresh);

            found.Join();
            return found;
        }
    }

    /// <summary>
    /// Enters the lock of <paramref name="key"/> to compute whatever there is. If a refresh runs on it, which may have begun too early
    /// for this caller, it enters the lock of the next one, as do all who come meanwhile.
    /// </summary>
    public KeyedLock<TKey, TValue> EnterToRefresh(in HashedKey<TKey> key, out bool hasTurn)
    {
        lock (Gate)
        {
            var found = Find(key);
            hasTurn = found is null;
            if (found is null) return Add(key, isRefresh: true);

            var entered = found is { IsRefresh: true, Computation: not null } ? found.NextRefresh ??= MakeNext(found) : found;
            entered.Join();
            return entered;
        }
    }

    /// <summary>
    /// Enters the lock of <paramref name="key"/> with the turn, cutting off whoever is on it. While the caller has it, nobody computes
    /// the key; it must <see cref="KeyedLock{TKey,TValue}.Leave"/> soon.
    /// </summary>
    public KeyedLock<TKey, TValue> EnterAlone(in HashedKey<TKey> key)
    {
        lock (Gate)
        {
            // Those who wait for the next refresh wait for this caller instead of the refresh that is cut off.
            var found = Find(key);
            var next = found?.NextRefresh;
            if (found is not null)
            {
                found.NextRefresh = null;
                found.Detach();
            }

            try
            {
                var added = Add(key, isRefresh: false);
                added.NextRefresh = next;
                next?.WaitFor(added);
                return added;
            }
            catch
            {
                next?.Follow();
                throw;
            }
        }
    }

    /// <summary>Keeps the result of a computation of <paramref name="key"/> that is running now out of the cache.</summary>
    public void Detach(in HashedKey<TKey> key)
    {
        lock (Gate) Find(key)?.Detach();
    }

    /// <summary>Keeps the result of a computation that is running now out of the cache.</summary>
    public void Detach(KeyedLock<TKey, TValue> entered)
    {
        lock (Gate)
        {
            if (entered.IsAttached) entered.Detach();
        }
    }

    /// <summary>Keeps the results of all computations that are running now out of the cache.</summary>
    public void DetachAll()
    {
        lock (Gate)
        {
            foreach (var found in Attached()) found.Detach();
        }
    }

    /// <summary>How often results were invalidated by tag so far.</summary>
    public int TagInvalidations => Volatile.Read(ref _tagInvalidations);

    /// <summary>Keeps the results of running computations with a tag out of the cache.</summary>
    public void DetachTag(string tag)
    {
        Interlocked.Increment(ref _tagInvalidations);
        lock (Gate)
        {
            foreach (var found in Attached())
            {
                if (found.HasTag(tag)) found.Detach();
            }
        }
    }

    /// <summary>Puts a lock into the table. The gate is held.</summary>
    public void Attach(KeyedLock<TKey, TValue> added)
    {
        if (_count >= _chains.Length) Resize(_chains.Length * 2);
        Link(added);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Takes a lock out that detaches now. The gate is held.</summary>
    public void Remove(KeyedLock<TKey, TValue> detached)
    {
        ref var link = ref _chains[detached.Hash & (_chains.Length - 1)].First;
        while (link != detached) link = ref link!.Next;
        link = detached.Next;
        detached.Next = null;
        Volatile.Write(ref _count, _count - 1);
        if (_chains.Length > LargestIdleLength && _count < _chains.Length / Sparse) Resize(_chains.Length / 2);
    }

    /// <summary>Lists a detached lock whose turn is in hand. The gate is held.</summary>
    public void AddDetached(KeyedLock<TKey, TValue> detached)
    {
        _detached.Add(detached);
        Volatile.Write(ref _detachedCount, _detached.Count);
    }

    /// <summary>Strikes a lock off the list. The gate is held.</summary>
    public void RemoveDetached(KeyedLock<TKey, TValue> listed)
    {
        _detached.Remove(listed);
        Volatile.Write(ref _detachedCount, _detached.Count);
    }

    /// <summary>Takes back a lock that nobody has in hand, to be used again. Of several that come back at once, one is.</summary>
    public void Recycle(KeyedLock<TKey, TValue> left) => Volatile.Write(ref _spare, left);

    private KeyedLock<TKey, TValue>? Find(in HashedKey<TKey> key)
    {
        for (var found = _chains[key.Hash & (_chains.Length - 1)].First; found is not null; found = found.Next)
        {
            if (found.Hash == key.Hash && EqualityComparer<TKey>.Default.Equals(found.Key, key.Key)) return found;
        }

        return null;
    }

    private List<KeyedLock<TKey, TValue>> Attached()
    {
        var attached = new List<KeyedLock<TKey, TValue>>(_count);
        foreach (var chain in _chains)
        {
            for (var found = chain.First; found is not null; found = found.Next) attached.Add(found);
        }

        return attached;
    }

    private KeyedLock<TKey, TValue> Add(in HashedKey<TKey> key, bool isRefresh)
    {
        // First, since the equality of the key may throw.
        memory.LookLocked(key, out var entry, out var reason);
        var added = _spare ?? new KeyedLock<TKey, TValue>(this);
        _spare = null;
        added.Open(key, isRefresh, entry, reason, memory.Keeps);
        Attach(added);
        return added;
    }

    private KeyedLock<TKey, TValue> MakeNext(KeyedLock<TKey, TValue> running)
    {
        memory.LookLocked(running.HashedKey, out var entry, out var reason);
        var next = new KeyedLock<TKey, TValue>(this);
        next.OpenAfter(running, entry, reason);
        return next;
    }

    private void Link(KeyedLock<TKey, TValue> added)
    {
        ref var first = ref _chains[added.Hash & (_chains.Length - 1)].First;
        added.Next = first;
        first = added;
    }

    private void Resize(int length)
    {
        var attached = Attached();
        _chains = new Chain[length];
        foreach (var found in attached) Link(found);
    }

    // In a structure, so that writing to the array checks no types.
    private struct Chain
    {
        public KeyedLock<TKey, TValue>? First;
    }
}
