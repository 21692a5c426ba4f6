namespace Memoize;

/// <summary>
/// A running computation, as the code inside it sees it through the async context: with it, a call knows which
/// computations wait for it, and can tell that waiting would never end.
/// </summary>
internal sealed class ComputationFrame(KeyedLock keyedLock, ComputationFrame? parent)
{
    private static readonly AsyncLocal<ComputationFrame?> Ambient = new();

    /// <summary>The lock on whose key the computation runs; null when it has ended, so that what it left running holds on to no result.</summary>
    public KeyedLock? Lock { get; private set; } = keyedLock;

    /// <summary>The computation that called this one's method.</summary>
    public ComputationFrame? Parent { get; } = parent;

    /// <summary>The locks that calls of this computation are inside now; made by the first such call and owned by <see cref="WaitGraph"/>.</summary>
    public List<KeyedLock>? Inside { get; set; }

    /// <summary>Whether it goes on. Code that a computation left running behind it is not part of it any more, and nobody waits for it.</summary>
    public bool IsRunning => Lock is not null;

    /// <summary>The computation that the current code is part of.</summary>
    public static ComputationFrame? Current => Ambient.Value is { IsRunning: true } frame ? frame : null;

    /// <summary>Makes the code that follows part of the computation, until the asynchronous method that it is in returns.</summary>
    public void Enter() => Ambient.Value = this;

    /// <summary>Makes the code that follows on this thread part of the computation, until <see cref="Leave"/>.</summary>
    /// <returns>What leaving needs.</returns>
    public Crossing EnterHere()
    {
        var before = ExecutionContext.Capture();
        Ambient.Value = this;
        return new(before, ExecutionContext.Capture());
    }

    public void Leave(in Crossing crossing)
    {
        // To set the whole context back is cheaper than to set one value. But what the user's code has set in it is to stay.
        if (crossing.Outside is { } outside && ExecutionContext.Capture() == crossing.Inside) ExecutionContext.Restore(outside);
        else Ambient.Value = Parent;
    }

    public void End() => Lock = null;

    /// <summary>The contexts on both sides of where a computation was entered; null where their flow is suppressed.</summary>
    public readonly record struct Crossing(ExecutionContext? Outside, ExecutionContext? Inside);

    /// <summary>Whether this computation, or one that waits for it, is of <paramref name="method"/>.</summary>
    public bool IsWithin(CachedMethod method)
    {
        for (var frame = this; frame is not null; frame = frame.Parent)
        {
            if (frame.Lock?.Method == method) return true;
        }

        return false;
    }
}
