namespace CallerProgram;

/// <summary>Where a caller can be held up, in the order in which a computation passes them.</summary>
public enum Point
{
    /// <summary>The claim is won; the method has not begun.</summary>
    Claimed,

    /// <summary>Another process has the claim; the waiting begins.</summary>
    Waiting,

    /// <summary>In the method.</summary>
    Entered,

    /// <summary>The method has returned and its result is serialized; the store has not been told.</summary>
    Completing,

    /// <summary>The store has the result; the callers do not have it yet.</summary>
    Completed,
}
