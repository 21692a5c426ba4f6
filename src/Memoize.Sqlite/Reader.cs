using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Memoize.Sqlite;

/// <summary>A connection that only reads. One thread at a time uses it.</summary>
internal sealed class Reader : IDisposable
{
    private const int PageEntries = 256;
    private const int PageBytes = 1 << 20;

    private readonly Connection _connection;
    private readonly Entries _entries;
    private readonly Statement _token;
    private readonly Statement _page;
    private readonly Statement _total;
    private readonly Statement _totals;
    private readonly Statement _claims;
    private readonly Statement _dataVersion;

    public Reader(Connection connection, SqliteCacheStoreOptions options)
    {
        _connection = connection;
        _entries = new Entries(connection, options);
        _token = connection.Prepare("SELECT token FROM claims WHERE key = ?1");
        _page = connection.Prepare("SELECT revision, method, tags, readable_key, content, id, key FROM entries WHERE id > ?1 ORDER BY id LIMIT ?2");
        _total = connection.Prepare("SELECT entries FROM totals WHERE id = 0");
        _totals = connection.Prepare("SELECT id, method, entries, size FROM totals WHERE entries > 0 ORDER BY method");
        _claims = connection.Prepare("SELECT count(*) FROM claims WHERE key > x''");
        _dataVersion = connection.Prepare("PRAGMA data_version");
    }

    public StoreLook Find(StoreKey key) => _entries.Find(key);

    public ClaimResult? FindAnswer(ClaimRequest request) => _entries.FindAnswer(request);

    /// <summary>The token of the claim that a key has; <see langword="null"/> if it has none.</summary>
    public long? TokenOf(StoreKey key) => _token.Bind(1, key).RunForNumber();

    /// <summary>A number that changes when another connection changes the file.</summary>
    public long DataVersion() => _dataVersion.RunForNumber() ?? 0;

    public long Count() => _total.RunForNumber() ?? 0;

    /// <summary>Some of the entries, from those that were written first to those written last.</summary>
    /// <param name="after">The <see cref="EntryPage.Last"/> of the page before; 0 for the first.</param>
    public EntryPage NextPage(long after)
    {
        var entries = new List<StoredEntry>();
        long last = after;
        long bytes = 0;
        try
        {
            _page.Bind(1, after).Bind(2, PageEntries);
            while (bytes < PageBytes && _page.Step())
            {
                var entry = _entries.ToEntry(_page, new StoreKey(_page.Bytes(6)));
                last = _page.Number(5);
                bytes += entry.Content.Length;
                entries.Add(entry);
            }
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_CORRUPT && entries.Count > 0)
        {
            // What could be read counts. The next page begins where the file is broken, and says so.
        }
        finally
        {
            _page.Reset();
        }

        return new EntryPage(entries, last);
    }

    public SqliteCacheStatistics GetStatistics(long fileSize)
    {
        long entries = 0;
        long size = 0;
        var methods = new List<SqliteMethodStatistics>();
        _connection.Run("BEGIN");
        try
        {
            while (_totals.Step())
            {
                if (_totals.Number(0) == 0) (entries, size) = (_totals.Number(2), _totals.Number(3));
                else methods.Add(new SqliteMethodStatistics(_totals.Text(1) ?? "", _totals.Number(2), _totals.Number(3)));
            }

            _totals.Reset();
            return new SqliteCacheStatistics { Entries = entries, Size = size, FileSize = fileSize, PendingClaims = _claims.RunForNumber() ?? 0, Methods = methods };
        }
        finally
        {
            _totals.Reset();
            _connection.Run("COMMIT");
        }
    }

    public IReadOnlyList<string> CheckIntegrity()
    {
        var problems = new List<string>();
        try
        {
            CheckStructure(problems);
            CheckCounts(problems);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            // So damaged that the check itself did not come to its end.
            problems.Add(exception.Message);
        }

        return problems;
    }

    public void Dispose() => _connection.Dispose();

    private void CheckStructure(List<string> problems)
    {
        using var check = new Statement(_connection.Database, "PRAGMA integrity_check(100)");
        while (check.Step())
        {
            if (check.Text(0) is { } problem && problem != "ok") problems.Add(problem);
        }
    }

    private void CheckCounts(List<string> problems)
    {
        using var counts = new Statement(
            _connection.Database,
            """
            SELECT totals.method, totals.entries, totals.size, coalesce(real.entries, 0), coalesce(real.size, 0)
            FROM totals LEFT JOIN (
                SELECT method AS id, count(*) AS entries, sum(size) AS size FROM entries GROUP BY method
                UNION ALL SELECT 0, count(*), sum(size) FROM entries) AS real USING (id)
            WHERE totals.entries <> coalesce(real.entries, 0) OR totals.size <> coalesce(real.size, 0)
            """);
        while (counts.Step())
        {
            string whose = counts.Text(0) is { } method ? $"Of {method}" : "Altogether";
            problems.Add(FormattableString.Invariant($"{whose}, {counts.Number(1)} entries with {counts.Number(2)} bytes are counted, but there are {counts.Number(3)} with {counts.Number(4)}."));
        }
    }
}
