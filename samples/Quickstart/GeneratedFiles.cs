using System.Reflection;

namespace Quickstart;

/// <summary>The source files that the generator added to this build. The project keeps them, so that they can be read.</summary>
internal static class GeneratedFiles
{
    /// <summary>The files of Memoize's generator, as paths from the current directory.</summary>
    public static IReadOnlyList<string> FromHere()
    {
        string folder = typeof(GeneratedFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(metadata => metadata.Key == "GeneratedFiles").Value!;
        string ours = Path.Combine(folder, "Memoize.Generators");
        return Directory.Exists(ours)
            ? [.. Directory.EnumerateFiles(ours, "*.cs", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => Path.GetRelativePath(Environment.CurrentDirectory, file))]
            : [];
    }
}
