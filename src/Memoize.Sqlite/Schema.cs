namespace Memoize.Sqlite;

/// <summary>
/// What is in the file. <c>PRAGMA user_version</c> counts the versions of the tables, <c>PRAGMA application_id</c> says that
/// the file is one of ours: a database of somebody else is left alone.
/// </summary>
internal static class Schema
{
    public const int Version = 1;

    private const long ApplicationId = 0x4D454D4F; // "MEMO"

    // What makes version 1 of an empty file, what makes version 2 of version 1, and so on. A script that was released stays as it is.
    private static readonly string[] Migrations =
    [
        """
        -- A row for each method, and row 0 for all of them together.
        CREATE TABLE totals (
            id INTEGER PRIMARY KEY,
            method TEXT UNIQUE,
            entries INTEGER NOT NULL DEFAULT 0,
            size INTEGER NOT NULL DEFAULT 0);
        INSERT INTO totals (id) VALUES (0);

        -- id grows with every write: the entry that was written first has the smallest. Moments are ticks of UTC.
        -- ends is when an entry can be served no more, not even stale. content comes last, so that what is before it is read without it.
        CREATE TABLE entries (
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE,
            method INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            written INTEGER NOT NULL,
            expires INTEGER,
            ends INTEGER,
            size INTEGER NOT NULL,
            tags TEXT,
            readable_key TEXT,
            content BLOB NOT NULL);
        CREATE INDEX entries_by_end ON entries (ends) WHERE ends IS NOT NULL;

        CREATE TABLE tags (
            tag TEXT NOT NULL,
            entry INTEGER NOT NULL,
            PRIMARY KEY (tag, entry)) WITHOUT ROWID;
        CREATE INDEX tags_by_entry ON tags (entry);

        -- The row with the empty key has the last token that was given to a claim or a write. It is here, because a claim then
        -- changes one page of the file and not two.
        CREATE TABLE claims (
            key BLOB PRIMARY KEY,
            method INTEGER NOT NULL,
            token INTEGER NOT NULL,
            lease_ends INTEGER NOT NULL,
            tags TEXT) WITHOUT ROWID;
        INSERT INTO claims (key, method, token, lease_ends) VALUES (x'', 0, 0, 0x7FFFFFFFFFFFFFFF);

        -- Why entries left, the last of them last. 1: its time was over, 2: it made room, 3: it was invalidated.
        CREATE TABLE departures (
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE,
            reason INTEGER NOT NULL);
        """,
    ];

    /// <summary>Whether the file has our tables, in the version of this library.</summary>
    /// <exception cref="CacheStoreException">It is a database of somebody else, or of a newer version.</exception>
    public static bool IsCurrent(Connection connection, string path)
    {
        // In one transaction: another process may be creating the tables right now.
        connection.Run("BEGIN");
        bool current = IsCurrentInTransaction(connection, path);
        connection.Run("COMMIT");
        return current;
    }

    /// <summary>Makes the file ours and brings its tables up to date; whichever of several processes comes first does it.</summary>
    public static void Prepare(Connection connection, string path)
    {
        if (IsCurrent(connection, path)) return;

        // Entries are small, and a commit writes whole pages: with half the usual size it takes a tenth less time.
        connection.Run("PRAGMA page_size = 2048");
        string? mode = connection.RunForText("PRAGMA journal_mode = WAL");
        if (!string.Equals(mode, "wal", StringComparison.OrdinalIgnoreCase)) throw new CacheStoreException($"{path} cannot have a write-ahead log: SQLite says that its journal mode is '{mode}'. Put the file on a local disk; network file systems do not do.");

        connection.Run("BEGIN IMMEDIATE");
        try
        {
            if (!IsCurrentInTransaction(connection, path))
            {
                for (long version = connection.RunForNumber("PRAGMA user_version"); version < Version; version++) connection.Run(Migrations[version]);
                connection.Run(FormattableString.Invariant($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}"));
            }

            connection.Run("COMMIT");
        }
        catch
        {
            if (connection.InTransaction) connection.Run("ROLLBACK");
            throw;
        }
    }

    private static bool IsCurrentInTransaction(Connection connection, string path)
    {
        long applicationId = connection.RunForNumber("PRAGMA application_id");
        long version = connection.RunForNumber("PRAGMA user_version");
        if (applicationId == 0 && version == 0 && connection.RunForNumber("SELECT count(*) FROM sqlite_master") == 0) return false;

        if (applicationId != ApplicationId) throw new CacheStoreException($"{path} is an SQLite database, but not one of Memoize: nothing was written to it. Give the store a file of its own.");
        if (version > Version) throw new CacheStoreException($"{path} was written by a newer version of Memoize.Sqlite: its tables are of version {version}, and this library knows version {Version}. Update this program, or give it a file of its own.");
        return version == Version;
    }
}
