namespace Memoize.Generators.Tests.Analyzers;

/// <summary>The files of this repository, for tests that compare them with the code.</summary>
internal static class Repository
{
    private static readonly string Root = Find();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(Path(parts)).ReplaceLineEndings("\n");

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (File.Exists(System.IO.Path.Combine(folder, "Memoize.sln")))
                return folder;
        }

        throw new InvalidOperationException("This test needs the repository: Memoize.sln was not found.");
    }
}
