using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// Claims over a store that has none: within this process they are as good as any, and of other processes they know nothing.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. A claim is open, then taken by its holder, who writes or abandons, or void; one that is taken can still become void. It is
///    taken once.
/// 2. Who voids a claim that its holder has taken waits until that one has written, and changes the store only then: what was
///    begun before a removal is never in the store after it.
/// 3. A claim is in the table until it has ended.
/// 4. Who writes a key without a claim has one of its own while it does, so that nobody begins to compute the key who does not
///    know what is being written.
/// 5. A claim is voided by the tags of its own result and by those of the entry that it is to replace.
/// Of what <see cref="IClaimStore"/> promises two things do not hold. There are no leases: a claim ends with its process, so that
/// none has to be taken over from a process that is gone. And completing a claim again is false: to know what it was completed with
/// would take memory for every key that was ever computed, and nobody tries twice, since within a process no answer is lost.
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
        Claim claim;
        while (!TryAdd(new Claim(RequestOf(entry), NextToken(), isTaken: true), out claim)) Void(claim).Wait();

        try
        {
            _store.Write(entry);
        }
        finally
        {
            End(claim);
        }
    }

    public async ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default)
    {
        Claim claim;
        while (!TryAdd(new Claim(RequestOf(entry), NextToken(), isTaken: true), out claim)) await Void(claim).ConfigureAwait(false);

        try
        {
            await _store.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            End(claim);
        }
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
        Task.WaitAll(VoidWhere(claim => claim.HasTag(tag)));
        return _store.RemoveByTag(tag);
    }

    public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        await Task.WhenAll(VoidWhere(claim => claim.HasTag(tag))).ConfigureAwait(false);
        return await _store.RemoveByTagAsync(tag, cancellationToken).ConfigureAwait(false);
    }

    public long Clear(string? method = null)
    {
        Task.WaitAll(VoidWhere(claim => claim.IsOf(method)));
        return _store.Clear(method);
    }

    public async ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default)
    {
        await Task.WhenAll(VoidWhere(claim => claim.IsOf(method))).ConfigureAwait(false);
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
        while (!TryAdd(new Claim(request, NextToken()), out claim))
        {
            if (!request.TakeOver) return AnswerBeside(request, claim, Read(request.Key));

            // The other is fenced off; what it is writing now is written over.
            Void(claim).Wait();
        }

        // Another memoizer of this process, or another process, may have written since the caller looked.
        try
        {
            return Answer(request, claim, Read(request.Key));
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
        while (!TryAdd(new Claim(request, NextToken()), out claim))
        {
            if (!request.TakeOver) return AnswerBeside(request, claim, await ReadAsync(request.Key, cancellationToken).ConfigureAwait(false));
            await Void(claim).ConfigureAwait(false);
        }

        try
        {
            return Answer(request, claim, await ReadAsync(request.Key, cancellationToken).ConfigureAwait(false));
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
        if (Find(claim) is not { } open || !open.TryTake()) return false;

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
        if (Find(claim) is not { } open || !open.TryTake()) return false;

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
        if (Find(claim) is not { } open || !open.TryTake()) return false;

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

    private static ClaimRequest RequestOf(StoredEntry entry) => new() { Key = entry.Key, Method = entry.Method, Tags = entry.Tags };

    // Content that is too short for a header cannot be read; whatever can takes its place.
    private static StoreLook WithRevision(StoreLook look) =>
        look.Entry is { Revision: 0, Content.Length: >= 20 } entry ? look with { Entry = entry with { Revision = RevisionOf(entry.Content.Span) } } : look;

    // The checksum in the header, and when the value was made: another value has another.
    private static long RevisionOf(ReadOnlySpan<byte> content) =>
        BinaryPrimitives.ReadUInt32LittleEndian(content[8..]) ^ BinaryPrimitives.ReadInt64LittleEndian(content[12..]);

    private long NextToken() => Interlocked.Increment(ref _lastToken);

    /// <summary>Makes a claim the one on its key, unless there is <paramref name="current"/> already.</summary>
    private bool TryAdd(Claim claim, out Claim current)
    {
        current = _claims.GetOrAdd(claim.Request.Key, claim);
        return current == claim;
    }

    private ClaimResult Answer(ClaimRequest request, Claim claim, StoreLook look)
    {
        if (!request.TakeOver && IsNews(request, look.Entry))
        {
            End(claim);
            return ClaimResult.Ready(look.Entry);
        }

        claim.Replaces(look.Entry);
        return ClaimResult.Won(new StoreClaim(request.Key, claim.Token));
    }

    /// <summary>The answer to one who asked while another has the claim: an entry is one all the same, if the caller does not know it.</summary>
    private static ClaimResult AnswerBeside(ClaimRequest request, Claim other, StoreLook look) =>
        IsNews(request, look.Entry) ? ClaimResult.Ready(look.Entry) : ClaimResult.Pending(other.Token, DateTimeOffset.MaxValue);

    private static bool IsNews(ClaimRequest request, [NotNullWhen(true)] StoredEntry? entry) => entry is not null && entry.Revision != request.Seen;

    private Claim? Find(StoreClaim claim) => _claims.TryGetValue(claim.Key, out var found) && found.Token == claim.Token ? found : null;

    /// <summary>Voids the claim on a key. The task ends when nothing is being written on it any more.</summary>
    private Task Void(StoreKey key) => _claims.TryGetValue(key, out var claim) ? Void(claim) : Task.CompletedTask;

    private Task Void(Claim claim)
    {
        if (!claim.TryVoid()) return claim.Ended;

        End(claim);
        return Task.CompletedTask;
    }

    // Who waits for them on its thread needs no thread of the pool for that: the writer's own end wakes it.
    private Task[] VoidWhere(Func<Claim, bool> condition) => [.. _claims.Values.Where(condition).Select(Void)];

    private void End(Claim claim)
    {
        _claims.TryRemove(new KeyValuePair<StoreKey, Claim>(claim.Request.Key, claim));
        claim.End();
    }

    private sealed class Claim(ClaimRequest request, long token, bool isTaken = false)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _state = new();
        private volatile IReadOnlyList<string> _replacedTags = [];
        private bool _isTaken = isTaken;
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

        public bool HasTag(string tag) => Request.Tags.Contains(tag, StringComparer.Ordinal) || _replacedTags.Contains(tag, StringComparer.Ordinal);

        /// <summary>Says which entry the result is to take the place of; an invalidation of that one is one of the result, too.</summary>
        public void Replaces(StoredEntry? entry) => _replacedTags = entry?.Tags ?? [];

        public bool IsOf(string? method) => method is null || method == Request.Method;

        /// <summary>Takes the claim for its last step. True once, for its holder, and only if it is not void.</summary>
        public bool TryTake()
        {
            lock (_state)
            {
                if (_isVoid || _isTaken) return false;

                _isTaken = true;
                return true;
            }
        }

        /// <summary>Voids the claim. False if its holder has taken it: then it ends when that is done, and does not count.</summary>
        public bool TryVoid()
        {
            lock (_state)
            {
                _isVoid = true;
                return !_isTaken;
            }
        }

        public void End() => _ended.TrySetResult();
    }
}
