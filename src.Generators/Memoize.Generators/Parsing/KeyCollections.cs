using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>The collections that a key compares by what they hold.</summary>
internal sealed class KeyCollections(KnownTypes knownTypes)
{
    // By the simple name, since that decides almost always.
    private static readonly ILookup<string, (string Type, string Content, CollectionKind Kind, bool IsImmutable)> Known = new[]
    {
        ("System.Collections.Generic.List`1", "OfList", CollectionKind.Sequence, false),
        ("System.Collections.Generic.IReadOnlyList`1", "OfReadOnlyList", CollectionKind.Sequence, false),
        ("System.Collections.Generic.IList`1", "OfIList", CollectionKind.Sequence, false),
        ("System.Collections.ObjectModel.Collection`1", "OfCollection", CollectionKind.Sequence, false),
        ("System.Collections.ObjectModel.ReadOnlyCollection`1", "OfReadOnlyCollection", CollectionKind.Sequence, false),
        ("System.Collections.Immutable.ImmutableArray`1", "OfImmutableArray", CollectionKind.Sequence, true),
        ("System.Collections.Immutable.ImmutableList`1", "OfImmutableList", CollectionKind.Sequence, true),
        ("System.Collections.Immutable.IImmutableList`1", "OfIImmutableList", CollectionKind.Sequence, true),
        ("System.ReadOnlyMemory`1", "OfReadOnlyMemory", CollectionKind.Sequence, false),
        ("System.Memory`1", "OfMemory", CollectionKind.Sequence, false),
        ("System.ArraySegment`1", "OfArraySegment", CollectionKind.Sequence, false),
        ("System.Collections.Generic.Queue`1", "OfQueue", CollectionKind.Sequence, false),
        ("System.Collections.Generic.Stack`1", "OfStack", CollectionKind.Sequence, false),
        ("System.Collections.Generic.LinkedList`1", "OfLinkedList", CollectionKind.Sequence, false),
        ("System.Collections.Immutable.ImmutableQueue`1", "OfImmutableQueue", CollectionKind.Sequence, true),
        ("System.Collections.Immutable.ImmutableStack`1", "OfImmutableStack", CollectionKind.Sequence, true),
        ("System.Collections.Generic.ICollection`1", "OfICollection", CollectionKind.Any, false),
        ("System.Collections.Generic.IReadOnlyCollection`1", "OfIReadOnlyCollection", CollectionKind.Any, false),
        ("System.Collections.Generic.Dictionary`2", "OfDictionary", CollectionKind.Map, false),
        ("System.Collections.Generic.IDictionary`2", "OfIDictionary", CollectionKind.Map, false),
        ("System.Collections.Generic.IReadOnlyDictionary`2", "OfReadOnlyDictionary", CollectionKind.Map, false),
        ("System.Collections.ObjectModel.ReadOnlyDictionary`2", "OfDictionaryView", CollectionKind.Map, false),
        ("System.Collections.Concurrent.ConcurrentDictionary`2", "OfConcurrentDictionary", CollectionKind.Map, false),
        ("System.Collections.Frozen.FrozenDictionary`2", "OfFrozenDictionary", CollectionKind.Map, true),
        ("System.Collections.Immutable.ImmutableDictionary`2", "OfImmutableDictionary", CollectionKind.Map, true),
        ("System.Collections.Immutable.IImmutableDictionary`2", "OfIImmutableDictionary", CollectionKind.Map, true),
        ("System.Collections.Generic.SortedDictionary`2", "OfSortedDictionary", CollectionKind.OrderedMap, false),
        ("System.Collections.Generic.SortedList`2", "OfSortedList", CollectionKind.OrderedMap, false),
        ("System.Collections.Generic.OrderedDictionary`2", "OfOrderedDictionary", CollectionKind.OrderedMap, false),
        ("System.Collections.Immutable.ImmutableSortedDictionary`2", "OfImmutableSortedDictionary", CollectionKind.OrderedMap, true),
        ("System.Collections.Generic.HashSet`1", "OfHashSet", CollectionKind.Set, false),
        ("System.Collections.Generic.ISet`1", "OfISet", CollectionKind.Set, false),
        ("System.Collections.Generic.IReadOnlySet`1", "OfReadOnlySet", CollectionKind.Set, false),
        ("System.Collections.Frozen.FrozenSet`1", "OfFrozenSet", CollectionKind.Set, true),
        ("System.Collections.Immutable.ImmutableHashSet`1", "OfImmutableHashSet", CollectionKind.Set, true),
        ("System.Collections.Immutable.IImmutableSet`1", "OfIImmutableSet", CollectionKind.Set, true),
        ("System.Collections.Generic.SortedSet`1", "OfSortedSet", CollectionKind.OrderedSet, false),
        ("System.Collections.Immutable.ImmutableSortedSet`1", "OfImmutableSortedSet", CollectionKind.OrderedSet, true),
    }.ToLookup(static known => known.Item1.Substring(known.Item1.LastIndexOf('.') + 1).Split('`')[0], StringComparer.Ordinal);

    /// <summary>What kind of collection it is and what it holds, if it is one that a key can compare by content.</summary>
    public CollectionContent? Of(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { IsSZArray: true } array)
            return new("OfArray", CollectionKind.Sequence, Key: null, array.ElementType, IsImmutable: false);
        if (type is not INamedTypeSymbol { IsGenericType: true } named)
            return null;

        foreach (var known in Known[named.Name])
        {
            if (!knownTypes.Is(named.OriginalDefinition, known.Type))
                continue;

            return named.Arity == 2
                ? new(known.Content, known.Kind, named.TypeArguments[0], named.TypeArguments[1], known.IsImmutable)
                : new(known.Content, known.Kind, Key: null, named.TypeArguments[0], known.IsImmutable);
        }

        return null;
    }
}

/// <summary>What a collection holds.</summary>
/// <param name="Content">The runtime's method for what compares it.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Key">The keys of a map.</param>
/// <param name="Item">The items, or the values of a map.</param>
/// <param name="IsImmutable">Whether it cannot change, but for its items.</param>
internal sealed record CollectionContent(string Content, CollectionKind Kind, ITypeSymbol? Key, ITypeSymbol Item, bool IsImmutable);

/// <summary>What kind of collection it is.</summary>
internal enum CollectionKind
{
    /// <summary>Items in an order.</summary>
    Sequence,

    /// <summary>Items without an order.</summary>
    Set,

    /// <summary>Items in the order that a comparer makes.</summary>
    OrderedSet,

    /// <summary>Values by their keys.</summary>
    Map,

    /// <summary>Values by their keys, in an order.</summary>
    OrderedMap,

    /// <summary>A set or a list; only the program knows.</summary>
    Any,
}
