using Memoize.Testing;

namespace Memoize.Docs.Tests;

/// <summary>The store that docs/stores.md shows does what the page says that stores do.</summary>
[Without(StoreFeature.RemovedReasons, "Files that are gone leave no trace.")]
[Without(StoreFeature.Revisions, "Nobody counts the writes of a file.")]
public sealed class FolderStoreTests : CacheStoreContract, IDisposable
{
    private static readonly Lazy<Type> FolderStore = new(() => ExampleProject
        .Of(DocumentationPage.Named("docs/stores.md").Blocks.Single(block => block.Code.Contains("class FolderStore :", StringComparison.Ordinal)))
        .Load().GetType("FolderStore", throwOnError: true)!);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    protected override ICacheStore CreateStore() => (ICacheStore)Activator.CreateInstance(FolderStore.Value, _folder.FullName, Time)!;

    // On the same data, as another process would open it.
    protected override ICacheStore CreateSecondStore() => CreateStore();

    public void Dispose() => _folder.Delete(recursive: true);
}
