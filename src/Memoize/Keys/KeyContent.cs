using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Memoize;

/// <summary>
/// How parts of keys are compared that have no equality of their own, or one that ignores what a method can notice. Generated keys
/// use these.
/// </summary>
/// <remarks>
/// Sequences are equal when they hold equal items in the same order, maps when they have equal values for the same keys, sets
/// when they hold the same items; the comparers of maps and sets count, too. Items that need more than their own equality have a
/// <see cref="KeyContent{T}"/> of their own. <see langword="null"/> and an empty collection differ, as they do for the method.
/// </remarks>
public static class KeyContent
{
    /// <summary>Arrays.</summary>
    public static KeyContent<T[]> OfArray<T>(KeyContent<T>? item = null) =>
        new SequenceContent<T[], T>(item, static array => array, static copy => copy);

    /// <summary>Lists.</summary>
    public static KeyContent<List<T>> OfList<T>(KeyContent<T>? item = null) =>
        new SequenceContent<List<T>, T>(item, static list => CollectionsMarshal.AsSpan(list), static copy => [.. copy]);

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

    /// <summary>Collections that are lists.</summary>
    public static KeyContent<Collection<T>> OfCollection<T>(KeyContent<T>? item = null) =>
        new ListContent<Collection<T>, T>(item, static list => list.Count, static (list, index) => list[index], static copy => new([.. copy]));

    /// <summary>Read-only lists.</summary>
    public static KeyContent<ReadOnlyCollection<T>> OfReadOnlyCollection<T>(KeyContent<T>? item = null) =>
        new ListContent<ReadOnlyCollection<T>, T>(item, static list => list.Count, static (list, index) => list[index], static copy => new(copy));

    /// <summary>Immutable lists.</summary>
    public static KeyContent<ImmutableList<T>> OfImmutableList<T>(KeyContent<T>? item = null) =>
        new ListContent<ImmutableList<T>, T>(item, static list => list.Count, static (list, index) => list[index], ImmutableList.Create);

    /// <summary>Whatever is an <see cref="IImmutableList{T}"/>.</summary>
    public static KeyContent<IImmutableList<T>> OfIImmutableList<T>(KeyContent<T>? item = null) =>
        new ListContent<IImmutableList<T>, T>(item, static list => list.Count, static (list, index) => list[index], ImmutableList.Create);

    /// <summary>Whatever is an <see cref="ICollection{T}"/>: a set as a set, everything else by what it holds, in order.</summary>
    public static KeyContent<ICollection<T>> OfICollection<T>(KeyContent<T>? item = null) =>
        new CollectionContent<ICollection<T>, T>(item, static collection => collection.Count, static (set, copy) => CopyOf(set, copy), static copy => copy.ToList());

    /// <summary>Whatever is an <see cref="IReadOnlyCollection{T}"/>: a set as a set, everything else by what it holds, in order.</summary>
    public static KeyContent<IReadOnlyCollection<T>> OfIReadOnlyCollection<T>(KeyContent<T>? item = null) =>
        new CollectionContent<IReadOnlyCollection<T>, T>(item, static collection => collection.Count, static (set, copy) => (IReadOnlyCollection<T>)CopyOf(set, copy), static copy => copy.ToArray());

    /// <summary>Queues.</summary>
    public static KeyContent<Queue<T>> OfQueue<T>(KeyContent<T>? item = null) =>
        new OrderedContent<Queue<T>, T>(item, static queue => queue.Count, static (_, copy) => new(copy));

    /// <summary>Stacks.</summary>
    public static KeyContent<Stack<T>> OfStack<T>(KeyContent<T>? item = null) =>
        new OrderedContent<Stack<T>, T>(item, static stack => stack.Count, static (_, copy) => new(copy.Reverse()));

    /// <summary>Linked lists.</summary>
    public static KeyContent<LinkedList<T>> OfLinkedList<T>(KeyContent<T>? item = null) =>
        new OrderedContent<LinkedList<T>, T>(item, static list => list.Count, static (_, copy) => new(copy));

