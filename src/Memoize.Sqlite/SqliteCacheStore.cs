using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Memoize.Sqlite;

/// <summary>
/// A second-level store in an SQLite file: entries outlive the process, and the processes of a machine that share the file
/// compute each key once.
/// </summary>
/// <remarks>
/// Thread-safe; one instance for a file and process is best, and more do no harm. The file is opened at first use, so that a
/// broken one breaks no program's start; <see cref="Open"/> opens it at once. Reading takes some microseconds on the caller's
/// thread, in the asynchronous methods too; writing takes some ten, and asynchronous callers block no thread while others
/// write. docs/sqlite.md says more.
/// </remarks>
public sealed class SqliteCacheStore : IClaimStore, IDisposable, IAsyncDisposable
{
    private const string Reading = "read an entry";
    private const string Writing = "write an entry";
    private const string Removing = "remove entries";
    private const string Claiming = "claim a key";
    private const string Pruning = "prune";

    private readonly CacheFile _file;
    private readonly ReaderPool _readers;
    private readonly WriterTurns _turns;
    private readonly Waiters _waiters;

    /// <summary>A store in the file at <paramref name="path"/>, which is made when it is first needed; its folder has to be there.</summary>
    /// <param name="path">The path of the file. SQLite puts two more beside it, with <c>-wal</c> and <c>-shm</c> at the end of their names.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of its range.</exception>
    public SqliteCacheStore(string path, SqliteCacheStoreOptions? options = null)
        : this(path, options, SqliteOpenMode.ReadWriteCreate)
    {
    }

    private SqliteCacheStore(string path, SqliteCacheStoreOptions? options, SqliteOpenMode mode)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (path is ":memory:") throw new ArgumentException("A store needs a file: entries in ':memory:' would be gone with the connection.", nameof(path));

