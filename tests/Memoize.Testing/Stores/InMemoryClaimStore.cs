namespace Memoize.Testing;

/// <summary>
/// What <see cref="IClaimStore"/> says, in the plainest form: everything under one lock, and a signal whenever a claim ends.
/// Other stores are held against it.
/// </summary>
public sealed class InMemoryClaimStore : IClaimStore
{
    private readonly TimeProvider _time;
    private readonly Data _data;

    /// <param name="time">The clock of leases, pruning and waiting; the system's if there is none.</param>
    /// <param name="leaseDuration">How long a claim lasts that is not renewed; 30 seconds if nothing is said.</param>
    public InMemoryClaimStore(TimeProvider? time = null, TimeSpan? leaseDuration = null)
        : this(time ?? TimeProvider.System, leaseDuration ?? TimeSpan.FromSeconds(30), new Data())
    {
    }

    private InMemoryClaimStore(TimeProvider time, TimeSpan leaseDuration, Data data)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(leaseDuration, TimeSpan.Zero);
        (_time, LeaseDuration, _data) = (time, leaseDuration, data);
    }

    public TimeSpan LeaseDuration { get; }

    /// <summary>A second store on the same data, as another process would have it.</summary>
    public InMemoryClaimStore OfAnotherProcess() => new(_time, LeaseDuration, _data);

    public StoreLook Read(StoreKey key)
    {
        lock (_data.Lock) return _data.Slots.TryGetValue(key, out var slot) ? new(slot.Entry, slot.Entry is null ? slot.Reason : null) : default;
    }

    public void Write(StoredEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_data.Lock)
        {
            var slot = _data.SlotOf(entry.Key);
            Keep(slot, entry);
            End(slot);
        }
    }

    public bool Remove(StoreKey key)
    {
        lock (_data.Lock)
        {
            if (!_data.Slots.TryGetValue(key, out var slot)) return false;

            End(slot);
            return Drop(slot, MissReason.Invalidated);
        }
    }

    public long RemoveByTag(string tag) => Invalidate(tags => tags.Contains(tag, StringComparer.Ordinal), static _ => false);

    public long Clear(string? method = null) => Invalidate(static _ => false, name => method is null || name == method);

    public long Prune()
    {
        lock (_data.Lock)
        {
            long removed = 0;
            var now = _time.GetUtcNow();
            foreach (var slot in _data.Slots.Values)
            {
                // Content that this library cannot read may be of a later version, which still serves it.
                if (slot.Entry is not { } entry || EntryHeader.Decode(entry.Key, entry.Content, out var header, out _) is not null) continue;
                if (header!.StaleUntil < now && Drop(slot, MissReason.Expired)) removed++;
            }

            return removed;
        }
    }

    /// <summary>Lets an entry go as a store does that needs its room.</summary>
    public bool Evict(StoreKey key)
    {
        lock (_data.Lock) return _data.Slots.TryGetValue(key, out var slot) && Drop(slot, MissReason.Evicted);
    }

    public long Count()
    {
        lock (_data.Lock) return _data.Slots.Values.LongCount(slot => slot.Entry is not null);
    }

    public IEnumerable<StoredEntry> Enumerate()
    {
        lock (_data.Lock) return [.. _data.Slots.Values.Select(slot => slot.Entry).OfType<StoredEntry>()];
    }

    public ClaimResult TryClaim(ClaimRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_data.Lock)
        {
            var slot = _data.SlotOf(request.Key);
            if (!request.TakeOver)
            {
                if (slot.Entry is { } entry && entry.Revision != request.Seen) return ClaimResult.Ready(entry);
                if (slot.Claim is { } other && _time.GetUtcNow() < other.Until) return ClaimResult.Pending(other.Token, other.Until);
            }

            End(slot);
            slot.Claim = new Claim(++_data.LastToken, request.Method, [.. request.Tags]) { Until = _time.GetUtcNow() + LeaseDuration };
            return ClaimResult.Won(new StoreClaim(request.Key, slot.Claim.Token));
        }
    }

    public bool Renew(StoreClaim claim)
    {
        lock (_data.Lock)
        {
            if (Current(claim)?.Claim is not { } current) return false;

            current.Until = _time.GetUtcNow() + LeaseDuration;
            return true;
        }
    }

    public bool Complete(StoreClaim claim, StoredEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_data.Lock)
        {
            if (Current(claim) is not { } slot) return _data.Slots.TryGetValue(claim.Key, out var done) && done.CompletedBy == claim.Token;

            Keep(slot, entry);
            End(slot);
            slot.CompletedBy = claim.Token;
            return true;
        }
    }

    public bool Abandon(StoreClaim claim)
    {
        lock (_data.Lock)
        {
            if (Current(claim) is not { } slot) return false;

            End(slot);
            return true;
        }
    }

    public void WaitForChange(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default) =>
        EndOf(key, token, atMost, cancellationToken).GetAwaiter().GetResult();

    public ValueTask WaitForChangeAsync(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default) =>
        new(EndOf(key, token, atMost, cancellationToken));

    public ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) => new(Read(key));

    public ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default)
    {
        Write(entry);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default) => new(Remove(key));

    public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => new(RemoveByTag(tag));

    public ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default) => new(Clear(method));

    public ValueTask<long> PruneAsync(CancellationToken cancellationToken = default) => new(Prune());

    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => new(Count());

    public IAsyncEnumerable<StoredEntry> EnumerateAsync(CancellationToken cancellationToken = default) => Enumerate().ToAsyncEnumerable();

    public ValueTask<ClaimResult> TryClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default) => new(TryClaim(request));

    public ValueTask<bool> RenewAsync(StoreClaim claim, CancellationToken cancellationToken = default) => new(Renew(claim));

    public ValueTask<bool> CompleteAsync(StoreClaim claim, StoredEntry entry, CancellationToken cancellationToken = default) => new(Complete(claim, entry));

    public ValueTask<bool> AbandonAsync(StoreClaim claim, CancellationToken cancellationToken = default) => new(Abandon(claim));

    private void Keep(Slot slot, StoredEntry entry)
    {
        slot.Entry = entry with { Revision = ++_data.LastRevision };
        slot.CompletedBy = null;
    }

    private static bool Drop(Slot slot, MissReason reason)
    {
        if (slot.Entry is null) return false;

        (slot.Entry, slot.Reason, slot.CompletedBy) = (null, reason, null);
        return true;
    }

    // A claim goes with the entry that it was to replace, and also by its own tags and method.
    private long Invalidate(Func<IReadOnlyList<string>, bool> tagsAreMeant, Func<string, bool> methodIsMeant)
    {
        lock (_data.Lock)
        {
            long removed = 0;
            foreach (var slot in _data.Slots.Values)
            {
                bool entryIsMeant = slot.Entry is { } entry && (tagsAreMeant(entry.Tags) || methodIsMeant(entry.Method));
                if (entryIsMeant || slot.Claim is { } claim && (tagsAreMeant(claim.Tags) || methodIsMeant(claim.Method))) End(slot);
                if (entryIsMeant && Drop(slot, MissReason.Invalidated)) removed++;
            }

            return removed;
        }
    }

    private Slot? Current(StoreClaim claim) =>
        _data.Slots.TryGetValue(claim.Key, out var slot) && slot.Claim?.Token == claim.Token ? slot : null;

    private static void End(Slot slot)
    {
        slot.Claim?.Ended.SetResult();
        slot.Claim = null;
    }

    private Task EndOf(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task ended;
        lock (_data.Lock) ended = Current(new StoreClaim(key, token))?.Claim!.Ended.Task ?? Task.CompletedTask;
        return OrAtMost();

        async Task OrAtMost()
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await ended.WaitAsync(atMost, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The caller claims again to find out.
            }
        }
    }

    private sealed class Data
    {
        public Lock Lock { get; } = new();

        public Dictionary<StoreKey, Slot> Slots { get; } = [];

        // For all keys together, so that neither is ever the same again for one of them.
        public long LastToken { get; set; }

        public long LastRevision { get; set; }

        public Slot SlotOf(StoreKey key)
        {
            if (!Slots.TryGetValue(key, out var slot)) Slots.Add(key, slot = new Slot());
            return slot;
        }
    }

    private sealed class Slot
    {
        public StoredEntry? Entry { get; set; }

        public MissReason? Reason { get; set; }

        public Claim? Claim { get; set; }

        // The token that the entry was completed with.
        public long? CompletedBy { get; set; }
    }

    private sealed record Claim(long Token, string Method, string[] Tags)
    {
        public DateTimeOffset Until { get; set; }

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
