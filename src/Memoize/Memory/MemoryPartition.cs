using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Memoize;

/// <summary>
/// The part of a memory store whose keys have certain low bits in their hashes: what is written there, one write after the other, under
/// its gate. The keyed locks of the same keys share the gate. Only <see cref="Keeps"/>, <see cref="Count"/> and what says so is for
/// those who do not hold it.
/// </summary>
/// <remarks>
/// Under the gate, of the user's code, only the equality of keys and the clock run. Who holds a gate never waits for another one.
/// Invariants, between two calls:
/// 1. The partition's chains of the table and its policy hold the same entries, each once; its tag index holds those that have tags.
/// 2. Every entry has taken its room (<see cref="StoreRoom"/>) before it came in. No tag has more entries than <c>TagCapacity</c>, which is
///    only kept where the store has one partition.
/// 3. The hash of a key that is kept is not remembered as removed, and no failure is remembered apart for it.
/// 4. No entry is gone before <c>_firstEnd</c>: reading an entry, and a failure that is remembered with it, only put its end off.
/// 5. What is retired is used by nobody, for good: other partitions have taken its place. Who comes to it asks first, and looks again
///    which one its key is in.
/// </remarks>
internal sealed class MemoryPartition<TKey, TValue>
    where TKey : notnull
{
    // How many chains a write sweeps: enough to stay ahead of what it adds.
    private const int SweepStep = 4;

    // In a full store, a partition with less than so many eighths of an even share takes room from the largest one.
    private const int SmallShare = 6;

    private readonly MemoryStore<TKey, TValue> _store;
    private readonly EvictionPolicy _policy;
    private readonly RemovedKeys _removed;
    private readonly TagIndex<TKey, TValue> _tags = new();
    private readonly int _number;
    private readonly int _partitions;
    private readonly int _rememberedLimit;
    private RememberedFailures<TKey>? _failures;
    private int _count;
    private int _keeps;
    private int _swept;

    // No entry that is there is gone before the first moment, and none that this round of the sweep has seen before the second.
    private long _firstEnd = CacheClock.Never;
    private long _firstEndSeen = CacheClock.Never;

    public MemoryPartition(MemoryStore<TKey, TValue> store, EvictionPolicy policy, int number, int partitions, int keeps = 0)
    {
        (_store, _policy, _number, _partitions, _keeps) = (store, policy, number, partitions, keeps);
        _swept = number;

        // Keys do not leave all partitions equally often.
        int share = store.Room.Capacity / partitions;
        _rememberedLimit = partitions == 1 ? store.Room.Capacity : share + (share / 4) + 1;
        _removed = new RemovedKeys(_rememberedLimit);
    }

    /// <summary>Serialises the writes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether others have taken its place.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>How many entries there are. Without the gate, it was so a moment ago.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The sum of the sizes of its entries. For tests.</summary>
    public long Weight => _policy.Weight;

    /// <summary>How many values were kept so far; also without the gate.</summary>
    public int Keeps => Volatile.Read(ref _keeps);

    /// <inheritdoc cref="MemoryStore{TKey,TValue}.Look"/>
    public void Look(in HashedKey<TKey> key, out MemoryEntry<TKey, TValue>? entry, out MissReason reason)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (_store.Entries.TryGet(key, out entry)) reason = entry.Refusal ?? MissReason.Expired;
        else _removed.TryGetReason(key.Hash, out reason);
    }

    /// <inheritdoc cref="MemoryStore{TKey,TValue}.Keep"/>
    public void Keep(MemoryEntry<TKey, TValue> entry)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        var key = new HashedKey<TKey>(entry.Key, entry.Hash);

        // What can throw, because it compares keys, comes first.
        _store.Entries.TryGet(key, out var previous);
        _failures?.Forget(key.Key);
        _removed.Forget(key.Hash);
        previous?.Supersede();
        if (!_store.Room.CanHold(entry.Weight))
        {
            // Larger than the whole store: it is as if it had come and been evicted at once.
            if (previous is not null) Remove(previous, MissReason.Evicted);
            else Remember(entry, MissReason.Evicted);
        }
        else if (previous is not null)
        {
            Replace(previous, entry);
        }
        else
        {
            Add(entry);
        }

        Volatile.Write(ref _keeps, _keeps + 1);
    }

    /// <summary>Remembers that a result was computed but not kept. A value that can still stand in for it stays.</summary>
    public void RefuseComputed(in HashedKey<TKey> key, MissReason reason)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (!_store.Entries.TryGet(key, out var previous)) _removed.Remember(key.Hash, reason);
        else if (!_store.IsUsable(previous)) Remove(previous, reason);
        else previous.Refusal = reason;
    }

    /// <summary>Remembers a failure until <paramref name="until"/>. A value that can still stand in for the result stays.</summary>
    public void KeepFailure(in HashedKey<TKey> key, ExceptionDispatchInfo failure, long until, string[]? tags)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        var kept = new KeptFailure(failure, until, tags);
        _store.Entries.TryGet(key, out var previous);
        if (_store.IsUsable(previous))
        {
            previous.Failure = kept;
            return;
        }

        _failures ??= new RememberedFailures<TKey>(_rememberedLimit);
        _failures.Remember(key, kept, _store.Clock.Now);
        if (previous is not null) Remove(previous, MissReason.Expired);
        _removed.Remember(key.Hash, MissReason.Unsuccessful);
    }

    /// <summary>How the method failed for a key, if that is remembered.</summary>
    public KeptFailure? FailureOf(in HashedKey<TKey> key) =>
        _store.Entries.TryGet(key, out var entry) ? entry.Failure : _failures?.Of(key.Key);

    /// <inheritdoc cref="MemoryStore{TKey,TValue}.Remove"/>
    public bool Remove(in HashedKey<TKey> key, MissReason reason)
    {
        if (_store.Entries.TryGet(key, out var entry))
        {
            entry.Supersede();
            Remove(entry, reason);
            return true;
        }

        if (_failures?.Forget(key.Key) == true) _removed.Remember(key.Hash, reason);
        return false;
    }

    /// <summary>Removes every key and remembers that they were invalidated.</summary>
    public void Clear()
    {
        ForgetFailures(tag: null);
        for (int chain = _number; chain < _store.Entries.Chains; chain += _partitions)
        {
            for (var entry = _store.Entries.Head(chain); entry is not null; entry = entry.Next) Remove(entry, MissReason.Invalidated);
        }
    }

    /// <summary>Removes the values with a tag, remembers that they were invalidated, and forgets the failures of computations with it.</summary>
    public void RemoveTag(string tag)
    {
        ForgetFailures(tag);
        foreach (var entry in _tags.Of(tag)) Remove(entry, MissReason.Invalidated);
    }

    /// <summary>Makes the entry leave that the policy wants to spare least. False if there is none.</summary>
    public bool EvictOne()
    {
        if (!TryEvict(newcomers: 1, weight: 0, out var victim)) return false;

        _store.GiveBack(victim);
        return true;
    }

    /// <summary>Makes an entry leave, and leaves its room to the caller.</summary>
    public bool TryEvict(int newcomers, long weight, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? victim)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        victim = _policy.TryEvict(newcomers, weight, out var chosen) ? (MemoryEntry<TKey, TValue>)chosen : null;
        if (victim is null) return false;

        Leave(victim, _store.IsFresh(victim) ? MissReason.Evicted : MissReason.Expired);
        return true;
    }

    /// <summary>Removes what is gone from some chains, and forgets failures that are over.</summary>
    /// <param name="chain">The first of the chains that are left to visit, counted within the partition; afterwards the next one.</param>
    /// <param name="chains">How many to visit.</param>
    /// <param name="pruned">How many entries were removed.</param>
    /// <returns>Whether there are more.</returns>
    public bool Prune(ref int chain, int chains, ref int pruned)
    {
        _failures?.ForgetWhatIsOver(_store.Clock.Now);
        for (int stop = chain + chains; chain < stop; chain++)
        {
            int inTable = (chain * _partitions) + _number;
            if (inTable >= _store.Entries.Chains) return false;

            pruned += PruneChain(inTable);
        }

        return true;
    }

    /// <summary>Gives all that there is to the partitions that take its place. The gates of those are free: nobody knows them yet.</summary>
    public void SplitInto(MemoryPartition<TKey, TValue>[] parts)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        _policy.SplitInto(Array.ConvertAll(parts, static part => part._policy));
        _removed.SplitInto(Array.ConvertAll(parts, static part => part._removed));
        foreach (var part in parts) (part._firstEnd, part._count) = (_firstEnd, part._policy.Count);
        for (int chain = 0; chain < _store.Entries.Chains; chain++)
        {
            for (var entry = _store.Entries.Head(chain); entry is not null; entry = entry.Next)
            {
                _tags.Remove(entry);
                parts[chain & (parts.Length - 1)]._tags.Add(entry);
            }
        }

        _failures?.SplitInto(Array.ConvertAll(parts, static part => part._failures ??= new RememberedFailures<TKey>(part._rememberedLimit)), _store.Clock.Now);
        _count = 0;
        IsRetired = true;
    }

    /// <summary>Throws unless the invariants 1 to 3 hold. For tests.</summary>
    internal void Verify()
    {
        var entries = new List<MemoryEntry<TKey, TValue>>();
        for (int chain = _number; chain < _store.Entries.Chains; chain += _partitions)
        {
            for (var entry = _store.Entries.Head(chain); entry is not null; entry = entry.Next) entries.Add(entry);
        }

        _policy.Verify(entries);
        Require(_count == entries.Count, $"{entries.Count} entries, {_count} counted.");
        Require(_removed.Count <= _rememberedLimit, $"{_removed.Count} keys remembered, limit {_rememberedLimit}.");
        foreach (var entry in entries)
        {
            Require(_store.Entries.TryGet(entry.Key, out var found) && found == entry, $"The entry of {entry.Key} cannot be found.");
            Require(_failures?.Of(entry.Key) is null, $"A failure is remembered apart from the entry of {entry.Key}.");
            foreach (string tag in entry.Tags ?? [])
            {
                Require(_tags.Of(tag).Count(entry.Equals) == 1, $"The entry of {entry.Key} is not once in its tag '{tag}'.");
                Require(_tags.Of(tag).Length <= _store.TagCapacity, $"The tag '{tag}' has {_tags.Of(tag).Length} entries.");
            }
        }

        int tags = entries.SelectMany(entry => entry.Tags ?? []).Distinct(StringComparer.Ordinal).Count();
        Require(_tags.Count == tags, $"{_tags.Count} tags in the index, {tags} in the entries.");

        static void Require(bool holds, string message)
        {
            if (!holds) throw new InvalidOperationException(message);
        }
    }

    private void Add(MemoryEntry<TKey, TValue> entry)
    {
        Welcome(entry);
        Sweep();
        if (!TryMakeRoom(entry.Weight))
        {
            // Others hold all that could make room for it right now: it is the one that leaves.
            Remember(entry, MissReason.Evicted);
            return;
        }

        if (_count >= _store.Entries.Chains / _partitions) _store.GrowSoon();
        _store.Entries.Add(entry);
        Volatile.Write(ref _count, _count + 1);
        _tags.Add(entry);
        _policy.Add(entry);
        _store.Budget?.Add(1, entry.Weight);
        LimitTags(entry);
    }

    private void Replace(MemoryEntry<TKey, TValue> previous, MemoryEntry<TKey, TValue> entry)
    {
        Welcome(entry);
        _store.Entries.Replace(previous, entry);
        _tags.Remove(previous);
        _tags.Add(entry);
        _policy.Replace(previous, entry);
        long growth = entry.Weight - previous.Weight;
        _store.Budget?.Add(0, growth);
        _store.Room.GiveBack(0, -growth);

        // What it needs more than the one before comes from others, or it leaves itself.
        long freed = 0;
        int places = 0;
        while (!_store.Room.TryTake(0, growth - freed))
        {
            MemoryEntry<TKey, TValue>? victim = null;
            bool isFound = (_count == 1 && _store.TryEvictOutside(this, growth - freed, out victim)) || TryEvict(newcomers: 0, weight: 0, out victim);
            if (!isFound) break;

            places++;
            freed += victim!.Weight;
            if (victim != entry) continue;

            freed -= growth;
            growth = 0;
        }

        _store.Room.GiveBack(places, freed - Math.Max(0, growth));
        LimitTags(entry);
    }

    private void LimitTags(MemoryEntry<TKey, TValue> entry)
    {
        if (entry.Tags is null) return;

        foreach (string tag in entry.Tags)
        {
            if (_tags.TryGetOldestBeyond(_store.TagCapacity, tag, out var oldest)) Remove(oldest, _store.IsFresh(oldest) ? MissReason.Evicted : MissReason.Expired);
        }
    }

    // Who leaves for it passes its room on, so that a full store writes nothing that others read.
    private bool TryMakeRoom(long weight)
    {
        int places = 0;
        long freed = 0;
        while (!_store.Room.TryTake(1 - places, weight - freed))
        {
            bool isSmall = _partitions > 1 && (long)_count * 8 * _partitions < (long)_store.Room.Capacity * SmallShare;
            if ((isSmall && _store.TryEvictOutside(this, weight, out var victim))
                || TryEvict(newcomers: 1, weight, out victim)
                || _store.TryEvictOutside(this, weight, out victim))
            {
                places++;
                freed += victim.Weight;
                continue;
            }

            _store.Room.GiveBack(places, freed);
            return false;
        }

        _store.Room.GiveBack(places - 1, freed - weight);
        return true;
    }

    private void Sweep()
    {
        if (_store.Clock.IsBefore(_firstEnd)) return;

        for (int step = 0; step < SweepStep; step++)
        {
            if (_swept >= _store.Entries.Chains)
            {
                (_firstEnd, _firstEndSeen) = (_firstEndSeen, CacheClock.Never);
                _swept = _number;
            }

            PruneChain(_swept);
            for (var entry = _store.Entries.Head(_swept); entry is not null; entry = entry.Next) _firstEndSeen = Math.Min(_firstEndSeen, _store.StaleUntil(entry));
            _swept += _partitions;
        }
    }

    private void Welcome(MemoryEntry<TKey, TValue> entry)
    {
        long end = _store.StaleUntil(entry);
        _firstEnd = Math.Min(_firstEnd, end);
        _firstEndSeen = Math.Min(_firstEndSeen, end);
    }

    private int PruneChain(int chain)
    {
        int pruned = 0;
        for (var entry = _store.Entries.Head(chain); entry is not null; entry = entry.Next)
        {
            if (_store.IsUsable(entry) || entry.FailureAt(_store.Clock.Now) is not null) continue;

            Remove(entry, MissReason.Expired);
            pruned++;
        }

        return pruned;
    }

    private void ForgetFailures(string? tag)
    {
        foreach (var key in _failures?.ForgetAll(tag) ?? []) _removed.Remember(key.Hash, MissReason.Invalidated);
    }

    private void Remove(MemoryEntry<TKey, TValue> entry, MissReason reason)
    {
        _policy.Remove(entry);
        Leave(entry, reason);
        _store.GiveBack(entry);
    }

    // What the policy has let go. Its room is still taken.
    private void Leave(MemoryEntry<TKey, TValue> entry, MissReason reason)
    {
        _store.Entries.Remove(entry);
        Volatile.Write(ref _count, _count - 1);
        _tags.Remove(entry);
        _store.Budget?.Add(-1, -entry.Weight);
        if (reason == MissReason.Invalidated) entry.Supersede();
        Remember(entry, reason);
    }

    private void Remember(MemoryEntry<TKey, TValue> removed, MissReason reason)
    {
        if (reason == MissReason.Evicted) _store.Counters.CountEviction();
        _removed.Remember(removed.Hash, reason);
    }
}
