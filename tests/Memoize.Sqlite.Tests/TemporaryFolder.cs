namespace Memoize.Sqlite.Tests;

/// <summary>A folder of a test, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("memoize-sqlite-").FullName;

    public string File(string name = "cache.db") => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
