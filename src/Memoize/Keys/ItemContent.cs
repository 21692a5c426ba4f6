using System.Globalization;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>The items of a collection in a key: compared by their own equality, or, where they are collections, by what they hold.</summary>
internal readonly struct ItemContent<T>(KeyContent<T>? content)
{
    /// <summary>Whether a copy may share the items.</summary>
    public bool IsValue => content is null;

    public IEqualityComparer<T> Comparer => content is null ? EqualityComparer<T>.Default : content;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(T x, T y) => content is null ? EqualityComparer<T>.Default.Equals(x, y) : content.Equals(x, y);

    public int GetHashCode(T item) => content is not null ? content.GetHashCode(item) : item is null ? 0 : EqualityComparer<T>.Default.GetHashCode(item);

    public T Copy(T item) => content is null ? item : content.Copy(item);

    public T[] Copy(ReadOnlySpan<T> items)
    {
        T[] copy = items.ToArray();
        if (content is not null)
        {
            foreach (ref T item in copy.AsSpan()) item = content.Copy(item);
        }

        return copy;
    }

    public string Describe(T item) =>
        content is not null ? content.Describe(item) : item is null ? "null" : Convert.ToString(item, CultureInfo.InvariantCulture) ?? "";
}
