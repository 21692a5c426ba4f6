using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>The contract of stores, held against the plainest of them.</summary>
[Without(StoreFeature.RemovedReasons, "A plain store remembers nothing of entries that left.")]
[Without(StoreFeature.Revisions, "A plain store counts no writes.")]
public sealed class InMemoryCacheStoreTests : CacheStoreContract
{
    private InMemoryCacheStore? _store;

    protected override ICacheStore CreateStore() => _store = new InMemoryCacheStore(Time);

    protected override ICacheStore CreateSecondStore() => _store!.OfAnotherProcess();
}

/// <summary>The contract of stores with claims, held against the plainest of them.</summary>
public sealed class InMemoryClaimStoreTests(ITestOutputHelper output) : ClaimStoreContract(output)
{
    private InMemoryClaimStore? _store;

    protected override IClaimStore CreateStore() => _store = new InMemoryClaimStore(Time);

    protected override IClaimStore CreateSecondStore() => _store!.OfAnotherProcess();

    // Notified, it need not return early, and so lets this be seen.
    [Fact]
    public async Task Waiting_returns_neither_before_the_change_nor_before_its_time()
    {
        var store = CreateStore();
        var key = new StoreKey(new byte[StoreKey.Length]);
        var claim = store.TryClaim(new ClaimRequest { Key = key, Method = Method }).Claim!.Value;

        var waiting = store.WaitForChangeAsync(key, claim.Token, TimeSpan.FromSeconds(5)).AsTask();
        Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(0.1));
        await waiting;

        waiting = store.WaitForChangeAsync(key, claim.Token, TimeSpan.FromSeconds(5)).AsTask();
        store.Renew(claim);
        store.Prune();
        Assert.False(waiting.IsCompleted);
        store.Abandon(claim);
        await waiting;
    }

    [Fact]
    public void An_evicted_entry_made_room()
    {
        var store = (InMemoryClaimStore)CreateStore();
        store.Write(Entry(Key(1)));

        Assert.True(store.Evict(Key(1)));
        Assert.False(store.Evict(Key(1)));

        Assert.Equal(new StoreLook(Entry: null, MissReason.Evicted), store.Read(Key(1)));
    }
}
