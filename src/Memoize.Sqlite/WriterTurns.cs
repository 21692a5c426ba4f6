using Microsoft.Data.Sqlite;

namespace Memoize.Sqlite;

/// <summary>Whose turn it is to write: one caller of this store at a time has the writer, and the file's lock with it.</summary>
/// <remarks>
/// Invariants:
/// 1. The writer is used and replaced only by who holds the turn.
/// 2. Work is within one transaction: all of it is done or nothing.
/// 3. A writer that failed is closed, and the next turn opens another; one that only found the file locked is as good as before.
/// 4. A caller waits for its turn and for the file together no longer than the busy time-out; an asynchronous one blocks no
///    thread meanwhile. Once it has the file it keeps the thread: a transaction takes some ten microseconds.
/// </remarks>
internal sealed class WriterTurns(CacheFile file) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ManualResetEventSlim _disposed = new();
    private Writer? _writer;

    /// <summary>Whether nobody writes. By the time the answer is used somebody may.</summary>
    public bool IsFree => _turn.CurrentCount > 0;

    /// <summary>Writes.</summary>
    /// <param name="what">What is being done, as in "could not …".</param>
    /// <param name="state">What <paramref name="work"/> is given.</param>
    /// <param name="work">What is done within the transaction.</param>
    /// <param name="look">What may already tell the result, before the file is locked.</param>
    public TResult Write<TState, TResult>(string what, TState state, Func<Writer, TState, TResult> work, Func<Writer, TState, TResult?>? look = null)
    {
        var patience = new Patience(file.Options.BusyTimeout);
        if (!_turn.Wait(patience.Left)) throw file.Locked(what);

        try
        {
            TResult? result;
            while (!TryWrite(what, state, work, look, out result))
            {
                if (!patience.GoesOn(out var pause)) throw file.Locked(what);
                if (pause > TimeSpan.Zero) _disposed.Wait(pause);
            }

            return result!;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc cref="Write"/>
    public async ValueTask<TResult> WriteAsync<TState, TResult>(
        string what, TState state, Func<Writer, TState, TResult> work, CancellationToken cancellationToken, Func<Writer, TState, TResult?>? look = null)
    {
        var patience = new Patience(file.Options.BusyTimeout);
        if (!await _turn.WaitAsync(patience.Left, cancellationToken).ConfigureAwait(false)) throw file.Locked(what);

        try
        {
            TResult? result;
            while (!TryWrite(what, state, work, look, out result))
            {
                if (!patience.GoesOn(out var pause)) throw file.Locked(what);
                if (pause > TimeSpan.Zero) await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }

            return result!;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        if (_disposed.IsSet) return;

        _disposed.Set();
        _turn.Wait();
        try
        {
            CloseWriter();
        }
        finally
        {
            // Those who wait for their turn still come, and leave again with an ObjectDisposedException.
            _turn.Release();
        }
    }

    private bool TryWrite<TState, TResult>(string what, TState state, Func<Writer, TState, TResult> work, Func<Writer, TState, TResult?>? look, out TResult? result)
    {
        ObjectDisposedException.ThrowIf(_disposed.IsSet, typeof(SqliteCacheStore));
        result = default;
        try
        {
            _writer ??= file.OpenWriter();
            if (look is not null && (result = look(_writer, state)) is not null) return true;
            if (!_writer.TryBegin()) return false;

            result = work(_writer, state);
            _writer.Commit();
            return true;
        }
        catch (SqliteException exception)
        {
            CloseWriter();
            if (CacheFile.IsBusy(exception)) return false;
            throw file.Failure(exception, what);
        }
        catch
        {
            // Not the file's fault.
            _writer?.RollBack();
            throw;
        }
    }

    private void CloseWriter()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
