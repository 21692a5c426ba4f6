using Microsoft.Data.Sqlite;

namespace Memoize.Sqlite;

/// <summary>The connections that read, so many as there are readers at the same time.</summary>
/// <remarks>
/// Invariants:
/// 1. A reader is in the pool or with one thread.
/// 2. A reader that failed is closed and does not come back.
/// 3. After <see cref="Dispose"/> none stays open for longer than its caller takes.
/// </remarks>
internal sealed class ReaderPool(CacheFile file) : IDisposable
{
    private readonly Reader?[] _idle = new Reader?[Math.Clamp(2 * Environment.ProcessorCount, 4, 32)];
    private readonly ManualResetEventSlim _disposed = new();

    public TResult Read<TState, TResult>(string what, TState state, Func<Reader, TState, TResult> work)
    {
        var patience = new Patience(file.Options.BusyTimeout);
        TResult? result;
        while (!TryRead(what, state, work, out result))
        {
            if (!patience.GoesOn(out var pause)) throw file.Locked(what);
            if (pause > TimeSpan.Zero) _disposed.Wait(pause);
        }

        return result!;
    }

    public async ValueTask<TResult> ReadAsync<TState, TResult>(string what, TState state, Func<Reader, TState, TResult> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // On the caller's thread: it takes some microseconds, and writers do not lock readers out.
        var patience = new Patience(file.Options.BusyTimeout);
        TResult? result;
        while (!TryRead(what, state, work, out result))
        {
            if (!patience.GoesOn(out var pause)) throw file.Locked(what);
            if (pause > TimeSpan.Zero) await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        return result!;
    }

    public Reader Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed.IsSet, typeof(SqliteCacheStore));
        int first = Environment.CurrentManagedThreadId;
        for (int i = 0; i < _idle.Length; i++)
        {
            ref var place = ref _idle[(first + i) % _idle.Length];
            if (place is not null && Interlocked.Exchange(ref place, null) is { } reader) return reader;
        }

        return file.OpenReader();
    }

    public void Return(Reader reader)
    {
        int first = Environment.CurrentManagedThreadId;
        for (int i = 0; i < _idle.Length; i++)
        {
            ref var place = ref _idle[(first + i) % _idle.Length];
            if (place is not null || Interlocked.CompareExchange(ref place, reader, comparand: null) is not null) continue;

            // Dispose may have been past this place already.
            if (_disposed.IsSet) CloseIdle();
            return;
        }

        reader.Dispose();
    }

    public void Dispose()
    {
        _disposed.Set();
        CloseIdle();
    }

    private bool TryRead<TState, TResult>(string what, TState state, Func<Reader, TState, TResult> work, out TResult? result)
    {
        Reader? reader = null;
        try
        {
            reader = Rent();
            result = work(reader, state);
            Return(reader);
            return true;
        }
        catch (SqliteException exception)
        {
            reader?.Dispose();
            result = default;
            if (CacheFile.IsBusy(exception)) return false;
            throw file.Failure(exception, what);
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
    }

    private void CloseIdle()
    {
        for (int i = 0; i < _idle.Length; i++) Interlocked.Exchange(ref _idle[i], null)?.Dispose();
    }
}