        var validated = (options ?? new SqliteCacheStoreOptions()).Validated();
        _file = new CacheFile(System.IO.Path.GetFullPath(path), mode, validated);
        _readers = new ReaderPool(_file);
        _turns = new WriterTurns(_file);
        _waiters = new Waiters(_readers, validated.TimeProvider);
    }

    /// <summary>The full path of the file.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public TimeSpan LeaseDuration => _file.Options.LeaseDuration;

    /// <summary>Opens a file that is there already: for tools, which should not make a new file out of a mistyped path.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="readOnly">Whether what would change the file fails.</param>
    /// <exception cref="CacheStoreException">There is no such file, or it cannot be used.</exception>
    public static SqliteCacheStore OpenExisting(string path, SqliteCacheStoreOptions? options = null, bool readOnly = false)
    {
        var store = new SqliteCacheStore(path, options, readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite);
        try
        {
            store.Open();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Opens the file now, and makes it if it is not there. Otherwise its first use does.</summary>
    /// <exception cref="CacheStoreException">The file cannot be used.</exception>
    public void Open() => _readers.Read("open the file", state: 0, static (_, _) => true);

    /// <inheritdoc/>
    public StoreLook Read(StoreKey key) => _readers.Read(Reading, key, static (reader, key) => reader.Find(key));

    /// <inheritdoc/>
    public ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(Reading, key, static (reader, key) => reader.Find(key), cancellationToken);

    /// <inheritdoc/>
    public void Write(StoredEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _turns.Write(Writing, entry, WriteEntry);
        _waiters.Wake(entry.Key);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        await _turns.WriteAsync(Writing, entry, WriteEntry, cancellationToken).ConfigureAwait(false);
        _waiters.Wake(entry.Key);
    }

    /// <inheritdoc/>
    public bool Remove(StoreKey key)
    {
        bool removed = _turns.Write(Removing, key, static (writer, key) => writer.Remove(key));
        _waiters.Wake(key);
        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default)
    {
        bool removed = await _turns.WriteAsync(Removing, key, static (writer, key) => writer.Remove(key), cancellationToken).ConfigureAwait(false);
        _waiters.Wake(key);
        return removed;
    }

    /// <inheritdoc/>
    public long RemoveByTag(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        long removed = _turns.Write(Removing, tag, static (writer, tag) => writer.RemoveByTag(tag));
        _waiters.WakeAll();
        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tag);
        long removed = await _turns.WriteAsync(Removing, tag, static (writer, tag) => writer.RemoveByTag(tag), cancellationToken).ConfigureAwait(false);
        _waiters.WakeAll();
        return removed;
    }

    /// <inheritdoc/>
    public long Clear(string? method = null)
    {
        long removed = _turns.Write(Removing, method, static (writer, method) => writer.Clear(method));
        _waiters.WakeAll();
        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default)
    {
        long removed = await _turns.WriteAsync(Removing, method, static (writer, method) => writer.Clear(method), cancellationToken).ConfigureAwait(false);
        _waiters.WakeAll();
        return removed;
    }

    /// <inheritdoc/>
    public long Prune()
    {
        // In batches, each of them a transaction: others write in between.
        long removed = 0;
        while (_turns.Write(Pruning, state: 0, PruneBatch) is > 0 and var batch) removed += batch;
        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask<long> PruneAsync(CancellationToken cancellationToken = default)
    {
        long removed = 0;
        while (await _turns.WriteAsync(Pruning, state: 0, PruneBatch, cancellationToken).ConfigureAwait(false) is > 0 and var batch) removed += batch;
        return removed;
    }

    /// <inheritdoc/>
    public long Count() => _readers.Read("count the entries", state: 0, static (reader, _) => reader.Count());

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) =>
        _readers.ReadAsync("count the entries", state: 0, static (reader, _) => reader.Count(), cancellationToken);

    /// <inheritdoc/>
    public IEnumerable<StoredEntry> Enumerate()
    {
        // In pages: a read that stays open keeps the write-ahead log from being emptied.
        long after = 0;
        while (_readers.Read(Reading, after, static (reader, after) => reader.NextPage(after)) is { Entries.Count: > 0 } page)
        {
            foreach (var entry in page.Entries) yield return entry;
            after = page.Last;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEntry> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long after = 0;
        while (await _readers.ReadAsync(Reading, after, static (reader, after) => reader.NextPage(after), cancellationToken).ConfigureAwait(false) is { Entries.Count: > 0 } page)
        {
            foreach (var entry in page.Entries) yield return entry;
            after = page.Last;
        }
    }

    /// <inheritdoc/>
    public ClaimResult TryClaim(ClaimRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);

        // Most of those that ask find that another computes: reading tells them, and locks nobody out. The writer reads as
        // well, and has what it wrote last at hand; but behind somebody who writes nobody waits for an answer.
        ClaimResult? answer = _turns.IsFree ? null : _readers.Read(Claiming, request, FindAnswer);
        if (answer is not null) return answer.Value;

        var result = _turns.Write(Claiming, request, Claim, FindAnswer)!.Value;
        if (request.TakeOver) _waiters.Wake(request.Key);
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<ClaimResult> TryClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ClaimResult? answer = _turns.IsFree ? null : await _readers.ReadAsync(Claiming, request, FindAnswer, cancellationToken).ConfigureAwait(false);
        if (answer is not null) return answer.Value;

        var result = (await _turns.WriteAsync(Claiming, request, Claim, cancellationToken, FindAnswer).ConfigureAwait(false))!.Value;
        if (request.TakeOver) _waiters.Wake(request.Key);
        return result;
    }

    /// <inheritdoc/>
    public bool Renew(StoreClaim claim) => _turns.Write("renew a claim", claim, static (writer, claim) => writer.Renew(claim));

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(StoreClaim claim, CancellationToken cancellationToken = default) =>
        _turns.WriteAsync("renew a claim", claim, static (writer, claim) => writer.Renew(claim), cancellationToken);

    /// <inheritdoc/>
    public bool Complete(StoreClaim claim, StoredEntry entry)
    {
        Check(claim, entry);
        bool completed = _turns.Write(Writing, (claim, entry), static (writer, state) => writer.Complete(state.claim, state.entry));
        _waiters.Wake(claim.Key);
        return completed;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> CompleteAsync(StoreClaim claim, StoredEntry entry, CancellationToken cancellationToken = default)
    {
        Check(claim, entry);
        bool completed = await _turns.WriteAsync(Writing, (claim, entry), static (writer, state) => writer.Complete(state.claim, state.entry), cancellationToken).ConfigureAwait(false);
        _waiters.Wake(claim.Key);
        return completed;
    }

    /// <inheritdoc/>
    public bool Abandon(StoreClaim claim)
    {
        bool abandoned = _turns.Write("abandon a claim", claim, static (writer, claim) => writer.Abandon(claim));
        _waiters.Wake(claim.Key);
        return abandoned;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> AbandonAsync(StoreClaim claim, CancellationToken cancellationToken = default)
    {
        bool abandoned = await _turns.WriteAsync("abandon a claim", claim, static (writer, claim) => writer.Abandon(claim), cancellationToken).ConfigureAwait(false);
        _waiters.Wake(claim.Key);
        return abandoned;
    }

    /// <inheritdoc/>
    public void WaitForChange(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default) =>
        _waiters.Wait(key, token, atMost, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WaitForChangeAsync(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default) =>
        _waiters.WaitAsync(key, token, atMost, cancellationToken);

    /// <summary>What is in the file. It is counted while writing, so that asking costs the same however many entries there are.</summary>
    /// <exception cref="CacheStoreException">The file cannot be read.</exception>
    public SqliteCacheStatistics GetStatistics() => _readers.Read("count the entries", _file.Size, static (reader, size) => reader.GetStatistics(size));

    /// <summary>
    /// Checks the whole file, which takes as long as reading it: SQLite's own integrity check, and whether the counts of the
    /// entries are right. The entries' contents have checksums of their own: <see cref="EntryHeader.Decode"/> checks them.
    /// </summary>
    /// <returns>What is wrong, up to a hundred sentences; none if the file is whole.</returns>
    /// <exception cref="CacheStoreException">The file cannot be read at all.</exception>
    public IReadOnlyList<string> CheckIntegrity() => _readers.Read("check the file", state: 0, static (reader, _) => reader.CheckIntegrity());

    /// <summary>Closes the file. Those that wait leave; whoever uses the store afterwards gets an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _waiters.Dispose();
        _turns.Dispose();
        _readers.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        // Closing the last connection of all processes empties the write-ahead log, which can take a while.
        return new ValueTask(Task.Run(Dispose));
    }

    private static ClaimResult? FindAnswer(Reader reader, ClaimRequest request) => reader.FindAnswer(request);

    private static ClaimResult? FindAnswer(Writer writer, ClaimRequest request) => writer.FindAnswer(request);

    private static ClaimResult? Claim(Writer writer, ClaimRequest request) => writer.TryClaim(request);

    private static long PruneBatch(Writer writer, int state) => writer.Prune();

    private static bool WriteEntry(Writer writer, StoredEntry entry)
    {
        writer.Write(entry);
        return true;
    }

    private static void Check(StoreClaim claim, StoredEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (claim.Key != entry.Key) throw new ArgumentException($"The claim is on the key {claim.Key}, and the entry has the key {entry.Key}.", nameof(entry));
    }
}
