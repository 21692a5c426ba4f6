using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Whether System.Text.Json reads back what it has written of a type, with the options it has by default. What it would lose
/// without a word is as bad as what it refuses.
/// </summary>
internal static class JsonRoundTrip
{
    private static readonly string[] Values =
    [
        "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly", "System.TimeSpan", "System.Guid", "System.Uri", "System.Version",
        "System.Half", "System.Int128", "System.UInt128",
    ];

    private static readonly string[] Documents =
        ["JsonElement", "JsonDocument", "JsonNode", "JsonObject", "JsonArray", "JsonValue"];

    // Of the framework's collections, those that come back as they were.
    private static readonly string[] Collections =
    [
        "IEnumerable", "ICollection", "IList", "IReadOnlyCollection", "IReadOnlyList", "ISet", "IDictionary", "IReadOnlyDictionary",
        "List", "LinkedList", "Queue", "HashSet", "SortedSet", "Dictionary", "SortedDictionary", "SortedList", "OrderedDictionary",
        "Collection", "ObservableCollection", "ConcurrentQueue", "ConcurrentDictionary",
        "ImmutableArray", "ImmutableList", "ImmutableQueue", "ImmutableHashSet", "ImmutableSortedSet", "ImmutableDictionary", "ImmutableSortedDictionary",
        "IImmutableList", "IImmutableQueue", "IImmutableSet", "IImmutableDictionary", "Memory", "ReadOnlyMemory",
    ];

    /// <summary>Why a value would not come back as it was, as the end of a sentence; <see langword="null"/> if it does.</summary>
    public static string? Obstacle(ITypeSymbol type) => Obstacle(type, new(SymbolEqualityComparer.Default));

    private static string? Obstacle(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        type = KnownTypes.WithoutNullable(type);
        if (!seen.Add(type) || type is ITypeParameterSymbol || IsValue(type) || SchemaText.Has(type, "JsonConverterAttribute"))
            return null;

        return type switch
        {
            { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.Dynamic } => "an 'object' comes back as a JsonElement",
            IArrayTypeSymbol { IsSZArray: false } => Refused(type),
            IArrayTypeSymbol array => Obstacle(array.ElementType, seen),
            { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } or { TypeKind: TypeKind.Delegate } => Refused(type),
            INamedTypeSymbol { IsTupleType: true } => $"of a tuple like '{CodeText.Readable(type)}' nothing is written; return a record",
            INamedTypeSymbol named => ObstacleOf(named, seen),
            _ => Refused(type),
        };
    }

    private static string? ObstacleOf(INamedTypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (SchemaText.IsOfFramework(type) && Array.IndexOf(Collections, type.Name) >= 0)
            return ObstacleOfCollection(type, seen);
        if (type.AllInterfaces.FirstOrDefault(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T) is { } items)
            return SchemaText.IsOfFramework(type) ? Refused(type) : Obstacle(items.TypeArguments[0], seen);

        if (type.TypeKind == TypeKind.Interface || type.IsAbstract)
        {
            return SchemaText.Has(type, "JsonDerivedTypeAttribute") || SchemaText.Has(type, "JsonPolymorphicAttribute")
                ? null
                : $"'{CodeText.Readable(type)}' is abstract, and nothing says which type to make when it is read; name the derived types with [JsonDerivedType]";
        }

        if (SchemaText.Constructor(type) is not { } constructor)
            return $"'{CodeText.Readable(type)}' has no constructor to read it with; give it one without parameters, only one, or mark one with [JsonConstructor]";

        var members = SchemaText.Members(type).ToArray();
        if (constructor.Parameters.FirstOrDefault(parameter => !members.Any(member => IsNamed(member.Member, parameter))) is { } lost)
            return $"the constructor of '{CodeText.Readable(type)}' has a parameter '{lost.Name}', and no public property of that name to read it from";

        // Whatever they are computed from, it is not written.
        if (members.Length > 0 && constructor.Parameters.IsEmpty && members.All(static member => IsComputed(member.Member)))
            return $"'{CodeText.Readable(type)}' has nothing that can be set when it is read; give it init accessors, or a constructor with parameters";

        foreach (var (member, memberType) in members)
        {
            if (SchemaText.Has(member, "JsonConverterAttribute"))
                continue;
            if (!constructor.Parameters.Any(parameter => IsNamed(member, parameter)) && IsLost(member))
                return $"'{CodeText.Readable(type)}.{member.Name}' is lost: {(member is IFieldSymbol ? "fields are not written without [JsonInclude]" : "it cannot be set when the value is read; give it an init accessor, or a constructor parameter")}";
            if ((!IsComputed(member) || constructor.Parameters.Any(parameter => IsNamed(member, parameter))) && Obstacle(memberType, seen) is { } obstacle)
                return obstacle;
        }

        return null;
    }

    private static string? ObstacleOfCollection(INamedTypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (type.TypeArguments.Length == 2 && !IsValue(type.TypeArguments[0]))
            return $"'{CodeText.Readable(type.TypeArguments[0])}' cannot be a key of a JSON object";

        return type.TypeArguments.Select(argument => Obstacle(argument, seen)).FirstOrDefault(static obstacle => obstacle is not null);
    }

    private static bool IsValue(ITypeSymbol type)
        => type.TypeKind == TypeKind.Enum
            || type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_String) or SpecialType.System_DateTime
            || Array.IndexOf(Values, $"{type.ContainingNamespace}.{type.Name}") >= 0
            || (Array.IndexOf(Documents, type.Name) >= 0 && SchemaText.IsOfFramework(type));

    private static bool IsNamed(ISymbol member, IParameterSymbol parameter) => string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase);

    private static bool IsLost(ISymbol member) => member switch
    {
        IFieldSymbol field => !SchemaText.Has(field, "JsonIncludeAttribute") || field.IsReadOnly,
        IPropertySymbol { SetMethod: { } setter } property => setter.DeclaredAccessibility != Accessibility.Public && !SchemaText.Has(property, "JsonIncludeAttribute"),
        _ => !IsComputed(member),
    };

    // It is written, and computed again when it is asked for after that.
    private static bool IsComputed(ISymbol member) => member is IPropertySymbol { SetMethod: null, GetMethod: { } getter } property
        && !property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property))
        && !getter.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute");

    private static string Refused(ITypeSymbol type) => $"a '{CodeText.Readable(type)}' cannot be written and read back";
}
