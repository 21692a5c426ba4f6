namespace Memoize.Testing;

/// <summary>The operations of a store in one of their forms, so that a specification is written once for both.</summary>
public sealed class StoreCalls(ICacheStore store, CallForm form)
{
    private bool IsSynchronous => form == CallForm.Synchronous;

    private IClaimStore Claims => (IClaimStore)store;

    public async Task<StoreLook> Read(StoreKey key) => IsSynchronous ? store.Read(key) : await store.ReadAsync(key);

    public async Task Write(StoredEntry entry)
    {
        if (IsSynchronous) store.Write(entry);
        else await store.WriteAsync(entry);
    }

    public async Task<bool> Remove(StoreKey key) => IsSynchronous ? store.Remove(key) : await store.RemoveAsync(key);

    public async Task<long> RemoveByTag(string tag) => IsSynchronous ? store.RemoveByTag(tag) : await store.RemoveByTagAsync(tag);

    public async Task<long> Clear(string? method = null) => IsSynchronous ? store.Clear(method) : await store.ClearAsync(method);

    public async Task<long> Prune() => IsSynchronous ? store.Prune() : await store.PruneAsync();

    public async Task<long> Count() => IsSynchronous ? store.Count() : await store.CountAsync();

    public async IAsyncEnumerable<StoredEntry> Enumerate()
    {
        if (IsSynchronous)
        {
            foreach (var entry in store.Enumerate()) yield return entry;
        }
        else
        {
            await foreach (var entry in store.EnumerateAsync()) yield return entry;
        }
    }

    public async Task<ClaimResult> TryClaim(ClaimRequest request) => IsSynchronous ? Claims.TryClaim(request) : await Claims.TryClaimAsync(request);

    public async Task<bool> Renew(StoreClaim claim) => IsSynchronous ? Claims.Renew(claim) : await Claims.RenewAsync(claim);

    public async Task<bool> Complete(StoreClaim claim, StoredEntry entry) => IsSynchronous ? Claims.Complete(claim, entry) : await Claims.CompleteAsync(claim, entry);

    public async Task<bool> Abandon(StoreClaim claim) => IsSynchronous ? Claims.Abandon(claim) : await Claims.AbandonAsync(claim);

    /// <summary>Waits without holding up the caller: the synchronous form on a thread of its own.</summary>
    public Task WaitForChange(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default) => IsSynchronous
        ? Task.Factory.StartNew(() => Claims.WaitForChange(key, token, atMost, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        : Claims.WaitForChangeAsync(key, token, atMost, cancellationToken).AsTask();
}
