using Memoize.Testing;

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
