namespace Memoize;

/// <summary>How many computations of a memoizer run, so that shutting down can wait for the last one.</summary>
/// <remarks>Each method counts its own under the gate of its locks; what runs without a lock is counted here.</remarks>
internal sealed class RunningComputations(Func<IEnumerable<CachedMethod>> methods)
{
    private int _uncached;
    private volatile TaskCompletionSource? _idle;

    public int Count => Volatile.Read(ref _uncached) + methods().Sum(static method => method.RunningCount);

    public void EnterUncached() => Interlocked.Increment(ref _uncached);

    public void LeaveUncached()
    {
        Interlocked.Decrement(ref _uncached);
        Ended();
    }

    /// <summary>To be called when a computation may have been counted out.</summary>
    public void Ended()
    {
        if (_idle is { } idle && Count == 0) idle.TrySetResult();
    }

    /// <summary>Completes when no computation runs. Only meant for when no new ones start.</summary>
    public Task WhenIdleAsync()
    {
        var idle = _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Who ends looks for the source after it has been counted out; so the count is read after the source is there for all.
        Interlocked.MemoryBarrier();
        Ended();
        return idle.Task;
    }
}
