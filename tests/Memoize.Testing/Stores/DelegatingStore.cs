namespace Memoize.Testing;

/// <summary>A store that passes everything on to another one, whose claims nobody sees through it. Override what is to be otherwise.</summary>
public class DelegatingStore(ICacheStore store) : ICacheStore
{
    public virtual StoreLook Read(StoreKey key) => store.Read(key);

    public virtual ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) => store.ReadAsync(key, cancellationToken);

    public virtual void Write(StoredEntry entry) => store.Write(entry);

    public virtual ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default) => store.WriteAsync(entry, cancellationToken);

    public virtual bool Remove(StoreKey key) => store.Remove(key);

    public virtual ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default) => store.RemoveAsync(key, cancellationToken);

    public virtual long RemoveByTag(string tag) => store.RemoveByTag(tag);

    public virtual ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => store.RemoveByTagAsync(tag, cancellationToken);

    public virtual long Clear(string? method = null) => store.Clear(method);

    public virtual ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default) => store.ClearAsync(method, cancellationToken);

    public virtual long Prune() => store.Prune();

    public virtual ValueTask<long> PruneAsync(CancellationToken cancellationToken = default) => store.PruneAsync(cancellationToken);

    public virtual long Count() => store.Count();

    public virtual ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => store.CountAsync(cancellationToken);

    public virtual IEnumerable<StoredEntry> Enumerate() => store.Enumerate();

    public virtual IAsyncEnumerable<StoredEntry> EnumerateAsync(CancellationToken cancellationToken = default) => store.EnumerateAsync(cancellationToken);
}
