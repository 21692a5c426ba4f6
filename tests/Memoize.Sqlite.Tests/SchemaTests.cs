namespace Memoize.Sqlite.Tests;

public sealed class SchemaTests : SqliteStoreTests
{
    private const long ApplicationId = 0x4D454D4F;

    [Fact]
    public void A_new_file_has_a_write_ahead_log_and_says_whose_it_is()
    {
        Open().Open();

        var connection = Connect();
        Assert.Equal("wal", Run(connection, "PRAGMA journal_mode"));
        Assert.Equal(ApplicationId, Run(connection, "PRAGMA application_id"));
        Assert.Equal(1L, Run(connection, "PRAGMA user_version"));
    }

    [Fact]
    public void An_empty_file_becomes_a_store()
    {
        System.IO.File.WriteAllBytes(File, []);

        Open().Write(Entry(1));

        Assert.True(Has(Open(), 1));
    }

    [Fact]
    public async Task Many_may_open_a_new_file_at_once()
    {
        using var start = new Barrier(20);
        var stores = Enumerable.Range(0, 20).Select(_ => Open()).ToArray();

        await Task.WhenAll(stores.Select((store, i) => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                store.Write(Entry(i));
            },
            TaskCreationOptions.LongRunning)));

        Assert.Equal(20, Open().Count());
        Assert.Empty(Open().CheckIntegrity());
    }

    [Fact]
    public void A_database_of_somebody_else_is_left_alone()
    {
        var connection = Connect();
        Run(connection, "CREATE TABLE customers (name TEXT)");
        byte[] before = Contents(File);

        foreach (var use in (Action<SqliteCacheStore>[])[store => store.Open(), store => store.Write(Entry(1)), store => store.Read(Key(1)), store => store.TryClaim(Request(1)), store => store.Clear()])
        {
            var exception = Assert.Throws<CacheStoreException>(() => use(Open()));
            Assert.StartsWith($"{File} is an SQLite database, but not one of Memoize", exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Contents(File));
        Assert.Equal("delete", Run(connection, "PRAGMA journal_mode"));
    }

    [Fact]
    public void A_database_of_another_application_is_left_alone()
    {
        Run(Connect(), "PRAGMA application_id = 42");

        var exception = Assert.Throws<CacheStoreException>(() => Open().Open());

        Assert.Contains("not one of Memoize", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_newer_version_is_left_alone()
    {
        Open().Write(Entry(1));
        Run(Connect(), "PRAGMA user_version = 99");

        var exception = Assert.Throws<CacheStoreException>(() => Open().Write(Entry(2)));

        Assert.StartsWith($"{File} was written by a newer version of Memoize.Sqlite: its tables are of version 99, and this library knows version 1.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1L, Run(Connect(), "SELECT count(*) FROM entries"));
    }

    [Fact]
    public void Entries_outlive_the_store()
    {
        using (var store = Open()) store.Write(Entry(1, life: Seconds(60), tags: ["tag"]));

        var look = Open().Read(Key(1));

        Assert.NotNull(look.Entry);
        Assert.Equal(["tag"], look.Entry.Tags);
        Assert.Null(EntryHeader.Decode(Key(1), look.Entry.Content, out var header, out _));
        Assert.Equal(Time.GetUtcNow() + Seconds(60), header!.Expires);
    }

    // Not File.ReadAllBytes: closing the file would drop the locks that SQLite has on it in this process.
    private byte[] Contents(string file)
    {
        string copy = Path.Combine(Folder, "copy");
        System.IO.File.Copy(file, copy, overwrite: true);
        return System.IO.File.ReadAllBytes(copy);
    }
}
