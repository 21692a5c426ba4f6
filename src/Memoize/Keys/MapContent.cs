namespace Memoize;

/// <summary>Maps from keys to values.</summary>
internal sealed class MapContent<TMap, TKey, TValue>(KeyContent<TValue>? value, Func<Dictionary<TKey, TValue>, TMap> make) : KeyContent<TMap>
    where TMap : class, IReadOnlyDictionary<TKey, TValue>
    where TKey : notnull
{
    private static readonly ItemContent<TKey> Key = new(content: null);

    private readonly ItemContent<TValue> _value = new(value);

    public override bool Equals(TMap? x, TMap? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.Count == y.Count && Contains(x, y) && Contains(y, x));

    // The order in which a map gives its keys is no part of it, so what is added up must not depend on it.
    public override int GetHashCode(TMap? obj)
    {
        if (obj is null) return 0;

        int sum = obj.Count;
        foreach (var (key, value) in obj) sum += HashCode.Combine(Key.GetHashCode(key), _value.GetHashCode(value));
        return sum;
    }

    public override TMap Copy(TMap value)
    {
        if (value is null) return value!;

        // The method may rely on the comparer. Where it is not known, keys may be in the map that count as one here; none of them
        // may be lost without an error.
        var copy = new Dictionary<TKey, TValue>(value.Count, Comparers.Of(value));
        foreach (var (key, item) in value) copy.Add(key, _value.Copy(item));
        return make(copy);
    }

    public override string Describe(TMap value) =>
        value is null ? "null" : $"{{{string.Join(", ", value.Select(pair => $"{Key.Describe(pair.Key)}: {_value.Describe(pair.Value)}"))}}}";

    // Both ways: a map whose comparer is laxer than equality finds more than it holds.
    private bool Contains(TMap map, TMap other)
    {
        foreach (var (key, value) in other)
        {
            if (!map.TryGetValue(key, out TValue? found) || !_value.Equals(found, value)) return false;
        }

        return true;
    }
}
