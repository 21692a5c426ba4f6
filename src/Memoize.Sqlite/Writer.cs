using SQLitePCL;

namespace Memoize.Sqlite;

/// <summary>
/// The connection that writes. One thread at a time uses it, and every method is called within a transaction that began with
/// the lock of the file, so that nobody else changes what it has looked at.
/// </summary>
internal sealed class Writer : IDisposable
{
    private readonly Connection _connection;
    private readonly SqliteCacheStoreOptions _options;
    private readonly Entries _entries;
    private readonly Pruning _pruning;

    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _nextToken;
    private readonly Statement _claim;
    private readonly Statement _takeOver;
    private readonly Statement _renew;
    private readonly Statement _endClaim;
    private readonly Statement _voidClaim;
    private readonly Statement _taggedClaims;
    private readonly Statement _voidClaims;
    private readonly Statement _voidAllClaims;
    private readonly Statement _revision;
    private readonly Statement _former;
    private readonly Statement _put;
    private readonly Statement _putTag;
    private readonly Statement _removeTags;
    private readonly Statement _forget;
    private readonly Statement _count;
    private readonly Statement _methodId;
    private readonly Statement _addMethod;

    private readonly Dictionary<string, long> _methods = new(StringComparer.Ordinal);

    public Writer(Connection connection, SqliteCacheStoreOptions options)
    {
        _connection = connection;
        _options = options;
        _entries = new Entries(connection, options);
        _pruning = new Pruning(connection, options);
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        _nextToken = connection.Prepare("UPDATE claims SET token = token + 1 WHERE key = x'' RETURNING token");
        _claim = connection.Prepare("INSERT INTO claims (key, method, token, lease_ends, tags) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
        _takeOver = connection.Prepare("UPDATE claims SET method = ?2, token = ?3, lease_ends = ?4, tags = ?5 WHERE key = ?1");
        _renew = connection.Prepare("UPDATE claims SET lease_ends = ?3 WHERE key = ?1 AND token = ?2");
        _endClaim = connection.Prepare("DELETE FROM claims WHERE key = ?1 AND token = ?2");
        _voidClaim = connection.Prepare("DELETE FROM claims WHERE key = ?1");
        _taggedClaims = connection.Prepare("SELECT key, tags FROM claims WHERE tags IS NOT NULL");
        _voidClaims = connection.Prepare("DELETE FROM claims WHERE key > x'' AND method = ?1");
        _voidAllClaims = connection.Prepare("DELETE FROM claims WHERE key > x''");
        _revision = connection.Prepare("SELECT revision FROM entries WHERE key = ?1");
        _former = connection.Prepare(
            "SELECT id, method, size, tags IS NOT NULL FROM entries WHERE key = ?1 UNION ALL SELECT id, NULL, NULL, NULL FROM departures WHERE key = ?1");
        _put = connection.Prepare(
            """
            REPLACE INTO entries (key, method, revision, written, expires, ends, size, tags, readable_key, content)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """);
        _putTag = connection.Prepare("INSERT INTO tags (tag, entry) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        _removeTags = connection.Prepare("DELETE FROM tags WHERE entry = ?1");
        _forget = connection.Prepare("DELETE FROM departures WHERE id = ?1");
        _count = connection.Prepare("UPDATE totals SET entries = entries + ?2, size = size + ?3 WHERE id IN (0, ?1)");
        _methodId = connection.Prepare("SELECT id FROM totals WHERE method = ?1");
        _addMethod = connection.Prepare("INSERT INTO totals (method) VALUES (?1) RETURNING id");
    }

    private long Now => _options.TimeProvider.GetUtcNow().UtcTicks;

    /// <summary>Takes the file's lock and begins, unless another process has it.</summary>
    public bool TryBegin() => _begin.TryRun();

    public void Commit() => _commit.Run();

    /// <summary>Undoes what was done since <see cref="TryBegin"/>.</summary>
    public void RollBack()
    {
        // Methods that were added are there no more.
        _methods.Clear();
        if (_connection.InTransaction) _connection.Run("ROLLBACK");
    }

    /// <summary>What a read says to a request. Called outside of transactions, too: it takes no lock that others wait for.</summary>
    public ClaimResult? FindAnswer(ClaimRequest request) => _entries.FindAnswer(request);

    public ClaimResult TryClaim(ClaimRequest request)
    {
        if (FindAnswer(request) is { } answer) return answer;

        long leaseEnds = Now + _options.LeaseDuration.Ticks;
        long method = MethodId(request.Method);
        string? tags = Entries.ToText(request.Tags);
        long token = NextToken();
        bool claimed = _claim.Bind(1, request.Key).Bind(2, method).Bind(3, token).Bind(4, leaseEnds).Bind(5, tags).RunAndCount() > 0;

        // A claim whose lease has run out, or one that the caller wants whoever has it.
        if (!claimed) _takeOver.Bind(1, request.Key).Bind(2, method).Bind(3, token).Bind(4, leaseEnds).Bind(5, tags).Run();

        return ClaimResult.Won(new StoreClaim(request.Key, token));
    }

    public bool Renew(StoreClaim claim) => _renew.Bind(1, claim.Key).Bind(2, claim.Token).Bind(3, Now + _options.LeaseDuration.Ticks).RunAndCount() > 0;

    public bool Complete(StoreClaim claim, StoredEntry entry)
    {
        bool current = _endClaim.Bind(1, claim.Key).Bind(2, claim.Token).RunAndCount() > 0;

        // An entry bears the token that it was completed with: completing again is true for as long as it is there.
        if (!current) return _revision.Bind(1, claim.Key).RunForNumber() == claim.Token;

        Put(entry, claim.Token);
        return true;
    }

    public bool Abandon(StoreClaim claim) => _endClaim.Bind(1, claim.Key).Bind(2, claim.Token).RunAndCount() > 0;

    public void Write(StoredEntry entry)
    {
        _voidClaim.Bind(1, entry.Key).Run();
        Put(entry, NextToken());
    }

    public bool Remove(StoreKey key)
    {
        _voidClaim.Bind(1, key).Run();
        return _pruning.Remove(key) > 0;
    }

    public long RemoveByTag(string tag)
    {
        // There are as many claims as computations, so they have no index by tag.
        var claimed = new List<StoreKey>();
        try
        {
            while (_taggedClaims.Step())
            {
                if (Entries.ToTags(_taggedClaims.Text(1)).Contains(tag, StringComparer.Ordinal)) claimed.Add(new StoreKey(_taggedClaims.Bytes(0)));
            }
        }
        finally
        {
            _taggedClaims.Reset();
        }

        foreach (var key in claimed) _voidClaim.Bind(1, key).Run();
        return _pruning.RemoveByTag(tag);
    }

    public long Clear(string? method)
    {
        if (method is null)
        {
            _voidAllClaims.Run();
            return _pruning.Clear();
        }

        if (_methodId.Bind(1, method).RunForNumber() is not { } id) return 0;

        _voidClaims.Bind(1, id).Run();
        return _pruning.Clear(id);
    }

    /// <summary>Removes up to a batch of the entries that can never be served again, or that are beyond the limits.</summary>
    public long Prune() => _pruning.RemoveBatch();

    private void Put(StoredEntry entry, long revision)
    {
        long method = MethodId(entry.Method);
        long size = entry.Content.Length;
        RemoveFormer(entry.Key);

        // What is not an entry is kept all the same, without an end: whoever reads it says what is wrong with it.
        _ = EntryHeader.Decode(entry.Key, entry.Content, out var header, out _);
        _put.Bind(1, entry.Key).Bind(2, method).Bind(3, revision).Bind(4, Now).Bind(5, header?.Expires?.UtcTicks).Bind(6, header?.StaleUntil?.UtcTicks);
        _put.Bind(7, size).Bind(8, Entries.ToText(entry.Tags)).Bind(9, entry.ReadableKey).Bind(10, entry.Content.Span).Run();
        if (entry.Tags.Count > 0)
        {
            long id = raw.sqlite3_last_insert_rowid(_connection.Database);
            foreach (string tag in entry.Tags) _putTag.Bind(1, tag).Bind(2, id).Run();
        }

        _count.Bind(1, method).Bind(2, 1).Bind(3, size).Run();
        _pruning.AfterWrite(entry.Key, size);
    }

    /// <summary>Takes away what the key had: the entry, or the memory of why it left.</summary>
    private void RemoveFormer(StoreKey key)
    {
        long id, method, size;
        bool departed, tagged;
        try
        {
            if (!_former.Bind(1, key).Step()) return;

            id = _former.Number(0);
            departed = _former.IsNull(1);
            (method, size, tagged) = (_former.Number(1), _former.Number(2), _former.Number(3) != 0);
        }
        finally
        {
            _former.Reset();
        }

        if (departed)
        {
            _forget.Bind(1, id).Run();
            return;
        }

        // The entry itself is replaced.
        _count.Bind(1, method).Bind(2, -1).Bind(3, -size).Run();
        if (tagged) _removeTags.Bind(1, id).Run();
    }

    private long NextToken() => _nextToken.RunForNumber()!.Value;

    private long MethodId(string method)
    {
        if (_methods.TryGetValue(method, out long id)) return id;

        id = _methodId.Bind(1, method).RunForNumber() ?? _addMethod.Bind(1, method).RunForNumber()!.Value;
        return _methods[method] = id;
    }

    public void Dispose() => _connection.Dispose();
}
