using System.Diagnostics;

namespace Memoize;

/// <summary>One kept value, and where it is in its life.</summary>
/// <remarks>
/// The states of an entry, all decided by comparing moments (docs/expiry.md draws them):
/// <list type="bullet">
/// <item><em>fresh</em>: now &lt; ExpiresAt, and with <c>Sliding</c> also now &lt; last read + Sliding. It is served as a hit.</item>
/// <item><em>refreshing</em>: fresh, now ≥ RefreshAt, and a hit has claimed the one refresh. It is still served as a hit.</item>
/// <item><em>stale</em>: no longer fresh, for as long as <c>StaleOnError</c>. It is served when the method fails or is slow.</item>
/// <item><em>gone</em>: neither. It is never served, and is removed when somebody comes by.</item>
/// </list>
/// The value and the life never change: a new value is a new entry.
/// </remarks>
[DebuggerDisplay("{Key}: {Value}")]
internal sealed class MemoryEntry<TKey, TValue> : PolicyNode
    where TKey : notnull
{
    public readonly TKey Key;
    public readonly TValue Value;

    /// <summary>The first moment at which the value is no longer fresh, sliding apart.</summary>
    public readonly long ExpiresAt;
    public readonly long CreatedAt;

    /// <summary>The next entry in the chain of the table; owned by the store's lock, followed by readers.</summary>
    public MemoryEntry<TKey, TValue>? Next;

    private EntryDetails<TKey, TValue>? _details;
    private volatile bool _isSuperseded;
    private Task<TValue>? _task;

    public MemoryEntry(in HashedKey<TKey> key, TValue value, in EntryLife life, string[]? tags, long size = 0)
        : base(key.Hash)
    {
        Key = key.Key;
        Value = value;
        ExpiresAt = life.ExpiresAt;
        CreatedAt = life.CreatedAt;
        if (tags is not null || size != 0 || life.RefreshAt != CacheClock.Never)
            _details = new() { Tags = tags, Size = size, ReadAt = life.CreatedAt, RefreshAt = life.RefreshAt };
    }

    public EntryLife Life => new(CreatedAt, ExpiresAt, RefreshAt);

    /// <summary>The value as a completed task, made once and handed to every caller, so that asynchronous hits allocate nothing.</summary>
    public Task<TValue> Task => _task ??= System.Threading.Tasks.Task.FromResult(Value);

    /// <summary>The size that the user gives the value; 0 if none.</summary>
    public override long Weight => _details?.Size ?? 0;

    public string[]? Tags => _details?.Tags;

    /// <summary>Whether the key was written or invalidated since: who still has the entry in hand must not serve it, not even stale.</summary>
    public bool IsSuperseded => _isSuperseded;

    /// <inheritdoc cref="EntryDetails{TKey,TValue}.TagNodes"/>
    public LinkedListNode<MemoryEntry<TKey, TValue>>[]? TagNodes
    {
        get => _details?.TagNodes;
        set => Details.TagNodes = value;
    }

    /// <inheritdoc cref="EntryDetails{TKey,TValue}.Failure"/>
    public KeptFailure? Failure
    {
        get => _details?.Failure;
        set => Details.Failure = value;
    }

    /// <inheritdoc cref="EntryDetails{TKey,TValue}.Refusal"/>
    public MissReason? Refusal
    {
        get => _details?.Refusal;
        set => Details.Refusal = value;
    }

    /// <inheritdoc cref="EntryDetails{TKey,TValue}.ReadAt"/>
    public long ReadAt
    {
        get => _details is { } details ? Volatile.Read(ref details.ReadAt) : CreatedAt;
        set => Volatile.Write(ref Details.ReadAt, value);
    }

    public void Supersede() => _isSuperseded = true;

    public bool IsRefreshing => _details is { } details && Volatile.Read(ref details.Refreshing) != 0;

    /// <summary>True for one caller: it starts the refresh.</summary>
    public bool TryClaimRefresh() => !IsRefreshing && Interlocked.Exchange(ref Details.Refreshing, 1) == 0;

    /// <inheritdoc cref="EntryDetails{TKey,TValue}.RefreshAt"/>
    public long RefreshAt => _details is { } details ? Volatile.Read(ref details.RefreshAt) : CacheClock.Never;

    /// <summary>Lets a later hit try again, after a refresh that did not replace the entry.</summary>
    public void PostponeRefresh(long until)
    {
        Volatile.Write(ref Details.RefreshAt, until);
        Volatile.Write(ref Details.Refreshing, 0);
    }

    /// <summary>The failure to throw instead of running the method, if one is remembered at <paramref name="now"/>.</summary>
    public KeptFailure? FailureAt(long now) => Failure is { } failure && failure.IsRememberedAt(now) ? failure : null;

    // Readers need them too, without a lock: the first that are made count.
    private EntryDetails<TKey, TValue> Details =>
        _details ?? Interlocked.CompareExchange(ref _details, new() { ReadAt = CreatedAt }, null) ?? _details!;
}
