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
internal sealed class MemoryEntry<TKey, TValue>(TKey key, TValue value, EntryLife life, string[]? tags, long size = 0)
    : PolicyNode(EntryTable<TKey, TValue>.HashOf(key))
    where TKey : notnull
{
    public readonly TKey Key = key;
    public readonly TValue Value = value;

    /// <summary>The first moment at which the value is no longer fresh, sliding apart.</summary>
    public readonly long ExpiresAt = life.ExpiresAt;
    public readonly long CreatedAt = life.CreatedAt;
    public readonly string[]? Tags = tags;

    /// <summary>The next entry in the chain of the table; owned by the store's lock, followed by readers.</summary>
    public MemoryEntry<TKey, TValue>? Next;

    /// <summary>When the value was last read; only kept up to date with <c>Sliding</c>. Readers race, and each writes about the same.</summary>
    public long ReadAt = life.CreatedAt;

    /// <summary>The entry's places in the lists of its tags; owned by the store's lock.</summary>
    public LinkedListNode<MemoryEntry<TKey, TValue>>[]? TagNodes;

    /// <summary>The last failure to replace this entry, while it is remembered; written under the store's lock.</summary>
    public volatile KeptFailure? Failure;

    /// <summary>Why the last result was not kept in place of this entry; written under the store's lock.</summary>
    public MissReason? Refusal;

    private volatile bool _isSuperseded;
    private long _refreshAt = life.RefreshAt;
    private int _refreshing;
    private Task<TValue>? _task;

    /// <summary>The value as a completed task, made once and handed to every caller, so that asynchronous hits allocate nothing.</summary>
    public Task<TValue> Task => _task ??= System.Threading.Tasks.Task.FromResult(Value);

    /// <summary>The size that the user gives the value; 0 if none.</summary>
    public override long Weight { get; } = size;

    /// <summary>Whether the key was written or invalidated since: who still has the entry in hand must not serve it, not even stale.</summary>
    public bool IsSuperseded => _isSuperseded;

    public void Supersede() => _isSuperseded = true;

    public bool IsRefreshing => Volatile.Read(ref _refreshing) != 0;

    /// <summary>True for one caller: it starts the refresh.</summary>
    public bool TryClaimRefresh() => Volatile.Read(ref _refreshing) == 0 && Interlocked.Exchange(ref _refreshing, 1) == 0;

    /// <summary>The moment from which a hit starts a refresh.</summary>
    public long RefreshAt => Volatile.Read(ref _refreshAt);

    /// <summary>Lets a later hit try again, after a refresh that did not replace the entry.</summary>
    public void PostponeRefresh(long until)
    {
        Volatile.Write(ref _refreshAt, until);
        Volatile.Write(ref _refreshing, 0);
    }

    /// <summary>The failure to throw instead of running the method, if one is remembered at <paramref name="now"/>.</summary>
    public KeptFailure? FailureAt(long now) => Failure is { } failure && failure.IsRememberedAt(now) ? failure : null;
}
