using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Memoize.Sqlite;

/// <summary>An open connection to the file, with the statements that were prepared on it. One thread at a time uses it.</summary>
internal sealed class Connection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];

    // Microsoft.Data.Sqlite looks for it by its name, which a natively compiled program keeps only if it is told to.
    [DynamicDependency(nameof(Batteries_V2.Init), typeof(Batteries_V2))]
    public Connection(string path, SqliteOpenMode mode)
    {
        // Its pool would hand connections that broke to the next one who asks: the store has its own.
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
        _connection = new SqliteConnection(connectionString.ToString());
        try
        {
            _connection.Open();
            Database = _connection.Handle!;

            // SQLite itself does not wait for the file, since it would hold on to the thread: Patience does.
            _ = raw.sqlite3_busy_timeout(Database, 0);

            // NORMAL: with a write-ahead log a crash of the machine can lose the last entries, but breaks nothing, and no
            // commit waits for the disk. The file is not trusted: nothing in it runs. Memory-mapped reads would be faster by
            // little, and would end the process if somebody cut the file short.
            // A checkpoint every 8 MB, which is when the disk is waited for.
            Run("PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 16777216");
            Run("PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; PRAGMA foreign_keys = OFF");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public sqlite3 Database { get; }

    /// <summary>Whether a transaction has begun and not ended.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Database) == 0;

    /// <summary>A statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(Database, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs statements that are needed once.</summary>
    public void Run(string sql)
    {
        int code = raw.sqlite3_exec(Database, sql);
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, Database);
    }

    /// <summary>What a statement that is needed once answers first.</summary>
    public string? RunForText(string sql)
    {
        using var statement = new Statement(Database, sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <inheritdoc cref="RunForText"/>
    public long RunForNumber(string sql)
    {
        using var statement = new Statement(Database, sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }
}
