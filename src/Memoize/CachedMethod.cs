using System.Diagnostics.CodeAnalysis;

namespace Memoize;

/// <summary>A method whose results are kept, as one <see cref="Memoizer"/> runs it.</summary>
public abstract class CachedMethod
{
    private protected CachedMethod(string name, Memoizer memoizer)
    {
        Name = name;
        Memoizer = memoizer;
    }

    /// <summary>The method with its type and parameter types.</summary>
    public string Name { get; }

    /// <summary>The memoizer that runs the method.</summary>
    public Memoizer Memoizer { get; }

    /// <summary>What happened to the calls so far: a snapshot.</summary>
    public abstract MethodStatistics Statistics { get; }

    /// <summary>Removes every entry. Results of computations that are running now are not kept.</summary>
    public abstract void Clear();

    /// <inheritdoc cref="Clear"/>
    public abstract ValueTask ClearAsync(CancellationToken cancellationToken = default);

    internal abstract int Prune();
}

/// <summary>
/// A method whose results are kept, as one <see cref="Memoizer"/> runs it: what generated wrappers and handles call.
/// </summary>
/// <typeparam name="TKey">The type of the key. It compares by value.</typeparam>
/// <typeparam name="TValue">The type of the results.</typeparam>
/// <remarks>
/// A wrapper looks (<see cref="TryGet"/>), enters the key's lock (<see cref="EnterAsync"/>), looks again
/// (<see cref="Turn{TKey,TValue}.TryGet"/>) and computes (<see cref="Turn{TKey,TValue}.ComputeAsync{TState}(TState, Func{TState, CancellationToken, Task{TValue}})"/>).
/// Thread-safe.
/// </remarks>
public sealed class CachedMethod<TKey, TValue> : CachedMethod
    where TKey : notnull
{
    private readonly MemoryStore<TKey, TValue> _memory;
    private readonly KeyedLocks<TKey, TValue> _locks = new();
    private readonly MethodCounters _counters = new();
    private readonly CacheClock _clock;
    private readonly TimeSpan? _duration;

    internal CachedMethod(CachedMethodDefinition<TKey, TValue> definition, Memoizer memoizer)
        : base(definition.Name, memoizer)
    {
        definition.Policy.Validate(definition.Name);
        _clock = memoizer.Clock;
        _duration = definition.Policy.Duration ?? memoizer.Options.DefaultDuration;
        _memory = new MemoryStore<TKey, TValue>(definition.Policy.Capacity, _clock, _counters);
    }

    /// <inheritdoc/>
    public override MethodStatistics Statistics => _counters.Read(Name, _memory.Count);

    /// <summary>How many keys have callers inside their lock.</summary>
    internal int LockCount => _locks.Count;

    /// <summary>How many callers are inside the lock of <paramref name="key"/> beside the first.</summary>
    internal int WaitersOn(TKey key) => _locks.CallersOf(key) - 1;

    /// <summary>Looks: finds a fresh value without a lock and counts a hit, or counts nothing.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_memory.TryGetFresh(key, out var entry))
        {
            _counters.CountHit();
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Looks, like <see cref="TryGet"/>, for methods that return a task: the completed task is kept with the value.</summary>
    public bool TryGetTask(TKey key, [NotNullWhen(true)] out Task<TValue>? hit)
    {
        if (_memory.TryGetFresh(key, out var entry))
        {
            _counters.CountHit();
            hit = entry.Task;
            return true;
        }

        hit = null;
        return false;
    }

    /// <summary>Enters the lock of <paramref name="key"/>, and waits for the turn to compute or for another's outcome.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Turn<TKey, TValue> Enter(TKey key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var keyedLock = Enter(key, out bool hasTurn, cancellationToken);
            if (hasTurn) return new Turn<TKey, TValue>(this, keyedLock, hasTurn: true, cancellationToken);

            KeyedLock<TKey, TValue>.Wake wake;
            try
            {
                wake = keyedLock.Wait(cancellationToken);
            }
            catch
            {
                LeaveCancelled(keyedLock);
                throw;
            }

            if (TryTakeTurn(keyedLock, wake, cancellationToken, out var turn)) return turn;
        }
    }

    /// <inheritdoc cref="Enter(TKey, CancellationToken)"/>
    public ValueTask<Turn<TKey, TValue>> EnterAsync(TKey key, CancellationToken cancellationToken)
    {
        var keyedLock = Enter(key, out bool hasTurn, cancellationToken);
        return hasTurn
            ? new(new Turn<TKey, TValue>(this, keyedLock, hasTurn: true, cancellationToken))
            : WaitAsync(keyedLock, cancellationToken);
    }

    /// <summary>The kept value of <paramref name="key"/>, if it is fresh. Peeking counts nothing and changes nothing.</summary>
    public bool TryPeek(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        bool fresh = _memory.TryPeekFresh(key, out var entry);
        value = fresh ? entry!.Value : default;
        return fresh;
    }

    /// <summary>Keeps <paramref name="value"/> as if the method had returned it. A computation that is running now does not overwrite it.</summary>
    public void Set(TKey key, TValue value)
    {
        _locks.Detach(key);
        _memory.Keep(key, value, _clock.After(_duration));
    }

    /// <inheritdoc cref="Set"/>
    public ValueTask SetAsync(TKey key, TValue value, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Set(key, value);
        return ValueTask.CompletedTask;
    }

    /// <summary>Removes the entry of <paramref name="key"/>. A computation that is running now is not kept; its callers still get its result.</summary>
    public void Invalidate(TKey key)
    {
        _locks.Detach(key);
        _memory.Remove(key, MissReason.Invalidated);
    }

    /// <inheritdoc cref="Invalidate"/>
    public ValueTask InvalidateAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Invalidate(key);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        _locks.DetachAll();
        _memory.Clear();
    }

    /// <inheritdoc/>
    public override ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Clear();
        return ValueTask.CompletedTask;
    }

    internal override int Prune() => _memory.Prune();

    /// <summary>Throws unless the invariants of the memory store hold. For tests, when no call is running.</summary>
    internal void Verify() => _memory.Verify();

    internal bool LookAgain(KeyedLock<TKey, TValue> keyedLock, [MaybeNullWhen(false)] out TValue value)
    {
        if (keyedLock.LookAgain(_memory, out var entry))
        {
            _counters.CountHit();
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    internal bool TakeOutcome(KeyedLock<TKey, TValue> keyedLock, out TValue value)
    {
        _counters.CountMiss(keyedLock.Outcome.IsFailure ? CallOutcome.Failed : CallOutcome.Coalesced, keyedLock.Reason);
        value = keyedLock.Outcome.GetValueOrThrow();
        return true;
    }

    internal TValue Compute<TState>(KeyedLock<TKey, TValue> keyedLock, TState state, Func<TState, CancellationToken, TValue> core, CancellationToken cancellationToken)
    {
        TValue value;
        keyedLock.BeginComputing();
        try
        {
            value = core(state, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Only this caller was cancelled: the next one has the turn.
            keyedLock.StopComputing();
            _counters.CountMiss(CallOutcome.Cancelled, keyedLock.Reason);
            throw;
        }
        catch (Exception failure)
        {
            keyedLock.SettleFailure(failure);
            _counters.CountMiss(CallOutcome.Failed, keyedLock.Reason);
            throw;
        }

        Keep(keyedLock, value);
        _counters.CountMiss(CallOutcome.Computed, keyedLock.Reason);
        return value;
    }

    /// <summary>Waits for a computation that this caller started, for as long as it wants to wait.</summary>
    internal async ValueTask<TValue> ComputeAsync(KeyedLock<TKey, TValue> keyedLock, Task computation, CancellationToken cancellationToken)
    {
        if (computation.IsCompleted || !cancellationToken.CanBeCanceled)
        {
            await computation.ConfigureAwait(false);
        }
        else
        {
            try
            {
                await keyedLock.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The computation goes on for the callers that are left; leaving the lock cancels it if there is none.
                _counters.CountMiss(CallOutcome.Cancelled, keyedLock.Reason);
                throw;
            }
        }

        _counters.CountMiss(keyedLock.Outcome.IsFailure ? CallOutcome.Failed : CallOutcome.Computed, keyedLock.Reason);
        return keyedLock.Outcome.GetValueOrThrow();
    }

    /// <summary>Runs a computation to its end, whoever waits for it. The task never fails: the lock has the outcome.</summary>
    internal static async Task RunAsync<TState>(CachedMethod<TKey, TValue> method, KeyedLock<TKey, TValue> keyedLock, TState state, Func<TState, CancellationToken, Task<TValue>> core)
    {
        TValue value;
        try
        {
            value = await core(state, keyedLock.BeginComputingForAll()).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            keyedLock.SettleFailure(failure);
            return;
        }

        method.Keep(keyedLock, value);
    }

    /// <inheritdoc cref="RunAsync{TState}(CachedMethod{TKey, TValue}, KeyedLock{TKey, TValue}, TState, Func{TState, CancellationToken, Task{TValue}})"/>
    internal static async Task RunAsync<TState>(CachedMethod<TKey, TValue> method, KeyedLock<TKey, TValue> keyedLock, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core)
    {
        TValue value;
        try
        {
            value = await core(state, keyedLock.BeginComputingForAll()).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            keyedLock.SettleFailure(failure);
            return;
        }

        method.Keep(keyedLock, value);
    }

    internal void Leave(KeyedLock<TKey, TValue> keyedLock, bool hasTurn)
    {
        if (keyedLock.Leave(hasTurn) is not { } abandoned) return;

        // The callbacks of the token are the user's code: they neither hold up the caller that leaves nor throw at it.
        _ = abandoned.CancelAsync().ContinueWith(
            static (cancelling, method) => Log.CancellationCallbackFailed(((CachedMethod)method!).Memoizer.Logger, cancelling.Exception!, ((CachedMethod)method).Name),
            this,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void Keep(KeyedLock<TKey, TValue> keyedLock, TValue value)
    {
        try
        {
            keyedLock.SettleValue(value, _memory, _clock.After(_duration));
        }
        catch (Exception failure)
        {
            // A time provider or a key's comparer of the user's can throw: the callers get their value all the same.
            keyedLock.SettleValue(value, memory: null, expiresAt: 0);
            Log.ResultNotKept(Memoizer.Logger, failure, Name);
        }
    }

    private KeyedLock<TKey, TValue> Enter(TKey key, out bool hasTurn, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _memory.TryGetFresh(key, out _, out var reason);
            _counters.CountMiss(CallOutcome.Cancelled, reason);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return _locks.Enter(key, out hasTurn);
    }

    private async ValueTask<Turn<TKey, TValue>> WaitAsync(KeyedLock<TKey, TValue> keyedLock, CancellationToken cancellationToken)
    {
        while (true)
        {
            KeyedLock<TKey, TValue>.Wake wake;
            try
            {
                wake = await keyedLock.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                LeaveCancelled(keyedLock);
                throw;
            }

            if (TryTakeTurn(keyedLock, wake, cancellationToken, out var turn)) return turn;

            keyedLock = Enter(keyedLock.Key, out bool hasTurn, cancellationToken);
            if (hasTurn) return new Turn<TKey, TValue>(this, keyedLock, hasTurn: true, cancellationToken);
        }
    }

    private bool TryTakeTurn(KeyedLock<TKey, TValue> keyedLock, KeyedLock<TKey, TValue>.Wake wake, CancellationToken cancellationToken, out Turn<TKey, TValue> turn)
    {
        if (wake == KeyedLock<TKey, TValue>.Wake.StartOver)
        {
            Leave(keyedLock, hasTurn: false);
            turn = default;
            return false;
        }

        turn = new Turn<TKey, TValue>(this, keyedLock, hasTurn: wake == KeyedLock<TKey, TValue>.Wake.Turn, cancellationToken);
        return true;
    }

    private void LeaveCancelled(KeyedLock<TKey, TValue> keyedLock)
    {
        _counters.CountMiss(CallOutcome.Cancelled, keyedLock.Reason);
        Leave(keyedLock, hasTurn: false);
    }
}
