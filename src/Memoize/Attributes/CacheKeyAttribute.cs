namespace Memoize;

/// <summary>
/// On a field or property, or a parameter of the primary constructor: its value is part of the key of every cached method of
/// the type, so that instances only share results where it is the same. On a parameter of a cached method: says how its values
/// are compared.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class CacheKeyAttribute : Attribute
{
    /// <summary>
    /// How strings are compared, for example <see cref="StringComparison.OrdinalIgnoreCase"/>. The default is
    /// <see cref="StringComparison.Ordinal"/>. The comparisons of the current culture cannot be used: a key must mean the same
    /// to every caller.
    /// </summary>
    public StringComparison Comparison { get; set; } = StringComparison.Ordinal;

    /// <summary>
    /// A type with a parameterless constructor that implements <see cref="IEqualityComparer{T}"/> for the values. One instance
    /// of it serves all threads. Where the values can change, it implements <see cref="ICacheKeyComparer{T}"/>, too, which copies
    /// them; collections are copied without that.
    /// </summary>
    public Type? Comparer { get; set; }
}
