namespace Memoize;

/// <summary>
/// Says once for a project what stands for the values of a type in keys. It is for types that are not yours and have no value
/// equality: <c>[assembly: CacheKeyFor(typeof(ChatMessage), typeof(ChatMessageKey))]</c>.
/// </summary>
/// <remarks>
/// <para>The key's type has a method <c>static TKey Of(ChatMessage message)</c>, whose result can be whatever a parameter in a key
/// can be. It takes the place of the value wherever a value of the type, or of a class derived from it that has no key of its own,
/// stands in a key: as a parameter, in a collection, a tuple or a record, and in the result of the method that
/// <see cref="CachedResponseAttribute.Key"/> names. <see langword="null"/> stays null.</para>
/// <para>It is called for each value at each call, also when the call is a hit.</para>
/// </remarks>
/// <param name="type">The type of the values.</param>
/// <param name="key">The type that has the method <c>Of</c>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class CacheKeyForAttribute(Type type, Type key) : Attribute
{
    /// <summary>The type of the values.</summary>
    public Type Type { get; } = type;

    /// <summary>The type that has the method <c>Of</c>.</summary>
    public Type Key { get; } = key;
}
