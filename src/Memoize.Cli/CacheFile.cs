using System.Runtime.CompilerServices;
using Memoize.Sqlite;
using Microsoft.Data.Sqlite;

namespace Memoize.Cli;

/// <summary>A store in an SQLite file, opened for one command. What it refuses becomes a failure with an exit code.</summary>
internal sealed class CacheFile : IDisposable
{
    private const int SqliteCorrupt = 11;

    private readonly SqliteCacheStore _store;
    private readonly TimeProvider _clock;

    private CacheFile(SqliteCacheStore store, TimeProvider clock) => (_store, _clock) = (store, clock);

    public ICacheStore Store => _store;

    /// <summary>Opens a file that is there, to read it.</summary>
    /// <exception cref="CommandFailure">It is not there, cannot be opened, or is no store.</exception>
    public static CacheFile OpenToRead(string path, TimeProvider clock)
    {
        ThrowIfMissing(path);
        return new(Try(() => SqliteCacheStore.OpenExisting(path, Options(clock), readOnly: true), ExitCode.UnusableFile), clock);
    }

    /// <summary>Opens a file to change it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clock">The clock that says what has expired.</param>
    /// <param name="create">Whether to make the file if it is not there.</param>
    /// <exception cref="CommandFailure">It is not there, cannot be opened, or is no store.</exception>
    public static CacheFile OpenToWrite(string path, TimeProvider clock, bool create = false)
    {
        if (!create || Directory.Exists(path)) ThrowIfMissing(path);
        var store = Try(
            () =>
            {
                if (!create) return SqliteCacheStore.OpenExisting(path, Options(clock));

                var made = new SqliteCacheStore(path, Options(clock));
                made.Open();
                return made;
            },
            ExitCode.UnusableFile);
        return new(store, clock);
    }

    public long Count() => Try(_store.Count);

    /// <summary>How many entries there are; null if the file is too broken to say.</summary>
    public long? CountOrNull()
    {
        try
        {
            return _store.Count();
        }
        catch (CacheStoreException)
        {
            return null;
        }
    }

    public SqliteCacheStatistics GetStatistics() => Try(_store.GetStatistics);

    public IReadOnlyList<string> CheckIntegrity() => Try(_store.CheckIntegrity);

    /// <summary>Examines one entry after the other.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="CommandFailure">The entries cannot be read, or not all of them.</exception>
    public async Task<long> ForEachAsync(Action<ExaminedEntry> action, IProgress<long> progress, CancellationToken cancellationToken)
    {
        long count = 0;
        await foreach (var entry in EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            action(ExaminedEntry.Of(entry, _clock.GetUtcNow()));
            progress.Report(++count);
        }

        return count;
    }

    /// <summary>The entries, up to the place where the file is broken, if it is: <paramref name="broken"/> is told then.</summary>
    public async IAsyncEnumerable<StoredEntry> SalvageAsync(Action<string> broken, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entries = EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var _ = entries.ConfigureAwait(false);
        while (await NextAsync().ConfigureAwait(false)) yield return entries.Current;

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await entries.MoveNextAsync().ConfigureAwait(false);
            }
            catch (CommandFailure failure) when (failure.ExitCode == ExitCode.ProblemsFound)
            {
                broken(failure.Message);
                return false;
            }
        }
    }

    /// <summary>The entry of a key, or of the only key that begins like it.</summary>
    /// <exception cref="CommandFailure">There is none, or more than one.</exception>
    public async Task<ExaminedEntry> FindAsync(string key, CancellationToken cancellationToken)
    {
        StoredEntry? found = null;
        if (StoreKey.TryParse(key, out var whole))
        {
            found = Try(() => _store.Read(whole)).Entry;
        }
        else
        {
            if (key.Length is 0 or > 2 * StoreKey.Length || !key.All(char.IsAsciiHexDigit))
                throw new CommandFailure(ExitCode.WrongUsage, $"'{key}' is not a key, nor the beginning of one: keys have {2 * StoreKey.Length} hexadecimal digits. 'memoize list' shows them.");

            await foreach (var entry in EnumerateAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!entry.Key.ToString().StartsWith(key, StringComparison.OrdinalIgnoreCase)) continue;
                if (found is not null && found.Key != entry.Key)
                    throw new CommandFailure(ExitCode.NoSuchEntry, $"Several keys begin with {key}, {found.Key} and {entry.Key} among them. Give more digits.");

                found = entry;
            }
        }

        return found is null
            ? throw new CommandFailure(ExitCode.NoSuchEntry, $"No entry has the key {key}. 'memoize list' shows the keys.")
            : ExaminedEntry.Of(found, _clock.GetUtcNow());
    }

    /// <summary>The failure of a command that a failure of the store is.</summary>
    public static CommandFailure FailureOf(CacheStoreException failure, int otherwise = ExitCode.Failed) => new(
        failure.InnerException switch
        {
            SqliteException { SqliteErrorCode: SqliteCorrupt } => ExitCode.ProblemsFound,
            _ => otherwise,
        },
        failure.Message,
        failure);

    public void Dispose() => _store.Dispose();

    private static SqliteCacheStoreOptions Options(TimeProvider clock) => new() { TimeProvider = clock, AutomaticPruning = false };

    private static void ThrowIfMissing(string path)
    {
        if (Directory.Exists(path)) throw new CommandFailure(ExitCode.UnusableFile, $"{path} is a folder. Name the SQLite file in it.");
        if (!File.Exists(path)) throw new CommandFailure(ExitCode.UnusableFile, $"There is no file {path}. Name the SQLite file that the program's {nameof(SqliteCacheStore)} has.");
        if (new FileInfo(path).Length == 0) throw new CommandFailure(ExitCode.UnusableFile, $"{path} is empty: no store has been made in it.");
    }

    private static T Try<T>(Func<T> read, int otherwise = ExitCode.Failed)
    {
        try
        {
            return read();
        }
        catch (CacheStoreException failure)
        {
            throw FailureOf(failure, otherwise);
        }
    }

    private async IAsyncEnumerable<StoredEntry> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entries = _store.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var _ = entries.ConfigureAwait(false);
        while (await NextAsync().ConfigureAwait(false)) yield return entries.Current;

        async ValueTask<bool> NextAsync()
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await entries.MoveNextAsync().ConfigureAwait(false);
            }
            catch (CacheStoreException failure)
            {
                throw FailureOf(failure);
            }
            catch (Exception failure) when (failure is ArgumentException or FormatException or InvalidOperationException)
            {
                // A row that no store has written.
                throw new CommandFailure(ExitCode.ProblemsFound, $"After what was read, {_store.Path} has an entry that is none: {failure.Message}", failure);
            }
        }
    }
}
