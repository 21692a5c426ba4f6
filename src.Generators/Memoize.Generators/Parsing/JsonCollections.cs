using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Which collections System.Text.Json makes and fills, and what it leaves out: of a collection it writes nothing but the items.</summary>
internal static class JsonCollections
{
    // Of the framework's collections, those that come back as they were. A name alone is also that of the one without items' type.
    private static readonly string[] Known =
    [
        "IEnumerable", "ICollection", "IList", "IReadOnlyCollection", "IReadOnlyList", "ISet", "IDictionary", "IReadOnlyDictionary",
        "List", "LinkedList", "Queue", "HashSet", "SortedSet", "Dictionary", "SortedDictionary", "SortedList", "OrderedDictionary",
        "Collection", "ObservableCollection", "ConcurrentQueue", "ConcurrentDictionary",
        "ImmutableArray", "ImmutableList", "ImmutableQueue", "ImmutableHashSet", "ImmutableSortedSet", "ImmutableDictionary", "ImmutableSortedDictionary",
        "IImmutableList", "IImmutableQueue", "IImmutableSet", "IImmutableDictionary",
    ];

    // Read in the order in which they are written, they stand on their heads.
    private static readonly string[] Stacks = ["Stack", "ConcurrentStack", "ImmutableStack", "IImmutableStack"];

    // What is there can be filled, where it may not be replaced.
    private static readonly string[] Fillable =
    [
        "ICollection", "IList", "ISet", "IDictionary", "List", "LinkedList", "Queue", "HashSet", "SortedSet", "Dictionary", "SortedDictionary", "SortedList",
        "OrderedDictionary", "Collection", "ObservableCollection", "ConcurrentQueue", "ConcurrentDictionary",
    ];

    /// <summary>Why a collection itself does not come back, whatever its items are.</summary>
    public static string? Obstacle(INamedTypeSymbol type)
    {
        var name = CodeText.Readable(type);
        var known = JsonView.SelfAndBases(type).FirstOrDefault(FrameworkTypes.Contain) ?? (FrameworkTypes.Contain(type) ? type : null);
        if (known is not null && Array.IndexOf(Stacks, known.Name) >= 0)
            return $"the items of a '{name}' come back in reverse order; return a list";
        if (Content(type).Item is null)
            return $"the items of a '{name}' come back as JsonElements; use a collection that says their type";
        if (FrameworkTypes.Contain(type))
            return type.Arity > 0 && Array.IndexOf(Known, type.Name) >= 0 ? null : $"a '{name}' cannot be written and read back; return a list or a dictionary";
        if (type.IsAbstract)
            return $"'{name}' is abstract, and collections of it cannot be made";
        if (JsonView.ConstructorOf(type) is not { Parameters.IsEmpty: true })
            return $"the collection '{name}' has no public constructor without parameters to read it with";
        if (!CanBeFilled(type))
            return $"nothing can be added to a collection '{name}' when it is read; let it implement ICollection<T>, or return a list";
        return Rest(type, isOverKnown: known is not null) is { } rest ? $"'{CodeText.Readable(rest.ContainingType)}.{rest.Name}' is lost: of a collection only its items are written" : null;
    }

    /// <summary>What a collection holds: items, or keys with values.</summary>
    public static (ITypeSymbol? Key, ITypeSymbol? Item) Content(INamedTypeSymbol type)
    {
        var interfaces = type.TypeKind == TypeKind.Interface ? type.AllInterfaces.Insert(0, type) : type.AllInterfaces;
        if (interfaces.FirstOrDefault(static candidate => candidate is { Arity: 2, Name: "IDictionary" or "IReadOnlyDictionary" or "IImmutableDictionary" } && FrameworkTypes.Contain(candidate)) is { } map)
            return (map.TypeArguments[0], map.TypeArguments[1]);
        return (null, interfaces.FirstOrDefault(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)?.TypeArguments[0]);
    }

    /// <summary>Whether what a member holds can be filled when it is read.</summary>
    public static bool CanBeFilled(JsonMember member, JsonView view)
    {
        if (view.Constructor is { Parameters.IsEmpty: false } || member.Type is not INamedTypeSymbol type || JsonRoundTrip.IsValue(type))
            return false;
        if (FrameworkTypes.Contain(type))
            return Array.IndexOf(Fillable, type.Name) >= 0;
        return Content(type).Item is not null ? CanBeFilled(type) : JsonView.ConstructorOf(type) is not { Parameters.IsEmpty: false };
    }

    private static bool CanBeFilled(INamedTypeSymbol type)
        => type.AllInterfaces.Any(static candidate => candidate is { Name: "ICollection" or "IDictionary", Arity: > 0 } && FrameworkTypes.Contain(candidate))
            || JsonView.SelfAndBases(type).Any(static declaring => declaring.Name is "Queue" or "ConcurrentQueue" && FrameworkTypes.Contain(declaring));

    // A collection over one of the framework's has nowhere else to keep items. One that does everything itself keeps them in fields.
    private static ISymbol? Rest(INamedTypeSymbol type, bool isOverKnown) => JsonView.SelfAndBases(type)
        .TakeWhile(static declaring => !FrameworkTypes.Contain(declaring))
        .SelectMany(static declaring => declaring.GetMembers())
        .FirstOrDefault(member => JsonAttributes.IgnoreCondition(member) == JsonAttributes.Ignored.Never && member switch
        {
            IFieldSymbol { IsStatic: false, IsConst: false, AssociatedSymbol: null } field => isOverKnown || field.DeclaredAccessibility == Accessibility.Public,
            IPropertySymbol { IsStatic: false, IsIndexer: false } property => JsonMember.IsAuto(property) || (property.SetMethod?.DeclaredAccessibility == Accessibility.Public && property.Name != "Capacity"),
            _ => false,
        });
}
