namespace Memoize;

/// <summary>What a caller does that has waited for another's computation for the whole <c>WaitTimeout</c>.</summary>
public enum OnWaitTimeout
{
    /// <summary>It throws a <see cref="TimeoutException"/>.</summary>
    Throw,

    /// <summary>It runs the method itself, for itself: the result is not kept.</summary>
    ComputeUncached,
}
