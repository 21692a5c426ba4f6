namespace Memoize.Testing;

/// <summary>A call that stops at a gate until a test opens it.</summary>
public sealed class HeldCall
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Complete as soon as a call has come to the gate.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Opens the gate, for good.</summary>
    public void Release() => _released.TrySetResult();

    internal Task Arrive()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
