namespace Memoize;

/// <summary>
/// Leaves a parameter out of the key: calls that differ in nothing else share a result. It is for parameters that say how the
/// work is done and not what the result is.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CacheKeyIgnoreAttribute : Attribute;
