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
/// time, so every write sweeps a few chains of the table clean of what is gone.
/// Invariants:
/// 1. When no write is running, the table and the policy hold the same entries, each once; the tag index holds those of them
///    that have tags.
/// 2. There are never more than <c>Capacity</c> entries, and they never weigh more than <c>MaxSize</c>: room is made before an
///    entry comes in. No tag has more than <c>TagCapacity</c>.
/// 3. An entry that is not fresh is never handed out as a hit.
/// 4. A key is never both kept and remembered as removed.
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
    private readonly MemoryBudget? _budget;
    private readonly int _capacity;
    private readonly int _tagCapacity;
    private readonly long _sliding;
    private readonly long _stale;
    private int _swept;

    /// <summary>Makes an empty store.</summary>
    /// <param name="policy">The options of the method.</param>
    /// <param name="clock">The time.</param>
    /// <param name="counters">Where evictions are counted.</param>
    /// <param name="budget">What all methods of the memoizer may keep together; null for no limit.</param>
    /// <param name="seed">What chance depends on; null for chance.</param>
    public MemoryStore(CachePolicy<TValue> policy, CacheClock clock, MethodCounters counters, MemoryBudget? budget = null, uint? seed = null)
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

    /// <summary>How many values there are, expired ones that have not been removed yet included.</summary>
    public int Count
    {
        get
        {
            lock (_writes) return _entries.Count;
        }
    }

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
    public bool IsDueForRefresh(MemoryEntry<TKey, TValue> entry)
    {
        if (entry.RefreshAt == CacheClock.Never) return false;

        long now = _clock.Now;
        return now >= entry.RefreshAt && entry.FailureAt(now) is null && entry.TryClaimRefresh();
    }

    /// <summary>The exact look: the entry that is there, fresh or not, and if it is not fresh, why.</summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">The entry, fresh or not.</param>
    /// <param name="reason">Why it is not fresh.</param>
    public bool TryGetFresh(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry, out MissReason reason)
    {
        if (!Explain(key, out entry, out reason)) return false;

        MarkRead(entry);
        return true;
    }

    /// <summary>The exact look, which leaves no mark.</summary>
    public bool Explain(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry, out MissReason reason)
    {
        lock (_writes)
        {
            if (_entries.TryGet(key, out entry))
            {
                reason = entry.Refusal ?? MissReason.Expired;
                return IsFresh(entry);
            }

            _removed.TryGetReason(key, out reason);
            return false;
        }
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
        : Math.Min(entry.ExpiresAt, CacheClock.Add(Volatile.Read(ref entry.ReadAt), _sliding));

    /// <summary>The moment until which the value may be served when the method fails.</summary>
    public long StaleUntil(MemoryEntry<TKey, TValue> entry) => CacheClock.Add(End(entry), _stale);

    /// <summary>Keeps a value, in place of whatever the key had.</summary>
    public void Keep(TKey key, TValue value, EntryLife life, string[]? tags, long size = 0) =>
        Keep(new MemoryEntry<TKey, TValue>(key, value, life, tags, size));

    /// <inheritdoc cref="Keep(TKey, TValue, EntryLife, string[], long)"/>
    public void Keep(MemoryEntry<TKey, TValue> entry)
    {
        lock (_writes)
        {
            _entries.TryGet(entry.Key, out var previous);
            Put(previous, entry);
        }

        _budget?.Enforce();
    }

    /// <summary>Remembers that a result was computed but not kept. A value that can still stand in for it stays.</summary>
    public void RefuseComputed(TKey key, MissReason reason)
    {
        lock (_writes)
        {
            if (!_entries.TryGet(key, out var previous)) _removed.Remember(key, reason);
            else if (!IsUsable(previous)) Remove(previous, reason);
            else previous.Refusal = reason;
        }
    }

    /// <summary>Remembers a failure until <paramref name="until"/>. A value that can still stand in for the result stays.</summary>
    public void KeepFailure(TKey key, ExceptionDispatchInfo failure, long until, string[]? tags)
    {
        var kept = new KeptFailure(failure, until, tags);
        lock (_writes)
        {
            _entries.TryGet(key, out var previous);
            if (IsUsable(previous))
            {
                previous.Failure = kept;
                return;
            }

            if (previous is not null) Remove(previous, MissReason.Expired);
            _removed.Remember(key, MissReason.Unsuccessful, kept);
        }
    }

    /// <summary>How the method failed for a key, if that is remembered now.</summary>
    public KeptFailure? FailureOf(TKey key)
    {
        long now = _clock.Now;
        lock (_writes)
        {
            var failure = _entries.TryGet(key, out var entry) ? entry.Failure : _removed.FailureOf(key);
            return failure?.IsRememberedAt(now) == true ? failure : null;
        }
    }

    /// <summary>Removes a key and remembers why.</summary>
    public bool Remove(TKey key, MissReason reason)
    {
        lock (_writes)
        {
            if (_entries.TryGet(key, out var entry))
            {
                entry.Supersede();
                Remove(entry, reason);
                return true;
            }

            if (_removed.FailureOf(key) is not null) _removed.Remember(key, reason);
            return false;
        }
    }

    /// <summary>Removes an entry, unless another has taken its place, and remembers that it was invalidated.</summary>
    public void Invalidate(MemoryEntry<TKey, TValue> entry)
    {
        lock (_writes)
        {
            if (_entries.TryGet(entry.Key, out var current) && current == entry) Remove(entry, MissReason.Invalidated);
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
        }
    }

    /// <summary>Makes the entry leave that the policy wants to spare least. False if there is none.</summary>
    public bool EvictOne()
    {
        lock (_writes)
        {
            if (!_policy.TryEvict(out var victim)) return false;

            Leave((MemoryEntry<TKey, TValue>)victim);
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
        if (_sliding != CacheClock.Never) Volatile.Write(ref entry.ReadAt, _clock.Now);
        _policy.OnHit(entry);
    }

    private void Put(MemoryEntry<TKey, TValue>? previous, MemoryEntry<TKey, TValue> entry)
    {
        // What can throw, because it compares keys, comes first.
        _removed.Forget(entry.Key);
        previous?.Supersede();
        if (!_policy.CanHold(entry.Weight))
        {
            // Larger than the whole store: it is as if it had come and been evicted at once.
            if (previous is not null) Remove(previous, MissReason.Evicted);
            else Remember(entry, MissReason.Evicted);
            return;
        }

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

        foreach (string tag in entry.Tags ?? [])
        {
            if (_tags.TryGetOldestBeyond(_tagCapacity, tag, out var oldest)) Remove(oldest, IsFresh(oldest) ? MissReason.Evicted : MissReason.Expired);
        }
    }

    private void Sweep()
    {
        for (int step = 0; step < SweepStep; step++)
        {
            if (++_swept >= _entries.Chains) _swept = 0;
            PruneChain(_swept);
        }
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
        _removed.Remember(removed.Key, reason);
    }
}
