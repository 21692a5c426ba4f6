namespace Memoize;

/// <summary>How a call ended. Every call ends in exactly one of these ways.</summary>
internal enum CallOutcome
{
    Hit,
    Stale,
    Coalesced,
    Computed,
    Failed,
    Cancelled,
}
