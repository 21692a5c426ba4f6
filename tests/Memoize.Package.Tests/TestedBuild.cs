using System.Reflection;

namespace Memoize.Package.Tests;

/// <summary>The build that is being tested.</summary>
internal static class TestedBuild
{
    /// <summary>The configuration that is being tested, and so is there to be packed.</summary>
    public static string Configuration { get; } = Metadata("Configuration");

    /// <summary>The package folder of this build: what is in it need not be fetched again.</summary>
    public static string PackageFolder { get; } = Metadata("PackageFolder");

    private static string Metadata(string key) => typeof(TestedBuild).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == key)
        .Value!;
}
