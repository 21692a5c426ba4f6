namespace Memoize;

/// <summary>An entry that was not exported or imported since there is something wrong with it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Method">The method whose result it was.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record SkippedEntry(StoreKey Key, string Method, string Problem);

/// <summary>Counts what was skipped and keeps the first, so that a store full of damage does not fill the memory.</summary>
internal sealed class SkippedEntries
{
    private const int Kept = 100;
    private readonly List<SkippedEntry> _first = [];

    public long Count { get; private set; }

    public IReadOnlyList<SkippedEntry> First => _first;

    public void Add(StoredEntry entry, string problem)
    {
        Count++;
        if (_first.Count < Kept) _first.Add(new SkippedEntry(entry.Key, entry.Method, problem));
    }
}
