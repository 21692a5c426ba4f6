using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// What tells the keys of a map or the items of a set apart, and what sorts them. It is a part of what a method is given: a
/// set that ignores case finds more than it holds.
/// </summary>
/// <remarks>
/// <see langword="null"/> stands for the equality that keys have anyway: the default comparers, <see cref="StringComparer.Ordinal"/>,
/// and collections of unknown types, which cannot be asked.
/// </remarks>
internal static class Comparers
{
    /// <summary>The comparer of a map, as the map has it.</summary>
    public static object? Of<TKey, TValue>(object? map)
        where TKey : notnull => map switch
        {
            Dictionary<TKey, TValue> dictionary => dictionary.Comparer,
            ImmutableDictionary<TKey, TValue> immutable => immutable.KeyComparer,
            FrozenDictionary<TKey, TValue> frozen => frozen.Comparer,
            ConcurrentDictionary<TKey, TValue> concurrent => concurrent.Comparer,
            OrderedDictionary<TKey, TValue> ordered => ordered.Comparer,
            SortedDictionary<TKey, TValue> sorted => sorted.Comparer,
            SortedList<TKey, TValue> sorted => sorted.Comparer,
            ImmutableSortedDictionary<TKey, TValue> sorted => sorted.KeyComparer,
            ReadOnlyDictionary<TKey, TValue> wrapper => Of<TKey, TValue>(Wrapped<TKey, TValue>.By(wrapper)),
            _ => null,
        };

    /// <summary>The comparer of a set, as the set has it.</summary>
    public static object? Of<T>(object? set) => set switch
    {
        HashSet<T> hashSet => hashSet.Comparer,
        ImmutableHashSet<T> immutable => immutable.KeyComparer,
        FrozenSet<T> frozen => frozen.Comparer,
        SortedSet<T> sorted => sorted.Comparer,
        ImmutableSortedSet<T> sorted => sorted.KeyComparer,
        ReadOnlySet<T> wrapper => Of<T>(Wrapped<T>.By(wrapper)),
        _ => null,
    };

    /// <summary>What of a comparer counts: <see langword="null"/> if it compares as keys do anyway.</summary>
    /// <exception cref="NotSupportedException">It compares by reference: no other call could ever find the result.</exception>
    public static object? Meant<T>(object? comparer)
    {
        if (comparer is null || comparer == EqualityComparer<T>.Default) return null;
        if (comparer is ReferenceEqualityComparer) throw new NotSupportedException($"A collection of '{typeof(T)}' that compares with {nameof(ReferenceEqualityComparer)} cannot be part of a key: no later call would find its result. Pass a collection with another comparer.");
        if (comparer is StringComparer && comparer.Equals(StringComparer.Ordinal)) return null;

        // Strings are sorted by the culture of whoever asks, which is another order than their equality's.
        return typeof(T) != typeof(string) && comparer == Comparer<T>.Default ? null : comparer;
    }

    /// <summary>What is behind a read-only view of a map; other maps as they are.</summary>
    public static object Unwrapped<TKey, TValue>(object map)
        where TKey : notnull => map is ReadOnlyDictionary<TKey, TValue> wrapper ? Unwrapped<TKey, TValue>(Wrapped<TKey, TValue>.By(wrapper)) : map;

    /// <summary>What is behind a read-only view of a set; other sets as they are.</summary>
    public static object Unwrapped<T>(object set) => set is ReadOnlySet<T> wrapper ? Unwrapped<T>(Wrapped<T>.By(wrapper)) : set;

    /// <summary>What is behind a wrapper that only the framework's own types can look into otherwise.</summary>
    private static class Wrapped<TKey, TValue>
        where TKey : notnull
    {
        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Dictionary")]
        public static extern IDictionary<TKey, TValue> By(ReadOnlyDictionary<TKey, TValue> wrapper);
    }

    private static class Wrapped<T>
    {
        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Set")]
        public static extern ISet<T> By(ReadOnlySet<T> wrapper);
    }
}
