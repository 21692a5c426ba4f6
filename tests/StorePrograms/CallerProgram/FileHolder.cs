using Microsoft.Data.Sqlite;

namespace CallerProgram;

/// <summary>Keeps the file of a store locked, as a program does that leaves its transaction open.</summary>
internal sealed class FileHolder(string path) : IDisposable
{
    private SqliteConnection? _connection;

    public void Hold()
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Run("BEGIN IMMEDIATE");
    }

    public void Release() => Run("ROLLBACK");

    public void Dispose() => _connection?.Dispose();

    private void Run(string sql)
    {
        using var command = _connection!.CreateCommand();
#pragma warning disable CA2100 // One of the two above.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
