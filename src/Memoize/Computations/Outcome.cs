using System.Runtime.ExceptionServices;

namespace Memoize;

/// <summary>What a computation came to: a value, or the exception that it ended with.</summary>
internal readonly struct Outcome<TValue>
{
    private readonly TValue _value;

    public Outcome(TValue value)
    {
        _value = value;
        Failure = null;
    }

    public Outcome(Exception failure)
    {
        _value = default!;
        Failure = ExceptionDispatchInfo.Capture(failure);
    }

    public Outcome(ExceptionDispatchInfo failure)
    {
        _value = default!;
        Failure = failure;
    }

    public ExceptionDispatchInfo? Failure { get; }

    /// <summary>The value; or throws the computation's exception, with the stack trace of where it was thrown first.</summary>
    public TValue GetValueOrThrow()
    {
        Failure?.Throw();
        return _value;
    }
}
