using System.Text;
using Microsoft.Data.Sqlite;

namespace Memoize.Sqlite.Tests;

/// <summary>What users are told, and that the store works again once what was wrong is not.</summary>
public sealed class ErrorTests : SqliteStoreTests
{
    private static readonly Action<SqliteCacheStoreOptions> Impatient = static options => options.BusyTimeout = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Random_bytes_are_not_a_database()
    {
        byte[] bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        System.IO.File.WriteAllBytes(File, bytes);

        foreach (var use in Uses)
        {
            var exception = Assert.Throws<CacheStoreException>(() => use(Open()));
            Assert.Contains($"{File} is not an SQLite database. Give the store another path", exception.Message, StringComparison.Ordinal);
            Assert.IsType<SqliteException>(exception.InnerException);
        }

        Assert.Equal(bytes, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void A_file_that_was_cut_short_is_damaged()
    {
        using (var store = Open())
        {
            for (int i = 0; i < 500; i++) store.Write(Entry(i, new string('x', 500)));
        }

        using (var stream = System.IO.File.OpenWrite(File)) stream.SetLength(stream.Length / 2);

        var broken = Open();
        var exception = Assert.Throws<CacheStoreException>(() =>
        {
            for (int i = 0; i < 500; i++) broken.Read(Key(i));
        });
        Assert.Contains($"{File} is damaged. Stop the programs that use it and delete it", exception.Message, StringComparison.Ordinal);
        Assert.Throws<CacheStoreException>(() =>
        {
            for (int i = 0; i < 500; i++) broken.Write(Entry(i, "new"));
        });
    }

    // The index of the keys says which row a key has: one bit there, and a key has the row of another.
    [Fact]
    public void A_flipped_bit_in_an_index_gives_nobody_the_value_of_another_key()
    {
        using (var store = Open())
        {
            for (int i = 1; i <= 5; i++) store.Write(Entry(i, $"value of {i}"));
        }

        byte[] file = System.IO.File.ReadAllBytes(File);

        // A record of the index: a header of three bytes, the key, and the number of the row, here in one byte.
        byte[] record = [0x03, 12 + (2 * StoreKey.Length), 0x01, .. Key(2).ToArray()];
        int at = file.AsSpan().IndexOf(record);
        Assert.True(at > 0, "There is no such record in the index.");
        file[at + record.Length] ^= 1;
        System.IO.File.WriteAllBytes(File, file);

        var entry = Open().Read(Key(2)).Entry;

        Assert.NotNull(entry);
        Assert.DoesNotContain("value of 2", Encoding.UTF8.GetString(entry.Content.Span), StringComparison.Ordinal);
        Assert.Contains("another key's", EntryHeader.Decode(Key(2), entry.Content, out var header, out _), StringComparison.Ordinal);
        Assert.Null(header);
        Assert.False(EntryHeader.IsOfAnotherVersion(Key(2), entry.Content.Span));
    }

    [Fact]
    public void Damage_is_found_by_checking()
    {
        using (var store = Open())
        {
            for (int i = 0; i < 500; i++) store.Write(Entry(i, new string('x', 500)));
        }

        using (var stream = System.IO.File.OpenWrite(File))
        {
            stream.Position = stream.Length / 2;
            stream.Write(new byte[8_192]);
        }

        Assert.NotEmpty(Open().CheckIntegrity());
    }

    [Fact]
    public async Task A_locked_file_is_waited_for_and_then_an_error()
    {
        var store = Open(Impatient);
        store.Open();
        var connection = Connect();
        Run(connection, "BEGIN IMMEDIATE");

        var exception = Assert.Throws<CacheStoreException>(() => store.Write(Entry(1)));
        Assert.StartsWith($"Could not write an entry: {File} was locked for longer than BusyTimeout (00:00:00.0500000).", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CacheStoreException>(async () => await store.WriteAsync(Entry(1)));

        Run(connection, "ROLLBACK");
        store.Write(Entry(1));
        Assert.True(Has(store, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_waits_for_a_locked_file_goes_on_when_it_is_free(bool isAsync)
    {
        var store = Open(static options => options.BusyTimeout = Limit);
        store.Open();
        var connection = Connect();
        Run(connection, "BEGIN IMMEDIATE");

        var writing = isAsync ? store.WriteAsync(Entry(1)).AsTask() : Task.Factory.StartNew(() => store.Write(Entry(1)), TaskCreationOptions.LongRunning);
        Assert.False(writing.IsCompleted);
        Run(connection, "ROLLBACK");

        await writing.WaitAsync(Limit);
        Assert.True(Has(store, 1));
    }

    [Fact]
    public async Task Who_waits_for_a_locked_file_can_be_cancelled()
    {
        var store = Open(static options => options.BusyTimeout = Limit);
        store.Open();
        Run(Connect(), "BEGIN IMMEDIATE");
        using var cancelled = new CancellationTokenSource();
        var first = store.WriteAsync(Entry(1), cancelled.Token).AsTask();
        var second = store.WriteAsync(Entry(2), cancelled.Token).AsTask();

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Limit));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Limit));
    }

    [Fact]
    public void A_file_that_somebody_has_for_himself_is_locked_for_readers_too()
    {
        Open().Write(Entry(1));
        var exclusive = Path.Combine(Folder, "exclusive.db");
        var store = Open(Impatient, exclusive);
        using (var first = Open(file: exclusive)) first.Open();
        var connection = Connect(exclusive);
        Run(connection, "PRAGMA locking_mode = EXCLUSIVE");
        Run(connection, "UPDATE totals SET size = size");

        var exception = Assert.Throws<CacheStoreException>(() => store.Read(Key(1)));

        Assert.StartsWith($"Could not read an entry: {exclusive} was locked", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        string folder = Path.Combine(Folder, "missing");

        foreach (var use in Uses)
        {
            var exception = Assert.Throws<CacheStoreException>(() => use(Open(file: Path.Combine(folder, "cache.db"))));
            Assert.Contains($"The folder {folder} does not exist", exception.Message, StringComparison.Ordinal);
        }

        Directory.CreateDirectory(folder);
        Open(file: Path.Combine(folder, "cache.db")).Write(Entry(1));
    }

    [Fact]
    public void A_path_below_a_file_is_no_place()
    {
        System.IO.File.WriteAllText(File, "");

        var exception = Assert.Throws<CacheStoreException>(() => Open(file: Path.Combine(File, "cache.db")).Open());

        Assert.Contains($"The folder {File} does not exist, or is a file", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_no_file()
    {
        var exception = Assert.Throws<CacheStoreException>(() => Open(file: Folder).Open());

        Assert.Contains($"{Folder} is a folder", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_path_makes_no_file()
    {
        var exception = Assert.Throws<CacheStoreException>(() => SqliteCacheStore.OpenExisting(File));

        Assert.Contains($"There is no file {File}", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_existing_file_is_opened_as_it_is(bool readOnly)
    {
        using (var store = Open()) store.Write(Entry(1));

        var tool = Owned(SqliteCacheStore.OpenExisting(File, readOnly: readOnly));

        Assert.True(Has(tool, 1));
        Assert.Equal(1, tool.GetStatistics().Entries);
        Assert.Empty(tool.CheckIntegrity());
        if (!readOnly)
        {
            Assert.True(tool.Remove(Key(1)));
            return;
        }

        var exception = Assert.Throws<CacheStoreException>(() => tool.Remove(Key(1)));
        Assert.StartsWith($"Could not remove entries: {File} was opened for reading only.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_opened_for_reading_only_shows_what_others_write()
    {
        var store = Open();
        store.Write(Entry(1));
        var tool = Owned(SqliteCacheStore.OpenExisting(File, readOnly: true));

        store.Write(Entry(2));

        Assert.Equal(2, tool.Count());
    }

    [Fact]
    public void An_empty_file_opened_for_reading_only_stays_empty()
    {
        System.IO.File.WriteAllBytes(File, []);

        Assert.Throws<CacheStoreException>(() => SqliteCacheStore.OpenExisting(File, readOnly: true));

        Assert.Equal(0, new FileInfo(File).Length);
    }

    [SmallDiskFact]
    public void A_full_disk_is_an_error_until_there_is_room()
    {
        using var disk = new SmallDisk(Path.Combine(Folder, "disk"));
        using var store = new SqliteCacheStore(Path.Combine(disk.Path, "cache.db"));
        store.Write(Entry(1));

        var exception = Assert.Throws<CacheStoreException>(() =>
        {
            for (int i = 2; i < 1000; i++) store.Write(Entry(i, new string('x', 50_000)));
        });

        Assert.Contains("There is no room left for", exception.Message, StringComparison.Ordinal);
        Assert.True(Has(store, 1));
        disk.Resize("64m");
        store.Write(Entry(1000));
        Assert.True(Has(store, 1000));
        Assert.Empty(store.CheckIntegrity());
    }

    [SmallDiskFact]
    public void A_read_only_disk_is_an_error()
    {
        using var disk = new SmallDisk(Path.Combine(Folder, "disk"));
        string file = Path.Combine(disk.Path, "cache.db");
        disk.MakeReadOnly();

        var missing = Assert.Throws<CacheStoreException>(() => Open(file: file).Open());
        Assert.Contains($"{file} cannot be opened. Give the program the right to read and write the file and its folder.", missing.Message, StringComparison.Ordinal);
    }

    private Action<SqliteCacheStore>[] Uses =>
    [
        store => store.Open(),
        store => store.Read(Key(1)),
        store => store.Write(Entry(1)),
        store => store.TryClaim(Request(1)),
        store => store.Clear(),
        store => store.Count(),
        static store => _ = store.Enumerate().Count(),
        store => store.GetStatistics(),
        store => store.CheckIntegrity(),
    ];
}
