using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Memoize.Sqlite;

/// <summary>The file of a store: opens connections to it, and says in words what went wrong with it.</summary>
internal sealed class CacheFile(string path, SqliteOpenMode mode, SqliteCacheStoreOptions options)
{
    public string Path => path;

    public SqliteCacheStoreOptions Options => options;

    public bool IsReadOnly => mode == SqliteOpenMode.ReadOnly;

    /// <summary>The bytes of the file and of its write-ahead log.</summary>
    public long Size => SizeOf(path) + SizeOf(path + "-wal");

    /// <summary>A connection that writes.</summary>
    public Writer OpenWriter()
    {
        var connection = Open();
        try
        {
            return new Writer(connection, options);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection that reads.</summary>
    public Reader OpenReader()
    {
        // Not read-only as far as the file is concerned: who comes first after a crash puts the write-ahead log in order.
        var connection = Open();
        try
        {
            connection.Run("PRAGMA query_only = ON");
            return new Reader(connection, options);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static bool IsBusy(SqliteException exception) => exception.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>The exception for callers: the file, what failed, and what to do.</summary>
    /// <param name="exception">What SQLite says.</param>
    /// <param name="what">What was being done, as in "could not …".</param>
    public CacheStoreException Failure(SqliteException exception, string what) =>
        new($"Could not {what}: {Explain(exception)} ({exception.Message})", exception);

    public CacheStoreException Locked(string what, Exception? exception = null)
    {
        string message = $"Could not {what}: {path} was locked for longer than {nameof(SqliteCacheStoreOptions.BusyTimeout)} ({options.BusyTimeout}). Look for a process that keeps a transaction open, or raise the time-out.";
        return exception is null ? new CacheStoreException(message) : new CacheStoreException(message, exception);
    }

    public CacheStoreException Damaged(string what) => new($"Could not {what}: {Damage}");

    private static long SizeOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    private Connection Open()
    {
        var connection = new Connection(path, mode);
        try
        {
            if (!IsReadOnly) Schema.Prepare(connection, path);
            else if (!Schema.IsCurrent(connection, path)) throw new CacheStoreException($"{path} has no tables of this version of Memoize.Sqlite. Open it for writing first, which makes them.");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string Damage => $"{path} is damaged. Stop the programs that use it and delete it, with {path}-wal and {path}-shm; its results are computed again.";

    private string Explain(SqliteException exception) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_CORRUPT => Damage,
        raw.SQLITE_NOTADB => $"{path} is not an SQLite database. Give the store another path, or delete the file if it is of no use.",
        raw.SQLITE_FULL => $"There is no room left for {path}. Make room on its disk, or limit the store with {nameof(SqliteCacheStoreOptions.MaxSize)}.",
        raw.SQLITE_READONLY when IsReadOnly => $"{path} was opened for reading only.",
        raw.SQLITE_READONLY => $"{path} or its folder is read-only. Give the program the right to write to both: SQLite puts -wal and -shm files beside the file.",
        raw.SQLITE_CANTOPEN => ExplainCannotOpen(),
        raw.SQLITE_IOERR => $"The disk failed to read or write {path}, or has no room left. Look at the disk and the system's log.",
        raw.SQLITE_PERM or raw.SQLITE_AUTH => $"The program may not use {path}. Give it the right to read and write the file and its folder.",
        raw.SQLITE_NOMEM => $"There was not enough memory to use {path}.",
        raw.SQLITE_TOOBIG => $"An entry is larger than SQLite allows, which is a gigabyte.",
        _ => $"SQLite failed on {path}.",
    };

    private string ExplainCannotOpen()
    {
        string? folder = System.IO.Path.GetDirectoryName(path);
        if (Directory.Exists(path)) return $"{path} is a folder. Give the store the path of a file.";
        if (folder is not null && !Directory.Exists(folder)) return $"{path} cannot be opened. The folder {folder} does not exist, or is a file. Create it, or give the store another path.";
        if (mode != SqliteOpenMode.ReadWriteCreate && !File.Exists(path)) return $"There is no file {path}.";
        return $"{path} cannot be opened. Give the program the right to read and write the file and its folder.";
    }
}
