using Memoize.Testing;

namespace Memoize.Package.Tests;

/// <summary>The package, packed once for all tests from what was built for them, and a consumer of it in a folder of its own.</summary>
public sealed class PackedPackage : IAsyncLifetime
{
    /// <summary>A version that no feed has, so that a consumer can only get this one.</summary>
    public const string Version = "0.0.1-packed";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memoize-package-");

    /// <summary>The folder that serves as a feed.</summary>
    public string Feed => Path.Combine(_folder.FullName, "feed");

    /// <summary>The packed file.</summary>
    public string File => Path.Combine(Feed, $"Memoize.{Version}.nupkg");

    /// <summary>The packed symbols.</summary>
    public string SymbolsFile => Path.Combine(Feed, $"Memoize.{Version}.snupkg");

    /// <summary>The consumers' package cache: empty at first.</summary>
    public string PackageCache => Path.Combine(_folder.FullName, "packages");

    /// <inheritdoc/>
    public async Task InitializeAsync() => await PackAsync(Feed);

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Packs, without building, into a folder.</summary>
    internal static async Task PackAsync(string folder) => await DotnetCommand.MustRunAsync(
        Repository.Root,
        packageCache: null,
        "pack", "src/Memoize", "--no-build", "-c", TestedBuild.Configuration, "-o", folder, $"-p:PackageVersion={Version}");

    /// <summary>An empty folder for one consumer.</summary>
    internal string NewFolder(string name) => _folder.CreateSubdirectory(name).FullName;
}

/// <summary>Tests in it use the same <see cref="PackedPackage"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class UsesPackedPackage : ICollectionFixture<PackedPackage>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Packed package";
}
