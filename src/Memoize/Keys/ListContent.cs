namespace Memoize;

/// <summary>Lists that are read item by item.</summary>
internal sealed class ListContent<TList, T>(KeyContent<T>? item, Func<TList, int> count, Func<TList, int, T> read, Func<T[], TList> make)
    : KeyContent<TList>
    where TList : class
{
    private readonly ItemContent<T> _item = new(item);

    public override bool Equals(TList? x, TList? y)
    {
        if (ReferenceEquals(x, y)) return true;
        if (x is null || y is null || count(x) != count(y)) return false;

        for (int i = 0; i < count(x); i++)
        {
            if (!_item.Equals(read(x, i), read(y, i))) return false;
        }

        return true;
    }

    public override int GetHashCode(TList? obj)
    {
        if (obj is null) return 0;

        var hash = new HashCode();
        int length = count(obj);
        hash.Add(length);
        for (int i = 0; i < length; i++) hash.Add(_item.GetHashCode(read(obj, i)));
        return hash.ToHashCode();
    }

    public override TList Copy(TList value) => value is null ? value! : make(_item.Copy(ToArray(value)));

    public override string Describe(TList value) =>
        value is null ? "null" : $"[{string.Join(", ", ToArray(value).Select(_item.Describe))}]";

    private T[] ToArray(TList list)
    {
        var items = new T[count(list)];
        for (int i = 0; i < items.Length; i++) items[i] = read(list, i);
        return items;
    }
}
