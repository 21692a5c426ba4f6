using Microsoft.Data.Sqlite;

namespace Memoize.Benchmarks.Stores;

/// <summary>
/// What one would write by hand on the same file: prepared statements in a loop, without leases, tags, reasons, waiting or
/// pruning. It is what the store is measured against.
/// </summary>
internal sealed class BareSqlite : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _claim;
    private readonly SqliteCommand _keep;
    private readonly SqliteCommand _release;

    public BareSqlite(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Run("PRAGMA synchronous = NORMAL");
        Run("CREATE TABLE IF NOT EXISTS bare_claims (key BLOB PRIMARY KEY) WITHOUT ROWID");
        Run("CREATE TABLE IF NOT EXISTS bare_entries (key BLOB PRIMARY KEY, content BLOB NOT NULL)");
        _read = Prepare("SELECT content FROM bare_entries WHERE key = $key");
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _claim = Prepare("INSERT INTO bare_claims (key) VALUES ($key) ON CONFLICT DO NOTHING");
        _keep = Prepare("INSERT INTO bare_entries (key, content) VALUES ($key, $content)");
        _release = Prepare("DELETE FROM bare_claims WHERE key = $key");
    }

    public byte[] Read(byte[] key)
    {
        _read.Parameters[0].Value = key;
        return (byte[])_read.ExecuteScalar()!;
    }

    /// <summary>Claims a key in one transaction, and keeps its content in another.</summary>
    public void ClaimAndComplete(byte[] key, byte[] content)
    {
        _begin.ExecuteNonQuery();
        _claim.Parameters[0].Value = key;
        _claim.ExecuteNonQuery();
        _commit.ExecuteNonQuery();

        _begin.ExecuteNonQuery();
        _keep.Parameters[0].Value = key;
        _keep.Parameters[1].Value = content;
        _keep.ExecuteNonQuery();
        _release.Parameters[0].Value = key;
        _release.ExecuteNonQuery();
        _commit.ExecuteNonQuery();
    }

    public void Dispose() => _connection.Dispose();

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in (string[])["$key", "$content"])
        {
            if (sql.Contains(name, StringComparison.Ordinal)) command.Parameters.Add(name, SqliteType.Blob);
        }

        command.Prepare();
        return command;
    }
}
