using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Memoize;

/// <summary>
/// The values of one cached method in memory: bounded, with exact expiry, and with a memory of why keys left.
/// </summary>
/// <remarks>
/// Reads take no lock. Writes of one store are serialised by a lock that no user code runs under, key equality apart; they
/// are as rare as computations. Who has to leave a full store, the <see cref="EvictionPolicy"/> decides; it does not know of
/// time, so every write sweeps a few chains of the table clean of what is gone. The keyed locks share the lock, their
/// <see cref="Gate"/>; what ends in <c>Locked</c> is for them, while they hold it.
/// Invariants:
/// 1. When no write is running, the table and the policy hold the same entries, each once; the tag index holds those of them
///    that have tags.
/// 2. There are never more than <c>Capacity</c> entries, and they never weigh more than <c>MaxSize</c>: room is made before an
///    entry comes in. No tag has more than <c>TagCapacity</c>.
/// 3. An entry that is not fresh is never handed out as a hit.
/// 4. A key is never both kept and remembered as removed.
/// 5. No entry is gone before <c>_firstEnd</c>: reading an entry, and a failure that is remembered with it, only put its end off.
/// </remarks>
internal sealed class MemoryStore<TKey, TValue>
    where TKey : notnull
{
    // How many chains one hold of the lock visits while pruning, so that no writer waits for a whole scan.
    private const int PruneStep = 256;

    // How many chains a write sweeps: enough to stay ahead of what it adds.
    private const int SweepStep = 4;

    private readonly EntryTable<TKey, TValue> _entries = new();
    private readonly RemovedKeys<TKey> _removed;
    private readonly TagIndex<TKey, TValue> _tags = new();
    private readonly Lock _writes = new();
    private readonly EvictionPolicy _policy;
    private readonly CacheClock _clock;
    private readonly MethodCounters _counters;
    private readonly BudgetShare? _budget;
    private readonly int _capacity;
    private readonly int _tagCapacity;
    private readonly long _sliding;
    private readonly long _stale;
    private int _swept;
    private int _keeps;

    // How many entries there are, as of the end of the last write: while one runs, what makes room has left and what needs it is not there.
    private int _count;

    // Before the one moment nothing that is there is gone; before the other nothing that this round of the sweep has seen.
    private long _firstEnd = CacheClock.Never;
    private long _firstEndSeen = CacheClock.Never;

    /// <summary>Makes an empty store.</summary>
    /// <param name="policy">The options of the method.</param>
    /// <param name="clock">The time.</param>
    /// <param name="counters">Where evictions are counted.</param>
    /// <param name="budget">The method's share of what all methods of the memoizer may keep together; null for no limit.</param>
    /// <param name="seed">What chance depends on; null for chance.</param>
    public MemoryStore(CachePolicy<TValue> policy, CacheClock clock, MethodCounters counters, BudgetShare? budget = null, uint? seed = null)
    {
        _clock = clock;
        _counters = counters;
        _budget = budget;
        _capacity = policy.Capacity;
        _tagCapacity = policy.TagCapacity ?? int.MaxValue;
        _sliding = policy.Sliding?.Ticks ?? CacheClock.Never;
        _stale = policy.StaleOnError?.Ticks ?? 0;
        _removed = new RemovedKeys<TKey>(policy.Capacity);
        _policy = new EvictionPolicy(policy.Capacity, policy.MaxSize ?? long.MaxValue, seed ?? (uint)Random.Shared.Next());
    }

    /// <summary>Serialises the writes.</summary>
    public Lock Gate => _writes;

    /// <summary>How many values there are, expired ones that have not been removed yet included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The sum of the sizes of the values that there are.</summary>
    public long Size
    {
        get
        {
            lock (_writes) return _policy.Weight;
        }
    }

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
        _entries.TryGet(key, out entry) && IsFresh(entry);

    /// <summary>The entry of a key, fresh or not.</summary>
    public bool TryPeek(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry) => _entries.TryGet(key, out entry);

    /// <summary>Whether a hit on <paramref name="entry"/> is to start its refresh. True for one caller.</summary>
    public bool TryClaimRefresh(MemoryEntry<TKey, TValue> entry) => IsDueForRefresh(entry) && entry.TryClaimRefresh();

    /// <summary>Whether <paramref name="entry"/> has the age for a refresh, and nobody has started one.</summary>
    public bool IsDueForRefresh(MemoryEntry<TKey, TValue> entry)
    {
        if (entry.RefreshAt == CacheClock.Never) return false;

        long now = _clock.Now;
        return now >= entry.RefreshAt && entry.FailureAt(now) is null && !entry.IsRefreshing;
    }

    /// <summary>The exact look, which leaves no mark: the entry that is there, fresh or not, and if it is not fresh, why.</summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">The entry, fresh or not.</param>
    /// <param name="reason">Why it is not fresh.</param>
    public void Look(in HashedKey<TKey> key, out MemoryEntry<TKey, TValue>? entry, out MissReason reason)
    {
        lock (_writes) LookLocked(key, out entry, out reason);
    }

    /// <inheritdoc cref="Look"/>
    public void LookLocked(in HashedKey<TKey> key, out MemoryEntry<TKey, TValue>? entry, out MissReason reason)
    {
        Debug.Assert(_writes.IsHeldByCurrentThread);
        if (_entries.TryGet(key, out entry)) reason = entry.Refusal ?? MissReason.Expired;
        else _removed.TryGetReason(key, out reason);
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
        entry is not null && _clock.IsBefore(StaleUntil(entry));

    /// <summary>What may stand in for a fresh value: the entry that a caller has seen, or what was written over it since. Null if that cannot.</summary>
    public MemoryEntry<TKey, TValue>? StandIn(MemoryEntry<TKey, TValue>? seen)
    {
        if (seen is { IsSuperseded: true } && !TryPeek(seen.Key, out seen)) return null;
        return IsUsable(seen) ? seen : null;
    }

    public bool IsFresh(MemoryEntry<TKey, TValue> entry)
    {
        long end = End(entry);
        return end == CacheClock.Never || _clock.IsBefore(end);
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
        lock (_writes) KeepLocked(entry);
    }

    /// <inheritdoc cref="Keep"/>
    public void KeepLocked(MemoryEntry<TKey, TValue> entry)
    {
        Debug.Assert(_writes.IsHeldByCurrentThread);
        var key = new HashedKey<TKey>(entry.Key, entry.Hash);
        _entries.TryGet(key, out var previous);
        Put(key, previous, entry);
        Publish();
        Volatile.Write(ref _keeps, _keeps + 1);
    }

    /// <summary>How many values were kept so far.</summary>
    public int Keeps => Volatile.Read(ref _keeps);

    /// <summary>Makes room if the methods of the memoizer keep too much together. To be called after keeping, when no lock is held.</summary>
    public void StayWithinBudget() => _budget?.Enforce();

    /// <summary>Remembers that a result was computed but not kept. A value that can still stand in for it stays.</summary>
    public void RefuseComputedLocked(in HashedKey<TKey> key, MissReason reason)
    {
        Debug.Assert(_writes.IsHeldByCurrentThread);
        if (!_entries.TryGet(key, out var previous)) _removed.Remember(key, reason);
        else if (!IsUsable(previous)) Remove(previous, reason);
        else previous.Refusal = reason;
        Publish();
    }

    /// <summary>Remembers a failure until <paramref name="until"/>. A value that can still stand in for the result stays.</summary>
    public void KeepFailureLocked(in HashedKey<TKey> key, ExceptionDispatchInfo failure, long until, string[]? tags)
    {
        Debug.Assert(_writes.IsHeldByCurrentThread);
        var kept = new KeptFailure(failure, until, tags);
        _entries.TryGet(key, out var previous);
        if (IsUsable(previous))
        {
            previous.Failure = kept;
            return;
        }

        if (previous is not null) Remove(previous, MissReason.Expired);
        _removed.Remember(key, MissReason.Unsuccessful, kept);
        Publish();
    }

    /// <summary>How the method failed for a key, if that is remembered now.</summary>
    public KeptFailure? FailureOf(in HashedKey<TKey> key)
    {
        long now = _clock.Now;
        lock (_writes)
        {
            var failure = _entries.TryGet(key, out var entry) ? entry.Failure : _removed.FailureOf(key);
            return failure?.IsRememberedAt(now) == true ? failure : null;
        }
    }

    /// <summary>Removes a key and remembers why.</summary>
    public bool Remove(in HashedKey<TKey> key, MissReason reason)
    {
        lock (_writes)
        {
            if (_entries.TryGet(key, out var entry))
            {
                entry.Supersede();
                Remove(entry, reason);
                Publish();
                return true;
            }

            if (_removed.FailureOf(key) is not null) _removed.Remember(key, reason);
            return false;
        }
    }

    /// <summary>Removes every key and remembers that they were invalidated.</summary>
    public void Clear()
    {
        lock (_writes)
        {
            _removed.ForgetFailures();
            for (int chain = 0; chain < _entries.Chains; chain++)
            {
                for (var entry = _entries.Head(chain); entry is not null; entry = entry.Next) Remove(entry, MissReason.Invalidated);
            }

            Publish();
        }
    }

    /// <summary>Makes the entry leave that the policy wants to spare least. False if there is none.</summary>
    public bool EvictOne()
    {
        lock (_writes)
        {
            if (!_policy.TryEvict(out var victim)) return false;

            Leave((MemoryEntry<TKey, TValue>)victim);
            Publish();
            return true;
        }
    }

    /// <summary>Removes the values with a tag, remembers that they were invalidated, and forgets the failures of computations with it.</summary>
    public void RemoveTag(string tag)
    {
        lock (_writes)
        {
            _removed.ForgetFailures(tag);
            foreach (var entry in _tags.Of(tag)) Remove(entry, MissReason.Invalidated);
            Publish();
        }
    }

    /// <summary>Removes what is gone, and returns how many entries that were.</summary>
    public int Prune()
    {
        int pruned = 0;
        for (int chain = 0; ;)
        {
            lock (_writes)
            {
                if (chain >= _entries.Chains) return pruned;

                for (int stop = Math.Min(chain + PruneStep, _entries.Chains); chain < stop; chain++) pruned += PruneChain(chain);
                Publish();
            }
        }
    }

    /// <summary>Throws unless the invariants 1, 2 and 4 hold. For tests, when no write is running.</summary>
    internal void Verify()
    {
        lock (_writes)
        {
            var entries = new List<MemoryEntry<TKey, TValue>>();
            for (int chain = 0; chain < _entries.Chains; chain++)
            {
                for (var entry = _entries.Head(chain); entry is not null; entry = entry.Next) entries.Add(entry);
            }

            _policy.Verify(entries);
            Require(_entries.Count == entries.Count, $"{entries.Count} entries, {_entries.Count} counted.");
            Require(_removed.Count <= _capacity, $"{_removed.Count} keys remembered, limit {_capacity}.");
            foreach (var entry in entries)
            {
                Require(_entries.TryGet(entry.Key, out var found) && found == entry, $"The entry of {entry.Key} cannot be found.");
                Require(!_removed.TryGetReason(entry.Key, out _), $"The entry of {entry.Key} is remembered as removed.");
                foreach (string tag in entry.Tags ?? [])
                {
                    Require(_tags.Of(tag).Count(entry.Equals) == 1, $"The entry of {entry.Key} is not once in its tag '{tag}'.");
                    Require(_tags.Of(tag).Length <= _tagCapacity, $"The tag '{tag}' has {_tags.Of(tag).Length} entries.");
                }
            }

            int tags = entries.SelectMany(entry => entry.Tags ?? []).Distinct(StringComparer.Ordinal).Count();
            Require(_tags.Count == tags, $"{_tags.Count} tags in the index, {tags} in the entries.");
        }

        static void Require(bool holds, string message)
        {
            if (!holds) throw new InvalidOperationException(message);
        }
    }

    private void MarkRead(MemoryEntry<TKey, TValue> entry)
    {
        if (_sliding != CacheClock.Never) entry.ReadAt = _clock.Now;
        _policy.OnHit(entry);
    }

    private void Put(in HashedKey<TKey> key, MemoryEntry<TKey, TValue>? previous, MemoryEntry<TKey, TValue> entry)
    {
        // What can throw, because it compares keys, comes first.
        _removed.Forget(key);
        previous?.Supersede();
        if (!_policy.CanHold(entry.Weight))
        {
            // Larger than the whole store: it is as if it had come and been evicted at once.
            if (previous is not null) Remove(previous, MissReason.Evicted);
            else Remember(entry, MissReason.Evicted);
            return;
        }

        Welcome(entry);
        if (previous is not null)
        {
            _entries.Replace(previous, entry);
            _tags.Remove(previous);
            _tags.Add(entry);
            _policy.Replace(previous, entry);
            _budget?.Add(0, entry.Weight - previous.Weight);
            while (_policy.TryTrim(out var victim)) Leave((MemoryEntry<TKey, TValue>)victim);
        }
        else
        {
            Sweep();
            while (_policy.TryMakeRoom(entry.Weight, out var victim)) Leave((MemoryEntry<TKey, TValue>)victim);
            _entries.Add(entry);
            _tags.Add(entry);
            _policy.Add(entry);
            _budget?.Add(1, entry.Weight);
        }

        if (entry.Tags is null) return;

        foreach (string tag in entry.Tags)
        {
            if (_tags.TryGetOldestBeyond(_tagCapacity, tag, out var oldest)) Remove(oldest, IsFresh(oldest) ? MissReason.Evicted : MissReason.Expired);
        }
    }

    private void Publish() => Volatile.Write(ref _count, _entries.Count);

    private void Sweep()
    {
        if (_clock.IsBefore(_firstEnd)) return;

        for (int step = 0; step < SweepStep; step++)
        {
            if (_swept >= _entries.Chains)
            {
                (_firstEnd, _firstEndSeen) = (_firstEndSeen, CacheClock.Never);
                _swept = 0;
            }

            PruneChain(_swept);
            for (var entry = _entries.Head(_swept++); entry is not null; entry = entry.Next) _firstEndSeen = Math.Min(_firstEndSeen, StaleUntil(entry));
        }
    }

    private void Welcome(MemoryEntry<TKey, TValue> entry)
    {
        long end = StaleUntil(entry);
        _firstEnd = Math.Min(_firstEnd, end);
        _firstEndSeen = Math.Min(_firstEndSeen, end);
    }

    private int PruneChain(int chain)
    {
        int pruned = 0;
        for (var entry = _entries.Head(chain); entry is not null; entry = entry.Next)
        {
            if (IsUsable(entry) || entry.FailureAt(_clock.Now) is not null) continue;

            Remove(entry, MissReason.Expired);
            pruned++;
        }

        return pruned;
    }

    private void Remove(MemoryEntry<TKey, TValue> entry, MissReason reason)
    {
        _policy.Remove(entry);
        Leave(entry, reason);
    }

    // What the policy has let go.
    private void Leave(MemoryEntry<TKey, TValue> victim) => Leave(victim, IsFresh(victim) ? MissReason.Evicted : MissReason.Expired);

    private void Leave(MemoryEntry<TKey, TValue> entry, MissReason reason)
    {
        _entries.Remove(entry);
        _tags.Remove(entry);
        _budget?.Add(-1, -entry.Weight);
        if (reason == MissReason.Invalidated) entry.Supersede();
        Remember(entry, reason);
    }

    private void Remember(MemoryEntry<TKey, TValue> removed, MissReason reason)
    {
        if (reason == MissReason.Evicted) _counters.CountEviction();
        _removed.Add(new(removed.Key, removed.Hash), reason);
    }
}
