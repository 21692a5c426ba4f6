namespace Memoize.Tests.Stores;

/// <summary>
/// The plainest store there can be: a list that gives out whatever was put into it, damaged entries included, and that can be
/// made to fail. Only what archives need, and only asynchronously: an archive that blocks a thread throws here.
/// </summary>
internal sealed class ListedStore : ICacheStore
{
    public List<StoredEntry> Entries { get; } = [];

    public int Writes { get; private set; }

    /// <summary>How many writes succeed before one fails.</summary>
    public int WritesBeforeFailure { get; init; } = int.MaxValue;

    public ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) => new(new StoreLook(Entries.Find(entry => entry.Key == key)));

    public ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Writes == WritesBeforeFailure) throw new InvalidOperationException("The disk is full.");

        Writes++;
        Entries.RemoveAll(other => other.Key == entry.Key);
        Entries.Add(entry);
        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<StoredEntry> EnumerateAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var entry in Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => new(Entries.Count);

    public StoreLook Read(StoreKey key) => throw new NotSupportedException();

    public void Write(StoredEntry entry) => throw new NotSupportedException();

    public bool Remove(StoreKey key) => throw new NotSupportedException();

    public ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public long RemoveByTag(string tag) => throw new NotSupportedException();

    public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public long Clear(string? method = null) => throw new NotSupportedException();

    public ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public long Prune() => throw new NotSupportedException();

    public ValueTask<long> PruneAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public long Count() => throw new NotSupportedException();

    public IEnumerable<StoredEntry> Enumerate() => throw new NotSupportedException();
}
