namespace Memoize;

/// <summary>Which objects share the entries of a cached instance method.</summary>
public enum CacheScope
{
    /// <summary>All objects of the type share them: what one has computed, the others hit.</summary>
    Shared,

    /// <summary>Each object has its own, which are freed with it.</summary>
    Instance,
}
