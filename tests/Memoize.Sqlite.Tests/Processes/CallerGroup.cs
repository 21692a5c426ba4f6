using CallerProgram;
using Microsoft.Data.Sqlite;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary>The processes of one test with the file they share, in a folder of its own. At the end none of it is left.</summary>
internal sealed class CallerGroup : IDisposable
{
    private readonly List<Caller> _callers = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("memoize-processes-").FullName;

    public CallerGroup()
    {
        StorePath = Path.Combine(_folder, "cache.db");
        RunsFolder = Directory.CreateDirectory(Path.Combine(_folder, "runs")).FullName;
    }

    public string Folder => _folder;

    public string StorePath { get; init; }

    public string RunsFolder { get; }

    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The runs of the methods in all processes so far: a name for each, which begins with its key and its caller.</summary>
    public IReadOnlyList<string> Runs => [.. Directory.EnumerateFiles(RunsFolder).Select(file => Path.GetFileName(file)!)];

    public async Task<Caller> StartAsync(string name)
    {
        var caller = await Caller.StartAsync(new CallerOptions
        {
            Name = name,
            StorePath = StorePath,
            RunsFolder = RunsFolder,
            LeaseDuration = LeaseDuration,
            BusyTimeout = BusyTimeout,
        });
        lock (_callers) _callers.Add(caller);
        return caller;
    }

    public Task<Caller[]> StartManyAsync(int count) => Task.WhenAll(Enumerable.Range(1, count).Select(number => StartAsync($"caller{number}")));

    /// <summary>SQLite itself finds nothing wrong with the file.</summary>
    public async Task AssertWholeAsync()
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = StorePath, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", await command.ExecuteScalarAsync());
    }

    public void Dispose()
    {
        foreach (var caller in _callers) caller.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
