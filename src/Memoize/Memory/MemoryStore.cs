using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Memoize;

/// <summary>
/// The values of one cached method in memory: bounded, with exact expiry, and with a memory of why keys left.
/// </summary>
/// <remarks>
/// Reads take no lock. Writes of one store are serialised by a lock that no user code runs under; they are as rare as
/// computations. When the store is full, a clock hand looks for a victim: it takes the first expired entry, or the first
/// that was not read since the hand last passed (Corbató, "A paging experiment with the Multics system", 1968).
/// Invariants:
/// 1. When no write is running, <c>_entries</c> and <c>_ring</c> hold the same entries, each once, and
///    <c>_ring[entry.Slot] == entry</c>.
/// 2. There are never more than <c>capacity</c> entries: the newcomer to a full store takes its victim's place.
/// 3. An entry is fresh while now &lt; ExpiresAt, and nothing that is not fresh is ever handed out as a hit.
/// 4. A key is never both kept and remembered as removed.
/// </remarks>
internal sealed class MemoryStore<TKey, TValue>(int capacity, CacheClock clock, MethodCounters counters)
    where TKey : notnull
{
    // How many entries one hold of the lock visits while pruning, so that no writer waits for a whole scan.
    private const int PruneStep = 256;

    private readonly ConcurrentDictionary<TKey, MemoryEntry<TKey, TValue>> _entries = new();
    private readonly List<MemoryEntry<TKey, TValue>> _ring = [];
    private readonly RemovedKeys<TKey> _removed = new(capacity);
    private readonly Lock _writes = new();
    private int _hand;

    /// <summary>How many entries there are, expired ones included.</summary>
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
        if (_entries.TryGetValue(key, out entry) && IsFresh(entry))
        {
            if (!entry.Used) entry.Used = true;
            return true;
        }

        return false;
    }

    /// <summary>Like <see cref="TryGetFresh(TKey, out MemoryEntry{TKey, TValue})"/>, but leaves no mark.</summary>
    public bool TryPeekFresh(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry) =>
        _entries.TryGetValue(key, out entry) && IsFresh(entry);

    /// <summary>The exact look: the entry that is there, fresh or not, and if it is not fresh, why.</summary>
    public bool TryGetFresh(TKey key, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry, out MissReason reason)
    {
        lock (_writes)
        {
            if (!_entries.TryGetValue(key, out entry))
            {
                _removed.TryGetReason(key, out reason);
                return false;
            }

            reason = MissReason.Expired;
            if (!IsFresh(entry)) return false;

            entry.Used = true;
            return true;
        }
    }

    /// <summary>Keeps a value, in place of whatever the key had.</summary>
    public void Keep(TKey key, TValue value, long expiresAt)
    {
        lock (_writes)
        {
            _entries.TryGetValue(key, out var previous);
            Keep(previous, new MemoryEntry<TKey, TValue>(key, value, expiresAt));
        }
    }

    /// <summary>
    /// Keeps a computed value, unless the key was written since the computation looked and saw <paramref name="seen"/>:
    /// what a user sets wins over what was being computed.
    /// </summary>
    public void KeepComputed(TKey key, TValue value, long expiresAt, MemoryEntry<TKey, TValue>? seen)
    {
        lock (_writes)
        {
            if (_entries.TryGetValue(key, out var previous) && previous != seen) return;
            Keep(previous, new MemoryEntry<TKey, TValue>(key, value, expiresAt));
        }
    }

    /// <summary>Removes a key and remembers why.</summary>
    public bool Remove(TKey key, MissReason reason)
    {
        lock (_writes)
        {
            if (!_entries.TryGetValue(key, out var entry)) return false;

            Remove(entry, IsFresh(entry) ? reason : MissReason.Expired);
            return true;
        }
    }

    /// <summary>Removes every key and remembers that they were invalidated.</summary>
    public void Clear()
    {
        lock (_writes)
        {
            while (_ring.Count > 0)
            {
                var entry = _ring[^1];
                Remove(entry, IsFresh(entry) ? MissReason.Invalidated : MissReason.Expired);
            }
        }
    }

    /// <summary>Removes what has expired, and returns how many entries that were.</summary>
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
                    if (IsFresh(entry)) continue;

                    Remove(entry, MissReason.Expired);
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
            if (_entries.Count != _ring.Count) throw new InvalidOperationException($"{_entries.Count} entries, {_ring.Count} in the ring.");
            if (_ring.Count > capacity) throw new InvalidOperationException($"{_ring.Count} entries, capacity {capacity}.");
            if (_removed.Count > capacity) throw new InvalidOperationException($"{_removed.Count} keys remembered, limit {capacity}.");
            for (int slot = 0; slot < _ring.Count; slot++)
            {
                var entry = _ring[slot];
                if (entry.Slot != slot) throw new InvalidOperationException($"The entry in slot {slot} says {entry.Slot}.");
                if (!_entries.TryGetValue(entry.Key, out var found) || found != entry) throw new InvalidOperationException($"The entry in slot {slot} cannot be found.");
                if (_removed.TryGetReason(entry.Key, out _)) throw new InvalidOperationException($"The entry in slot {slot} is remembered as removed.");
            }
        }
    }

    private bool IsFresh(MemoryEntry<TKey, TValue> entry) =>
        entry.ExpiresAt == CacheClock.Never || clock.Now < entry.ExpiresAt;

    private void Keep(MemoryEntry<TKey, TValue>? previous, MemoryEntry<TKey, TValue> entry)
    {
        _removed.Forget(entry.Key);
        if (previous is not null)
        {
            Place(entry, previous.Slot);
        }
        else if (_ring.Count < capacity)
        {
            _ring.Add(entry);
            Place(entry, _ring.Count - 1);
        }
        else
        {
            // The newcomer takes its victim's place, behind the hand: it is the last to be looked at again.
            var victim = FindVictim();
            _entries.TryRemove(victim.Key, out _);
            if (IsFresh(victim))
            {
                _removed.Remember(victim.Key, MissReason.Evicted);
                counters.CountEviction();
            }
            else
            {
                _removed.Remember(victim.Key, MissReason.Expired);
            }

            Place(entry, victim.Slot);
            _hand = victim.Slot + 1;
        }

        _entries[entry.Key] = entry;
    }

    private void Place(MemoryEntry<TKey, TValue> entry, int slot)
    {
        entry.Slot = slot;
        _ring[slot] = entry;
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
        Place(_ring[^1], entry.Slot);
        _ring.RemoveAt(_ring.Count - 1);
        _entries.TryRemove(entry.Key, out _);
        _removed.Remember(entry.Key, reason);
    }
}
