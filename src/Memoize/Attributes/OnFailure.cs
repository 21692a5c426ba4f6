namespace Memoize;

/// <summary>What the callers get that waited on a computation that failed.</summary>
public enum OnFailure
{
    /// <summary>They get its exception. Callers that come later start afresh.</summary>
    Share,

    /// <summary>The next of them computes.</summary>
    Retry,
}
