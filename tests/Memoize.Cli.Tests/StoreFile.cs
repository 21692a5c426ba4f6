using System.Buffers.Binary;
using System.Text;
using Memoize.Sqlite;
using Memoize.Testing;

namespace Memoize.Cli.Tests;

/// <summary>A store in a file of its own, and the command line to try on it. The file goes when the test is over.</summary>
public sealed class StoreFile : IDisposable
{
    public const string Quotes = "Shop.GetQuoteAsync(string)";
    public const string Pages = "Site.Render(int)";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memoize-cli-");

    /// <summary>Virtual time, for the store and for the commands.</summary>
    public ManualTimeProvider Time { get; } = new();

    /// <summary>The file of the store.</summary>
    public string Path => InFolder("cache.db");

    /// <summary>A key of which the number is the beginning: 1 begins with 00000001.</summary>
    public static StoreKey Key(uint number)
    {
        Span<byte> bytes = stackalloc byte[StoreKey.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new StoreKey(bytes);
    }

    public string InFolder(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <summary>The files that are there, but for those that SQLite puts beside its own.</summary>
    public string[] FilesInFolder() =>
    [
        .. _folder.GetFiles()
            .Select(static file => file.Name)
            .Where(static name => !name.EndsWith("-wal", StringComparison.Ordinal) && !name.EndsWith("-shm", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>An entry as a memoizer writes it.</summary>
    public StoredEntry Entry(uint number, string method = Quotes, string payload = """{"symbol":"MSFT","price":1.5}""", TimeSpan? life = null, TimeSpan? stale = null, string[]? tags = null, string? arguments = null, string format = "json")
    {
        var created = Time.GetUtcNow();
        var expires = created + life;
        var header = new EntryHeader
        {
            Created = created,
            Expires = expires,
            StaleUntil = expires + (stale ?? TimeSpan.Zero),
            Version = 3,
            Schema = 0xABCD,
            Format = format,
            Tags = tags ?? [],
        };
        return new StoredEntry { Key = Key(number), Method = method, Content = header.Encode(Key(number), Encoding.UTF8.GetBytes(payload)), Tags = tags ?? [], ReadableKey = arguments };
    }

    /// <summary>Writes entries, and closes the file.</summary>
    public StoreFile With(params StoredEntry[] entries)
    {
        using var store = Open();
        foreach (var entry in entries) store.Write(entry);
        return this;
    }

    public SqliteCacheStore Open() => new(Path, new SqliteCacheStoreOptions { TimeProvider = Time, AutomaticPruning = false });

    /// <summary>Changes a bit of the file behind the back of SQLite, where <paramref name="text"/> stands.</summary>
    public StoreFile Damage(string text)
    {
        byte[] bytes = File.ReadAllBytes(Path);
        int at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
        Assert.True(at >= 0, $"'{text}' is not in the file.");
        bytes[at] ^= 1;
        File.WriteAllBytes(Path, bytes);
        return this;
    }

    /// <summary>Overwrites whole pages of the database with noise, but not the first.</summary>
    public StoreFile DamagePages()
    {
        byte[] bytes = File.ReadAllBytes(Path);
        int pageSize = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(16));
        int pages = bytes.Length / pageSize;
        for (int page = pages / 2; page < pages; page += 3) new Random(page).NextBytes(bytes.AsSpan(page * pageSize, pageSize));
        File.WriteAllBytes(Path, bytes);
        return this;
    }

    /// <summary>Runs a command in this process; <c>FILE</c> stands for the file of the store.</summary>
    public Task<CliRun> RunAsync(params string[] arguments) => CliRun.InProcessAsync(Time, Resolved(arguments));

    /// <summary>Runs a command as a process, as a shell does.</summary>
    public Task<CliRun> RunProcessAsync(params string[] arguments) => CliRun.AsProcessAsync(Resolved(arguments));

    public void Dispose() => _folder.Delete(recursive: true);

    private string[] Resolved(string[] arguments) => [.. arguments.Select(argument => argument == "FILE" ? Path : argument)];
}
