namespace Memoize;

/// <summary>Collections that are read from their first item to the last, which is how a method sees them: queues, and sorted sets and maps with what sorts them.</summary>
internal sealed class OrderedContent<TCollection, T>(
    KeyContent<T>? item, Func<TCollection, int> count, Func<TCollection, IEnumerable<T>, TCollection> make, Func<TCollection, object?>? comparer = null, string brackets = "[]")
    : KeyContent<TCollection>
    where TCollection : class, IEnumerable<T>
{
    private readonly ItemContent<T> _item = new(item);

    public override bool Equals(TCollection? x, TCollection? y)
    {
        if (ReferenceEquals(x, y)) return true;
        if (x is null || y is null || count(x) != count(y) || !Equals(comparer?.Invoke(x), comparer?.Invoke(y))) return false;

        using IEnumerator<T> left = x.GetEnumerator(), right = y.GetEnumerator();
        while (left.MoveNext())
        {
            if (!right.MoveNext() || !_item.Equals(left.Current, right.Current)) return false;
        }

        return true;
    }

    public override int GetHashCode(TCollection? obj)
    {
        if (obj is null) return 0;

        var hash = new HashCode();
        hash.Add(count(obj));
        foreach (T one in obj) hash.Add(_item.GetHashCode(one));
        return hash.ToHashCode();
    }

    public override TCollection Copy(TCollection value) => value is null ? value! : make(value, value.Select(_item.Copy));

    public override string Describe(TCollection value) =>
        value is null ? "null" : $"{brackets[0]}{string.Join(", ", value.Select(_item.Describe))}{brackets[1]}";
}
