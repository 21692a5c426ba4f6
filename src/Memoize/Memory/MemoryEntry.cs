namespace Memoize;

/// <summary>One kept value. Its value and life never change: a new value is a new entry.</summary>
internal sealed class MemoryEntry<TKey, TValue>(TKey key, TValue value, long expiresAt)
{
    public readonly TKey Key = key;
    public readonly TValue Value = value;

    /// <summary>The first moment at which the value is no longer fresh, on the <see cref="CacheClock"/>.</summary>
    public readonly long ExpiresAt = expiresAt;

    /// <summary>Whether the value was read since the clock hand last passed. Readers only ever set it; races are harmless.</summary>
    public bool Used;

    /// <summary>The entry's place in the ring of the clock hand; owned by the store's lock.</summary>
    public int Slot;

    private Task<TValue>? _task;

    /// <summary>The value as a completed task, made once and handed to every caller, so that asynchronous hits allocate nothing.</summary>
    public Task<TValue> Task => _task ??= System.Threading.Tasks.Task.FromResult(Value);
}
