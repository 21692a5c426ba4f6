namespace Memoize.Testing;

/// <summary>The least that a store has to do: entries under one lock, without claims and without a memory of those that left.</summary>
public sealed class InMemoryCacheStore : ICacheStore
{
    private readonly TimeProvider _time;
    private readonly Dictionary<StoreKey, StoredEntry> _entries;

    public InMemoryCacheStore(TimeProvider? time = null)
        : this(time ?? TimeProvider.System, [])
    {
    }

    private InMemoryCacheStore(TimeProvider time, Dictionary<StoreKey, StoredEntry> entries) => (_time, _entries) = (time, entries);

    /// <summary>A second store on the same entries, as another process would have it.</summary>
    public InMemoryCacheStore OfAnotherProcess() => new(_time, _entries);

    public StoreLook Read(StoreKey key)
    {
        lock (_entries) return new(_entries.GetValueOrDefault(key));
    }

    public void Write(StoredEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_entries) _entries[entry.Key] = entry with { Revision = 0 };
    }

    public bool Remove(StoreKey key)
    {
        lock (_entries) return _entries.Remove(key);
    }

    public long RemoveByTag(string tag) => RemoveWhere(entry => entry.Tags.Contains(tag, StringComparer.Ordinal));

    public long Clear(string? method = null) => RemoveWhere(entry => method is null || entry.Method == method);

    public long Prune()
    {
        var now = _time.GetUtcNow();
        return RemoveWhere(entry => EntryHeader.Decode(entry.Key, entry.Content, out var header, out _) is null && header!.StaleUntil < now);
    }

    public long Count()
    {
        lock (_entries) return _entries.Count;
    }

    public IEnumerable<StoredEntry> Enumerate()
    {
        lock (_entries) return [.. _entries.Values];
    }

    public ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) => new(Read(key));

    public ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default)
    {
        Write(entry);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default) => new(Remove(key));

    public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => new(RemoveByTag(tag));

    public ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default) => new(Clear(method));

    public ValueTask<long> PruneAsync(CancellationToken cancellationToken = default) => new(Prune());

    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => new(Count());

    public IAsyncEnumerable<StoredEntry> EnumerateAsync(CancellationToken cancellationToken = default) => Enumerate().ToAsyncEnumerable();

    private long RemoveWhere(Func<StoredEntry, bool> isMeant)
    {
        lock (_entries)
        {
            StoreKey[] meant = [.. _entries.Values.Where(isMeant).Select(entry => entry.Key)];
            foreach (var key in meant) _entries.Remove(key);
            return meant.Length;
        }
    }
}
