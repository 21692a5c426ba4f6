using System.Diagnostics;

namespace Memoize;

/// <summary>How long a caller waits: until its own token is cancelled, or for a time at most.</summary>
/// <remarks>
/// A caller that blocks its thread measures the system's time itself. A timer would call back on the thread pool, and that may be full
/// of the very callers that wait. Where others block the thread, who only know of tokens, an <see cref="Alarm"/> ends the wait. The time of
/// another provider comes from its timers, on whichever threads it has for them.
/// </remarks>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource? _either;
    private readonly CancellationToken _callerToken;
    private readonly Alarm? _alarm;
    private readonly TimeSpan? _measured;
    private readonly long _start;

    private enum Waiting
    {
        AsTask,
        OnThread,
        OnThreadInStore,
    }

    private Patience(TimeSpan? limit, TimeProvider time, Waiting waiting, CancellationToken callerToken)
    {
        _callerToken = callerToken;
        if (limit is not { } within) return;

        if (waiting == Waiting.OnThread && time == TimeProvider.System)
        {
            _measured = within;
            _start = Stopwatch.GetTimestamp();
            return;
        }

        var due = Limits.ForTimer(within);
        if (waiting == Waiting.OnThreadInStore && time == TimeProvider.System && due != Timeout.InfiniteTimeSpan)
        {
            _timer = new CancellationTokenSource();
            _alarm = Alarm.Set(due, static timer => CancelCarefully((CancellationTokenSource)timer), _timer);
        }
        else
        {
            _timer = new CancellationTokenSource(due, time);
        }

        _either = callerToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(callerToken, _timer.Token) : null;
    }

    /// <summary>Of a caller that waits without a thread. The clock runs; without a <paramref name="limit"/> there is only the caller's token, and nothing to dispose.</summary>
    public static Patience OfTask(TimeSpan? limit, TimeProvider time, CancellationToken callerToken) => new(limit, time, Waiting.AsTask, callerToken);

    /// <summary>Of a caller that blocks its thread. The clock runs, as with <see cref="OfTask"/>.</summary>
    public static Patience OfThread(TimeSpan? limit, TimeProvider time, CancellationToken callerToken) => new(limit, time, Waiting.OnThread, callerToken);

    /// <summary>Of a caller whose thread a store blocks, which looks at <see cref="Token"/>. The clock runs, as with <see cref="OfTask"/>.</summary>
    public static Patience OfThreadInStore(TimeSpan? limit, TimeProvider time, CancellationToken callerToken) => new(limit, time, Waiting.OnThreadInStore, callerToken);

    /// <summary>What ends the wait, beside the time that the caller measures itself.</summary>
    public CancellationToken Token => (_either ?? _timer)?.Token ?? _callerToken;

    /// <summary>Whether it was the time that ran out, and not the caller that was cancelled.</summary>
    public bool IsOver => (_timer is { IsCancellationRequested: true } || Left == TimeSpan.Zero) && !_callerToken.IsCancellationRequested;

    // The time that is left of what the caller measures itself; null if it measures none.
    private TimeSpan? Left
    {
        get
        {
            if (_measured is not { } within) return null;

            var left = within - Stopwatch.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Blocks until there is a permit, and takes it.</summary>
    /// <returns>False if the time has run out.</returns>
    /// <exception cref="OperationCanceledException">The caller was cancelled.</exception>
    public bool Wait(SemaphoreSlim permits, Scheduling? scheduling)
    {
        try
        {
            if (scheduling is not null)
            {
                scheduling.Wait(permits, Token);
                return true;
            }

            while (!permits.Wait(Milliseconds, Token))
            {
                if (IsOver) return false;
            }

            return true;
        }
        catch (OperationCanceledException) when (IsOver)
        {
            return false;
        }
    }

    /// <summary>Blocks until one of two tasks has ended, however it ended.</summary>
    /// <inheritdoc cref="Wait"/>
    public bool WaitForAny(Task one, Task other, Scheduling? scheduling)
    {
        try
        {
            if (scheduling is not null)
            {
                scheduling.WaitForAny(one, other, Token);
                return true;
            }

            Task[] both = [one, other];
            while (Task.WaitAny(both, Milliseconds, Token) < 0)
            {
                if (IsOver) return false;
            }

            return true;
        }
        catch (OperationCanceledException) when (IsOver)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _alarm?.Dispose();
        _either?.Dispose();
        _timer?.Dispose();
    }

    // The alarm may ring when the wait has ended, and a store may have registered what throws.
    private static void CancelCarefully(CancellationTokenSource timer)
    {
        try
        {
            timer.Cancel();
        }
        catch (Exception failure) when (failure is ObjectDisposedException or AggregateException)
        {
            // The wait has ended, or ends all the same: it looks at the token.
        }
    }

    // Rounded up, so that it is over then; of a time that is longer than a wait can be, a part.
    private int Milliseconds => Left is { } left ? (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue) : Timeout.Infinite;
}
