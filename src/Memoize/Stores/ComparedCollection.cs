using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Memoize;

/// <summary>The collections of the framework, as <see cref="ValueComparison"/> sees them: content, order, comparers.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("Trimming", "IL2055", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("Trimming", "IL2076", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = ValueComparison.LooksOnlyWhereItCan)]
internal static class ComparedCollection
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly string[] Comparers = ["Comparer", "KeyComparer", "ValueComparer", "EqualityComparer"];

    /// <summary>Whether a type is a collection of the framework, or one that the compiler makes for <c>[a, b]</c>: its content is all that there is to it.</summary>
    public static bool IsOfFramework(Type type)
    {
        if (type.IsArray || IsOfCompiler(type)) return true;
        if (!type.IsAssignableTo(typeof(IEnumerable)) || !ComparedType.IsFrameworks(type) || type.Namespace is not { } name) return false;

        // Specialized: those enumerate keys only. An immutable array is a struct around its array, or around none.
        return IsGeneric(type, typeof(ArraySegment<>))
            || (name.StartsWith("System.Collections", StringComparison.Ordinal) && name != "System.Collections.Specialized" && !IsGeneric(type, typeof(ImmutableArray<>)));
    }

    /// <summary>Whether a type is one that the compiler makes for <c>[a, b]</c> where no more than an interface is asked for.</summary>
    public static bool IsOfCompiler(Type type) => type.Name.StartsWith("<>z__ReadOnly", StringComparison.Ordinal);

    /// <summary>Whether two values of different types are the same to those who see no more than <paramref name="declared"/>: a list may be an array.</summary>
    public static bool IsInterchangeable(object written, object read, Type declared)
    {
        if (!(declared.IsInterface || declared.IsAbstract) || declared.IsArray || !declared.IsAssignableTo(typeof(IEnumerable)) || !ComparedType.IsFrameworks(declared)) return false;
        if (declared.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) != true) return false;

        // In a set or dictionary of the user's own there is no telling what it holds for equal.
        return (IsOfFramework(written.GetType()) && IsOfFramework(read.GetType())) || (IsOrdered(written) && IsOrdered(read) && !AddsToOneOfFramework(written.GetType()));
    }

    // A page of results that is a list, and has the total beside it: whoever asks for that still finds it.
    private static bool AddsToOneOfFramework(Type type)
    {
        bool adds = false;
        for (var declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            if (IsOfFramework(declaring)) return adds;

            adds |= ComparedType.Of(declaring).Fields.Any(field => field.DeclaringType == declaring);
        }

        return false;
    }

    /// <summary>Whether the order of the elements is part of the value.</summary>
    public static bool IsOrdered(object collection) =>
        collection is Array or IList
        || collection.GetType().Name.Contains("Sorted", StringComparison.Ordinal)
        || collection.GetType().Name.StartsWith("OrderedDictionary", StringComparison.Ordinal)
        || !collection.GetType().GetInterfaces().Any(static type =>
            type == typeof(IDictionary) || IsGeneric(type, typeof(ISet<>)) || IsGeneric(type, typeof(IReadOnlySet<>)) || IsGeneric(type, typeof(IDictionary<,>)) || IsGeneric(type, typeof(IReadOnlyDictionary<,>)));

    public static List<object?> ItemsOf(object collection)
    {
        var items = new List<object?>();
        foreach (object? item in (IEnumerable)collection) items.Add(item);
        return items;
    }

    /// <summary>The type that a collection says its elements are of.</summary>
    public static Type ElementTypeOf(object collection)
    {
        var type = collection.GetType();
        return type.IsArray
            ? type.GetElementType()!
            : type.GetInterfaces().FirstOrDefault(static candidate => IsGeneric(candidate, typeof(IEnumerable<>)))?.GenericTypeArguments[0] ?? typeof(object);
    }

    public static Array ArrayOf(object memory) => (Array)memory.GetType().GetMethod("ToArray")!.Invoke(memory, null)!;

    public static bool HaveSameBounds(Array one, Array other) =>
        Enumerable.Range(0, one.Rank).All(dimension => one.GetLength(dimension) == other.GetLength(dimension) && one.GetLowerBound(dimension) == other.GetLowerBound(dimension));

    /// <summary>
    /// The elements of a set or dictionary in the order of another: each beside the one that it is equal to. As they are where
    /// one has no counterpart, so that the comparison finds it.
    /// </summary>
    public static List<object?> InOrderOf(List<object?> order, List<object?> items)
    {
        var byKey = new Dictionary<object, object?>(items.Count);
        foreach (object? item in items)
        {
            if (KeyOf(item) is not { } key || !byKey.TryAdd(key, item)) return items;
        }

        var ordered = new List<object?>(order.Count);
        foreach (object? item in order)
        {
            if (KeyOf(item) is not { } key || !byKey.Remove(key, out object? counterpart)) return items;
            ordered.Add(counterpart);
        }

        return ordered;
    }

    /// <summary>Whether a collection finds other things equal than everybody does.</summary>
    public static bool HasComparer(object collection) => Comparers.Any(name => ComparerOf(collection, name) is not null);

    /// <summary>Whether two collections find the same things equal.</summary>
    public static bool HaveSameComparers(object written, object read)
    {
        (written, read) = (Innermost(written), Innermost(read));
        return Comparers.All(name => IsSame(ComparerOf(written, name), ComparerOf(read, name)));
    }

    // What a wrapper wraps has the comparer.
    private static object Innermost(object collection)
    {
        while (collection.GetType() is { Namespace: "System.Collections.ObjectModel" } type
            && (type.GetProperty("Dictionary", Any) ?? type.GetProperty("Set", Any))?.GetValue(collection) is { } inner) collection = inner;
        return collection;
    }

    /// <summary>The comparer of a collection; null if it has none, or the one that everybody has.</summary>
    private static object? ComparerOf(object collection, string name)
    {
        // A hash table shows its comparer to those who derive from it.
        var property = collection.GetType().GetProperty(name, Any);
        if (property is null || property.GetIndexParameters().Length > 0 || property.GetValue(collection) is not { } comparer) return null;
        if (comparer == StringComparer.Ordinal && property.PropertyType == typeof(IEqualityComparer<string>)) return null;

        var type = property.PropertyType;
        var common = IsGeneric(type, typeof(IEqualityComparer<>)) ? typeof(EqualityComparer<>) : IsGeneric(type, typeof(IComparer<>)) ? typeof(Comparer<>) : null;
        object? ordinary = common?.MakeGenericType(type.GenericTypeArguments).GetProperty("Default", BindingFlags.Static | BindingFlags.Public)!.GetValue(null);
        return comparer.Equals(ordinary) ? null : comparer;
    }

    // Two of a type without state are one.
    private static bool IsSame(object? written, object? read) =>
        Equals(written, read)
        || (written is not null && written.GetType() == read?.GetType() && !ComparedType.IsFrameworks(written.GetType()) && ComparedType.Of(written.GetType()).Fields.Length == 0);

    private static object? KeyOf(object? item) => item switch
    {
        DictionaryEntry entry => entry.Key,
        not null when IsGeneric(item.GetType(), typeof(KeyValuePair<,>)) => item.GetType().GetProperty("Key")!.GetValue(item),
        _ => item,
    };

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;
}
