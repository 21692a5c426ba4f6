using Memoize;

namespace CallerProgram;

/// <summary>A store that stops where it is told to: around the claims of the one below it, which does all the work.</summary>
internal sealed class ConversationalStore(IClaimStore store, Conversation conversation) : IClaimStore
{
    public TimeSpan LeaseDuration => store.LeaseDuration;

    public ClaimResult TryClaim(ClaimRequest request)
    {
        var result = store.TryClaim(request);
        if (result.Claim is not null) conversation.Pass(Point.Claimed, request.Method);
        return result;
    }

    public async ValueTask<ClaimResult> TryClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default)
    {
        var result = await store.TryClaimAsync(request, cancellationToken);
        if (result.Claim is not null) await conversation.PassAsync(Point.Claimed, request.Method);
        return result;
    }

    public void WaitForChange(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default)
    {
        conversation.Pass(Point.Waiting, key.ToString());
        store.WaitForChange(key, token, atMost, cancellationToken);
    }

    public async ValueTask WaitForChangeAsync(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default)
    {
        await conversation.PassAsync(Point.Waiting, key.ToString());
        await store.WaitForChangeAsync(key, token, atMost, cancellationToken);
    }

    public bool Complete(StoreClaim claim, StoredEntry entry)
    {
        conversation.Pass(Point.Completing, entry.Method);
        bool isKept = store.Complete(claim, entry);
        conversation.Pass(Point.Completed, entry.Method);
        return isKept;
    }

    public async ValueTask<bool> CompleteAsync(StoreClaim claim, StoredEntry entry, CancellationToken cancellationToken = default)
    {
        await conversation.PassAsync(Point.Completing, entry.Method);
        bool isKept = await store.CompleteAsync(claim, entry, cancellationToken);
        await conversation.PassAsync(Point.Completed, entry.Method);
        return isKept;
    }

    public bool Renew(StoreClaim claim) => store.Renew(claim);

    public ValueTask<bool> RenewAsync(StoreClaim claim, CancellationToken cancellationToken = default) => store.RenewAsync(claim, cancellationToken);

    public bool Abandon(StoreClaim claim) => store.Abandon(claim);

    public ValueTask<bool> AbandonAsync(StoreClaim claim, CancellationToken cancellationToken = default) => store.AbandonAsync(claim, cancellationToken);

    public StoreLook Read(StoreKey key) => store.Read(key);

    public ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) => store.ReadAsync(key, cancellationToken);

    public void Write(StoredEntry entry) => store.Write(entry);

    public ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default) => store.WriteAsync(entry, cancellationToken);

    public bool Remove(StoreKey key) => store.Remove(key);

    public ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default) => store.RemoveAsync(key, cancellationToken);

    public long RemoveByTag(string tag) => store.RemoveByTag(tag);

    public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => store.RemoveByTagAsync(tag, cancellationToken);

    public long Clear(string? method = null) => store.Clear(method);

    public ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default) => store.ClearAsync(method, cancellationToken);

    public long Prune() => store.Prune();

    public ValueTask<long> PruneAsync(CancellationToken cancellationToken = default) => store.PruneAsync(cancellationToken);

    public long Count() => store.Count();

    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => store.CountAsync(cancellationToken);

    public IEnumerable<StoredEntry> Enumerate() => store.Enumerate();

    public IAsyncEnumerable<StoredEntry> EnumerateAsync(CancellationToken cancellationToken = default) => store.EnumerateAsync(cancellationToken);
}
