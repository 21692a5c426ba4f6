namespace Memoize;

/// <summary>Maps from keys to values, in any order, with what tells their keys apart.</summary>
internal sealed class MapContent<TMap, TKey, TValue>(
    KeyContent<TKey>? key, KeyContent<TValue>? value, Func<TMap, int> count, MapContent<TMap, TKey, TValue>.Finding find, Func<TMap, IEnumerable<KeyValuePair<TKey, TValue>>, TMap> make)
    : KeyContent<TMap>
    where TMap : class, IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private readonly ItemContent<TKey> _key = new(key);
    private readonly ItemContent<TValue> _value = new(value);

    public delegate bool Finding(TMap map, TKey key, out TValue value);

    public override bool Equals(TMap? x, TMap? y)
    {
        if (ReferenceEquals(x, y)) return true;
        if (x is null || y is null || count(x) != count(y)) return false;

        object? comparer = ComparerOf(x);
        if (!Equals(comparer, ComparerOf(y))) return false;

        // Where a key is found only by one that is the same, a map can be asked. Otherwise another one has to be made that can:
        // a map that ignores case has "A" when it holds "a". Not if both were filled in the same order, as equal ones often are.
        return comparer is null && _key.IsValue
            ? Contains(x, y) && Contains(y, x)
            : (x is Dictionary<TKey, TValue> left && y is Dictionary<TKey, TValue> right && AreInTheSameOrder(left, right)) || AreSame(x, y);
    }

    // The order in which a map gives its keys is no part of it, so what is added up must not depend on it.
    public override int GetHashCode(TMap? obj)
    {
        if (obj is null) return 0;

        _ = ComparerOf(obj);
        int sum = count(obj);
        if (obj is Dictionary<TKey, TValue> dictionary)
        {
            // The same, but without an enumerator on the heap.
            foreach (var (key, value) in dictionary) sum += Hash(key, value);
        }
        else
        {
            foreach (var (key, value) in obj) sum += Hash(key, value);
        }

        return sum;
    }

    public override TMap Copy(TMap value) =>
        value is null ? value! : make(value, value.Select(pair => new KeyValuePair<TKey, TValue>(_key.Copy(pair.Key), _value.Copy(pair.Value))));

    public override string Describe(TMap value) =>
        value is null ? "null" : $"{{{string.Join(", ", value.Select(pair => $"{_key.Describe(pair.Key)}: {_value.Describe(pair.Value)}"))}}}";

    private static object? ComparerOf(TMap map) => Comparers.Meant<TKey>(Comparers.Of<TKey, TValue>(map));

    private int Hash(TKey key, TValue value) => HashCode.Combine(_key.GetHashCode(key), _value.GetHashCode(value));

    // Both ways: a map of an unknown type may find more than it holds.
    private bool Contains(TMap map, TMap other)
    {
        if (other is Dictionary<TKey, TValue> dictionary)
        {
            foreach (var (key, value) in dictionary)
            {
                if (!find(map, key, out TValue found) || !_value.Equals(found, value)) return false;
            }

            return true;
        }

        foreach (var (key, value) in other)
        {
            if (!find(map, key, out TValue found) || !_value.Equals(found, value)) return false;
        }

        return true;
    }

    private bool AreInTheSameOrder(Dictionary<TKey, TValue> x, Dictionary<TKey, TValue> y)
    {
        using var left = x.GetEnumerator();
        using var right = y.GetEnumerator();
        while (left.MoveNext())
        {
            if (!right.MoveNext() || !_key.Equals(left.Current.Key, right.Current.Key) || !_value.Equals(left.Current.Value, right.Current.Value)) return false;
        }

        return true;
    }

    private bool AreSame(TMap x, TMap y)
    {
        var held = new Dictionary<TKey, TValue>(count(y), _key.Comparer);
        foreach (var (key, value) in y)
        {
            if (!held.TryAdd(key, value)) throw new NotSupportedException($"A '{y.GetType()}' holds two keys '{_key.Describe(key)}' that only its comparer tells apart, so it cannot be part of a key. Pass a map with another comparer.");
        }

        foreach (var (key, value) in x)
        {
            if (!held.TryGetValue(key, out TValue? found) || !_value.Equals(found, value)) return false;
        }

        return true;
    }
}
