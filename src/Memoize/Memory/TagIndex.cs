using System.Diagnostics.CodeAnalysis;

namespace Memoize;

/// <summary>
/// The entries of one memory store by tag, the oldest first. Not thread-safe: the store's lock guards it, so that a tag
/// and its entries come and go together.
/// </summary>
internal sealed class TagIndex<TKey, TValue>
    where TKey : notnull
{
    private readonly Dictionary<string, LinkedList<MemoryEntry<TKey, TValue>>> _entries = new(StringComparer.Ordinal);

    /// <summary>How many tags have entries.</summary>
    public int Count => _entries.Count;

    public void Add(MemoryEntry<TKey, TValue> entry)
    {
        if (entry.Tags is null) return;

        var nodes = new LinkedListNode<MemoryEntry<TKey, TValue>>[entry.Tags.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            if (!_entries.TryGetValue(entry.Tags[i], out var tagged)) _entries.Add(entry.Tags[i], tagged = []);

            // A tag that a value has twice counts once.
            nodes[i] = tagged.Last?.Value == entry ? tagged.Last : tagged.AddLast(entry);
        }

        entry.TagNodes = nodes;
    }

    public void Remove(MemoryEntry<TKey, TValue> entry)
    {
        if (entry.TagNodes is not { } nodes) return;

        entry.TagNodes = null;
        for (int i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].List is not { } tagged) continue;

            tagged.Remove(nodes[i]);
            if (tagged.Count == 0) _entries.Remove(entry.Tags![i]);
        }
    }

    /// <summary>The oldest entry of a tag that has more than <paramref name="limit"/>.</summary>
    public bool TryGetOldestBeyond(int limit, string tag, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? oldest)
    {
        oldest = _entries.TryGetValue(tag, out var tagged) && tagged.Count > limit ? tagged.First!.Value : null;
        return oldest is not null;
    }

    /// <summary>The entries of a tag, as they are now.</summary>
    public MemoryEntry<TKey, TValue>[] Of(string tag) => _entries.TryGetValue(tag, out var tagged) ? [.. tagged] : [];
}
