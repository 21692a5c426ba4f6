namespace Memoize;

/// <summary>
/// Who decides what goes on next, where calls otherwise leave that to semaphores, tasks and the thread pool. In production
/// nobody does; tests that play interleavings do, and then nothing happens but what they choose.
/// </summary>
/// <remarks>
/// What is awaited from here goes on inside the test's choice, on its thread: there is no hop that the test does not see.
/// Tokens are looked at when a waiter is chosen, as a semaphore looks at them when the waiter gets a thread.
/// </remarks>
internal abstract class Scheduling
{
    /// <summary>What chance is to depend on.</summary>
    public abstract uint Seed { get; }

    /// <summary>Waits until <paramref name="isOver"/> holds. It is not asked again then, so it may take what it finds.</summary>
    public abstract Task WaitAsync(Func<bool> isOver, CancellationToken cancellationToken);

    /// <inheritdoc cref="WaitAsync(Func{bool}, CancellationToken)"/>
    public abstract void Wait(Func<bool> isOver, CancellationToken cancellationToken);

    /// <summary>Does something beside the caller.</summary>
    public abstract void Queue(Action work);

    /// <summary>Lets others come in between two steps of synchronous code.</summary>
    public abstract void Pause();

    // The closures are made here, and not where production code would have to pay for them.
    public Task WaitAsync(SemaphoreSlim semaphore, CancellationToken cancellationToken) => WaitAsync(() => semaphore.Wait(0), cancellationToken);

    public void Wait(SemaphoreSlim semaphore, CancellationToken cancellationToken) => Wait(() => semaphore.Wait(0), cancellationToken);

    public Task WaitAsync(Task task, CancellationToken cancellationToken) => WaitAsync(() => task.IsCompleted, cancellationToken);

    public Task WaitForAnyAsync(Task one, Task other, CancellationToken cancellationToken) => WaitAsync(() => one.IsCompleted || other.IsCompleted, cancellationToken);

    public void WaitForAny(Task one, Task other, CancellationToken cancellationToken) => Wait(() => one.IsCompleted || other.IsCompleted, cancellationToken);

    /// <summary>What <see cref="Task.Run{TResult}(Func{TResult})"/> does: the work carries the caller's context.</summary>
    public Task<TResult> Run<TResult>(Func<TResult> work)
    {
        var done = new TaskCompletionSource<TResult>();
        var context = ExecutionContext.Capture()!;
        Queue(() => ExecutionContext.Run(context, _ => Work(), null));
        return done.Task;

        void Work()
        {
            TResult result;
            try
            {
                result = work();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
                return;
            }

            done.SetResult(result);
        }
    }
}
