namespace Memoize;

/// <summary>Names for <see cref="CachedResponseAttribute.Store"/> that every memoizer knows.</summary>
public static class CacheStores
{
    /// <summary>Results stay in the memory of the process, whatever store the memoizer has.</summary>
    public const string MemoryOnly = "memory-only";
}
