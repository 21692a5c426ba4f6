namespace Memoize;

/// <summary>How long a caller waits: until its own token is cancelled, or for a time at most.</summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource? _either;
    private readonly CancellationToken _callerToken;

    /// <summary>Starts the clock. Without a <paramref name="limit"/> there is only the caller's token, and nothing to dispose.</summary>
    public Patience(TimeSpan? limit, TimeProvider time, CancellationToken callerToken)
    {
        _callerToken = callerToken;
        if (limit is not { } within) return;

        _timer = new CancellationTokenSource(Limits.ForTimer(within), time);
        _either = callerToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(callerToken, _timer.Token) : null;
    }

    public CancellationToken Token => (_either ?? _timer)?.Token ?? _callerToken;

    /// <summary>Whether it was the time that ran out, and not the caller that was cancelled.</summary>
    public bool IsOver => _timer is { IsCancellationRequested: true } && !_callerToken.IsCancellationRequested;

    public void Dispose()
    {
        _either?.Dispose();
        _timer?.Dispose();
    }
}
