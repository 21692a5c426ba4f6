using System.Collections.Concurrent;

namespace Memoize.Benchmarks;

/// <summary>
/// What people write by hand: a dictionary of values, a <see cref="SemaphoreSlim"/> for each key, and a second look once it
/// is held. No expiry and no statistics; the method is called directly, without a delegate. Without a capacity values and
/// semaphores stay for ever; with one, those of the key that came first leave.
/// </summary>
internal abstract class HandWritten<TKey, TValue>(int? capacity = null)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _values = new();
    private readonly ConcurrentDictionary<TKey, SemaphoreSlim> _locks = new();
    private readonly ConcurrentQueue<TKey> _oldestFirst = new();

    public TValue Get(TKey key)
    {
        if (_values.TryGetValue(key, out var hit)) return hit;

        var turn = _locks.GetOrAdd(key, static _ => new SemaphoreSlim(1, 1));
        turn.Wait();
        try
        {
            if (_values.TryGetValue(key, out hit)) return hit;

            var value = Compute(key);
            Keep(key, value);
            return value;
        }
        finally
        {
            turn.Release();
        }
    }

    public async Task<TValue> GetAsync(TKey key)
    {
        if (_values.TryGetValue(key, out var hit)) return hit;

        var turn = _locks.GetOrAdd(key, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync();
        try
        {
            if (_values.TryGetValue(key, out hit)) return hit;

            var value = await ComputeAsync(key);
            Keep(key, value);
            return value;
        }
        finally
        {
            turn.Release();
        }
    }

    protected abstract TValue Compute(TKey key);

    protected abstract Task<TValue> ComputeAsync(TKey key);

    private void Keep(TKey key, TValue value)
    {
        _values[key] = value;
        if (capacity is not { } limit) return;

        _oldestFirst.Enqueue(key);
        if (_oldestFirst.Count <= limit || !_oldestFirst.TryDequeue(out var oldest)) return;

        _values.TryRemove(oldest, out _);
        _locks.TryRemove(oldest, out _);
    }
}
