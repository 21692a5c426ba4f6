namespace Memoize;

/// <summary>
/// What all methods of a memoizer may keep together. When they keep more, the one that takes the largest share gives way:
/// its own policy says which of its entries.
/// </summary>
/// <remarks>
/// Enforcing takes no lock of its own and is called when the caller holds no store's lock; so while several threads write,
/// the limits can be exceeded by as many entries as there are writers, and no more.
/// </remarks>
internal sealed class MemoryBudget(long maxEntries, long maxSize, Func<IEnumerable<CachedMethod>> methods)
{
    private long _entries;
    private long _size;

    private bool IsExceeded => Interlocked.Read(ref _entries) > maxEntries || Interlocked.Read(ref _size) > maxSize;

    public void Add(long entries, long size)
    {
        Interlocked.Add(ref _entries, entries);
        if (size != 0) Interlocked.Add(ref _size, size);
    }

    /// <summary>Makes room if the methods keep too much together. To be called when no store's lock is held.</summary>
    public void Enforce()
    {
        while (IsExceeded)
        {
            // Asking for the methods gives back the shares of those that are gone: that may be enough.
            var living = methods();
            if (!IsExceeded || living.MaxBy(ShareOf) is not { } largest || !largest.EvictOne()) return;
        }
    }

    private double ShareOf(CachedMethod method) =>
        Math.Max((double)method.EntryCount / maxEntries, (double)method.TotalSize / maxSize);
}
