namespace Memoize.Tests;

/// <summary>What a generated wrapper does, written by hand: look, lock, look again, compute.</summary>
internal static class ByHand
{
    public static CachedMethod<TKey, TValue> Method<TKey, TValue>(CachePolicy<TValue>? policy = null, Memoizer? memoizer = null, string name = "Tests.Method")
        where TKey : notnull =>
        new CachedMethodDefinition<TKey, TValue>(name, policy ?? new CachePolicy<TValue>()).For(memoizer ?? new Memoizer());

    public static TValue Call<TKey, TValue>(this CachedMethod<TKey, TValue> cache, TKey key, Func<CancellationToken, TValue> core, CancellationToken cancellationToken = default)
        where TKey : notnull
    {
        if (cache.TryGet(key, out var hit)) return hit;

        using var turn = cache.Enter(key, cancellationToken);
        if (turn.TryGet(out var value)) return value;

        return turn.Compute(core, static (core, token) => core(token));
    }

    public static Task<TValue> CallAsync<TKey, TValue>(this CachedMethod<TKey, TValue> cache, TKey key, Func<CancellationToken, Task<TValue>> core, CancellationToken cancellationToken = default)
        where TKey : notnull
    {
        return cache.TryGetTask(key, out var hit) ? hit : MissAsync();

        async Task<TValue> MissAsync()
        {
            using var turn = await cache.EnterAsync(key, cancellationToken).ConfigureAwait(false);
            if (turn.TryGet(out var value)) return value;

            return await turn.ComputeAsync(core, static (core, token) => new(core(token))).ConfigureAwait(false);
        }
    }

    public static ValueTask<TValue> CallValueAsync<TKey, TValue>(this CachedMethod<TKey, TValue> cache, TKey key, Func<CancellationToken, ValueTask<TValue>> core, CancellationToken cancellationToken = default)
        where TKey : notnull
    {
        return cache.TryGet(key, out var hit) ? new(hit) : MissAsync();

        async ValueTask<TValue> MissAsync()
        {
            using var turn = await cache.EnterAsync(key, cancellationToken).ConfigureAwait(false);
            if (turn.TryGet(out var value)) return value;

            return await turn.ComputeAsync(core, static (core, token) => core(token)).ConfigureAwait(false);
        }
    }
}
