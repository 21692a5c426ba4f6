using System.Diagnostics.CodeAnalysis;

namespace Memoize;

/// <summary>
/// A call's stay in the lock of its key, from entering to leaving. Generated code takes one when its first look found
/// nothing: it looks again and, if that finds nothing either, computes. Disposing leaves the lock.
/// </summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
/// <typeparam name="TValue">The type of the results.</typeparam>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "A turn is used once and never compared.")]
public readonly struct Turn<TKey, TValue> : IDisposable
    where TKey : notnull
{
    private readonly CachedMethod<TKey, TValue> _method;
    private readonly KeyedLock<TKey, TValue> _lock;
    private readonly CancellationToken _cancellationToken;
    private readonly bool _hasTurn;

    internal Turn(CachedMethod<TKey, TValue> method, KeyedLock<TKey, TValue> keyedLock, bool hasTurn, CancellationToken cancellationToken)
    {
        _method = method;
        _lock = keyedLock;
        _hasTurn = hasTurn;
        _cancellationToken = cancellationToken;
    }

    /// <summary>
    /// Looks again. A caller that waited gets the outcome of the computation that it waited for: its value, or its exception.
    /// </summary>
    /// <returns>False if this caller has to compute.</returns>
    public bool TryGet([MaybeNullWhen(false)] out TValue value) =>
        _hasTurn ? _method.LookAgain(_lock, out value) : _method.TakeOutcome(_lock, out value);

    /// <summary>Runs the method on this thread, keeps its result and shares it, or its exception, with the callers that wait.</summary>
    /// <param name="state">What <paramref name="core"/> needs, so that it can be static.</param>
    /// <param name="core">The user's method. It gets this caller's token.</param>
    public TValue Compute<TState>(TState state, Func<TState, CancellationToken, TValue> core) =>
        _method.Compute(_lock, state, core, _cancellationToken);

    /// <summary>Runs the method, keeps its result and shares it, or its exception, with the callers that wait.</summary>
    /// <param name="state">What <paramref name="core"/> needs, so that it can be static.</param>
    /// <param name="core">The user's method. It gets a token that is cancelled when the last of its callers has left.</param>
    public ValueTask<TValue> ComputeAsync<TState>(TState state, Func<TState, CancellationToken, Task<TValue>> core) =>
        _method.ComputeAsync(_lock, CachedMethod<TKey, TValue>.RunAsync(_method, _lock, state, core), _cancellationToken);

    /// <inheritdoc cref="ComputeAsync{TState}(TState, Func{TState, CancellationToken, Task{TValue}})"/>
    public ValueTask<TValue> ComputeAsync<TState>(TState state, Func<TState, CancellationToken, ValueTask<TValue>> core) =>
        _method.ComputeAsync(_lock, CachedMethod<TKey, TValue>.RunAsync(_method, _lock, state, core), _cancellationToken);

    /// <summary>Leaves the lock. A caller that had the turn and made nothing of it passes it on.</summary>
    public void Dispose() => _method.Leave(_lock, _hasTurn);
}
