namespace Memoize.Sqlite;

/// <summary>
/// Lets entries go. Which ones and why is put down first, in the table <c>leaving</c>; then they leave in one way, whatever
/// the reason: remembered, counted, removed. It is part of the writer's transaction, so that no reader ever finds an entry
/// gone without its reason.
/// </summary>
internal sealed class Pruning
{
    private const int BatchOnWrite = 64;
    private const int BatchOnDemand = 1000;

    // A claim that ran out stays its holder's until somebody takes the key over. After so long nobody will.
    private static readonly long ForgottenClaim = TimeSpan.FromDays(1).Ticks;

    private readonly SqliteCacheStoreOptions _options;
    private readonly Statement _ended;
    private readonly Statement _aged;
    private readonly Statement _oldest;
    private readonly Statement _oldestBySize;
    private readonly Statement _byKey;
    private readonly Statement _byTag;
    private readonly Statement _byMethod;
    private readonly Statement _latest;
    private readonly Statement _total;
    private readonly Statement _forgottenClaims;

    private readonly Statement _voidClaims;
    private readonly Statement _remember;
    private readonly Statement _forget;
    private readonly Statement _count;
    private readonly Statement _countAll;
    private readonly Statement _removeTags;
    private readonly Statement _remove;
    private readonly Statement _left;
    private readonly Statement _countNone;
    private readonly Statement _removeAllTags;
    private readonly Statement _removeAll;

    private long _nextLook;

    public Pruning(Connection connection, SqliteCacheStoreOptions options)
    {
        _options = options;
        connection.Run("CREATE TEMP TABLE leaving (id INTEGER PRIMARY KEY, reason INTEGER NOT NULL)");

        _ended = connection.Prepare(
            $"INSERT INTO leaving SELECT id, {(int)Departure.Expired} FROM entries WHERE ends <= ?1 ORDER BY ends LIMIT ?2");

        // The oldest come first, so that looking ends where they are young enough. An entry that has expired says so, whatever removes it.
        string reason = $"CASE WHEN expires <= ?1 THEN {(int)Departure.Expired} ELSE {(int)Departure.Evicted} END";
        _aged = connection.Prepare(
            $"INSERT INTO leaving SELECT id, {reason} FROM (SELECT id, expires, written FROM entries ORDER BY id LIMIT ?2) WHERE written <= ?3");
        _oldest = connection.Prepare(
            $"INSERT INTO leaving SELECT id, {reason} FROM entries ORDER BY id LIMIT ?2");
        _oldestBySize = connection.Prepare(
            $"""
            INSERT INTO leaving SELECT id, {reason}
            FROM (SELECT id, expires, sum(size) OVER (ORDER BY id) - size AS freed FROM (SELECT id, expires, size FROM entries ORDER BY id LIMIT ?2))
            WHERE freed < ?3
            """);
        _byKey = connection.Prepare("INSERT INTO leaving SELECT id, ?2 FROM entries WHERE key = ?1");
        _byTag = connection.Prepare($"INSERT INTO leaving SELECT entry, {(int)Departure.Invalidated} FROM tags WHERE tag = ?1");
        _byMethod = connection.Prepare($"INSERT INTO leaving SELECT id, {(int)Departure.Invalidated} FROM entries WHERE method = ?1");
        _latest = connection.Prepare($"INSERT INTO leaving SELECT id, {(int)Departure.Invalidated} FROM entries ORDER BY id DESC LIMIT ?1");
        _total = connection.Prepare("SELECT entries, size FROM totals WHERE id = 0");
        _forgottenClaims = connection.Prepare("DELETE FROM claims WHERE lease_ends <= ?1");

        _voidClaims = connection.Prepare("DELETE FROM claims WHERE key IN (SELECT key FROM leaving CROSS JOIN entries USING (id))");
        _remember = connection.Prepare(
            """
            REPLACE INTO departures (key, reason)
            SELECT key, reason FROM leaving CROSS JOIN entries USING (id)
            WHERE id > coalesce((SELECT id FROM leaving ORDER BY id DESC LIMIT 1 OFFSET ?1), 0) ORDER BY id
            """);
        _forget = connection.Prepare("DELETE FROM departures WHERE id <= (SELECT max(id) FROM departures) - ?1");
        _count = connection.Prepare(
            """
            UPDATE totals SET entries = totals.entries - those.entries, size = totals.size - those.size
            FROM (SELECT method, count(*) AS entries, sum(size) AS size FROM leaving CROSS JOIN entries USING (id) GROUP BY method) AS those
            WHERE totals.id = those.method
            """);
        _countAll = connection.Prepare(
            """
            UPDATE totals SET
                entries = (SELECT coalesce(sum(entries), 0) FROM totals WHERE id > 0),
                size = (SELECT coalesce(sum(size), 0) FROM totals WHERE id > 0)
            WHERE id = 0
            """);
        _removeTags = connection.Prepare("DELETE FROM tags WHERE entry IN (SELECT id FROM leaving)");
        _remove = connection.Prepare("DELETE FROM entries WHERE id IN (SELECT id FROM leaving)");
        _left = connection.Prepare("DELETE FROM leaving");
        _countNone = connection.Prepare("UPDATE totals SET entries = 0, size = 0");
        _removeAllTags = connection.Prepare("DELETE FROM tags");
        _removeAll = connection.Prepare("DELETE FROM entries");
    }

