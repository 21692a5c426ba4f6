using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Memoize;

/// <summary>
/// The values of one cached method in memory: bounded, with exact expiry, and with a memory of why keys left.
/// </summary>
/// <remarks>
/// Reads take no lock. Writes of one store are serialised by a lock that no user code runs under, key equality apart; they
/// are as rare as computations. When the store is full, a clock hand looks for a victim: it takes the first entry that is
/// no longer fresh, or the first that was not read since the hand last passed (Corbató, "A paging experiment with the
/// Multics system", 1968).
/// Invariants:
/// 1. When no write is running, <c>_entries</c> and <c>_ring</c> hold the same entries, each once, and
///    <c>_ring[entry.Slot] == entry</c>; the tag index holds those of them that have tags.
/// 2. There are never more than <c>capacity</c> entries: the newcomer to a full store takes its victim's place. No tag has
///    more than <c>tagCapacity</c>.
/// 3. An entry that is not fresh is never handed out as a hit.
/// 4. A key is never both kept and remembered as removed.
/// 5. What a user sets wins over what was being computed: a computed value is only kept if its key was not written since its
///    computation looked. Writes are counted for that; an entry that has left since still counts, as it is remembered.
/// </remarks>
internal sealed class MemoryStore<TKey, TValue>
    where TKey : notnull
{
    // How many entries one hold of the lock visits while pruning, so that no writer waits for a whole scan.
    private const int PruneStep = 256;

    private readonly EntryTable<TKey, TValue> _entries = new();
    private readonly List<MemoryEntry<TKey, TValue>> _ring = [];
    private readonly RemovedKeys<TKey> _removed;
    private readonly TagIndex<TKey, TValue> _tags = new();
    private readonly Lock _writes = new();
    private readonly CacheClock _clock;
    private readonly MethodCounters _counters;
    private readonly int _capacity;
    private readonly int _tagCapacity;
    private readonly long _sliding;
    private readonly long _stale;
    private int _hand;
    private long _written;

    public MemoryStore(CachePolicy<TValue> policy, CacheClock clock, MethodCounters counters)
    {
        _clock = clock;
        _counters = counters;
        _capacity = policy.Capacity;
        _tagCapacity = policy.TagCapacity ?? int.MaxValue;
        _sliding = policy.Sliding?.Ticks ?? CacheClock.Never;
        _stale = policy.StaleOnError?.Ticks ?? 0;
        _removed = new RemovedKeys<TKey>(policy.Capacity);
    }

    /// <summary>How many values there are, expired ones that have not been removed yet included.</summary>
    public int Count
    {
        get
        {
            lock (_writes) return _ring.Count;
        }
    }

    /// <summary>The look of a hit: no lock, no allocation.</summary>
    public bool TryGetFresh(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry)
    {
        if (!TryPeekFresh(key, out entry)) return false;

        MarkRead(entry);
        return true;
    }

    /// <summary>Like <see cref="TryGetFresh(TKey, out MemoryEntry{TKey, TValue})"/>, but leaves no mark.</summary>
    public bool TryPeekFresh(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry) =>
        _entries.TryGet(key, out entry) && IsFresh(entry);

    /// <summary>The entry of a key, fresh or not.</summary>
    public bool TryPeek(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry) => _entries.TryGet(key, out entry);

    /// <summary>Whether a hit on <paramref name="entry"/> is to start its refresh. True for one caller.</summary>
    public bool IsDueForRefresh(MemoryEntry<TKey, TValue> entry) =>
        entry.RefreshAt != CacheClock.Never && _clock.Now >= entry.RefreshAt && entry.TryClaimRefresh();

    /// <summary>The exact look: the entry that is there, fresh or not, and if it is not fresh, why.</summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">The entry, fresh or not.</param>
    /// <param name="reason">Why it is not fresh.</param>
    /// <param name="moment">The moment of the look, as the store counts its writes.</param>
    public bool TryGetFresh(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry, out MissReason reason, out long moment)
    {
        if (!Explain(key, out entry, out reason, out moment)) return false;

        MarkRead(entry);
        return true;
    }

    /// <summary>The exact look, which leaves no mark.</summary>
    public bool Explain(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry, out MissReason reason, out long moment)
    {
        lock (_writes)
        {
            moment = _written;
            if (_entries.TryGet(key, out entry))
            {
                reason = entry.HasValue ? MissReason.Expired : MissReason.Unsuccessful;
                return IsFresh(entry);
            }

            _removed.TryGetReason(key, out reason);
            return false;
        }
    }

    /// <summary>Whether the value may stand in for a fresh one: it is fresh, or not longer stale than the policy allows.</summary>
    public bool IsUsable([NotNullWhen(true)] MemoryEntry<TKey, TValue>? entry) =>
        entry is { HasValue: true } && _clock.Now < StaleUntil(entry);

    public bool IsFresh(MemoryEntry<TKey, TValue> entry)
    {
        long end = End(entry);
        return end == CacheClock.Never || _clock.Now < end;
    }

    /// <summary>The moment at which the value stops being fresh, if nobody reads it until then.</summary>
    public long End(MemoryEntry<TKey, TValue> entry) => _sliding == CacheClock.Never
        ? entry.ExpiresAt
        : Math.Min(entry.ExpiresAt, CacheClock.Add(Volatile.Read(ref entry.ReadAt), _sliding));

    /// <summary>The moment until which the value may be served when the method fails.</summary>
    public long StaleUntil(MemoryEntry<TKey, TValue> entry) => CacheClock.Add(End(entry), _stale);

    /// <summary>Keeps a value, in place of whatever the key had.</summary>
    public void Keep(TKey key, TValue value, EntryLife life, string[]? tags)
    {
        lock (_writes)
        {
            _entries.TryGet(key, out var previous);
            Put(previous, new MemoryEntry<TKey, TValue>(key, value, life, tags));
        }
    }

    /// <summary>Keeps a computed value, unless the key was written since the computation looked at <paramref name="moment"/>.</summary>
    public void KeepComputed(TKey key, TValue value, EntryLife life, string[]? tags, long moment)
    {
        lock (_writes)
        {
            if (WasWrittenAfter(moment, key, out var previous)) return;
            Put(previous, new MemoryEntry<TKey, TValue>(key, value, life, tags));
        }
    }

    /// <summary>Remembers that a result was computed but not kept. A value that can still stand in for it stays.</summary>
    public void RefuseComputed(TKey key, MissReason reason, long moment)
    {
        lock (_writes)
        {
            if (WasWrittenAfter(moment, key, out var previous)) return;
            if (previous is null) _removed.Remember(key, reason, written: 0);
            else if (!IsUsable(previous)) Remove(previous, reason);
        }
    }

    /// <summary>Remembers a failure until <paramref name="until"/>. A value that can still stand in for the result stays.</summary>
    public void KeepFailure(TKey key, ExceptionDispatchInfo failure, long until, long moment)
    {
        var kept = new KeptFailure(failure, until);
        lock (_writes)
        {
            if (WasWrittenAfter(moment, key, out var previous)) return;
            if (IsUsable(previous)) previous.Failure = kept;
            else Put(previous, new MemoryEntry<TKey, TValue>(key, kept, _clock.Now));
        }
    }

    /// <summary>Removes a key and remembers why.</summary>
    public bool Remove(TKey key, MissReason reason)
    {
        lock (_writes)
        {
            if (!_entries.TryGet(key, out var entry)) return false;

            Remove(entry, reason);
            return true;
        }
    }

    /// <summary>Removes every key and remembers that they were invalidated.</summary>
    public void Clear()
    {
        lock (_writes)
        {
            while (_ring.Count > 0) Remove(_ring[^1], MissReason.Invalidated);
        }
    }

    /// <summary>Removes the values with a tag and remembers that they were invalidated.</summary>
    public void RemoveTag(string tag)
    {
        lock (_writes)
        {
            foreach (var entry in _tags.Of(tag)) Remove(entry, MissReason.Invalidated);
        }
    }

    /// <summary>Removes what is gone, and returns how many entries that were.</summary>
    public int Prune()
    {
        int pruned = 0;
        int next = int.MaxValue;
        while (next > 0)
        {
            lock (_writes)
            {
                // From the end: removing an entry moves the last one, which was visited already, into its place.
                next = Math.Min(next, _ring.Count);
                for (int stop = Math.Max(0, next - PruneStep); next > stop; next--)
                {
                    var entry = _ring[next - 1];
                    if (IsUsable(entry) || entry.FailureAt(_clock.Now) is not null) continue;

                    Remove(entry, ReasonOfGone(entry));
                    pruned++;
                }
            }
        }

        return pruned;
    }

    /// <summary>Throws unless the invariants 1, 2 and 4 hold. For tests, when no write is running.</summary>
    internal void Verify()
    {
        lock (_writes)
        {
            Require(_entries.Count == _ring.Count, $"{_entries.Count} entries, {_ring.Count} in the ring.");
            Require(_ring.Count <= _capacity, $"{_ring.Count} entries, capacity {_capacity}.");
            Require(_removed.Count <= _capacity, $"{_removed.Count} keys remembered, limit {_capacity}.");
            for (int slot = 0; slot < _ring.Count; slot++)
            {
                var entry = _ring[slot];
                Require(entry.Slot == slot, $"The entry in slot {slot} says {entry.Slot}.");
                Require(_entries.TryGet(entry.Key, out var found) && found == entry, $"The entry in slot {slot} cannot be found.");
                Require(!_removed.TryGetReason(entry.Key, out _), $"The entry in slot {slot} is remembered as removed.");
                foreach (string tag in entry.Tags ?? [])
                {
                    Require(_tags.Of(tag).Count(entry.Equals) == 1, $"The entry in slot {slot} is not once in its tag '{tag}'.");
                    Require(_tags.Of(tag).Length <= _tagCapacity, $"The tag '{tag}' has {_tags.Of(tag).Length} entries.");
                }
            }

            int tags = _ring.SelectMany(entry => entry.Tags ?? []).Distinct(StringComparer.Ordinal).Count();
            Require(_tags.Count == tags, $"{_tags.Count} tags in the index, {tags} in the entries.");
        }

        static void Require(bool holds, string message)
        {
            if (!holds) throw new InvalidOperationException(message);
        }
    }

    private static MissReason ReasonOfGone(MemoryEntry<TKey, TValue> entry) =>
        entry.HasValue ? MissReason.Expired : MissReason.Unsuccessful;

    private bool WasWrittenAfter(long moment, TKey key, out MemoryEntry<TKey, TValue>? entry) =>
        _entries.TryGet(key, out entry) ? entry.Written > moment : _removed.WasWrittenAfter(moment, key);

    private void MarkRead(MemoryEntry<TKey, TValue> entry)
    {
        if (_sliding != CacheClock.Never) Volatile.Write(ref entry.ReadAt, _clock.Now);
        if (!entry.Used) entry.Used = true;
    }

    private void Put(MemoryEntry<TKey, TValue>? previous, MemoryEntry<TKey, TValue> entry)
    {
        // What can throw, because it compares keys, comes first.
        _removed.Forget(entry.Key);
        entry.Written = ++_written;
        if (previous is not null)
        {
            _entries.Replace(previous, entry);
            _tags.Remove(previous);
            Place(entry, previous.Slot);
        }
        else if (_ring.Count < _capacity)
        {
            _entries.Add(entry);
            _ring.Add(entry);
            Place(entry, _ring.Count - 1);
        }
        else
        {
            // The newcomer takes its victim's place, behind the hand: it is the last to be looked at again.
            var victim = FindVictim();
            _entries.Remove(victim);
            _entries.Add(entry);
            _tags.Remove(victim);
            Place(entry, victim.Slot);
            _hand = entry.Slot + 1;
            Remember(victim, IsFresh(victim) ? MissReason.Evicted : ReasonOfGone(victim));
        }

        _tags.Add(entry);
        foreach (string tag in entry.Tags ?? [])
        {
            if (_tags.TryGetOldestBeyond(_tagCapacity, tag, out var oldest)) Remove(oldest, MissReason.Evicted);
        }
    }

    private MemoryEntry<TKey, TValue> FindVictim()
    {
        // The hand clears each mark that it passes, so it stops in its second round at the latest.
        while (true)
        {
            if (_hand >= _ring.Count) _hand = 0;

            var entry = _ring[_hand];
            if (!entry.Used || !IsFresh(entry)) return entry;

            entry.Used = false;
            _hand++;
        }
    }

    private void Remove(MemoryEntry<TKey, TValue> entry, MissReason reason)
    {
        _entries.Remove(entry);
        _tags.Remove(entry);
        Place(_ring[^1], entry.Slot);
        _ring.RemoveAt(_ring.Count - 1);
        Remember(entry, reason);
    }

    private void Remember(MemoryEntry<TKey, TValue> removed, MissReason reason)
    {
        if (reason == MissReason.Evicted) _counters.CountEviction();
        _removed.Remember(removed.Key, reason, removed.Written);
    }

    private void Place(MemoryEntry<TKey, TValue> entry, int slot)
    {
        entry.Slot = slot;
        _ring[slot] = entry;
    }
}
