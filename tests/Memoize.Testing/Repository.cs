namespace Memoize.Testing;

/// <summary>Where the repository is that the tests were built in.</summary>
public static class Repository
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Memoize.sln"))) return folder;
        }

        throw new InvalidOperationException("The tests have to run in the repository: Memoize.sln was not found.");
    }
}
