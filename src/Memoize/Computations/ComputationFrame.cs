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

    /// <summary>
    /// The computation that the current code is part of. Setting it is undone by the runtime when the asynchronous method
    /// that did it returns; synchronous code has to undo it itself.
    /// </summary>
    public static ComputationFrame? Current
    {
        // Code that a computation left running behind it is not part of it any more, and nobody waits for it.
        get => Ambient.Value is { Lock: not null } frame ? frame : null;
        set => Ambient.Value = value;
    }

    public void End() => Lock = null;

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
