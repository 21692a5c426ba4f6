using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Memoize.Sqlite;

/// <summary>
/// One prepared statement of a connection. SQLite's own statements and not commands of Microsoft.Data.Sqlite: those box what
/// they bind and read, and sleep for 150 ms when the file is busy.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        int code = raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement);
        SqliteException.ThrowExceptionForRC(code, database);
    }

    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, index, value));
        return this;
    }

    public Statement Bind(int index, long? value)
    {
        Check(value is { } number ? raw.sqlite3_bind_int64(_statement, index, number) : raw.sqlite3_bind_null(_statement, index));
        return this;
    }

    public Statement Bind(int index, string? value)
    {
        // As bytes, since a string would end at its first NUL; but no bytes would be null.
        Check(value switch
        {
            null => raw.sqlite3_bind_null(_statement, index),
            "" => raw.sqlite3_bind_text(_statement, index, value),
            _ => raw.sqlite3_bind_text(_statement, index, Encoding.UTF8.GetBytes(value)),
        });
        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, value));
        return this;
    }

    public Statement Bind(int index, StoreKey key)
    {
        Span<byte> bytes = stackalloc byte[StoreKey.Length];
        key.CopyTo(bytes);
        return Bind(index, bytes);
    }

    /// <summary>Goes on to the next row. Whoever steps resets, whatever happens: a statement under way holds a lock on the file.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, _database);
        return false;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    public string? Text(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(Bytes(column));

    /// <summary>The bytes of a column, until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>Ends what was stepped through. An error of it was thrown by <see cref="Step"/> already.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    /// <summary>Runs the statement to its end.</summary>
    public void Run()
    {
        try
        {
            while (Step()) { }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs a statement that answers nothing, unless the file is locked.</summary>
    public bool TryRun()
    {
        int code = raw.sqlite3_step(_statement);
        _ = raw.sqlite3_reset(_statement);
        if ((code & 0xFF) == raw.SQLITE_BUSY) return false;
        if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, _database);
        return true;
    }

    /// <summary>Runs the statement and says how many rows it changed.</summary>
    public int RunAndCount()
    {
        Run();
        return raw.sqlite3_changes(_database);
    }

    /// <summary>Runs the statement to its end, and returns the number that it answers first; <see langword="null"/> if it answers none.</summary>
    public long? RunForNumber()
    {
        try
        {
            long? number = Step() && !IsNull(0) ? Number(0) : null;
            while (Step()) { }
            return number;
        }
        finally
        {
            Reset();
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _database);
    }
}
