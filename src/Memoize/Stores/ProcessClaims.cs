using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// Claims over a store that has none: within this process they are as good as any, and of other processes they know nothing.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. A claim is open, then being written or void; one that is being written ends as written or as void. Each step is taken once.
/// 2. Who voids a claim that is being written waits for the writer, and changes the store only then: what was begun before a
///    removal is never in the store after it.
/// 3. A claim is in the table until it has ended.
/// </remarks>
internal sealed class ProcessClaims : IClaimStore
{
    private static readonly ConditionalWeakTable<ICacheStore, ProcessClaims> OfStores = [];

    private readonly ICacheStore _store;
    private readonly ConcurrentDictionary<StoreKey, Claim> _claims = new();
    private long _lastToken;

    private ProcessClaims(ICacheStore store) => _store = store;

    /// <summary>A claim ends with its process, so it needs no lease.</summary>
    public TimeSpan LeaseDuration => Timeout.InfiniteTimeSpan;

    /// <summary>The claims of a store: its own, if it has some. All memoizers of the process share them.</summary>
    public static IClaimStore Over(ICacheStore store) => store as IClaimStore ?? OfStores.GetValue(store, static plain => new ProcessClaims(plain));

    public StoreLook Read(StoreKey key) => WithRevision(_store.Read(key));

