using System.Collections.Immutable;
using System.Globalization;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Finds out what stands in a key for a value in which there are values that a <c>[CacheKeyFor]</c> names: the same value with
/// their keys in their places. A list becomes an array of keys, a record a tuple. What compares it and writes it for stores then
/// only knows that.
/// </summary>
internal sealed class KeyProjections(KnownTypes knownTypes, INamedTypeSymbol within, IEnumerable<string> taken)
{
    private const string Linq = "global::System.Linq.Enumerable";

    private readonly Dictionary<ITypeSymbol, Projected?> _found = new(SymbolEqualityComparer.IncludeNullability);
    private readonly HashSet<ITypeSymbol> _around = new(SymbolEqualityComparer.Default);
    private readonly HashSet<string> _names = new(taken, StringComparer.Ordinal);
    private readonly List<KeyProjection> _made = [];
    private readonly SortedSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The methods that make the keys.</summary>
    public IEnumerable<KeyProjection> Methods => _made;

    /// <summary>Which keys stand for which types, in an order that does not change.</summary>
    public string Meaning => string.Join(";", _used);

    /// <summary>Why the last one could not be looked into, as a way out; <see langword="null"/> if it could.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>What stands for a value of the type; <see langword="null"/> if that is the value itself.</summary>
    public Projected? Of(ITypeSymbol type)
    {
        // Null stays null, whatever the annotation says.
        if (type.IsReferenceType)
            type = type.WithNullableAnnotation(NullableAnnotation.Annotated);
        if (_found.TryGetValue(type, out var found))
            return found;

        // What refers to itself has no form that could be written down. A key that is made of its own type is its end.
        if (TypeNesting.IsTooDeep(type) || !_around.Add(type))
            return null;

        found = Find(type);
        _around.Remove(type);
        return _found[type] = found;
    }

    private Projected? Find(ITypeSymbol type)
    {
        if (knownTypes.KeyFor(type) is { } key)
            return OfKey(type, key);
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return Of(nullable.TypeArguments[0]) is { } value
                ? Make(type, OrNull(value.To), $"value is {{ }} some ? {value.Method}(some) : default({CodeText.Qualified(OrNull(value.To))})")
                : null;
        }

