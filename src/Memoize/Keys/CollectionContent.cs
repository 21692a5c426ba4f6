namespace Memoize;

/// <summary>
/// Whatever is a collection: a set counts as a set, in any order and with what tells its items apart, and everything else by
/// what it holds, in order. A set and a list are never the same.
/// </summary>
internal sealed class CollectionContent<TCollection, T> : KeyContent<TCollection>
    where TCollection : class, IEnumerable<T>
{
    private readonly SetContent<TCollection, T> _set;
    private readonly OrderedContent<TCollection, T> _other;

    public CollectionContent(KeyContent<T>? item, Func<TCollection, int> count, Func<TCollection, IEnumerable<T>, TCollection> makeSet, Func<IEnumerable<T>, TCollection> makeList)
    {
        _set = new(item, count, static (set, one) => set is ISet<T> known ? known.Contains(one) : ((IReadOnlySet<T>)set).Contains(one), makeSet);
        _other = new(item, count, (_, copy) => makeList(copy));
    }

    public static bool IsSet(TCollection? collection) => collection is ISet<T> or IReadOnlySet<T>;

    public override bool Equals(TCollection? x, TCollection? y) => IsSet(x) == IsSet(y) && For(x).Equals(x, y);

    public override int GetHashCode(TCollection? obj) => For(obj).GetHashCode(obj);

    public override TCollection Copy(TCollection value) => For(value).Copy(value);

    public override string Describe(TCollection value) => For(value).Describe(value);

    private KeyContent<TCollection> For(TCollection? collection) => IsSet(collection) ? _set : _other;
}
