using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Memoize;

/// <summary>Sets, in any order, with what tells their items apart.</summary>
internal sealed class SetContent<TSet, T>(
    KeyContent<T>? item, Func<TSet, int> count, Func<TSet, T, bool> contains, Func<TSet, IEnumerable<T>, TSet> make)
    : KeyContent<TSet>
    where TSet : class, IEnumerable<T>
{
    private readonly ItemContent<T> _item = new(item);

    public override bool Equals(TSet? x, TSet? y)
    {
        if (ReferenceEquals(x, y)) return true;
        if (x is null || y is null || count(x) != count(y)) return false;

        object? comparer = ComparerOf(x);
        if (!Equals(comparer, ComparerOf(y))) return false;

        // Where an item is found only by one that is the same, a set can be asked. Otherwise what it finds has to be looked at: a
        // set that ignores case has "A" when it holds "a".
        return comparer is null && _item.IsValue ? Contains(x, y) && Contains(y, x) : Holds(x, y);
    }

    // The order in which a set gives its items is no part of it, so what is added up must not depend on it.
    public override int GetHashCode(TSet? obj)
    {
        if (obj is null) return 0;

        _ = ComparerOf(obj);
        int sum = count(obj);
        if (obj is HashSet<T> set)
        {
            // The same, but without an enumerator on the heap.
            foreach (T one in set) sum += HashCode.Combine(_item.GetHashCode(one));
        }
        else
        {
            foreach (T one in obj) sum += HashCode.Combine(_item.GetHashCode(one));
        }

        return sum;
    }

    public override TSet Copy(TSet value) => value is null ? value! : make(value, value.Select(_item.Copy));

    public override string Describe(TSet value) => value is null ? "null" : $"{{{string.Join(", ", value.Select(_item.Describe))}}}";

    private static object? ComparerOf(TSet set) => Comparers.Meant<T>(Comparers.Of<T>(set));

    // Both ways: a set of an unknown type may find more than it holds.
    private bool Contains(TSet set, TSet other)
    {
        if (other is HashSet<T> known)
        {
            foreach (T one in known)
            {
                if (!contains(set, one)) return false;
            }

            return true;
        }

        foreach (T one in other)
        {
            if (!contains(set, one)) return false;
        }

        return true;
    }

    private bool Holds(TSet set, TSet other)
    {
        HashSet<T>? held = null;
        if (other is HashSet<T> known)
        {
            foreach (T one in known)
            {
                if (!Holds(set, one, ref held)) return false;
            }

            return true;
        }

        foreach (T one in other)
        {
            if (!Holds(set, one, ref held)) return false;
        }

        return true;
    }

    private bool Holds(TSet set, T one, ref HashSet<T>? held)
    {
        bool? isThere = set switch
        {
            HashSet<T> known => known.TryGetValue(one, out T? found) && _item.Equals(found, one),
            SortedSet<T> known => known.TryGetValue(one, out T? found) && _item.Equals(found, one),
            FrozenSet<T> known => known.TryGetValue(one, out T? found) && _item.Equals(found, one),
            ImmutableHashSet<T> known => known.TryGetValue(one, out T found) && _item.Equals(found, one),
            ImmutableSortedSet<T> known => known.TryGetValue(one, out T found) && _item.Equals(found, one),
            _ => null,
        };
        return isThere ?? (held ??= new HashSet<T>(set, _item.Comparer)).Contains(one);
    }
}
