using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Which types are found again by an equal value: by their own equality, or, for collections, by what they hold.</summary>
internal sealed class ValueEquality(KnownTypes knownTypes)
{
    // Collections by the name of what compares them in the runtime.
    private static readonly (string Type, string Content)[] Sequences =
    [
        ("System.Collections.Generic.List`1", "OfList"),
        ("System.Collections.Generic.IReadOnlyList`1", "OfReadOnlyList"),
        ("System.Collections.Generic.IList`1", "OfIList"),
        ("System.Collections.Immutable.ImmutableArray`1", "OfImmutableArray"),
        ("System.Collections.Immutable.ImmutableList`1", "OfImmutableList"),
        ("System.ReadOnlyMemory`1", "OfReadOnlyMemory"),
        ("System.Memory`1", "OfMemory"),
        ("System.ArraySegment`1", "OfArraySegment"),
    ];

    private static readonly (string Type, string Content)[] Maps =
    [
        ("System.Collections.Generic.Dictionary`2", "OfDictionary"),
        ("System.Collections.Generic.IReadOnlyDictionary`2", "OfReadOnlyDictionary"),
        ("System.Collections.Immutable.ImmutableDictionary`2", "OfImmutableDictionary"),
    ];

    private static readonly (string Type, string Content)[] Sets =
    [
        ("System.Collections.Generic.HashSet`1", "OfHashSet"),
        ("System.Collections.Generic.IReadOnlySet`1", "OfReadOnlySet"),
        ("System.Collections.Immutable.ImmutableHashSet`1", "OfImmutableHashSet"),
    ];

    // Struct or not, they compare what they are made of.
    private static readonly string[] Compounds = ["System.Tuple", "System.ValueTuple", "System.Collections.Generic.KeyValuePair"];

    /// <summary>The expression of what compares a collection by what it holds; <see langword="null"/> for other types.</summary>
    public string? ContentOf(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { IsSZArray: true } array)
            return Of("OfArray", type, [array.ElementType], array.ElementType);
        if (type is not INamedTypeSymbol { IsGenericType: true } named)
            return null;

