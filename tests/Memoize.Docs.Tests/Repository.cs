namespace Memoize.Docs.Tests;

/// <summary>The folder whose documentation is tested.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>Memoize.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Memoize.sln")))
                return folder;
        }

        throw new InvalidOperationException("The documentation can only be tested in the repository: Memoize.sln was not found.");
    }
}
