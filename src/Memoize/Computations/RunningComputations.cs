namespace Memoize;

/// <summary>How many computations of a memoizer run, so that shutting down can wait for the last one.</summary>
internal sealed class RunningComputations
{
    private int _count;
    private volatile TaskCompletionSource? _idle;

    public int Count => Volatile.Read(ref _count);

    public void Enter() => Interlocked.Increment(ref _count);

    public void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0) _idle?.TrySetResult();
    }

    /// <summary>Completes when no computation runs. Only meant for when no new ones start.</summary>
    public Task WhenIdleAsync()
    {
        var idle = _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Who leaves looks for the source after it has counted down; so the count is read after the source is there for all.
        Interlocked.MemoryBarrier();
        if (Count == 0) idle.TrySetResult();
        return idle.Task;
    }
}