    /// <summary>Immutable queues.</summary>
    public static KeyContent<ImmutableQueue<T>> OfImmutableQueue<T>(KeyContent<T>? item = null) =>
        new OrderedContent<ImmutableQueue<T>, T>(item, static queue => queue.Count(), static (_, copy) => ImmutableQueue.CreateRange(copy));

    /// <summary>Immutable stacks.</summary>
    public static KeyContent<ImmutableStack<T>> OfImmutableStack<T>(KeyContent<T>? item = null) =>
        new OrderedContent<ImmutableStack<T>, T>(item, static stack => stack.Count(), static (_, copy) => ImmutableStack.CreateRange(copy.Reverse()));

    /// <summary>Dictionaries.</summary>
    public static KeyContent<Dictionary<TKey, TValue>> OfDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => Map(key, value, static (Dictionary<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => (Dictionary<TKey, TValue>)CopyOf(map, copy));

    /// <summary>Whatever is an <see cref="IDictionary{TKey, TValue}"/>; what it holds counts, and how it compares keys, not what it is.</summary>
    public static KeyContent<IDictionary<TKey, TValue>> OfIDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => Map(key, value, static (IDictionary<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => CopyOf(map, copy));

    /// <summary>Whatever is an <see cref="IReadOnlyDictionary{TKey, TValue}"/>; what it holds counts, and how it compares keys, not what it is.</summary>
    public static KeyContent<IReadOnlyDictionary<TKey, TValue>> OfReadOnlyDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => new MapContent<IReadOnlyDictionary<TKey, TValue>, TKey, TValue>(
            key,
            value,
            static map => map.Count,
            static (map, key, out value) => map.TryGetValue(key, out value!),
            static (map, copy) => (IReadOnlyDictionary<TKey, TValue>)CopyOf(map, copy));

    /// <summary>Read-only views of dictionaries.</summary>
    public static KeyContent<ReadOnlyDictionary<TKey, TValue>> OfDictionaryView<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => Map(key, value, static (ReadOnlyDictionary<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => new ReadOnlyDictionary<TKey, TValue>(CopyOf(map, copy)));

    /// <summary>Concurrent dictionaries.</summary>
    public static KeyContent<ConcurrentDictionary<TKey, TValue>> OfConcurrentDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => Map(key, value, static (ConcurrentDictionary<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => new ConcurrentDictionary<TKey, TValue>(copy, map.Comparer));

    /// <summary>Frozen dictionaries.</summary>
    public static KeyContent<FrozenDictionary<TKey, TValue>> OfFrozenDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => Map(key, value, static (FrozenDictionary<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => copy.ToFrozenDictionary(map.Comparer));

    /// <summary>Immutable dictionaries.</summary>
    public static KeyContent<ImmutableDictionary<TKey, TValue>> OfImmutableDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => Map(key, value, static (ImmutableDictionary<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => copy.ToImmutableDictionary(map.KeyComparer, map.ValueComparer));

    /// <summary>Whatever is an <see cref="IImmutableDictionary{TKey, TValue}"/>.</summary>
    public static KeyContent<IImmutableDictionary<TKey, TValue>> OfIImmutableDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => new MapContent<IImmutableDictionary<TKey, TValue>, TKey, TValue>(
            key,
            value,
            static map => map.Count,
            static (map, key, out value) => map.TryGetValue(key, out value!),
            static (map, copy) => map is ImmutableSortedDictionary<TKey, TValue> sorted ? copy.ToImmutableSortedDictionary(sorted.KeyComparer) : copy.ToImmutableDictionary(Comparers.Of<TKey, TValue>(map) as IEqualityComparer<TKey>));

    /// <summary>Sorted dictionaries, in their order.</summary>
    public static KeyContent<SortedDictionary<TKey, TValue>> OfSortedDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => OrderedMap(key, value, static (SortedDictionary<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => new SortedDictionary<TKey, TValue>(copy.ToDictionary(), map.Comparer));

    /// <summary>Sorted lists, in their order.</summary>
    public static KeyContent<SortedList<TKey, TValue>> OfSortedList<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => OrderedMap(key, value, static (SortedList<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => new SortedList<TKey, TValue>(copy.ToDictionary(), map.Comparer));

    /// <summary>Ordered dictionaries, in their order.</summary>
    public static KeyContent<OrderedDictionary<TKey, TValue>> OfOrderedDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => OrderedMap(key, value, static (OrderedDictionary<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => new OrderedDictionary<TKey, TValue>(copy, map.Comparer));

    /// <summary>Immutable sorted dictionaries, in their order.</summary>
    public static KeyContent<ImmutableSortedDictionary<TKey, TValue>> OfImmutableSortedDictionary<TKey, TValue>(KeyContent<TValue>? value = null, KeyContent<TKey>? key = null)
        where TKey : notnull => OrderedMap(key, value, static (ImmutableSortedDictionary<TKey, TValue> map, IEnumerable<KeyValuePair<TKey, TValue>> copy) => copy.ToImmutableSortedDictionary(map.KeyComparer, map.ValueComparer));

    /// <summary>Hash sets.</summary>
    public static KeyContent<HashSet<T>> OfHashSet<T>(KeyContent<T>? item = null) =>
        Set(item, static (HashSet<T> set, IEnumerable<T> copy) => new HashSet<T>(copy, set.Comparer));

    /// <summary>Whatever is an <see cref="ISet{T}"/>; what it holds counts, and how it compares items, not what it is.</summary>
    public static KeyContent<ISet<T>> OfISet<T>(KeyContent<T>? item = null) => Set(item, static (ISet<T> set, IEnumerable<T> copy) => CopyOf(set, copy));

    /// <summary>Whatever is an <see cref="IReadOnlySet{T}"/>; what it holds counts, and how it compares items, not what it is.</summary>
    public static KeyContent<IReadOnlySet<T>> OfReadOnlySet<T>(KeyContent<T>? item = null) => new SetContent<IReadOnlySet<T>, T>(
        item, static set => set.Count, static (set, one) => set.Contains(one), static (set, copy) => (IReadOnlySet<T>)CopyOf(set, copy));

    /// <summary>Frozen sets.</summary>
    public static KeyContent<FrozenSet<T>> OfFrozenSet<T>(KeyContent<T>? item = null) => Set(item, static (FrozenSet<T> set, IEnumerable<T> copy) => copy.ToFrozenSet(set.Comparer));

    /// <summary>Immutable hash sets.</summary>
    public static KeyContent<ImmutableHashSet<T>> OfImmutableHashSet<T>(KeyContent<T>? item = null) =>
        Set(item, static (ImmutableHashSet<T> set, IEnumerable<T> copy) => copy.ToImmutableHashSet(set.KeyComparer));

    /// <summary>Whatever is an <see cref="IImmutableSet{T}"/>.</summary>
    public static KeyContent<IImmutableSet<T>> OfIImmutableSet<T>(KeyContent<T>? item = null) => new SetContent<IImmutableSet<T>, T>(
        item,
        static set => set.Count,
        static (set, one) => set.Contains(one),
        static (set, copy) => set is ImmutableSortedSet<T> sorted ? copy.ToImmutableSortedSet(sorted.KeyComparer) : copy.ToImmutableHashSet(Comparers.Of<T>(set) as IEqualityComparer<T>));

    /// <summary>Sorted sets, in their order.</summary>
    public static KeyContent<SortedSet<T>> OfSortedSet<T>(KeyContent<T>? item = null) => new OrderedContent<SortedSet<T>, T>(
        item, static set => set.Count, static (set, copy) => new(copy, set.Comparer), static set => Comparers.Meant<T>(set.Comparer), "{}");

    /// <summary>Immutable sorted sets, in their order.</summary>
    public static KeyContent<ImmutableSortedSet<T>> OfImmutableSortedSet<T>(KeyContent<T>? item = null) => new OrderedContent<ImmutableSortedSet<T>, T>(
        item, static set => set.Count, static (set, copy) => copy.ToImmutableSortedSet(set.KeyComparer), static set => Comparers.Meant<T>(set.KeyComparer), "{}");

    /// <summary>Numbers. Unlike in their own equality, the sign of a zero counts.</summary>
    public static KeyContent<double> OfDouble() => ExactContent<double, Exactness>.Instance;

    /// <inheritdoc cref="OfDouble"/>
    public static KeyContent<float> OfSingle() => ExactContent<float, Exactness>.Instance;

    /// <inheritdoc cref="OfDouble"/>
    public static KeyContent<Half> OfHalf() => ExactContent<Half, Exactness>.Instance;

    /// <inheritdoc cref="OfDouble"/>
    public static KeyContent<Complex> OfComplex() => ExactContent<Complex, Exactness>.Instance;

    /// <summary>Decimal numbers. Unlike in their own equality, the scale counts (1.0 prints differently from 1.00), and the sign of a zero.</summary>
    public static KeyContent<decimal> OfDecimal() => ExactContent<decimal, Exactness>.Instance;

    /// <summary>Dates and times. Unlike in their own equality, the <see cref="DateTime.Kind"/> counts, and which of two hours is meant when clocks are put back.</summary>
    public static KeyContent<DateTime> OfDateTime() => ExactContent<DateTime, Exactness>.Instance;

    /// <summary>Points in time. Unlike in their own equality, the <see cref="DateTimeOffset.Offset"/> counts.</summary>
    public static KeyContent<DateTimeOffset> OfDateTimeOffset() => ExactContent<DateTimeOffset, Exactness>.Instance;

    /// <summary>URIs, by their whole text. Their own equality leaves out user information and fragment.</summary>
    public static KeyContent<Uri> OfUri() => ExactContent<Uri, Exactness>.Instance;

    /// <summary>Methods of HTTP, by their text. Their own equality ignores case.</summary>
    public static KeyContent<HttpMethod> OfHttpMethod() => ExactContent<HttpMethod, Exactness>.Instance;

    /// <summary>Cultures. Unlike in their own equality, formats and calendars count that somebody has changed.</summary>
    public static KeyContent<CultureInfo> OfCultureInfo() => CultureContent.Instance;

    /// <summary>JSON, by its text.</summary>
    public static KeyContent<JsonElement> OfJsonElement() => JsonContent.Instance;

    /// <summary>Texts that can change, by what they hold.</summary>
    public static KeyContent<StringBuilder> OfStringBuilder() => StringBuilderContent.Instance;

    /// <summary>Values that may be absent.</summary>
    public static KeyContent<T?> OfNullable<T>(KeyContent<T> value)
        where T : struct => new NullableContent<T>(value);

    /// <summary>What a type parameter stands for: exactly where its own equality is not, arrays by what they hold, everything else by its own equality.</summary>
    /// <remarks>Looking up a value that compares by reference throws a <see cref="NotSupportedException"/>: no other call would find its result.</remarks>
    public static KeyContent<T> OfTypeArgument<T>() => TypeArgument<T>.Content;

    /// <summary>Values that are what their members are, whatever their own equality says.</summary>
    /// <param name="members">All members that hold something.</param>
    /// <remarks>Looking up a value of a derived type throws a <see cref="NotSupportedException"/>: what it adds would not count.</remarks>
    public static KeyContent<T> OfMembers<T>(params KeyMember<T>[] members) => new MembersContent<T>(hasOwnEquality: false, members);

    /// <summary>Values that are equal by their own equality, and in these members exactly.</summary>
    /// <param name="members">The members whose own equality ignores what a method can notice.</param>
    public static KeyContent<T> OfEquality<T>(params KeyMember<T>[] members) => new MembersContent<T>(hasOwnEquality: true, members);

    /// <summary>A member of such values.</summary>
    /// <param name="read">Reads it.</param>
    /// <param name="content">How it is compared; <see langword="null"/> for its own equality.</param>
    /// <param name="with">Makes a copy of the value with this as the member, if the member can change.</param>
    public static KeyMember<T> Member<T, TMember>(Func<T, TMember> read, KeyContent<TMember>? content = null, Func<T, TMember, T>? with = null) =>
        new KeyMember<T, TMember>(read, content, with);

    /// <summary>A map of the same keys in the same order, compared in the same way, with what stands for their values in a key.</summary>
    /// <param name="map">The map of which it is made.</param>
    /// <param name="make">Makes what stands for a value.</param>
    public static IDictionary<TKey, TMade> WithValues<TKey, TValue, TMade>(IEnumerable<KeyValuePair<TKey, TValue>> map, Func<TValue, TMade> make)
        where TKey : notnull
    {
        var made = EmptyLike<TKey, TValue, TMade>(map);
        foreach (var (key, value) in map) made.Add(key, make(value));
        return made;
    }

    private static MapContent<TMap, TKey, TValue> Map<TMap, TKey, TValue>(KeyContent<TKey>? key, KeyContent<TValue>? value, Func<TMap, IEnumerable<KeyValuePair<TKey, TValue>>, TMap> make)
        where TMap : class, IDictionary<TKey, TValue>
        where TKey : notnull => new(key, value, static map => map.Count, static (map, key, out value) => map.TryGetValue(key, out value!), make);

    private static OrderedContent<TMap, KeyValuePair<TKey, TValue>> OrderedMap<TMap, TKey, TValue>(KeyContent<TKey>? key, KeyContent<TValue>? value, Func<TMap, IEnumerable<KeyValuePair<TKey, TValue>>, TMap> make)
        where TMap : class, IDictionary<TKey, TValue>
        where TKey : notnull => new(
            new PairContent<TKey, TValue>(key, value), static map => map.Count, make, static map => Comparers.Meant<TKey>(Comparers.Of<TKey, TValue>(map)), "{}");

    private static SetContent<TSet, T> Set<TSet, T>(KeyContent<T>? item, Func<TSet, IEnumerable<T>, TSet> make)
        where TSet : class, ISet<T> => new(item, static set => set.Count, static (set, one) => set.Contains(one), make);

    // The method may rely on the comparer and on the order that it makes. Where it is not known, keys may be in a map that count
    // as one in its copy; none of them may be lost without an error.
    private static IDictionary<TKey, TValue> CopyOf<TKey, TValue>(object map, IEnumerable<KeyValuePair<TKey, TValue>> pairs)
        where TKey : notnull
    {
        var copy = EmptyLike<TKey, TValue, TValue>(map);
        foreach (var (key, value) in pairs) copy.Add(key, value);
        return copy;
    }

    private static IDictionary<TKey, TResult> EmptyLike<TKey, TValue, TResult>(object map)
        where TKey : notnull
    {
        map = Comparers.Unwrapped<TKey, TValue>(map);
        object? comparer = Comparers.Of<TKey, TValue>(map);
        return map switch
        {
            SortedDictionary<TKey, TValue> or SortedList<TKey, TValue> or ImmutableSortedDictionary<TKey, TValue> => new SortedDictionary<TKey, TResult>((IComparer<TKey>?)comparer),
            OrderedDictionary<TKey, TValue> => new OrderedDictionary<TKey, TResult>((IEqualityComparer<TKey>?)comparer),
            _ => new Dictionary<TKey, TResult>((IEqualityComparer<TKey>?)comparer),
        };
    }

    private static ISet<T> CopyOf<T>(object set, IEnumerable<T> items)
    {
        set = Comparers.Unwrapped<T>(set);
        object? comparer = Comparers.Of<T>(set);
        return set is SortedSet<T> or ImmutableSortedSet<T> ? new SortedSet<T>(items, (IComparer<T>?)comparer) : new HashSet<T>(items, (IEqualityComparer<T>?)comparer);
    }
}

/// <summary>How the values of one type are compared in keys.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>Immutable and thread-safe. Collections are the caller's: they must not change while they are compared.</remarks>
public abstract class KeyContent<T> : IEqualityComparer<T>, IAnyContent
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

    bool IAnyContent.AreSame(object x, object y) => Equals((T)x, (T)y);

    int IAnyContent.Hash(object value) => GetHashCode((T)value);

    object? IAnyContent.Copy(object value) => Copy((T)value);

    string IAnyContent.Describe(object value) => Describe((T)value);
}
