using System.Security.Cryptography;
using System.Text;
using Memoize.Testing;
using Microsoft.Data.Sqlite;

namespace Memoize.Sqlite.Tests;

/// <summary>What tests of the store have in common: a folder, a clock, keys, entries, and stores that are closed in the end.</summary>
public abstract class SqliteStoreTests : IDisposable
{
    protected const string Method = "Contoso.Quotes.GetQuote(string)";

    // How long a test waits for what has to happen by itself; it takes a thousandth of that.
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _opened = [];

    protected ManualTimeProvider Time { get; } = new();

    protected string Folder => _folder.Path;

    protected string File => _folder.File();

    public void Dispose()
    {
        foreach (var opened in _opened) opened.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    protected static StoreKey Key(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));

    protected static ClaimRequest Request(int key) => new() { Key = Key(key), Method = Method };

    protected StoredEntry Entry(int key, string value = "value", TimeSpan? life = null, TimeSpan? staleFor = null, string method = Method, string[]? tags = null)
    {
        var now = Time.GetUtcNow();
        var header = new EntryHeader
        {
            Created = now,
            Expires = now + life,
            StaleUntil = now + life + (staleFor ?? TimeSpan.Zero),
            Schema = 7,
            Format = "text",
            Tags = tags ?? [],
        };
        return new StoredEntry { Key = Key(key), Method = method, Content = header.Encode(Key(key), Encoding.UTF8.GetBytes(value)), Tags = tags ?? [] };
    }

    /// <summary>A store on the test's file, with its clock; a second one is what another process has.</summary>
    protected SqliteCacheStore Open(Action<SqliteCacheStoreOptions>? configure = null, string? file = null)
    {
        var options = new SqliteCacheStoreOptions { TimeProvider = Time };
        configure?.Invoke(options);
        return Owned(new SqliteCacheStore(file ?? File, options));
    }

    protected T Owned<T>(T opened)
        where T : IDisposable
    {
        _opened.Add(opened);
        return opened;
    }

    /// <summary>A connection to the test's file that is not the store's.</summary>
    protected SqliteConnection Connect(string? file = null)
    {
        var connection = Owned(new SqliteConnection($"Data Source={file ?? File};Pooling=False"));
        connection.Open();
        return connection;
    }

    protected static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    protected static MissReason? ReasonOf(SqliteCacheStore store, int key)
    {
        var look = store.Read(Key(key));
        Assert.Null(look.Entry);
        return look.Reason;
    }

    protected static bool Has(SqliteCacheStore store, int key) => store.Read(Key(key)).Entry is not null;
}
