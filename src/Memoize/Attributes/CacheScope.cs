namespace Memoize;

/// <summary>Who shares the results of a cached method.</summary>
public enum CacheScope
{
    /// <summary>All instances of the type share them.</summary>
    Shared,

    /// <summary>Each instance has its own; they are freed with it.</summary>
    Instance,
}
