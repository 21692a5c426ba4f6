using System.Diagnostics.CodeAnalysis;

namespace Memoize;

/// <summary>What a call that entered the lock of its key is to do.</summary>
internal enum TurnKind : byte
{
    /// <summary>It has the turn: look again, then compute.</summary>
    Compute,

    /// <summary>It waited for a computation that has ended: take the outcome.</summary>
    Outcome,

    /// <summary>It waited long enough, and takes the stale value.</summary>
    Stale,

    /// <summary>It waited long enough, and runs the method for itself.</summary>
    Uncached,

    /// <summary>It found a fresh value as it entered, and takes that.</summary>
    Found,
}

/// <summary>
/// A call's stay in the lock of its key, from entering to leaving. Generated code takes one when its first look found
/// nothing: it looks again and, if that finds nothing either, computes. Disposing leaves the lock.
/// </summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
/// <typeparam name="TValue">The type of the results.</typeparam>
/// <remarks>
/// It belongs to one call, and is not thread-safe. Dispose it once, and do not use it after that: the first turn of a lock is used again
/// with the lock.
/// </remarks>
public sealed class Turn<TKey, TValue> : IDisposable
    where TKey : notnull
{
    private readonly CachedMethod<TKey, TValue> _method;

    internal Turn(CachedMethod<TKey, TValue> method, KeyedLock<TKey, TValue> keyedLock)
    {
        _method = method;
        Lock = keyedLock;
    }

    internal KeyedLock<TKey, TValue> Lock { get; }

    internal TurnKind Kind { get; private set; }

    /// <summary>Whether the caller asked for a computation whatever there is.</summary>
    internal bool ToRefresh { get; private set; }

    /// <summary>Whether it is counted how the call ends.</summary>
    internal bool IsCounted { get; set; }

    /// <summary>Why the call missed.</summary>
    internal MissReason Reason => ToRefresh ? MissReason.Bypassed : Lock.Reason;

    /// <summary>The turn's number on its lock; 0 for a call that has none.</summary>
    internal int Number { get; private set; }

    /// <summary>The computation that the call is part of.</summary>
    internal ComputationFrame? Caller { get; private set; }

    internal CancellationToken CallerToken { get; private set; }

    /// <summary>The computation that the call has begun.</summary>
    internal ComputationFrame? Computation { get; private set; }

    /// <summary>What a call takes that has left the lock, which may have forgotten it by then.</summary>
    internal MemoryEntry<TKey, TValue>? TakenEntry { get; private set; }

    /// <summary>A value that the call found and takes, and that is due for its refresh; null for a call that is to compute.</summary>
    internal MemoryEntry<TKey, TValue>? ToBeRefreshed { get; set; }

    /// <summary>Whether the call has left the lock before the turn is disposed.</summary>
    internal bool HasLeft { get; set; }

    /// <summary>Makes it the stay of a call that is inside now.</summary>
    internal Turn<TKey, TValue> Open(TurnKind kind, bool toRefresh, int number, ComputationFrame? caller, CancellationToken callerToken, MemoryEntry<TKey, TValue>? taken = null)
    {
        Kind = kind;
        ToRefresh = toRefresh;
        IsCounted = false;
        Number = number;
        Caller = caller;
        CallerToken = callerToken;
        TakenEntry = taken;
        ToBeRefreshed = null;
        HasLeft = false;
        return this;
    }

    /// <summary>Begins a computation, as <see cref="KeyedLock{TKey,TValue}.Begin"/> does.</summary>
    internal ComputationFrame Begin(string[]? tags, CancellationTokenSource? cancellation) =>
        Computation = Lock.Begin(Caller is { IsRunning: true } ? Caller : null, tags, cancellation);

    /// <summary>Lets go of what belongs to the call.</summary>
    internal void Close()
    {
        Caller = null;
        Computation = null;
        CallerToken = default;
    }

    /// <summary>
    /// Looks again. A caller that waited gets the outcome of the computation that it waited for: its value, or its exception.
    /// </summary>
    /// <returns>
    /// False if this caller has to call <see cref="Compute"/> or its asynchronous form: there is no value, or the one that was found in
    /// the store is due for its refresh. That one is what computing returns then, and the method runs in the background.
    /// </returns>
    public bool TryGet([MaybeNullWhen(false)] out TValue value) => _method.LookAgain(this, out value);

    /// <summary>Runs the method on this thread, keeps its result and shares it, or its exception, with the callers that wait.</summary>
    /// <param name="state">What <paramref name="core"/> needs, so that it can be static.</param>
    /// <param name="core">The user's method. It gets this caller's token.</param>
    /// <param name="tags">The tags of the result.</param>
    /// <param name="owner">The object that the method was called on, for the callbacks of the policy.</param>
    public TValue Compute<TState>(TState state, Func<TState, CancellationToken, TValue> core, string[]? tags = null, object? owner = null) =>
        _method.Compute(this, state, core, tags, owner);

    /// <summary>Runs the method, keeps its result and shares it, or its exception, with the callers that wait.</summary>
    /// <param name="state">What <paramref name="core"/> needs, so that it can be static.</param>
    /// <param name="core">The user's method. It gets a token that is cancelled when the last of its callers has left.</param>
    /// <param name="tags">The tags of the result.</param>
    /// <param name="owner">The object that the method was called on, for the callbacks of the policy.</param>
    public ValueTask<TValue> ComputeAsync<TState>(TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, string[]? tags = null, object? owner = null) =>
        _method.ComputeAsync(this, state, core, usesToken: true, tags, owner);

    /// <summary>Like <see cref="ComputeAsync{TState}(TState, Func{TState, CancellationToken, ValueTask{TValue}}, string[], object)"/>, for a method that takes no token.</summary>
    /// <param name="state">What <paramref name="core"/> needs, so that it can be static.</param>
    /// <param name="core">The user's method.</param>
    /// <param name="tags">The tags of the result.</param>
    /// <param name="owner">The object that the method was called on, for the callbacks of the policy.</param>
    public ValueTask<TValue> ComputeAsync<TState>(TState state, Func<TState, ValueTask<TValue>> core, string[]? tags = null, object? owner = null) =>
        _method.ComputeAsync(this, state, core, tags, owner);

    /// <summary>Leaves the lock. A caller that had the turn and made nothing of it passes it on.</summary>
    public void Dispose() => _method.Leave(this);
}
