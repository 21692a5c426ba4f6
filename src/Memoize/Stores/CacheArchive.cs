namespace Memoize;

/// <summary>
/// The entries of a store as one stream of bytes, to be moved to another machine or into a store of another kind.
/// docs/archive-format.md describes every byte.
/// </summary>
/// <remarks>One entry at a time is in memory. Streams are read and written from front to back, so that pipes will do. Thread-safe.</remarks>
public static class CacheArchive
{
    /// <summary>The version of the format that this library writes and reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>
    /// Writes the entries of <paramref name="store"/> to <paramref name="destination"/>. Entries that can never be served again
    /// are left out; damaged ones are skipped and reported.
    /// </summary>
    /// <param name="store">Where the entries are. They stay there.</param>
    /// <param name="destination">Where the archive goes. It is flushed and stays open.</param>
    /// <param name="progress">Is told how many entries are done, those that are not in the archive included.</param>
    /// <param name="timeProvider">The clock that says which entries have expired; <see langword="null"/> for the system's.</param>
    /// <param name="cancellationToken">Ends the export; what was written until then is no archive.</param>
    /// <returns>What was exported, and what was not.</returns>
    /// <remarks>Entries that come or go meanwhile may be in the archive or not. Each is as it was at some moment of the export.</remarks>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static Task<ExportResult> ExportAsync(ICacheStore store, Stream destination, IProgress<long>? progress = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return ExportAsync(store.EnumerateAsync(cancellationToken), destination, progress, timeProvider, cancellationToken);
    }

    /// <summary>
    /// Writes <paramref name="entries"/>, some of those of a store for example, to <paramref name="destination"/>. Entries that
    /// can never be served again are left out; damaged ones are skipped and reported.
    /// </summary>
    /// <param name="entries">The entries.</param>
    /// <param name="destination">Where the archive goes. It is flushed and stays open.</param>
    /// <param name="progress">Is told how many entries are done, those that are not in the archive included.</param>
    /// <param name="timeProvider">The clock that says which entries have expired; <see langword="null"/> for the system's.</param>
    /// <param name="cancellationToken">Ends the export; what was written until then is no archive.</param>
    /// <returns>What was exported, and what was not.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static async Task<ExportResult> ExportAsync(IAsyncEnumerable<StoredEntry> entries, Stream destination, IProgress<long>? progress = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(destination);
        var clock = timeProvider ?? TimeProvider.System;
        var writer = new ArchiveWriter(destination);
        var skipped = new SkippedEntries();
        long expired = 0;

        await writer.BeginAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var entry in entries.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (EntryHeader.Decode(entry.Key, entry.Content, out var header, out _) is { } damage) skipped.Add(entry, damage);
            else if (IsOver(header!, clock)) expired++;
            else if (await writer.TryWriteAsync(entry, cancellationToken).ConfigureAwait(false) is { } refusal) skipped.Add(entry, refusal);
            progress?.Report(writer.Count + skipped.Count + expired);
        }

        await writer.EndAsync(cancellationToken).ConfigureAwait(false);
        return new ExportResult { Exported = writer.Count, Expired = expired, Skipped = skipped.Count, SkippedEntries = skipped.First };
    }

    /// <summary>
    /// Writes the entries of an archive to <paramref name="store"/>. Entries that can never be served again are left out; where
    /// the store has an entry that is as new or newer, that one stays. So importing an archive again changes nothing.
    /// </summary>
    /// <param name="store">Where the entries go.</param>
    /// <param name="source">The archive. It is read up to its end, not beyond it, and stays open.</param>
    /// <param name="progress">Is told how many entries are done, those that were not imported included.</param>
    /// <param name="timeProvider">The clock that says which entries have expired; <see langword="null"/> for the system's.</param>
    /// <param name="cancellationToken">Ends the import; what was imported until then stays.</param>
    /// <returns>What was imported, and what was not.</returns>
    /// <remarks>
    /// Memoizers that have results of the same keys in their memory go on serving those; <see cref="Memoizer.ImportAsync"/>
    /// makes its own let go of them.
    /// </remarks>
    /// <exception cref="CacheArchiveException">
    /// The stream holds no archive, or one that is damaged or cut off; the message says where, and how many entries were imported before.
    /// </exception>
    /// <exception cref="CacheStoreException">The store failed; the message says how many entries were imported before.</exception>
    /// <exception cref="IOException">The stream failed; the message says how many entries were imported before.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static Task<ImportResult> ImportAsync(ICacheStore store, Stream source, IProgress<long>? progress = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) =>
        ImportAndTellAsync(store, source, progress, timeProvider, static _ => { }, cancellationToken);

    // imported is called for each entry that was written.
    internal static async Task<ImportResult> ImportAndTellAsync(ICacheStore store, Stream source, IProgress<long>? progress, TimeProvider? timeProvider, Action<StoredEntry> imported, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(source);
        var clock = timeProvider ?? TimeProvider.System;
        var reader = new ArchiveReader(source);
        var skipped = new SkippedEntries();
        long written = 0, unchanged = 0, expired = 0;

        await ReadingAsync(reader.BeginAsync(cancellationToken)).ConfigureAwait(false);
        while (await ReadingAsync(reader.ReadAsync(cancellationToken)).ConfigureAwait(false) is { } entry)
        {
            if (EntryHeader.Decode(entry.Key, entry.Content, out var header, out _) is { } damage) skipped.Add(entry, damage);
            else if (IsOver(header!, clock)) expired++;
            else if (await WriteAsync(entry, header!).ConfigureAwait(false)) written++;
            else unchanged++;
            progress?.Report(reader.Count);
        }

        return new ImportResult { Imported = written, Unchanged = unchanged, Expired = expired, Skipped = skipped.Count, SkippedEntries = skipped.First };

        async ValueTask<T> ReadingAsync<T>(ValueTask<T> reading)
        {
            try
            {
                return await reading.ConfigureAwait(false);
            }
            catch (CacheArchiveException bad)
            {
                throw new CacheArchiveException($"{bad.Message} {SoFar()}", bad) { Position = bad.Position, Imported = written };
            }
            catch (IOException failure)
            {
                throw new IOException($"The archive could not be read: {failure.Message} {SoFar()}", failure);
            }
        }

        async ValueTask<bool> WriteAsync(StoredEntry entry, EntryHeader header)
        {
            try
            {
                var there = (await store.ReadAsync(entry.Key, cancellationToken).ConfigureAwait(false)).Entry;
                if (there is not null
                    && EntryHeader.Decode(entry.Key, there.Content, out var known, out _) is null
                    && known!.Created >= header.Created
                    && !IsOver(known, clock)) return false;

                await store.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
                imported(entry);
                return true;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw new CacheStoreException($"The store did not take entry {entry.Key} of {entry.Method}: {failure.Message} {SoFar()}", failure);
            }
        }

        string SoFar() => written == 0
            ? "Nothing was imported."
            : $"Entries imported before that: {written}. They stay; when the import is done again, they are left alone.";
    }

    /// <summary>Whether an entry can never be served again.</summary>
    internal static bool IsOver(EntryHeader header, TimeProvider clock) => header.StaleUntil <= clock.GetUtcNow();
}
