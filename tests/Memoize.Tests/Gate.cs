namespace Memoize.Tests;

/// <summary>A method that runs until the test lets it end.</summary>
internal sealed class Gate<T>
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<T> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the method has been entered.</summary>
    public Task Entered => _entered.Task;

    /// <summary>Enters the method.</summary>
    public Task<T> Task
    {
        get
        {
            _entered.TrySetResult();
            return _opened.Task;
        }
    }

    /// <summary>Enters the method, and blocks.</summary>
    public T Wait() => Task.GetAwaiter().GetResult();

    public void Open(T value) => _opened.SetResult(value);

    public void Fail(Exception failure) => _opened.SetException(failure);
}