    private long Now => _options.TimeProvider.GetUtcNow().UtcTicks;

    public long Remove(StoreKey key) => Leave(_byKey.Bind(1, key).Bind(2, (long)Departure.Invalidated).RunAndCount());

    public long RemoveByTag(string tag) => Invalidate(_byTag.Bind(1, tag).RunAndCount());

    public long Clear(long method) => Invalidate(_byMethod.Bind(1, method).RunAndCount());

    /// <summary>Removes all entries; without looking at each, since SQLite drops a table's pages as a whole.</summary>
    public long Clear()
    {
        if (_options.MaxRememberedReasons > 0)
        {
            _latest.Bind(1, _options.MaxRememberedReasons).Run();
            Remember();
            _left.Run();
        }

        _removeAllTags.Run();
        _countNone.Run();
        return _removeAll.RunAndCount();
    }

    /// <summary>Removes up to a batch of what is past its time or beyond the limits.</summary>
    /// <returns>How many entries were removed; with zero there are no more.</returns>
    public long RemoveBatch()
    {
        long now = Now;
        _forgottenClaims.Bind(1, now - ForgottenClaim).Run();
        long removed = RemovePastTheirTime(now, BatchOnDemand);
        return removed > 0 ? removed : RemoveBeyondLimits(now, BatchOnDemand);
    }

    /// <summary>What a write does for the others: a little, so that it stays cheap, and enough, so that nothing piles up.</summary>
    public void AfterWrite(StoreKey written, long size)
    {
        if (!_options.AutomaticPruning) return;

        // One entry that is larger than the limit would push out all others before it went itself.
        if (size > _options.MaxSize) Leave(_byKey.Bind(1, written).Bind(2, (long)Departure.Evicted).RunAndCount());

        long now = Now;
        RemoveBeyondLimits(now, BatchOnWrite);
        if (now < _nextLook) return;

        // A full batch: there may be more, and the next write goes on.
        if (RemovePastTheirTime(now, BatchOnWrite) < BatchOnWrite) _nextLook = now + _options.PruningInterval.Ticks;
    }

    private long RemovePastTheirTime(long now, int batch)
    {
        long removed = Leave(_ended.Bind(1, now).Bind(2, batch).RunAndCount());
        if (removed < batch && _options.MaxAge is { } maxAge) removed += Leave(_aged.Bind(1, now).Bind(2, batch - removed).Bind(3, now - maxAge.Ticks).RunAndCount());
        return removed;
    }

    private long RemoveBeyondLimits(long now, int batch)
    {
        if (_options.MaxEntries is null && _options.MaxSize is null) return 0;

        long entries, size;
        try
        {
            if (!_total.Step()) return 0;
            (entries, size) = (_total.Number(0), _total.Number(1));
        }
        finally
        {
            _total.Reset();
        }

        bool tooMany = entries > _options.MaxEntries;
        bool tooLarge = size > _options.MaxSize;
        if (!tooMany && !tooLarge) return 0;

        // Those that nobody can use make room first.
        long ended = Leave(_ended.Bind(1, now).Bind(2, batch).RunAndCount());
        if (ended > 0) return ended;
        if (tooMany) return Leave(_oldest.Bind(1, now).Bind(2, Math.Min(batch, entries - _options.MaxEntries!.Value)).RunAndCount());
        return Leave(_oldestBySize.Bind(1, now).Bind(2, batch).Bind(3, size - _options.MaxSize!.Value).RunAndCount());
    }

    /// <summary>Lets entries go whose replacements, if they were begun before, are refused.</summary>
    private long Invalidate(int leaving)
    {
        if (leaving > 0) _voidClaims.Run();
        return Leave(leaving);
    }

    private long Leave(int leaving)
    {
        if (leaving == 0) return 0;

        if (_options.MaxRememberedReasons > 0) Remember();
        _count.Run();
        _countAll.Run();
        _removeTags.Run();
        _remove.Run();
        _left.Run();
        return leaving;
    }

    private void Remember()
    {
        _remember.Bind(1, _options.MaxRememberedReasons).Run();
        _forget.Bind(1, _options.MaxRememberedReasons).Run();
    }
}
