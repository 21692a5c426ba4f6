namespace Memoize;

/// <summary>
/// The keyed locks of one partition: exactly one for each key that is being looked up or computed, none for the rest.
/// </summary>
/// <remarks>
/// A hash table whose nodes are the locks. The gate of the partition guards it and the state of every lock in it, so that a lock leaves
/// the table in the very step in which it detaches (see <see cref="KeyedLock{TKey,TValue}"/>), and everybody who finds one joins it in
/// the step that found it. The gate is that of the memory, too, since a miss that enters also looks and one that settles also writes.
/// All methods but <see cref="Recycle"/> are called while it is held.
/// Invariants:
/// 1. A lock is in the chain of its hash, once, if and only if it is attached. It is found by its key, and taken out by
///    identity: nothing of the user's can throw at whoever leaves.
/// 2. The locks that are detached while their turn is in hand are listed apart, until it is put down.
/// 3. The spare lock is in nobody's hands. It was only ever entered by one caller, which has left it.
/// 4. The lock of the next refresh (<see cref="EnterToRefresh"/>) comes into the table in the step in which the one before leaves it.
/// 5. When the partition is retired, its table is empty: the locks that were in it, listed, or next are in the tables of the partitions that
///    took its place, and say so.
/// </remarks>
internal sealed class LockTable<TKey, TValue>(KeyedLocks<TKey, TValue> locks, MemoryPartition<TKey, TValue> memory)
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

    public Lock Gate { get; } = memory.Gate;

    public MemoryPartition<TKey, TValue> Memory { get; } = memory;

    public KeyedLocks<TKey, TValue> Locks { get; } = locks;

    public CachedMethod<TKey, TValue> Method => Locks.Method;

    /// <summary>How many locks are attached. Without the gate, it was so a moment ago.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many turns are in hand.</summary>
    public int InHand { get; set; }

    /// <summary>The locks on which computations may be running now.</summary>
    public IEnumerable<KeyedLock<TKey, TValue>> Running => [.. Attached(), .. _detached];

    /// <summary>Enters the lock of a key. Who makes it has the turn; the others have to wait for theirs.</summary>
    public KeyedLock<TKey, TValue> Enter(in HashedKey<TKey> key, out bool hasTurn, bool toRefresh)
    {
        var found = Find(key);
        hasTurn = found is null;
        if (found is null) return Add(key, toRefresh);

        found.Join();
        return found;
    }

    /// <summary>Enters the lock of a key to compute whatever there is; where a refresh runs, the lock of the next one.</summary>
    public KeyedLock<TKey, TValue> EnterToRefresh(in HashedKey<TKey> key, out bool hasTurn)
    {
        var found = Find(key);
        hasTurn = found is null;
        if (found is null) return Add(key, isRefresh: true);

        var entered = found is { IsRefresh: true, Computation: not null } ? found.NextRefresh ??= MakeNext(found) : found;
        entered.Join();
        return entered;
    }

    /// <summary>Enters the lock of a key with the turn, cutting off whoever is on it.</summary>
    public KeyedLock<TKey, TValue> EnterAlone(in HashedKey<TKey> key)
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

    /// <summary>Detaches the lock of a key.</summary>
    public void Detach(in HashedKey<TKey> key) => Find(key)?.Detach();

    /// <summary>Detaches the locks with a tag, or all.</summary>
    public void DetachAll(string? tag)
    {
        foreach (var found in Attached())
        {
            if (tag is null || found.HasTag(tag)) found.Detach();
        }
    }

    public int CallersOf(in HashedKey<TKey> key) => Find(key) is { } found ? found.Callers + (found.NextRefresh?.Callers ?? 0) : 0;

    /// <summary>Puts a lock into the table.</summary>
    public void Attach(KeyedLock<TKey, TValue> added)
    {
        if (_count >= _chains.Length) Resize(_chains.Length * 2);
        Link(added);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Takes a lock out that detaches now.</summary>
    public void Remove(KeyedLock<TKey, TValue> detached)
    {
        ref var link = ref _chains[ChainOf(detached.Hash)].First;
        while (link != detached) link = ref link!.Next;
        link = detached.Next;
        detached.Next = null;
        Volatile.Write(ref _count, _count - 1);
        if (_chains.Length > LargestIdleLength && _count < _chains.Length / Sparse) Resize(_chains.Length / 2);
    }

    /// <summary>Lists a detached lock whose turn is in hand.</summary>
    public void AddDetached(KeyedLock<TKey, TValue> detached)
    {
        if (_detached.Add(detached)) Locks.CountDetached(1);
    }

    /// <summary>Strikes a lock off the list.</summary>
    public void RemoveDetached(KeyedLock<TKey, TValue> listed)
    {
        if (_detached.Remove(listed)) Locks.CountDetached(-1);
    }

    /// <summary>Takes back a lock that nobody has in hand, to be used again. Of several that come back at once, one is.</summary>
    public void Recycle(KeyedLock<TKey, TValue> left) => Volatile.Write(ref _spare, left);

    /// <summary>Gives all locks to the tables that take its place, which nobody else knows yet. Afterwards they are to be told.</summary>
    /// <returns>The locks, each with its table.</returns>
    public List<(KeyedLock<TKey, TValue> Lock, LockTable<TKey, TValue> Table)> SplitInto(LockTable<TKey, TValue>[] parts)
    {
        var moved = new List<(KeyedLock<TKey, TValue>, LockTable<TKey, TValue>)>();
        foreach (var attached in Attached())
        {
            var part = PartOf(attached);
            part.Attach(attached);
            if (attached.NextRefresh is { } next) moved.Add((next, part));
        }

        foreach (var detached in _detached) PartOf(detached)._detached.Add(detached);
        _chains = new Chain[SmallestLength];
        _detached.Clear();
        _spare = null;
        InHand = 0;
        Volatile.Write(ref _count, 0);
        return moved;

        LockTable<TKey, TValue> PartOf(KeyedLock<TKey, TValue> keyedLock)
        {
            var part = parts[keyedLock.Hash & (parts.Length - 1)];
            moved.Add((keyedLock, part));
            if (keyedLock.IsInHand) part.InHand++;
            return part;
        }
    }

    private KeyedLock<TKey, TValue>? Find(in HashedKey<TKey> key)
    {
        for (var found = _chains[ChainOf(key.Hash)].First; found is not null; found = found.Next)
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
        Memory.Look(key, out var entry, out var reason);
        var added = _spare ?? new KeyedLock<TKey, TValue>(this);
        _spare = null;
        added.Open(key, isRefresh, entry, reason, Memory.Keeps);
        Attach(added);
        return added;
    }

    private KeyedLock<TKey, TValue> MakeNext(KeyedLock<TKey, TValue> running)
    {
        Memory.Look(running.HashedKey, out var entry, out var reason);
        var next = new KeyedLock<TKey, TValue>(this);
        next.OpenAfter(running, entry, reason);
        return next;
    }

    private void Link(KeyedLock<TKey, TValue> added)
    {
        ref var first = ref _chains[ChainOf(added.Hash)].First;
        added.Next = first;
        first = added;
    }

    private void Resize(int length)
    {
        var attached = Attached();
        _chains = new Chain[length];
        foreach (var found in attached) Link(found);
    }

    private uint ChainOf(int hash) => HashBits.WithinPartition(hash) & (uint)(_chains.Length - 1);

    // In a structure, so that writing to the array checks no types.
    private struct Chain
    {
        public KeyedLock<TKey, TValue>? First;
    }
}
