using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// The values of one cached method in memory: bounded, with exact expiry, and with a memory of why keys left.
/// </summary>
/// <remarks>
/// Reads take no lock. Writes go to the partition that the key's hash says, under its gate. A store begins as one partition and splits when
/// callers stand in line at its gate, or before it is so large that splitting would take long: so a method that is used little costs little, and one that
/// is used much has writes that do not wait for each other. What a full store may hold is counted for all partitions together (<see cref="StoreRoom"/>).
/// Who has to leave, the <see cref="EvictionPolicy"/> of a partition decides; it does not know of time, so every write sweeps
/// a few chains of the table clean of what is gone.
/// Invariants:
/// 1. There are never more than <c>Capacity</c> entries, and they never weigh more than <c>MaxSize</c>: room is made before an
///    entry comes in. None leaves to make room while there is room, whichever partitions the keys are in.
/// 2. An entry that is not fresh is never handed out as a hit.
/// 3. A store splits once, in one step under the gate of the partition that was all of it.
/// 4. The table only grows when all gates are held, or its only one.
/// </remarks>
internal sealed class MemoryStore<TKey, TValue>
    where TKey : notnull
{
    // How many chains one hold of a gate visits while pruning, so that no writer waits for a whole scan.
    private const int PruneStep = 256;

    private readonly long _sliding;
    private readonly long _stale;
    private readonly uint _seed;
    private readonly WindowAdvice _advice;
    private readonly Partitioning _partitioning;
    private MemoryPartition<TKey, TValue>[] _partitions;

    // What hits read to mark what they use.
    private uint[] _moments = EvictionPolicy.NewMoments(partitions: 1);
    private bool _isCrowded;

    /// <summary>Makes an empty store.</summary>
    /// <param name="policy">The options of the method.</param>
    /// <param name="clock">The time.</param>
    /// <param name="counters">Where evictions are counted.</param>
    /// <param name="budget">The method's share of what all methods of the memoizer may keep together; null for no limit.</param>
    /// <param name="seed">What chance depends on; null for chance.</param>
    /// <param name="partitioning">When the store splits; null for never.</param>
    public MemoryStore(CachePolicy<TValue> policy, CacheClock clock, MethodCounters counters, BudgetShare? budget = null, uint? seed = null, Partitioning? partitioning = null)
    {
        Clock = clock;
        Counters = counters;
        Budget = budget;
        TagCapacity = policy.TagCapacity ?? int.MaxValue;
        _sliding = policy.Sliding?.Ticks ?? CacheClock.Never;
        _stale = policy.StaleOnError?.Ticks ?? 0;
        _seed = seed ?? (uint)Random.Shared.Next();
        _partitioning = partitioning ?? Partitioning.None;
        Room = new StoreRoom(policy.Capacity, policy.MaxSize ?? long.MaxValue);
        _advice = new WindowAdvice(Room, _seed);
        _partitions = [NewPartition(number: 0, _moments, partitions: 1)];
    }

    /// <summary>The table of all partitions.</summary>
    public EntryTable<TKey, TValue> Entries { get; } = new();

    public StoreRoom Room { get; }

    public CacheClock Clock { get; }

    public MethodCounters Counters { get; }

    public BudgetShare? Budget { get; }

    public int TagCapacity { get; }

    /// <summary>How many values there are, expired ones that have not been removed yet included.</summary>
    public int Count => Room.Count;

    /// <summary>The sum of the sizes of the values that there are.</summary>
    public long Size => Room.Weight;

    /// <summary>The partitions as they are now: one, until the store has split.</summary>
    public MemoryPartition<TKey, TValue>[] Partitions => Volatile.Read(ref _partitions);

    /// <summary>The look of a hit: no lock, no allocation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetFresh(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry)
    {
        if (!TryPeekFresh(key, out entry)) return false;

        MarkRead(entry);
        return true;
    }

    /// <summary>Like <see cref="TryGetFresh(TKey, out MemoryEntry{TKey, TValue})"/>, but leaves no mark.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPeekFresh(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry) =>
        Entries.TryGet(key, out entry) && IsFresh(entry);

    /// <summary>The entry of a key, fresh or not.</summary>
    public bool TryPeek(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry) => Entries.TryGet(key, out entry);

    /// <summary>Whether a hit on <paramref name="entry"/> is to start its refresh. True for one caller.</summary>
    public bool TryClaimRefresh(MemoryEntry<TKey, TValue> entry) => IsDueForRefresh(entry) && entry.TryClaimRefresh();

    /// <summary>Whether <paramref name="entry"/> has the age for a refresh, and nobody has started one.</summary>
    public bool IsDueForRefresh(MemoryEntry<TKey, TValue> entry)
    {
        if (entry.RefreshAt == CacheClock.Never) return false;

        long now = Clock.Now;
        return now >= entry.RefreshAt && entry.FailureAt(now) is null && !entry.IsRefreshing;
    }

    /// <summary>The exact look, which leaves no mark: the entry that is there, fresh or not, and if it is not fresh, why.</summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">The entry, fresh or not.</param>
    /// <param name="reason">Why it is not fresh.</param>
    public void Look(in HashedKey<TKey> key, out MemoryEntry<TKey, TValue>? entry, out MissReason reason)
    {
        using var held = Enter(key.Hash, out var partition);
        partition.Look(key, out entry, out reason);
    }

    /// <summary>The exact look, and whether it found a fresh value.</summary>
    public bool Explain(in HashedKey<TKey> key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry, out MissReason reason)
    {
        Look(key, out entry, out reason);
        return entry is not null && IsFresh(entry);
    }

    /// <summary>Reads an entry that an exact look found, if it is fresh.</summary>
    public bool TryRead(MemoryEntry<TKey, TValue> entry)
    {
        if (!IsFresh(entry)) return false;

        MarkRead(entry);
        return true;
    }

    /// <summary>Whether the value may stand in for a fresh one: it is fresh, or not longer stale than the policy allows.</summary>
    public bool IsUsable([NotNullWhen(true)] MemoryEntry<TKey, TValue>? entry) =>
        entry is not null && Clock.IsBefore(StaleUntil(entry));

    /// <summary>What may stand in for a fresh value: the entry that a caller has seen, or what was written over it since. Null if that cannot.</summary>
    public MemoryEntry<TKey, TValue>? StandIn(MemoryEntry<TKey, TValue>? seen)
    {
        if (seen is { IsSuperseded: true } && !TryPeek(seen.Key, out seen)) return null;
        return IsUsable(seen) ? seen : null;
    }

    public bool IsFresh(MemoryEntry<TKey, TValue> entry)
    {
        long end = End(entry);
        return end == CacheClock.Never || Clock.IsBefore(end);
    }

    /// <summary>The moment at which the value stops being fresh, if nobody reads it until then.</summary>
    public long End(MemoryEntry<TKey, TValue> entry) => _sliding == CacheClock.Never
        ? entry.ExpiresAt
        : Math.Min(entry.ExpiresAt, CacheClock.Add(entry.ReadAt, _sliding));

    /// <summary>The moment until which the value may be served when the method fails.</summary>
    public long StaleUntil(MemoryEntry<TKey, TValue> entry) => CacheClock.Add(End(entry), _stale);

    /// <summary>Keeps a value, in place of whatever the key had.</summary>
    public void Keep(in HashedKey<TKey> key, TValue value, in EntryLife life, string[]? tags, long size)
    {
        var entry = new MemoryEntry<TKey, TValue>(key, value, life, tags, size);
        using var held = Enter(key.Hash, out var partition);
        partition.Keep(entry);
    }

    /// <summary>How the method failed for a key, if that is remembered now.</summary>
    public KeptFailure? FailureOf(in HashedKey<TKey> key)
    {
        long now = Clock.Now;
        using var held = Enter(key.Hash, out var partition);
        return partition.FailureOf(key) is { } failure && failure.IsRememberedAt(now) ? failure : null;
    }

    /// <summary>Removes a key and remembers why.</summary>
    public bool Remove(in HashedKey<TKey> key, MissReason reason)
    {
        using var held = Enter(key.Hash, out var partition);
        return partition.Remove(key, reason);
    }

    /// <summary>Removes every key and remembers that they were invalidated.</summary>
    public void Clear() => InEach(static partition => partition.Clear());

    /// <summary>Removes the values with a tag, remembers that they were invalidated, and forgets the failures of computations with it.</summary>
    public void RemoveTag(string tag) => InEach(partition => partition.RemoveTag(tag));

    /// <summary>Makes the entry leave that can be spared most, of the partition that has the most. False if there is none.</summary>
    public bool EvictOne()
    {
        foreach (var partition in Partitions.OrderByDescending(static partition => partition.Count))
        {
            bool isRetired;
            lock (partition.Gate)
            {
                isRetired = partition.IsRetired;
                if (!isRetired && partition.EvictOne()) return true;
            }

            if (isRetired) return EvictOne();
        }

        return false;
    }

    /// <summary>Removes what is gone, and returns how many entries that were.</summary>
    public int Prune()
    {
        int pruned = 0;
        foreach (var partition in Partitions)
        {
            for (int chain = 0; ;)
            {
                lock (partition.Gate)
                {
                    if (partition.IsRetired || !partition.Prune(ref chain, PruneStep, ref pruned)) break;
                }
            }
        }

        return pruned;
    }

    /// <summary>To be called after something was kept, when no gate is held: lets the table grow, and makes room if the methods of the memoizer keep too much together.</summary>
    public void AfterKeeping()
    {
        if (Volatile.Read(ref _isCrowded)) Grow();
        Budget?.Enforce();
    }

    /// <summary>Whether the store is better split now.</summary>
    public bool IsToSplit => CanSplit && Room.Count >= _partitioning.SplitAt;

    /// <summary>Whether the store may split: once, and not where it is too small.</summary>
    public bool CanSplit => _partitioning.Partitions > 1 && Partitions.Length == 1;

    /// <summary>Splits the store, under the gate of its one partition, which is retired.</summary>
    /// <returns>The partitions that take its place.</returns>
    public MemoryPartition<TKey, TValue>[] Split()
    {
        var whole = _partitions[0];
        int count = _partitioning.Partitions;
        while (Entries.Chains < count) Entries.Grow();
        uint[] moments = EvictionPolicy.NewMoments(count, now: _moments[0]);
        var parts = new MemoryPartition<TKey, TValue>[count];

        // What was looked up before the split is looked up again: it may be older than what has been kept since.
        for (int number = 0; number < count; number++) parts[number] = NewPartition(number, moments, count, whole.Keeps + 1);
        whole.SplitInto(parts);
        Volatile.Write(ref _moments, moments);
        Volatile.Write(ref _partitions, parts);
        return parts;
    }

    /// <summary>Gives back the room of an entry that has left.</summary>
    public void GiveBack(MemoryEntry<TKey, TValue> left) => Room.GiveBack(1, left.Weight);

    /// <summary>The table has as many entries as chains: it is to grow. Under the gate of a partition.</summary>
    public void GrowSoon()
    {
        if (Room.Count < Entries.Chains) return;

        if (_partitions.Length == 1) Entries.Grow();
        else Volatile.Write(ref _isCrowded, true);
    }

    /// <summary>Makes an entry of another partition leave, of the one that has the most, and leaves its room to the caller. Waits for nobody: false if no gate is free.</summary>
    /// <param name="own">The caller's partition, whose gate it holds.</param>
    /// <param name="weight">How much room is wanted.</param>
    /// <param name="victim">The entry that has left.</param>
    public bool TryEvictOutside(MemoryPartition<TKey, TValue> own, long weight, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? victim)
    {
        victim = null;
        if (_partitions.Length == 1) return false;

        foreach (var partition in _partitions.Where(partition => partition != own).OrderByDescending(static partition => partition.Count))
        {
            if (partition.Count == 0) return false;
            if (!partition.Gate.TryEnter()) continue;

            try
            {
                if (partition.TryEvict(newcomers: 1, weight, out victim)) return true;
            }
            finally
            {
                partition.Gate.Exit();
            }
        }

        return false;
    }

    /// <summary>Throws unless the invariants of the store and its partitions hold. For tests, when no write is running.</summary>
    internal void Verify()
    {
        InEach(static partition => partition.Verify());
        int count = Partitions.Sum(static partition => partition.Count);
        if (count != Count) throw new InvalidOperationException($"{count} entries, {Count} have taken a place.");
        if (Count > Room.Capacity) throw new InvalidOperationException($"{Count} entries, capacity {Room.Capacity}.");
        if (Size > Room.MaxWeight) throw new InvalidOperationException($"The entries weigh {Size}, the limit is {Room.MaxWeight}.");

        long weight = Partitions.Sum(static partition => partition.Weight);
        if (weight != Size) throw new InvalidOperationException($"The entries weigh {weight}, they have taken {Size}.");
    }

    private MemoryPartition<TKey, TValue> NewPartition(int number, uint[] moments, int partitions, int keeps = 0) =>
        new(this, new EvictionPolicy(Room, _advice, _seed, moments, number, partitions), number, partitions, keeps);

    private void MarkRead(MemoryEntry<TKey, TValue> entry)
    {
        if (_sliding != CacheClock.Never) MarkSliding(entry);
        if (!EvictionPolicy.IsMarked(entry, _moments)) EvictionPolicy.Mark(entry, _moments, _advice);
    }

    // Of those who read a value in the same moment, one writes: what all of them write to, none of them has in its cache.
    private void MarkSliding(MemoryEntry<TKey, TValue> entry)
    {
        long now = Clock.Now;
        if (entry.ReadAt != now) entry.ReadAt = now;
    }

    private Lock.Scope Enter(int hash, out MemoryPartition<TKey, TValue> partition)
    {
        while (true)
        {
            var partitions = Partitions;
            partition = partitions[hash & (partitions.Length - 1)];
            var held = partition.Gate.EnterScope();
            if (!partition.IsRetired) return held;
            held.Dispose();
        }
    }

    // One gate after the other. Where the one partition is retired meanwhile, those that took its place are visited.
    private void InEach(Action<MemoryPartition<TKey, TValue>> visit)
    {
        foreach (var partition in Partitions)
        {
            bool isRetired;
            lock (partition.Gate)
            {
                isRetired = partition.IsRetired;
                if (!isRetired) visit(partition);
            }

            if (isRetired) InEach(visit);
        }
    }

    // Everybody who holds more than one gate takes them in this order, or does not wait.
    private void Grow()
    {
        var partitions = Partitions;
        int held = 0;
        try
        {
            for (; held < partitions.Length; held++) partitions[held].Gate.Enter();
            while (Room.Count >= Entries.Chains) Entries.Grow();
            Volatile.Write(ref _isCrowded, false);
        }
        finally
        {
            while (held > 0) partitions[--held].Gate.Exit();
        }
    }
}
