using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Sqlite.Tests;

/// <summary>The contract of stores with claims; the second process is a second store on the same file.</summary>
public sealed class SqliteContractTests(ITestOutputHelper output) : ClaimStoreContract(output), IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteCacheStore> _stores = [];

    protected override IClaimStore CreateStore() => Open();

    protected override IClaimStore CreateSecondStore() => Open();

    public void Dispose()
    {
        foreach (var store in _stores) store.Dispose();
        _folder.Dispose();
    }

    private SqliteCacheStore Open()
    {
        var store = new SqliteCacheStore(_folder.File(), new SqliteCacheStoreOptions { TimeProvider = Time, AutomaticPruning = false });
        _stores.Add(store);
        return store;
    }
}
