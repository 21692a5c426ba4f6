using System.Collections.Immutable;

namespace Memoize;

/// <summary>How collections in keys are compared: by what they hold. Generated keys use these.</summary>
/// <remarks>
/// Sequences are equal when they hold equal items in the same order, maps when they have equal values for the same keys, sets
/// when they hold the same items. Items that are collections themselves have a <see cref="KeyContent{T}"/> of their own.
/// <see langword="null"/> and an empty collection differ, as they do for the method.
/// </remarks>
public static class KeyContent
{
    /// <summary>Arrays.</summary>
    public static KeyContent<T[]> OfArray<T>(KeyContent<T>? item = null) =>
        new SequenceContent<T[], T>(item, static array => array, static copy => copy);

    /// <summary>Lists.</summary>
    public static KeyContent<List<T>> OfList<T>(KeyContent<T>? item = null) =>
        new SequenceContent<List<T>, T>(item, static list => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list), static copy => [.. copy]);

    /// <summary>Immutable arrays. The default one differs from an empty one.</summary>
    public static KeyContent<ImmutableArray<T>> OfImmutableArray<T>(KeyContent<T>? item = null) =>
        new SequenceContent<ImmutableArray<T>, T>(item, static array => array.AsSpan(), static copy => ImmutableArray.Create(copy), static array => array.IsDefault);

    /// <summary>Read-only memory.</summary>
    public static KeyContent<ReadOnlyMemory<T>> OfReadOnlyMemory<T>(KeyContent<T>? item = null) =>
        new SequenceContent<ReadOnlyMemory<T>, T>(item, static memory => memory.Span, static copy => copy);

    /// <summary>Memory.</summary>
    public static KeyContent<Memory<T>> OfMemory<T>(KeyContent<T>? item = null) =>
        new SequenceContent<Memory<T>, T>(item, static memory => memory.Span, static copy => copy);

    /// <summary>Array segments.</summary>
    public static KeyContent<ArraySegment<T>> OfArraySegment<T>(KeyContent<T>? item = null) =>
        new SequenceContent<ArraySegment<T>, T>(item, static segment => segment.AsSpan(), static copy => new(copy), static segment => segment.Array is null);

    /// <summary>Whatever is an <see cref="IReadOnlyList{T}"/>; only what it holds counts, not what it is.</summary>
    public static KeyContent<IReadOnlyList<T>> OfReadOnlyList<T>(KeyContent<T>? item = null) =>
        new ListContent<IReadOnlyList<T>, T>(item, static list => list.Count, static (list, index) => list[index], static copy => copy);

    /// <summary>Whatever is an <see cref="IList{T}"/>; only what it holds counts, not what it is.</summary>
    public static KeyContent<IList<T>> OfIList<T>(KeyContent<T>? item = null) =>
        new ListContent<IList<T>, T>(item, static list => list.Count, static (list, index) => list[index], static copy => [.. copy]);

    /// <summary>Immutable lists.</summary>
    public static KeyContent<ImmutableList<T>> OfImmutableList<T>(KeyContent<T>? item = null) =>
        new ListContent<ImmutableList<T>, T>(item, static list => list.Count, static (list, index) => list[index], ImmutableList.Create);

    /// <summary>Dictionaries. Keys are compared by their own equality, whatever comparer the dictionary has.</summary>
    public static KeyContent<Dictionary<TKey, TValue>> OfDictionary<TKey, TValue>(KeyContent<TValue>? value = null)
        where TKey : notnull => new MapContent<Dictionary<TKey, TValue>, TKey, TValue>(value, static copy => copy);

    /// <summary>Whatever is an <see cref="IReadOnlyDictionary{TKey, TValue}"/>; only what it holds counts, not what it is.</summary>
    public static KeyContent<IReadOnlyDictionary<TKey, TValue>> OfReadOnlyDictionary<TKey, TValue>(KeyContent<TValue>? value = null)
        where TKey : notnull => new MapContent<IReadOnlyDictionary<TKey, TValue>, TKey, TValue>(value, static copy => copy);

    /// <summary>Immutable dictionaries. Keys are compared by their own equality, whatever comparer the dictionary has.</summary>
    public static KeyContent<ImmutableDictionary<TKey, TValue>> OfImmutableDictionary<TKey, TValue>(KeyContent<TValue>? value = null)
        where TKey : notnull => new MapContent<ImmutableDictionary<TKey, TValue>, TKey, TValue>(value, static copy => copy.ToImmutableDictionary(copy.Comparer));

    /// <summary>Hash sets. Items are compared by their own equality, whatever comparer the set has.</summary>
    public static KeyContent<HashSet<T>> OfHashSet<T>() => new SetContent<HashSet<T>, T>(static copy => copy);

    /// <summary>Whatever is an <see cref="IReadOnlySet{T}"/>; only what it holds counts, not what it is.</summary>
    public static KeyContent<IReadOnlySet<T>> OfReadOnlySet<T>() => new SetContent<IReadOnlySet<T>, T>(static copy => copy);

    /// <summary>Immutable hash sets. Items are compared by their own equality, whatever comparer the set has.</summary>
    public static KeyContent<ImmutableHashSet<T>> OfImmutableHashSet<T>() => new SetContent<ImmutableHashSet<T>, T>(static copy => copy.ToImmutableHashSet(copy.Comparer));

    /// <summary>Dates and times as items. Unlike in their own equality, the <see cref="DateTime.Kind"/> counts.</summary>
    public static KeyContent<DateTime> OfDateTime() => new ExactContent<DateTime>(static (x, y) => x == y && x.Kind == y.Kind);

    /// <summary>Points in time as items. Unlike in their own equality, the <see cref="DateTimeOffset.Offset"/> counts.</summary>
    public static KeyContent<DateTimeOffset> OfDateTimeOffset() => new ExactContent<DateTimeOffset>(static (x, y) => x.EqualsExact(y));
}

/// <summary>How one type of collection is compared by what it holds.</summary>
/// <typeparam name="T">The type of the collection.</typeparam>
/// <remarks>Immutable and thread-safe. The collections are the caller's: they must not change while they are compared.</remarks>
public abstract class KeyContent<T> : IEqualityComparer<T>
{
    private protected KeyContent()
    {
    }

    /// <inheritdoc/>
    public abstract bool Equals(T? x, T? y);

    /// <inheritdoc/>
    public abstract int GetHashCode(T? obj);

    /// <summary>A copy that shares nothing with <paramref name="value"/> that could change: what a stored key holds, and what the method is given. Maps and sets keep their comparers.</summary>
    public abstract T Copy(T value);

    /// <summary>What is held, for messages.</summary>
    public abstract string Describe(T value);
}