        if (Find(Sequences, named) is { } sequence)
            return Of(sequence, type, named.TypeArguments, named.TypeArguments[0]);
        if (Find(Maps, named) is { } map)
            return Has(named.TypeArguments[0]) ? Of(map, type, named.TypeArguments, named.TypeArguments[1]) : null;
        return Find(Sets, named) is { } set && Has(named.TypeArguments[0]) ? Of(set, type, named.TypeArguments, item: null) : null;
    }

    /// <summary>
    /// The expression of what copies a collection, whatever it holds: items that are collections are copied, too. <see langword="null"/>
    /// for other types.
    /// </summary>
    public string? CopierOf(ITypeSymbol type)
    {
        if (CollectionOf(type) is not { } collection)
            return null;

        var named = type as INamedTypeSymbol;
        var method = named is null ? "OfArray" : (Find(Sequences, named) ?? Find(Maps, named) ?? Find(Sets, named))!;
        var item = collection.Kind == CollectionKind.Set ? null : CopierOf(collection.Item);
        var arguments = string.Join(", ", (named?.TypeArguments.ToArray() ?? [collection.Item]).Select(CodeText.Qualified));
        var admitsNull = type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated ? "!" : "";
        return $"global::Memoize.KeyContent.{method}<{arguments}>({item}){admitsNull}";
    }

    /// <summary>What kind of collection it is and what it holds, if it is one that a key can compare by content.</summary>
    public CollectionContent? CollectionOf(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { IsSZArray: true } array)
            return new(CollectionKind.Sequence, Key: null, array.ElementType);
        if (type is not INamedTypeSymbol { IsGenericType: true } named)
            return null;

        if (Find(Sequences, named) is not null)
            return new(CollectionKind.Sequence, Key: null, named.TypeArguments[0]);
        if (Find(Maps, named) is not null)
            return new(CollectionKind.Map, named.TypeArguments[0], named.TypeArguments[1]);
        return Find(Sets, named) is not null ? new(CollectionKind.Set, Key: null, named.TypeArguments[0]) : null;
    }

    /// <summary>Whether the type compares by value. A type parameter is trusted: what it stands for is not known here.</summary>
    public bool Has(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        { TypeKind: TypeKind.Enum } => true,
        INamedTypeSymbol { TypeKind: TypeKind.Interface } => KnownTypes.IsEquatableToItself(type),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => Has(nullable.TypeArguments[0]),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.All(element => Has(element.Type)),
        INamedTypeSymbol { IsGenericType: true } named when IsCompound(named) => named.TypeArguments.All(Has),
        INamedTypeSymbol { TypeKind: TypeKind.Struct } named => Find(Sequences, named) is null,
        INamedTypeSymbol { TypeKind: TypeKind.Class } named => named.IsRecord || KnownTypes.IsEquatableToItself(named) || OverridesEquals(named),
        _ => false,
    };

    /// <summary>Whether it is a date whose own equality ignores its kind or its offset.</summary>
    public bool IsDate(ITypeSymbol type) => DistinctionOf(type) is not null;

    /// <summary>
    /// How to read what the equality of a type ignores and a method may notice. Tuples are looked into; other types compare as
    /// they say themselves.
    /// </summary>
    public IEnumerable<string> Distinctions(ITypeSymbol type)
    {
        var read = type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T ? "?." : ".";
        type = KnownTypes.WithoutNullable(type);
        if (DistinctionOf(type) is { } distinction)
            return [read + distinction];

        return type is INamedTypeSymbol { IsTupleType: true } tuple
            ? tuple.TupleElements.SelectMany((element, index) =>
                Distinctions(element.Type).Select(inner => $"{read}Item{(index + 1).ToString(CultureInfo.InvariantCulture)}{inner}"))
            : [];
    }

    /// <summary>The way out for a type without value equality.</summary>
    public string Advice(ITypeSymbol type)
    {
        const string OrLeaveOut = "or leave it out of the key with [CacheKeyIgnore]";

        if (type.SpecialType == SpecialType.System_Object || type.TypeKind is TypeKind.Dynamic)
            return $"give the parameter the type of its values, {OrLeaveOut}";
        if (type.TypeKind == TypeKind.Delegate)
            return $"pass what tells the calls apart instead, {OrLeaveOut}";
        if (type is IArrayTypeSymbol { IsSZArray: false })
            return $"pass an array of one dimension, {OrLeaveOut}";
        if (type is IArrayTypeSymbol || (type is INamedTypeSymbol named && (Find(Sequences, named) ?? Find(Maps, named) ?? Find(Sets, named)) is not null))
            return $"give its items value equality, a record has it, {OrLeaveOut}";
        if (type.AllInterfaces.Concat([type]).Any(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T))
            return $"pass an array, an IReadOnlyList<T>, an IReadOnlyDictionary<TKey, TValue> or an IReadOnlySet<T>, which count by what they hold, {OrLeaveOut}";
        return $"make it a record or let it override Equals, give it a [CacheKey(Comparer = typeof(…))], {OrLeaveOut}";
    }

    // The type arguments are written as they are annotated; "!" tells the compiler that null is seen to.
    private string? Of(string method, ITypeSymbol type, IEnumerable<ITypeSymbol> typeArguments, ITypeSymbol? item)
    {
        var itemContent = item is null ? null : ContentOf(item) ?? DateContentOf(item);
        if (item is not null && itemContent is null && !Has(item))
            return null;

        var arguments = string.Join(", ", typeArguments.Select(CodeText.Qualified));
        var admitsNull = type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated ? "!" : "";
        return $"global::Memoize.KeyContent.{method}<{arguments}>({itemContent}){admitsNull}";
    }

    private string? DistinctionOf(ITypeSymbol type)
        => type.SpecialType == SpecialType.System_DateTime ? "Kind" : knownTypes.Is(type, "System.DateTimeOffset") ? "Offset" : null;

    private string? DateContentOf(ITypeSymbol type) => IsDate(type) ? $"global::Memoize.KeyContent.Of{type.Name}()" : null;

    private string? Find((string Type, string Content)[] collections, INamedTypeSymbol type)
    {
        foreach (var (name, content) in collections)
        {
            if (knownTypes.Is(type.OriginalDefinition, name))
                return content;
        }

        return null;
    }

    private static bool IsCompound(INamedTypeSymbol type)
    {
        var name = $"{type.ContainingNamespace.ToDisplayString()}.{type.Name}";
        return Array.IndexOf(Compounds, name) >= 0;
    }

    private static bool OverridesEquals(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not SpecialType.System_Object }; declaring = declaring.BaseType)
        {
            foreach (var member in declaring.GetMembers("Equals"))
            {
                if (member is IMethodSymbol { IsOverride: true, Parameters.Length: 1 } equals
                    && equals.Parameters[0].Type.SpecialType == SpecialType.System_Object)
                {
                    return true;
                }
            }
        }

        return false;
    }
}

/// <summary>What a collection holds.</summary>
/// <param name="Kind">What kind it is.</param>
/// <param name="Key">The keys of a map.</param>
/// <param name="Item">The items, or the values of a map.</param>
internal sealed record CollectionContent(CollectionKind Kind, ITypeSymbol? Key, ITypeSymbol Item);

/// <summary>What kind of collection it is.</summary>
internal enum CollectionKind
{
    /// <summary>Items in an order.</summary>
    Sequence,

    /// <summary>Items without an order.</summary>
    Set,

    /// <summary>Values by their keys.</summary>
    Map,
}
