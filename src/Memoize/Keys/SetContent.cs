namespace Memoize;

/// <summary>Sets.</summary>
internal sealed class SetContent<TSet, T>(Func<HashSet<T>, TSet> make) : KeyContent<TSet>
    where TSet : class, IReadOnlySet<T>
{
    private static readonly ItemContent<T> Item = new(content: null);

    // Both ways: a set whose comparer is laxer than equality finds more than it holds.
    public override bool Equals(TSet? x, TSet? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.Count == y.Count && y.All(x.Contains) && x.All(y.Contains));

    // The order in which a set gives its items is no part of it, so what is added up must not depend on it.
    public override int GetHashCode(TSet? obj)
    {
        if (obj is null) return 0;

        int sum = obj.Count;
        foreach (T item in obj) sum += HashCode.Combine(Item.GetHashCode(item));
        return sum;
    }

    public override TSet Copy(TSet value) => value is null ? value! : make(new HashSet<T>(value, Comparers.Of(value)));

    public override string Describe(TSet value) => value is null ? "null" : $"{{{string.Join(", ", value.Select(Item.Describe))}}}";
}
