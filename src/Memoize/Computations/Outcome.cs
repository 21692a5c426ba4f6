using System.Runtime.ExceptionServices;

namespace Memoize;

/// <summary>What a computation came to: a value, or the exception that it ended with.</summary>
internal readonly struct Outcome<TValue>
{
    private readonly TValue _value;
    private readonly ExceptionDispatchInfo? _failure;

    public Outcome(TValue value)
    {
        _value = value;
        _failure = null;
    }

    public Outcome(Exception failure)
    {
        _value = default!;
        _failure = ExceptionDispatchInfo.Capture(failure);
    }

    public bool IsFailure => _failure is not null;

    /// <summary>The value; or throws the computation's exception, with the stack trace of where it was thrown first.</summary>
    public TValue GetValueOrThrow()
    {
        _failure?.Throw();
        return _value;
    }
}
