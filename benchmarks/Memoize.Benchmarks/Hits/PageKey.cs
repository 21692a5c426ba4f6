namespace Memoize.Benchmarks.Hits;

/// <summary>The key that the generator makes of a string and an int, whose own is private: the same fields, equality and hash.</summary>
internal readonly struct PageKey(string symbol, int page) : IEquatable<PageKey>
{
    private readonly string _symbol = symbol;
    private readonly int _page = page;

    public bool Equals(PageKey other) =>
        _symbol == other._symbol
        && _page == other._page;

    public override bool Equals(object? obj) => obj is PageKey other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(new TextKey(_symbol), _page);
}
