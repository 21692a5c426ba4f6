namespace Memoize.Generators.Emitting;

/// <summary>Several values as one: a tuple whose elements have their names, or for a single value just that.</summary>
internal sealed class TupleNames
{
    // As names of tuple elements these have a meaning of their own, or are what tuples inherit.
    private static readonly HashSet<string> ReservedElementNames = new(StringComparer.Ordinal)
    {
        "Rest", "CompareTo", "Deconstruct", "Equals", "GetHashCode", "GetType", "ToString",
    };

    private readonly IReadOnlyList<string> _items;
    private readonly Dictionary<string, string> _elements;

    /// <param name="items">The names of the values.</param>
    /// <param name="tuple">What a tuple of several is called where it is taken apart.</param>
    /// <param name="locals">The names that are taken there.</param>
    public TupleNames(IReadOnlyList<string> items, string tuple, LocalNames locals)
    {
        _items = items;

        // A lone "_" would be a discard.
        Parameter = items.Count != 1 ? tuple : items[0] == "_" ? locals.Take("argument") : items[0];

        var free = new LocalNames(items);
        _elements = items.ToDictionary(
            static name => name,
            name => IsReserved(name) ? free.Take("argument") : name,
            StringComparer.Ordinal);
    }

    /// <summary>What takes the values: the tuple's name, or that of the single value.</summary>
    public string Parameter { get; }

    /// <summary>How the value <paramref name="item"/> is read where they are taken apart.</summary>
    public string Access(string item) => _items.Count == 1 ? Parameter : $"{Parameter}.{_elements[item]}";

    /// <summary>The expression that makes one of them.</summary>
    public string Of(Func<string, string> value)
    {
        if (_items.Count == 1)
            return value(_items[0]);

        var elements = _items.Select(item => value(item) == _elements[item] ? _elements[item] : $"{_elements[item]}: {value(item)}");
        return $"({string.Join(", ", elements)})";
    }

    /// <summary>The type of it.</summary>
    public string Type(Func<string, string> type)
        => _items.Count == 1 ? type(_items[0]) : $"({string.Join(", ", _items.Select(item => $"{type(item)} {_elements[item]}"))})";

    private static bool IsReserved(string name)
        => ReservedElementNames.Contains(name) || name.StartsWith("Item", StringComparison.Ordinal);
}
