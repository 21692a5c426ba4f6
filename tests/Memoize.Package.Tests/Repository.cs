using System.Reflection;

namespace Memoize.Package.Tests;

/// <summary>Where the tests are run, and from which build.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>Memoize.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The configuration that is being tested, and so is there to be packed.</summary>
    public static string Configuration { get; } = Metadata("Configuration");

    /// <summary>The package folder of this build: what is in it need not be fetched again.</summary>
    public static string PackageFolder { get; } = Metadata("PackageFolder");

    private static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == key)
        .Value!;

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Memoize.sln")))
                return folder;
        }

        throw new InvalidOperationException("The package can only be tested in the repository: Memoize.sln was not found.");
    }
}
