using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Memoize;

/// <summary>
/// What tells the keys of a map or the items of a set apart. <see langword="null"/>, which is their own equality, where that
/// cannot be asked for: a wrapper, a type of the user, or a sorted collection whose comparer only sorts.
/// </summary>
internal static class Comparers
{
    public static IEqualityComparer<TKey>? Of<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> map)
        where TKey : notnull => map switch
        {
            Dictionary<TKey, TValue> dictionary => dictionary.Comparer,
            ImmutableDictionary<TKey, TValue> immutable => immutable.KeyComparer,
            FrozenDictionary<TKey, TValue> frozen => frozen.Comparer,
            ConcurrentDictionary<TKey, TValue> concurrent => concurrent.Comparer,
            SortedDictionary<TKey, TValue> sorted => sorted.Comparer as IEqualityComparer<TKey>,
            ImmutableSortedDictionary<TKey, TValue> sorted => sorted.KeyComparer as IEqualityComparer<TKey>,
            _ => null,
        };

    public static IEqualityComparer<T>? Of<T>(IReadOnlySet<T> set) => set switch
    {
        HashSet<T> hashSet => hashSet.Comparer,
        ImmutableHashSet<T> immutable => immutable.KeyComparer,
        FrozenSet<T> frozen => frozen.Comparer,
        SortedSet<T> sorted => sorted.Comparer as IEqualityComparer<T>,
        ImmutableSortedSet<T> sorted => sorted.KeyComparer as IEqualityComparer<T>,
        _ => null,
    };
}