    public async ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) =>
        WithRevision(await _store.ReadAsync(key, cancellationToken).ConfigureAwait(false));

    public void Write(StoredEntry entry)
    {
        Void(entry.Key).Wait();
        _store.Write(entry);
    }

    public async ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default)
    {
        await Void(entry.Key).ConfigureAwait(false);
        await _store.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
    }

    public bool Remove(StoreKey key)
    {
        Void(key).Wait();
        return _store.Remove(key);
    }

    public async ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default)
    {
        await Void(key).ConfigureAwait(false);
        return await _store.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
    }

    public long RemoveByTag(string tag)
    {
        VoidWhere(claim => claim.HasTag(tag)).Wait();
        return _store.RemoveByTag(tag);
    }

    public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        await VoidWhere(claim => claim.HasTag(tag)).ConfigureAwait(false);
        return await _store.RemoveByTagAsync(tag, cancellationToken).ConfigureAwait(false);
    }

    public long Clear(string? method = null)
    {
        VoidWhere(claim => claim.IsOf(method)).Wait();
        return _store.Clear(method);
    }

    public async ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default)
    {
        await VoidWhere(claim => claim.IsOf(method)).ConfigureAwait(false);
        return await _store.ClearAsync(method, cancellationToken).ConfigureAwait(false);
    }

    public long Prune() => _store.Prune();

    public ValueTask<long> PruneAsync(CancellationToken cancellationToken = default) => _store.PruneAsync(cancellationToken);

    public long Count() => _store.Count();

    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => _store.CountAsync(cancellationToken);

    public IEnumerable<StoredEntry> Enumerate() => _store.Enumerate();

    public IAsyncEnumerable<StoredEntry> EnumerateAsync(CancellationToken cancellationToken = default) => _store.EnumerateAsync(cancellationToken);

    public ClaimResult TryClaim(ClaimRequest request)
    {
        Claim claim;
        while (!TryAdd(request, out claim))
        {
            if (!request.TakeOver) return PendingOn(claim);

            // The other is fenced off; what it is writing now is written over.
            Void(claim).Wait();
        }

        // Another memoizer of this process, or another process, may have written since the caller looked.
        try
        {
            return Answer(request, claim, request.TakeOver ? default : Read(request.Key));
        }
        catch
        {
            End(claim);
            throw;
        }
    }

    public async ValueTask<ClaimResult> TryClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default)
    {
        Claim claim;
        while (!TryAdd(request, out claim))
        {
            if (!request.TakeOver) return PendingOn(claim);
            await Void(claim).ConfigureAwait(false);
        }

        try
        {
            return Answer(request, claim, request.TakeOver ? default : await ReadAsync(request.Key, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            End(claim);
            throw;
        }
    }

    public bool Renew(StoreClaim claim) => Find(claim) is not null;

    public ValueTask<bool> RenewAsync(StoreClaim claim, CancellationToken cancellationToken = default) => new(Renew(claim));

    public bool Complete(StoreClaim claim, StoredEntry entry)
    {
        if (Find(claim) is not { } open || !open.TryBeginWriting()) return false;

        try
        {
            _store.Write(entry);
        }
        finally
        {
            End(open);
        }

        return open.WasWritten;
    }

    public async ValueTask<bool> CompleteAsync(StoreClaim claim, StoredEntry entry, CancellationToken cancellationToken = default)
    {
        if (Find(claim) is not { } open || !open.TryBeginWriting()) return false;

        try
        {
            await _store.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            End(open);
        }

        return open.WasWritten;
    }

    public bool Abandon(StoreClaim claim)
    {
        if (Find(claim) is not { } open || !open.TryVoid()) return false;

        End(open);
        return true;
    }

    public ValueTask<bool> AbandonAsync(StoreClaim claim, CancellationToken cancellationToken = default) => new(Abandon(claim));

    public void WaitForChange(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default)
    {
        if (Find(new StoreClaim(key, token)) is { } claim) claim.Ended.Wait(Limits.ForTimer(atMost), cancellationToken);
    }

    public async ValueTask WaitForChangeAsync(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default)
    {
        if (Find(new StoreClaim(key, token)) is not { } claim) return;

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limits.ForTimer(atMost));
        await ((Task)claim.Ended.WaitAsync(limit.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static ClaimResult PendingOn(Claim claim) => ClaimResult.Pending(claim.Token, DateTimeOffset.MaxValue);

    private static StoreLook WithRevision(StoreLook look) =>
        look.Entry is { Revision: 0 } entry ? look with { Entry = entry with { Revision = RevisionOf(entry.Content.Span) } } : look;

    // The checksum in the header, and when the value was made: another value has another.
    private static long RevisionOf(ReadOnlySpan<byte> content) =>
        content.Length < 20 ? 1 : (BinaryPrimitives.ReadUInt32LittleEndian(content[8..]) ^ BinaryPrimitives.ReadInt64LittleEndian(content[12..])) | 1;

    private bool TryAdd(ClaimRequest request, out Claim claim)
    {
        var mine = new Claim(request, Interlocked.Increment(ref _lastToken));
        claim = _claims.GetOrAdd(request.Key, mine);
        return claim == mine;
    }

    private ClaimResult Answer(ClaimRequest request, Claim claim, StoreLook look)
    {
        if (look.Entry is not { } entry || entry.Revision == request.Seen) return ClaimResult.Won(new StoreClaim(request.Key, claim.Token));

        End(claim);
        return ClaimResult.Ready(entry);
    }

    private Claim? Find(StoreClaim claim) => _claims.TryGetValue(claim.Key, out var found) && found.Token == claim.Token ? found : null;

    /// <summary>Voids the claim on a key. The task ends when nothing is being written on it any more.</summary>
    private Task Void(StoreKey key) => _claims.TryGetValue(key, out var claim) ? Void(claim) : Task.CompletedTask;

    private Task Void(Claim claim)
    {
        if (!claim.TryVoid()) return claim.Ended;

        End(claim);
        return Task.CompletedTask;
    }

    private Task VoidWhere(Func<Claim, bool> condition) => Task.WhenAll(_claims.Values.Where(condition).Select(Void));

    private void End(Claim claim)
    {
        _claims.TryRemove(new KeyValuePair<StoreKey, Claim>(claim.Request.Key, claim));
        claim.End();
    }

    private sealed class Claim(ClaimRequest request, long token)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _state = new();
        private bool _isWriting;
        private bool _isVoid;

        public ClaimRequest Request { get; } = request;

        public long Token { get; } = token;

        public Task Ended => _ended.Task;

        /// <summary>Whether what was written still counts.</summary>
        public bool WasWritten
        {
            get
            {
                lock (_state) return !_isVoid;
            }
        }

        public bool HasTag(string tag) => Request.Tags.Contains(tag, StringComparer.Ordinal);

        public bool IsOf(string? method) => method is null || method == Request.Method;

        public bool TryBeginWriting()
        {
            lock (_state)
            {
                if (_isVoid || _isWriting) return false;

                _isWriting = true;
                return true;
            }
        }

        /// <summary>Voids the claim. False if it is being written: then it ends when that is done, and does not count.</summary>
        public bool TryVoid()
        {
            lock (_state)
            {
                _isVoid = true;
                return !_isWriting;
            }
        }

        public void End() => _ended.TrySetResult();
    }
}
