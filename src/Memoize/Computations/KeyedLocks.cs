namespace Memoize;

/// <summary>
/// The keyed locks of one cached method: exactly one for each key that is being looked up or computed, none for the rest. They are
/// in the tables of the partitions of its memory.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. There is a table for each partition of the memory, with its gate. They change together, under the gate of the one that both were before.
/// 2. Who comes to a table that is retired looks again.
/// </remarks>
internal sealed class KeyedLocks<TKey, TValue>
    where TKey : notnull
{
    // How often callers have to stand in line at the one gate before the memory splits, however few entries there are.
    private const int MuchContention = 512;

    private readonly MemoryStore<TKey, TValue> _memory;
    private LockTable<TKey, TValue>[] _tables;
    private int _detachedCount;
    private int _tagInvalidations;
    private int _contention;

    public KeyedLocks(CachedMethod<TKey, TValue> method, MemoryStore<TKey, TValue> memory)
    {
        Method = method;
        _memory = memory;
        _tables = Array.ConvertAll(memory.Partitions, partition => new LockTable<TKey, TValue>(this, partition));
    }

    public CachedMethod<TKey, TValue> Method { get; }

    /// <summary>How many keys have callers inside.</summary>
    public int Count => Tables.Sum(static table => table.Count);

    /// <summary>How many computations run, callers that are about to start one included.</summary>
    public int RunningCount
    {
        get
        {
            int running = 0;
            InEach(table => running += table.InHand);
            return running;
        }
    }

    /// <summary>Whether a computation may be running on a lock that is not in its table any more.</summary>
    public bool HasDetached => Volatile.Read(ref _detachedCount) > 0;

    /// <summary>The locks on which computations may be running now.</summary>
    public IEnumerable<KeyedLock<TKey, TValue>> Running
    {
        get
        {
            var running = new List<KeyedLock<TKey, TValue>>();
            InEach(table => running.AddRange(table.Running));
            return running;
        }
    }

    /// <summary>How often results were invalidated by tag so far.</summary>
    public int TagInvalidations => Volatile.Read(ref _tagInvalidations);

    private LockTable<TKey, TValue>[] Tables => Volatile.Read(ref _tables);

    public int CallersOf(in HashedKey<TKey> key)
    {
        var table = EnterTable(key.Hash);
        try
        {
            return table.CallersOf(key);
        }
        finally
        {
            table.Gate.Exit();
        }
    }

    /// <summary>Enters the lock of <paramref name="key"/>. Who makes it has the turn; the others have to wait for theirs.</summary>
    public KeyedLock<TKey, TValue> Enter(in HashedKey<TKey> key, out bool hasTurn, bool toRefresh = false)
    {
        var table = EnterTable(key.Hash);
        try
        {
            return table.Enter(key, out hasTurn, toRefresh);
        }
        finally
        {
            table.Gate.Exit();
        }
    }

    /// <summary>
    /// Enters the lock of <paramref name="key"/> to compute whatever there is. If a refresh runs on it, which may have begun too early
    /// for this caller, it enters the lock of the next one, as do all who come meanwhile.
    /// </summary>
    public KeyedLock<TKey, TValue> EnterToRefresh(in HashedKey<TKey> key, out bool hasTurn)
    {
        var table = EnterTable(key.Hash);
        try
        {
            return table.EnterToRefresh(key, out hasTurn);
        }
        finally
        {
            table.Gate.Exit();
        }
    }

    /// <summary>
    /// Enters the lock of <paramref name="key"/> with the turn, cutting off whoever is on it. While the caller has it, nobody computes
    /// the key; it must <see cref="KeyedLock{TKey,TValue}.Leave"/> soon.
    /// </summary>
    public KeyedLock<TKey, TValue> EnterAlone(in HashedKey<TKey> key)
    {
        var table = EnterTable(key.Hash);
        try
        {
            return table.EnterAlone(key);
        }
        finally
        {
            table.Gate.Exit();
        }
    }

    /// <summary>Keeps the result of a computation of <paramref name="key"/> that is running now out of the cache.</summary>
    public void Detach(in HashedKey<TKey> key)
    {
        var table = EnterTable(key.Hash);
        try
        {
            table.Detach(key);
        }
        finally
        {
            table.Gate.Exit();
        }
    }

    /// <summary>Keeps the result of a computation that is running now out of the cache.</summary>
    public void Detach(KeyedLock<TKey, TValue> entered)
    {
        var table = EnterTable(entered.Hash);
        try
        {
            if (entered.IsAttached) entered.Detach();
        }
        finally
        {
            table.Gate.Exit();
        }
    }

    /// <summary>Keeps the results of all computations that are running now out of the cache.</summary>
    public void DetachAll() => InEach(static table => table.DetachAll(tag: null));

    /// <summary>Keeps the results of running computations with a tag out of the cache.</summary>
    public void DetachTag(string tag)
    {
        Interlocked.Increment(ref _tagInvalidations);
        InEach(table => table.DetachAll(tag));
    }

    /// <summary>Splits the memory if that is due. To be called when no gate is held.</summary>
    public void SplitIfDue()
    {
        if (_memory.IsToSplit) Split();
    }

    /// <summary>Counts locks that are detached while their turn is in hand.</summary>
    public void CountDetached(int change) => Interlocked.Add(ref _detachedCount, change);

    // The table of a hash, with its gate held.
    private LockTable<TKey, TValue> EnterTable(int hash)
    {
        while (true)
        {
            var tables = Tables;
            var table = tables[hash & (tables.Length - 1)];
            if (!table.Gate.TryEnter())
            {
                if (tables.Length == 1) NoteContention();
                table.Gate.Enter();
            }

            if (!table.Memory.IsRetired) return table;
            table.Gate.Exit();
        }
    }

    // Not exact, and need not be.
    private void NoteContention()
    {
        if (++_contention >= MuchContention && _memory.CanSplit) Split();
    }

    private void Split()
    {
        var whole = Tables[0];
        lock (whole.Gate)
        {
            if (!_memory.CanSplit) return;

            var tables = Array.ConvertAll(_memory.Split(), partition => new LockTable<TKey, TValue>(this, partition));
            var moved = whole.SplitInto(tables);
            Volatile.Write(ref _tables, tables);

            // Last: who has a lock in hand may write to its new table from here on.
            foreach (var (keyedLock, table) in moved) keyedLock.MoveTo(table);
        }
    }

    // One gate after the other. Where the one table is retired meanwhile, those that took its place are visited.
    private void InEach(Action<LockTable<TKey, TValue>> visit)
    {
        foreach (var table in Tables)
        {
            bool isRetired;
            lock (table.Gate)
            {
                isRetired = table.Memory.IsRetired;
                if (!isRetired) visit(table);
            }

            if (isRetired) InEach(visit);
        }
    }
}