        if (knownTypes.ValueEquality.CollectionOf(type) is { } collection)
            return OfCollection(type, collection);
        if (type is not INamedTypeSymbol named)
            return null;
        if (named.IsTupleType)
            return OfMembers(named, named.TupleElements.Select(static (element, index) => ($"{{0}}.Item{(index + 1).ToString(CultureInfo.InvariantCulture)}", element.Type)));
        if (knownTypes.Is(named.OriginalDefinition, "System.Collections.Generic.KeyValuePair`2"))
            return OfMembers(named, [("{0}.Key", named.TypeArguments[0]), ("{0}.Value", named.TypeArguments[1])]);
        return OfOwnType(named);
    }

    private Projected OfKey(ITypeSymbol type, KeyFor key)
    {
        _used.Add($"{CodeText.Readable(key.Type)}=>{CodeText.Readable(key.Key)}");
        var made = key.Method!.ReturnType;
        var call = $"{CodeText.Qualified(key.Key)}.Of({{0}})";
        if (Of(made) is { } further)
            (made, call) = (further.To, $"{further.Method}({call})");

        if (type.IsValueType)
            return Make(type, made, With(call, "value"));
        var to = OrNull(made);
        return Make(type, to, $"value is {{ }} some ? {With(call, "some")} : default({CodeText.Qualified(to)})");
    }

    private Projected? OfCollection(ITypeSymbol type, CollectionContent collection)
    {
        var item = Of(collection.Item);
        var mapKey = collection.Key is null ? null : Of(collection.Key);
        if (item is null && mapKey is null)
            return null;

        var (isAbsent, items) = type switch
        {
            { Name: "Memory" or "ReadOnlyMemory" } => (null, $"global::System.Runtime.InteropServices.MemoryMarshal.ToEnumerable<{CodeText.Qualified(collection.Item)}>(value)"),
            { Name: "ImmutableArray" } => ("value.IsDefault", "value"),
            { Name: "ArraySegment" } => ("value.Array is null", "value"),
            _ => (type.IsValueType ? null : "value is null", "value"),
        };
        var select = $"{Linq}.Select({items}, static item => {item?.Method}(item))";
        var pairs = item is null ? "pair.Value" : $"{item.Method}(pair.Value)";
        (ITypeSymbol? To, string Made) projected = collection.Kind switch
        {
            // What compares the keys of a map, and sorts them, stays.
            CollectionKind.Map or CollectionKind.OrderedMap when mapKey is null => MapWithValues(type, collection.Key!, item!),

            // A set and a list are two keys.
            CollectionKind.Any when Construct("System.Collections.Generic.ICollection`1", item!.To) is { } any => (
                any,
                $"value is global::System.Collections.Generic.ISet<{CodeText.Qualified(collection.Item)}> or global::System.Collections.Generic.IReadOnlySet<{CodeText.Qualified(collection.Item)}> ? {Linq}.ToHashSet({select}) : {Linq}.ToArray({select})"),
            CollectionKind.Sequence or CollectionKind.Any or CollectionKind.OrderedSet => (ArrayOf(item!.To), $"{Linq}.ToArray({select})"),
            CollectionKind.OrderedMap => (
                ArrayOf(Tuple([mapKey!.To, item?.To ?? collection.Item])),
                $"{Linq}.ToArray({Linq}.Select({items}, static pair => ({mapKey!.Method}(pair.Key), {pairs})))"),
            CollectionKind.Set => (Construct("System.Collections.Generic.HashSet`1", item!.To), $"{Linq}.ToHashSet({select})"),

            // Two keys of the map may have the same key here.
            _ => (
                Construct("System.Collections.Generic.HashSet`1", Tuple([mapKey!.To, item?.To ?? collection.Item])),
                $"{Linq}.ToHashSet({Linq}.Select({items}, static pair => ({mapKey.Method}(pair.Key), {pairs})))"),
        };
        return projected switch
        {
            { To: null } => null,
            _ when isAbsent is null => Make(type, projected.To, projected.Made),
            _ => Make(type, OrNull(projected.To), $"{isAbsent} ? null : {projected.Made}"),
        };
    }

    private (ITypeSymbol? To, string Made) MapWithValues(ITypeSymbol type, ITypeSymbol key, Projected value)
    {
        var to = Construct($"System.Collections.Generic.{(type.Name switch
        {
            "SortedDictionary" or "SortedList" or "ImmutableSortedDictionary" => "SortedDictionary",
            "OrderedDictionary" => "OrderedDictionary",
            _ => "IDictionary",
        })}`2", key, value.To);
        var made = $"global::Memoize.KeyContent.WithValues(value, static item => {value.Method}(item))";
        return (to, to is null or { TypeKind: TypeKind.Interface } ? made : $"({CodeText.Qualified(to)}){made}");
    }

    private Projected? OfOwnType(INamedTypeSymbol type)
    {
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || type.SpecialType != SpecialType.None
            || !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, knownTypes.Compilation.Assembly))
        {
            return null;
        }

        var shapes = new KeyShapes(knownTypes, within);
        if (!Holds(type))
            return null;
        if (shapes.MembersOf(type) is not { } members)
            return Refuse(type, $"let it compare its members, which '{within.Name}' can read, or name a key for it, too, with [assembly: CacheKeyFor(typeof({type.Name}), typeof(…))]: {shapes.Obstacle}");

        // A derived record has more to tell apart than can be seen here.
        if (type is { IsReferenceType: true, IsSealed: false })
            return Refuse(type, $"make it sealed, or name a key for it, too, with [assembly: CacheKeyFor(typeof({type.Name}), typeof(…))]");
        return OfMembers(type, members);
    }

    // Whether one of its members is made a key of, as far as can be said without making it.
    private bool Holds(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: SpecialType.None }; declaring = declaring.BaseType)
        {
            if (declaring.GetMembers().OfType<IFieldSymbol>().Any(field => !field.IsStatic && Of(field.Type) is not null))
                return true;
        }

        return false;
    }

    private Projected? OfMembers(INamedTypeSymbol type, IEnumerable<(string Read, ITypeSymbol Type)> members)
    {
        var value = type.IsReferenceType ? "some" : "value";
        var types = new List<ITypeSymbol>();
        var values = new List<string>();
        var isProjected = false;
        foreach (var (read, memberType) in members)
        {
            var projected = Of(memberType);
            isProjected |= projected is not null;
            types.Add(projected?.To ?? memberType);
            values.Add(projected is null ? With(read, value) : $"{projected.Method}({With(read, value)})");
        }

        if (!isProjected)
            return null;

        // A tuple of one could not be written as one.
        if (types.Count == 1)
        {
            types.Insert(0, knownTypes.Compilation.GetSpecialType(SpecialType.System_Boolean));
            values.Insert(0, "true");
        }

        var to = Tuple([.. types]);
        var made = $"({string.Join(", ", values)})";
        return type.IsValueType
            ? Make(type, to, made)
            : Make(type, OrNull(to), $"value is {{ }} some ? {made} : default({CodeText.Qualified(OrNull(to))})");
    }

    private Projected Make(ITypeSymbol from, ITypeSymbol to, string body)
    {
        var stem = "KeyOf" + NamedMethod.TypeName(from);
        var name = stem;
        for (var number = 2; !_names.Add(name); number++)
            name = stem + number.ToString(CultureInfo.InvariantCulture);

        _made.Add(new(name, CodeText.Qualified(from), CodeText.Qualified(to), body));
        return new(name, to);
    }

    private Projected? Refuse(INamedTypeSymbol type, string wayOut)
    {
        Obstacle = $"for the keys in '{CodeText.Readable(type)}' to count, {wayOut}";
        return null;
    }

    private ITypeSymbol OrNull(ITypeSymbol type)
    {
        if (!type.IsValueType)
            return type.WithNullableAnnotation(NullableAnnotation.Annotated);
        return type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
            ? type
            : knownTypes.Compilation.GetSpecialType(SpecialType.System_Nullable_T).Construct(type);
    }

    private INamedTypeSymbol Tuple(ITypeSymbol[] types)
        => knownTypes.Compilation.CreateTupleTypeSymbol(types.ToImmutableArray(), elementNullableAnnotations: types.Select(static type => type.NullableAnnotation).ToImmutableArray());

    private ITypeSymbol ArrayOf(ITypeSymbol item)
        => knownTypes.Compilation.CreateArrayTypeSymbol(item, elementNullableAnnotation: item.NullableAnnotation);

    private INamedTypeSymbol? Construct(string metadataName, params ITypeSymbol[] arguments)
        => knownTypes.Compilation.GetTypeByMetadataName(metadataName)?.Construct(
            arguments.ToImmutableArray(), arguments.Select(static argument => argument.NullableAnnotation).ToImmutableArray());

    private static string With(string format, string value) => string.Format(CultureInfo.InvariantCulture, format, value);
}

/// <summary>What stands for a value in a key.</summary>
/// <param name="Method">The method that makes it.</param>
/// <param name="To">Its type.</param>
internal sealed record Projected(string Method, ITypeSymbol To);
