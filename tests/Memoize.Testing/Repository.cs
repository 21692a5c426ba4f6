namespace Memoize.Testing;

/// <summary>The files of the repository that the tests were built in, for tests that compare them with the code.</summary>
public static class Repository
{
    /// <summary>The folder of <c>Memoize.sln</c>.</summary>
    public static string Root { get; } = Find();

    /// <summary>The full path of a file or folder.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The text of a file, with line feeds only.</summary>
    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts)).ReplaceLineEndings("\n");

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Memoize.sln"))) return folder;
        }

        throw new InvalidOperationException("The tests have to run in the repository: Memoize.sln was not found.");
    }
}
