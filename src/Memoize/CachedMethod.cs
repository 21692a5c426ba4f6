using System.Diagnostics.CodeAnalysis;

namespace Memoize;

/// <summary>A method whose results are kept, as one <see cref="Memoizer"/> runs it.</summary>
/// <remarks>Thread-safe.</remarks>
public abstract class CachedMethod
{
    private protected CachedMethod(string name, Memoizer memoizer, object definition, int number)
    {
        Name = name;
        Memoizer = memoizer;
        Definition = definition;
        Number = number;
    }

    /// <summary>The method with its type and parameter types.</summary>
    public string Name { get; }

    /// <summary>The memoizer that runs the method.</summary>
    public Memoizer Memoizer { get; }

    /// <summary>What happened to the calls so far: a snapshot.</summary>
    public abstract MethodStatistics Statistics { get; }

    /// <summary>What is fixed about the method.</summary>
    internal object Definition { get; }

    /// <summary>The number of the definition, by which the <see cref="MethodTable"/> finds the method.</summary>
    internal int Number { get; }

    /// <summary>Removes every entry of the method, in memory and in its store. Results of computations that are running now are not kept.</summary>
    /// <exception cref="Exception">The store failed; memory is cleared all the same.</exception>
    public abstract void Clear();

    /// <inheritdoc cref="Clear"/>
    public abstract ValueTask ClearAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends every computation that is running: its token is cancelled, and its callers go at once.</summary>
    internal abstract void Abort();

    /// <summary>Removes every entry in memory, and keeps the results of running computations out of it.</summary>
    internal abstract void ClearMemory();

    /// <summary>Removes the entries in memory that have a tag, and keeps the results of running computations with it out.</summary>
    internal abstract void InvalidateTag(string tag);

    internal abstract int Prune();

    /// <summary>How many computations run on the locks of the method, callers that are about to start one included.</summary>
    internal abstract int RunningCount { get; }

    /// <summary>How many entries there are in memory.</summary>
    internal abstract int EntryCount { get; }

    /// <summary>The sum of the sizes of the entries in memory.</summary>
    internal abstract long TotalSize { get; }

    /// <summary>What the method keeps of what all methods may keep together; null if there is no such limit.</summary>
    internal BudgetShare? Share { get; private protected init; }

    /// <summary>Makes the entry leave that can be spared most. False if there is none.</summary>
    internal abstract bool EvictOne();

    /// <summary>Does what is due when something was kept; no gate is held.</summary>
    internal abstract void AfterKeeping();

    /// <summary>Cancels a computation, and runs the callbacks of its token on this thread, which is there for nothing else.</summary>
    internal void CancelHere(CancellationTokenSource computation)
    {
        try
        {
            computation.Cancel();
        }
        catch (AggregateException failure)
        {
            Log.CancellationCallbackFailed(Memoizer.Logger, failure, Name);
        }
        catch (ObjectDisposedException)
        {
            // The computation has just ended by itself.
        }
    }

    /// <summary>Cancels a computation. The callbacks of its token are the user's code: they neither hold up this thread nor throw at it.</summary>
    internal void Cancel(CancellationTokenSource computation)
    {
        try
        {
            _ = computation.CancelAsync().ContinueWith(
                static (cancelling, method) => Log.CancellationCallbackFailed(((CachedMethod)method!).Memoizer.Logger, cancelling.Exception!, ((CachedMethod)method).Name),
                this,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
        catch (ObjectDisposedException)
        {
            // The computation has just ended by itself.
        }
    }
}

/// <summary>
/// A method whose results are kept, as one <see cref="Memoizer"/> runs it: what generated wrappers and handles call.
/// </summary>
/// <typeparam name="TKey">The type of the key. It compares by value.</typeparam>
/// <typeparam name="TValue">The type of the results.</typeparam>
/// <remarks>
/// A wrapper looks (<see cref="TryGet(TKey, out TValue)"/>), enters the key's lock (<see cref="EnterAsync"/>), looks again
/// (<see cref="Turn{TKey,TValue}.TryGet"/>) and computes (<see cref="Turn{TKey,TValue}.Compute"/>).
/// Every call is counted with exactly one outcome, where it ends. Thread-safe.
/// </remarks>
public sealed class CachedMethod<TKey, TValue> : CachedMethod
    where TKey : notnull
{
    private readonly CachePolicy<TValue> _policy;
    private readonly CacheClock _clock;
    private readonly MethodCounters _counters;
    private readonly MemoryStore<TKey, TValue> _memory;
    private readonly KeyedLocks<TKey, TValue> _locks;
    private readonly StoreLevel<TKey, TValue>? _store;
    private readonly ComputationRunner<TKey, TValue> _runner;

    internal CachedMethod(CachedMethodDefinition<TKey, TValue> definition, Memoizer memoizer, bool ofInstance = false)
        : base(definition.Name, memoizer, definition, definition.Number)
    {
        _policy = definition.Policy;
        _policy.Validate(Name, memoizer.Options.DefaultDuration);
        _clock = memoizer.Clock;
        _counters = new MethodCounters(ofInstance);
        Share = memoizer.Budget is { } budget ? new BudgetShare(budget) : null;
        _memory = new MemoryStore<TKey, TValue>(_policy, _clock, _counters, Share, memoizer.Scheduling?.Seed, PartitioningOf(memoizer, ofInstance));
        _locks = new KeyedLocks<TKey, TValue>(this, _memory);
        _store = StoreLevel<TKey, TValue>.Of(this, definition, _counters);
        _runner = new ComputationRunner<TKey, TValue>(this, _policy, _memory, _store, _counters);
    }

    // How many entries a tag has, is only known where they are all in one place. Of what is for each object, there are many, and little in each.
    private Partitioning PartitioningOf(Memoizer memoizer, bool ofInstance) =>
        ofInstance || _policy.TagCapacity is not null ? Partitioning.None : memoizer.Options.Partitioning ?? Partitioning.For(_policy.Capacity);

    /// <inheritdoc/>
    public override MethodStatistics Statistics => _counters.Read(Name, _memory.Count);

    /// <summary>In how many parts the memory writes.</summary>
    internal int PartitionCount => _memory.Partitions.Length;

    /// <summary>How many keys have callers inside their lock.</summary>
    internal int LockCount => _locks.Count;

    /// <summary>Looks: finds a fresh value without a lock and counts a hit, or counts nothing.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        try
        {
            if (_memory.TryGetFresh(key, out var entry))
            {
                _counters.CountHit();
                value = entry.Value;
                return true;
            }
        }
        catch when (CountFailedLook())
        {
        }

        value = default;
        return false;
    }

    /// <summary>Looks, like <see cref="TryGet(TKey, out TValue)"/>, for methods that return a task: the completed task is kept with the value.</summary>
    public bool TryGetTask(TKey key, [NotNullWhen(true)] out Task<TValue>? hit)
    {
        try
        {
            if (_memory.TryGetFresh(key, out var entry))
            {
                _counters.CountHit();
                hit = entry.Task;
                return true;
            }
        }
        catch when (CountFailedLook())
        {
        }

        hit = null;
        return false;
    }

    /// <summary>Looks, for methods with <c>RefreshAfter</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, if it is fresh.</param>
    /// <param name="refresh">Whether this caller is to start the refresh of the value. True for one caller.</param>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value, out bool refresh)
    {
        refresh = false;
        try
        {
            if (_memory.TryGetFresh(key, out var entry))
            {
                refresh = _memory.TryClaimRefresh(entry);
                _counters.CountHit();
                value = entry.Value;
                return true;
            }
        }
        catch when (CountFailedLook())
        {
        }

        value = default;
        return false;
    }

    /// <summary>Looks, for methods with <c>RefreshAfter</c> that return a task: the completed task is kept with the value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hit">The value as a completed task, if it is fresh.</param>
    /// <param name="refresh">Whether this caller is to start the refresh of the value. True for one caller.</param>
    public bool TryGetTask(TKey key, [NotNullWhen(true)] out Task<TValue>? hit, out bool refresh)
    {
        refresh = false;
        try
        {
            if (_memory.TryGetFresh(key, out var entry))
            {
                refresh = _memory.TryClaimRefresh(entry);
                _counters.CountHit();
                hit = entry.Task;
                return true;
            }
        }
        catch when (CountFailedLook())
        {
        }

        hit = null;
        return false;
    }

    /// <summary>
    /// Counts a call whose look throws: the equality of its key, or the clock. Why there is no value nobody knows then. It stands in a filter,
    /// where nothing is caught, so that the exception goes on as it is, and a hit pays nothing.
    /// </summary>
    /// <returns>False: what was thrown is for the caller.</returns>
    private bool CountFailedLook()
    {
        _counters.CountMiss(CallOutcome.Failed, MissReason.NotFound);
        return false;
    }

    /// <summary>Enters the lock of <paramref name="key"/>, and waits for the turn to compute or for another's outcome.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="TimeoutException">The caller has waited for its <c>WaitTimeout</c>.</exception>
    /// <exception cref="CacheRecursionException">The caller would wait for itself.</exception>
    /// <exception cref="ObjectDisposedException">The memoizer is disposed.</exception>
    public Turn<TKey, TValue> Enter(TKey key, CancellationToken cancellationToken)
    {
        var caller = Begin(key, toRefresh: false, cancellationToken);
        var keyedLock = Enter(key, toRefresh: false, caller, out bool hasTurn);
        if (!hasTurn && FindBesideRefresh(keyedLock, caller, cancellationToken) is { } found) return found;

        var turn = hasTurn ? FirstTurn(toRefresh: false, keyedLock, caller, cancellationToken) : Wait(toRefresh: false, keyedLock, caller, cancellationToken);
        if (_store is not null) ReadStore(turn);
        return turn;
    }

    /// <inheritdoc cref="Enter(TKey, CancellationToken)"/>
    public ValueTask<Turn<TKey, TValue>> EnterAsync(TKey key, CancellationToken cancellationToken)
    {
        var caller = Begin(key, toRefresh: false, cancellationToken);
        var keyedLock = Enter(key, toRefresh: false, caller, out bool hasTurn);
        if (!hasTurn && FindBesideRefresh(keyedLock, caller, cancellationToken) is { } found) return new(found);

        ValueTask<Turn<TKey, TValue>> entered = hasTurn ? new(FirstTurn(toRefresh: false, keyedLock, caller, cancellationToken)) : WaitAsync(toRefresh: false, keyedLock, caller, cancellationToken);
        return _store is null ? entered : ReadStoreAsync(entered);
    }

    /// <summary>
    /// Enters the lock of <paramref name="key"/> to compute whatever there is. The result of a computation that is running
    /// now is not kept. Callers that come while a refresh runs, which may have begun too early for them, share the next one.
    /// </summary>
    /// <inheritdoc cref="Enter(TKey, CancellationToken)" path="/exception"/>
    public Turn<TKey, TValue> EnterToRefresh(TKey key, CancellationToken cancellationToken)
    {
        var caller = Begin(key, toRefresh: true, cancellationToken);
        var keyedLock = EnterToRefresh(key, caller, out bool hasTurn);
        return hasTurn ? FirstTurn(toRefresh: true, keyedLock, caller, cancellationToken) : Wait(toRefresh: true, keyedLock, caller, cancellationToken);
    }

    /// <inheritdoc cref="EnterToRefresh(TKey, CancellationToken)"/>
    public ValueTask<Turn<TKey, TValue>> EnterToRefreshAsync(TKey key, CancellationToken cancellationToken)
    {
        var caller = Begin(key, toRefresh: true, cancellationToken);
        var keyedLock = EnterToRefresh(key, caller, out bool hasTurn);
        return hasTurn ? new(FirstTurn(toRefresh: true, keyedLock, caller, cancellationToken)) : WaitAsync(toRefresh: true, keyedLock, caller, cancellationToken);
    }

    /// <summary>
    /// Computes <paramref name="key"/> again in the background, after a look said so. The value that is there is served
    /// meanwhile, and stays if the method fails. The computation does not carry the caller's context.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="state">What <paramref name="core"/> needs, so that it can be static.</param>
    /// <param name="core">The user's method.</param>
    /// <param name="tags">The tags of the result.</param>
    /// <param name="owner">The object that the method was called on, for the callbacks of the policy.</param>
    public void StartRefreshAsync<TState>(TKey key, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, string[]? tags = null, object? owner = null) =>
        StartRefresh(key, state, core, usesToken: true, tags, owner);

    /// <summary>Like <see cref="StartRefreshAsync{TState}(TKey, TState, Func{TState, CancellationToken, ValueTask{TValue}}, string[], object)"/>, for a method that takes no token.</summary>
    /// <param name="key">The key.</param>
    /// <param name="state">What <paramref name="core"/> needs, so that it can be static.</param>
    /// <param name="core">The user's method.</param>
    /// <param name="tags">The tags of the result.</param>
    /// <param name="owner">The object that the method was called on, for the callbacks of the policy.</param>
    public void StartRefreshAsync<TState>(TKey key, TState state, Func<TState, ValueTask<TValue>> core, string[]? tags = null, object? owner = null) =>
        StartRefresh(key, (state, core), static (call, _) => call.core(call.state), usesToken: false, tags, owner);

    /// <inheritdoc cref="StartRefreshAsync{TState}(TKey, TState, Func{TState, CancellationToken, ValueTask{TValue}}, string[], object)"/>
    public void StartRefresh<TState>(TKey key, TState state, Func<TState, CancellationToken, TValue> core, string[]? tags = null, object? owner = null) =>
        StartRefreshAsync(key, (state, core), static (call, token) => new ValueTask<TValue>(call.core(call.state, token)), tags, owner);

    private void StartRefresh<TState>(TKey key, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, bool usesToken, string[]? tags, object? owner)
    {
        if (Memoizer.Scheduling is { } scheduling)
        {
            var (ownKey, ownState, ownCore, ownTags, ownOwner) = (key, state, core, tags, owner);
            scheduling.Queue(() => _ = RefreshAsync(ownKey, ownState, ownCore, ownTags, ownOwner, usesToken));
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            static call => _ = call.method.RefreshAsync(call.key, call.state, call.core, call.tags, call.owner, call.usesToken),
            (method: this, key, state, core, usesToken, tags, owner),
            preferLocal: false);
    }

    /// <summary>The kept value of <paramref name="key"/>, in memory or in the store, if it is fresh. Peeking counts nothing and changes nothing.</summary>
    public bool TryPeek(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_memory.TryPeekFresh(key, out var entry))
        {
            value = entry.Value;
            return true;
        }

        var stored = _store?.Read(key) ?? default;
        bool fresh = stored is { HasValue: true, Reason: null };
        value = fresh ? stored.Value : default;
        return fresh;
    }

    /// <summary>What is known of <paramref name="key"/>: asking counts nothing and changes nothing.</summary>
    public EntryExplanation Explain(TKey key)
    {
        var state = _memory.Explain(key, out var entry, out var reason) switch
        {
            true when entry!.IsRefreshing => EntryState.Refreshing,
            true => EntryState.Fresh,
            false when _memory.IsUsable(entry) => EntryState.Stale,
            false => EntryState.Absent,
        };
        bool hasValue = state != EntryState.Absent;
        if (!hasValue && _store?.Read(key) is { } stored)
        {
            if (stored.HasValue) return ExplainStored(key, stored);
            reason = stored.Reason ?? reason;
        }

        return new EntryExplanation
        {
            State = state,
            Reason = state is EntryState.Fresh or EntryState.Refreshing ? null : reason,
            Created = hasValue ? _clock.ToDateTimeOffset(entry!.CreatedAt) : null,
            Expires = hasValue ? _clock.ToDateTimeOffset(_memory.End(entry!)) : null,
            StaleUntil = hasValue ? _clock.ToDateTimeOffset(_memory.StaleUntil(entry!)) : null,
            FailedUntil = _memory.FailureOf(key) is { } failure ? _clock.ToDateTimeOffset(failure.Until) : null,
            Size = hasValue && _policy.Size is not null ? entry!.Weight : null,
            Level = hasValue ? EntryLevel.Memory : null,
            IsComputing = _locks.CallersOf(key) > 0,
        };
    }

    /// <summary>
    /// Keeps <paramref name="value"/> from now on; <c>When</c> and <c>CacheNull</c> are not asked. A computation that is running
    /// does not overwrite it.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="tags">The tags of the value.</param>
    /// <param name="owner">The object that the handle belongs to, for <c>DurationFrom</c> and <c>Size</c>.</param>
    /// <exception cref="ObjectDisposedException">The memoizer is disposed.</exception>
    /// <exception cref="Exception">The store failed; the value is kept in memory all the same.</exception>
    public void Set(TKey key, TValue value, string[]? tags = null, object? owner = null)
    {
        Memoizer.ThrowIfDisposed();
        var life = _runner.LifeOf(value, owner);
        long size = _runner.SizeOf(value, owner);

        // On the turn of the key: a computation that runs is cut off, so that it is not kept over what is set, and none begins
        // that has not seen it.
        var keyedLock = _locks.EnterAlone(key);
        try
        {
            if (life is { } stored) _store?.Write(key, value, stored, tags, size);
            else _store?.Remove(key);
        }
        finally
        {
            SetInMemory(keyedLock, value, life, tags, size);
        }
    }

    /// <inheritdoc cref="Set"/>
    public async ValueTask SetAsync(TKey key, TValue value, string[]? tags = null, object? owner = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_store is null)
        {
            Set(key, value, tags, owner);
            return;
        }

        Memoizer.ThrowIfDisposed();
        var life = _runner.LifeOf(value, owner);
        long size = _runner.SizeOf(value, owner);
        var keyedLock = _locks.EnterAlone(key);
        try
        {
            if (life is { } stored) await _store.WriteAsync(key, value, stored, tags, size, cancellationToken).ConfigureAwait(false);
            else await _store.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            SetInMemory(keyedLock, value, life, tags, size);
        }
    }

    /// <summary>Removes the entry of <paramref name="key"/>, in memory and in the store. A computation that is running now is not kept; its callers still get its result.</summary>
    /// <exception cref="Exception">The store failed; the entry in memory is removed all the same.</exception>
    public void Invalidate(TKey key)
    {
        try
        {
            // The store first: what is read from it before its entry goes must not come into memory after it has gone there.
            _store?.Remove(key);
        }
        finally
        {
            InvalidateMemory(key);
        }
    }

    /// <inheritdoc cref="Invalidate"/>
    public async ValueTask InvalidateAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (_store is not null) await _store.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            InvalidateMemory(key);
        }
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        try
        {
            _store?.Clear();
        }
        finally
        {
            ClearMemory();
        }
    }

    /// <inheritdoc/>
    public override async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (_store is not null) await _store.ClearAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ClearMemory();
        }
    }

    /// <summary>Calls the wrapper for each input, so that later calls hit. Inputs that are kept already cost a look.</summary>
    /// <param name="inputs">The arguments to call the wrapper with.</param>
    /// <param name="call">Calls the wrapper.</param>
    /// <param name="parallelism">How many calls run at once at most; 0 for one per processor.</param>
    /// <param name="progress">Is told how many inputs are done, whether their calls succeeded or failed.</param>
    /// <param name="cancellationToken">Ends the warming: no further call starts.</param>
    /// <exception cref="AggregateException">Calls failed, all others having been made; its inner exceptions say how.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task WarmAsync<TInput>(IEnumerable<TInput> inputs, Func<TInput, CancellationToken, ValueTask> call, int parallelism, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfNegative(parallelism);
        var failures = new List<Exception>();
        int done = 0;
        int progressFailures = 0;
        var limits = new ParallelOptions { MaxDegreeOfParallelism = parallelism == 0 ? Environment.ProcessorCount : parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            inputs,
            limits,
            async (input, token) =>
            {
                try
                {
                    await call(input, token).ConfigureAwait(false);
                }
                catch (Exception failure) when (!token.IsCancellationRequested)
                {
                    lock (failures) failures.Add(failure);
                }

                int doneNow = Interlocked.Increment(ref done);
                try
                {
                    progress?.Report(doneNow);
                }
                catch (Exception failure)
                {
                    if (Interlocked.Increment(ref progressFailures) == 1) Log.ProgressFailed(Memoizer.Logger, failure, Name);
                }
            }).ConfigureAwait(false);

        if (failures.Count > 0) throw new AggregateException($"{Name}: {failures.Count} of {done} inputs could not be warmed.", failures);
    }

    internal override void ClearMemory()
    {
        _locks.DetachAll();
        Memoizer.Scheduling?.Pause();
        _memory.Clear();
    }

    internal override void InvalidateTag(string tag)
    {
        _locks.DetachTag(tag);
        Memoizer.Scheduling?.Pause();
        _memory.RemoveTag(tag);
    }

    internal override int Prune() => _memory.Prune();

    internal override int RunningCount => _locks.RunningCount;

    internal override int EntryCount => _memory.Count;

    internal override long TotalSize => _memory.Size;

    internal override bool EvictOne() => _memory.EvictOne();

    internal override void AfterKeeping()
    {
        _locks.SplitIfDue();
        _memory.AfterKeeping();
    }

    internal override void Abort()
    {
        foreach (var running in _locks.Running)
        {
            var cancellation = running.Abort(token => new Outcome<TValue>(new OperationCanceledException($"{Name}: the memoizer was shut down.", token)));
            if (cancellation is not null) Cancel(cancellation);
        }
    }

    /// <summary>Throws unless the invariants of the memory store hold. For tests, when no call is running.</summary>
    internal void Verify() => _memory.Verify();

    private EntryExplanation ExplainStored(TKey key, in StoredLook<TValue> stored) => new()
    {
        State = stored.Reason is null ? EntryState.Fresh : EntryState.Stale,
        Reason = stored.Reason,
        Created = _clock.ToDateTimeOffset(stored.Life.CreatedAt),
        Expires = _clock.ToDateTimeOffset(stored.Life.ExpiresAt),
        StaleUntil = _clock.ToDateTimeOffset(CacheClock.Add(stored.Life.ExpiresAt, _policy.StaleOnError?.Ticks ?? 0)),
        FailedUntil = _memory.FailureOf(key) is { } failure ? _clock.ToDateTimeOffset(failure.Until) : null,
        Size = _policy.Size is null ? null : stored.Size,
        Level = EntryLevel.Store,
        IsComputing = _locks.CallersOf(key) > 0,
    };

    private void SetInMemory(KeyedLock<TKey, TValue> keyedLock, TValue value, EntryLife? life, string[]? tags, long size)
    {
        try
        {
            Memoizer.Scheduling?.Pause();
            if (life is { } kept) _memory.Keep(keyedLock.HashedKey, value, kept, tags, size);
            else _memory.Remove(keyedLock.HashedKey, MissReason.Expired);
            Memoizer.Scheduling?.Pause();
        }
        finally
        {
            keyedLock.Leave(turn: 1);
        }

        AfterKeeping();
    }

    private void InvalidateMemory(TKey key)
    {
        _locks.Detach(key);
        Memoizer.Scheduling?.Pause();
        _memory.Remove(key, MissReason.Invalidated);
    }

    /// <summary>How many callers are inside the lock of <paramref name="key"/> beside the first.</summary>
    internal int WaitersOn(TKey key) => _locks.CallersOf(key) - 1;

    /// <summary>The second look: what the turn's caller finds, or the outcome of the computation that it waited for.</summary>
    internal bool LookAgain(Turn<TKey, TValue> turn, [MaybeNullWhen(false)] out TValue value)
    {
        switch (turn.Kind)
        {
            case TurnKind.Compute when turn.ToRefresh:
                turn.Lock.LookPast(_memory);
                break;

            case TurnKind.Compute when turn.Lock.LookAgain(_memory, out var entry):
                if (IsToRefresh(turn, entry)) break;

                value = TakeFound(turn, entry);
                return true;

            case TurnKind.Compute when _policy.FailureDuration is not null && _memory.FailureOf(turn.Lock.HashedKey) is { } failure:
                // It is remembered that the method failed: it is not run again for now.
                value = StaleOrThrow(turn, new Outcome<TValue>(failure.Failure));
                return true;

            case TurnKind.Outcome:
                value = TakeOutcome(turn, turn.Lock.Outcome, CallOutcome.Coalesced);
                return true;

            case TurnKind.Stale:
                value = TakeStale(turn, turn.TakenEntry!);
                return true;

            case TurnKind.Found:
                turn.IsCounted = true;
                _counters.CountHit();
                value = turn.TakenEntry!.Value;
                return true;
        }

        value = default;
        return false;
    }

    /// <summary>
    /// Whether the value that a call found in the store is due for its refresh. The method to run is at hand where the call computes:
    /// there it takes the value and starts the refresh. What memory has no room for is not refreshed, since nothing could tell the next
    /// call that it is being refreshed, or that this has just failed.
    /// </summary>
    private bool IsToRefresh(Turn<TKey, TValue> turn, MemoryEntry<TKey, TValue> entry)
    {
        if (entry != turn.Lock.Stored?.Entry || !_memory.IsDueForRefresh(entry)) return false;
        if (!_memory.TryPeek(turn.Lock.Key, out var kept) || kept != entry) return false;

        turn.ToBeRefreshed = entry;
        return true;
    }

    /// <summary>
    /// What was found in the store can be refreshed as soon as it is in memory. A call that looked before that does not wait for
    /// the refresh: it takes what is there.
    /// </summary>
    private Turn<TKey, TValue>? FindBesideRefresh(KeyedLock<TKey, TValue> keyedLock, ComputationFrame? caller, CancellationToken callerToken)
    {
        if (_store is null || _policy.RefreshAfter is null || !_memory.TryGetFresh(keyedLock.Key, out var entry)) return null;

        Leave(keyedLock, caller, turn: 0);
        var turn = new Turn<TKey, TValue>(this, keyedLock).Open(TurnKind.Found, toRefresh: false, number: 0, caller, callerToken, entry);
        turn.HasLeft = true;
        return turn;
    }

    private TValue TakeFound(Turn<TKey, TValue> turn, MemoryEntry<TKey, TValue> entry)
    {
        turn.IsCounted = true;
        if (turn.Lock.IsFirstUseOfStored(entry)) _counters.CountStoreHit();
        else _counters.CountHit();
        return entry.Value;
    }

    private TValue TakeAndRefresh<TState>(
        Turn<TKey, TValue> turn, MemoryEntry<TKey, TValue> entry, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, bool usesToken, string[]? tags, object? owner)
    {
        TKey key = turn.Lock.Key;
        var value = TakeFound(turn, entry);

        // Out of the lock first: the refresh would take a caller that has the turn for one that computes.
        LeaveEarly(turn);
        if (_memory.TryClaimRefresh(entry)) StartRefresh(key, state, core, usesToken, tags, owner);
        return value;
    }

    /// <summary>Runs the method on the caller's thread.</summary>
    internal TValue Compute<TState>(Turn<TKey, TValue> turn, TState state, Func<TState, CancellationToken, TValue> core, string[]? tags, object? owner)
    {
        if (turn.Kind == TurnKind.Uncached) return ComputeUncached(turn, state, core);
        if (turn.ToBeRefreshed is { } found) return TakeAndRefresh(turn, found, (state, core), static (call, token) => new(call.core(call.state, token)), usesToken: true, tags, owner);
        if (_policy.SoftTimeout is not null && _memory.StandIn(turn.Lock.Seen) is not null) return ComputeBeside(turn, state, core, tags, owner);

        Outcome<TValue> outcome;
        try
        {
            outcome = _runner.Run(turn, state, core, tags, owner);
        }
        catch (OperationCanceledException cancelled)
        {
            Count(turn, CallOutcome.Cancelled);
            ThrowWithTokenOf(cancelled, turn.CallerToken);
            throw;
        }

        return TakeOwnOutcome(turn, outcome);
    }

    /// <summary>Starts a computation, and waits for it for as long as its caller wants to wait.</summary>
    internal ValueTask<TValue> ComputeAsync<TState>(
        Turn<TKey, TValue> turn, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, bool usesToken, string[]? tags, object? owner)
    {
        if (turn.Kind == TurnKind.Uncached) return ComputeUncachedAsync(turn, state, core);
        if (turn.ToBeRefreshed is { } found) return new(TakeAndRefresh(turn, found, state, core, usesToken, tags, owner));

        bool takesStale = _policy.SoftTimeout is not null && _memory.StandIn(turn.Lock.Seen) is not null;
        if (_store is null && !takesStale) return EndOf(turn, _runner.Start(turn, state, core, usesToken, tags), owner);

        var computation = _runner.RunAsync(turn, state, core, usesToken, tags, owner, turn.ToRefresh);
        if (computation.IsCompleted) return Completed(turn, computation.Result);

        return takesStale ? WaitOrTakeStaleAsync(computation.AsTask(), turn) : turn.Lock.OpenWait(turn).For(computation);
    }

    /// <summary>Starts a computation of a method that takes no token, and waits for it for as long as its caller wants to wait.</summary>
    internal ValueTask<TValue> ComputeAsync<TState>(Turn<TKey, TValue> turn, TState state, Func<TState, ValueTask<TValue>> core, string[]? tags, object? owner)
    {
        bool needsToken = !_runner.IsPlain || _store is not null || _policy.SoftTimeout is not null || turn.Kind == TurnKind.Uncached || turn.ToBeRefreshed is not null;
        return needsToken
            ? ComputeAsync(turn, (state, core), static (call, _) => call.core(call.state), usesToken: false, tags, owner)
            : EndOf(turn, _runner.Start(turn, state, core, tags), owner);
    }

    /// <summary>What the caller that started a computation comes to, which has waited for it, or was cancelled.</summary>
    internal TValue TakeOwnOutcome(Turn<TKey, TValue> turn, Outcome<TValue> outcome, bool isCancelled = false)
    {
        if (!isCancelled) return TakeOutcome(turn, outcome, turn.Lock.IsFromElsewhere ? CallOutcome.Coalesced : CallOutcome.Computed);

        // The computation goes on for the callers that are left; leaving the lock cancels it if there is none.
        Count(turn, CallOutcome.Cancelled);
        return outcome.GetValueOrThrow();
    }

    /// <summary>Computes a key again for nobody in particular, and leaves what is there if that fails.</summary>
    internal async Task RefreshAsync<TState>(TKey key, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, string[]? tags, object? owner, bool usesToken = true)
    {
        try
        {
            if (!_memory.TryPeek(key, out var entry)) return;

            var keyedLock = _locks.Enter(key, out bool hasTurn, toRefresh: true);
            int number = hasTurn ? 1 : 0;
            try
            {
                // If a caller computes, that is the refresh. One that only looks into the store passes the turn on.
                if (number == 0 && _store is not null && keyedLock.Computation is null) (_, number) = await keyedLock.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                if (number == 0 || Memoizer.IsDisposed) return;
                if (_store is not null && await TakeFromStoreAsync(keyedLock).ConfigureAwait(false)) return;

                keyedLock.LookPast(_memory);
                var turn = number == 1 ? FirstTurn(toRefresh: true, keyedLock, caller: null, CancellationToken.None) : Take(TurnKind.Compute, toRefresh: true, keyedLock, number, caller: null, stale: null, CancellationToken.None);
                var outcome = await _runner.RunAsync(turn, state, core, usesToken, tags, owner, takeOver: false).ConfigureAwait(false);
                if (outcome.Failure is { } failure && !Memoizer.IsDisposed) Log.RefreshFailed(Memoizer.Logger, failure.SourceException, Name);
            }
            finally
            {
                Leave(keyedLock, caller: null, number);

                // If there is a new entry, the old one keeps its mark: a hit that still has it in hand starts no second refresh.
                if (_memory.TryPeek(key, out var current) && current == entry) entry.PostponeRefresh(CacheClock.Add(_clock.Now, RefreshRetryTicks));
            }
        }
        catch (Exception failure)
        {
            // The equality of a key, or the clock: nobody waits for this task.
            Log.RefreshFailed(Memoizer.Logger, failure, Name);
        }
    }

    /// <summary>Looks into the store, if that is still to be done on the lock and memory has nothing. It comes between entering the lock and the second look.</summary>
    private void ReadStore(Turn<TKey, TValue> turn)
    {
        try
        {
            if (!NeedsStore(turn)) return;

            int tagInvalidations = _locks.TagInvalidations;
            turn.Lock.TakeStored(_store!.Read(turn.Lock.Key), tagInvalidations);
        }
        catch (Exception failure)
        {
            var callerToken = turn.CallerToken;
            LeaveFailed(toRefresh: false, turn.Lock, turn.Caller, turn.Number, failure, callerToken);
            ThrowWithTokenOf(failure, callerToken);
            throw;
        }
    }

    /// <inheritdoc cref="ReadStore"/>
    private async ValueTask<Turn<TKey, TValue>> ReadStoreAsync(ValueTask<Turn<TKey, TValue>> entered)
    {
        var turn = await entered.ConfigureAwait(false);
        try
        {
            if (!NeedsStore(turn)) return turn;

            int tagInvalidations = _locks.TagInvalidations;
            turn.Lock.TakeStored(await _store!.ReadAsync(turn.Lock.Key, turn.CallerToken).ConfigureAwait(false), tagInvalidations);
            return turn;
        }
        catch (Exception failure)
        {
            var callerToken = turn.CallerToken;
            LeaveFailed(toRefresh: false, turn.Lock, turn.Caller, turn.Number, failure, callerToken);
            ThrowWithTokenOf(failure, callerToken);
            throw;
        }
    }

    private bool NeedsStore(Turn<TKey, TValue> turn) =>
        turn.Kind == TurnKind.Compute && turn.Lock.Stored is null && !_memory.TryPeekFresh(turn.Lock.Key, out _);

    /// <summary>Before a refresh in the background: another process may have refreshed the entry.</summary>
    /// <returns>Whether it had.</returns>
    private async ValueTask<bool> TakeFromStoreAsync(KeyedLock<TKey, TValue> keyedLock)
    {
        int tagInvalidations = _locks.TagInvalidations;
        var look = await _store!.ReadAsync(keyedLock.Key, CancellationToken.None).ConfigureAwait(false);
        bool isRefreshed = look is { HasValue: true, Reason: null } && _clock.Now < look.Life.RefreshAt;
        keyedLock.TakeStored(isRefreshed ? look : new() { Revision = look.Revision, Reason = look.Reason }, tagInvalidations);
        return isRefreshed;
    }

    /// <summary>Leaves the lock of a turn.</summary>
    internal void Leave(Turn<TKey, TValue> turn)
    {
        // Something threw between the steps of the call: the equality of its key, the clock, or what copies its arguments.
        if (!turn.IsCounted) Count(turn, CallOutcome.Failed);
        if (!turn.HasLeft) Leave(turn.Lock, turn.Caller, turn.Number);
    }

    private void LeaveEarly(Turn<TKey, TValue> turn)
    {
        Leave(turn);
        turn.HasLeft = true;
    }

    /// <summary>How long after a refresh that did not replace the entry the next one may start: a tenth of the age that calls for one, at least a second.</summary>
    private long RefreshRetryTicks => Math.Max(TimeSpan.TicksPerSecond, (_policy.RefreshAfter?.Ticks ?? 0) / 10);

    /// <summary>Opens a call that missed: the computation that it is part of, if it is part of one.</summary>
    private ComputationFrame? Begin(TKey key, bool toRefresh, CancellationToken cancellationToken)
    {
        Memoizer.ThrowIfDisposed();
        if (cancellationToken.IsCancellationRequested)
        {
            _counters.CountMiss(CallOutcome.Cancelled, toRefresh ? MissReason.Bypassed : ReasonOf(key));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return ComputationFrame.Current;
    }

    private KeyedLock<TKey, TValue> Enter(TKey key, bool toRefresh, ComputationFrame? caller, out bool hasTurn)
    {
        KeyedLock<TKey, TValue> keyedLock;
        try
        {
            keyedLock = _locks.Enter(key, out hasTurn, toRefresh);
        }
        catch (Exception)
        {
            // The equality of the key, or the clock.
            _counters.CountMiss(CallOutcome.Failed, toRefresh ? MissReason.Bypassed : MissReason.NotFound);
            throw;
        }

        if (caller is not null) EnterGraph(keyedLock, toRefresh, caller, hasTurn);
        return keyedLock;
    }

    private void EnterGraph(KeyedLock<TKey, TValue> keyedLock, bool toRefresh, ComputationFrame caller, bool hasTurn)
    {
        WaitGraph.Enter(caller, keyedLock);
        try
        {
            // With the turn, it can only be inside a computation of the same key if that one's lock has left the table.
            var circle = !hasTurn ? WaitGraph.FindCircle(caller, keyedLock)
                : _locks.HasDetached ? WaitGraph.FindOuter(caller, keyedLock)
                : null;
            if (circle is not null) throw new CacheRecursionException(circle);
        }
        catch (Exception)
        {
            // There is a circle, or the equality of a key threw as one was looked for.
            _counters.CountMiss(CallOutcome.Failed, ReasonOf(keyedLock, toRefresh));
            Leave(keyedLock, caller, turn: hasTurn ? 1 : 0);
            throw;
        }
    }

    private KeyedLock<TKey, TValue> EnterToRefresh(TKey key, ComputationFrame? caller, out bool hasTurn)
    {
        KeyedLock<TKey, TValue> keyedLock;
        try
        {
            keyedLock = _locks.EnterToRefresh(key, out hasTurn);
        }
        catch (Exception)
        {
            _counters.CountMiss(CallOutcome.Failed, MissReason.Bypassed);
            throw;
        }

        if (caller is not null) EnterGraph(keyedLock, toRefresh: true, caller, hasTurn);
        if (hasTurn || keyedLock.IsRefresh) return keyedLock;

        // An ordinary computation: it began too early, so its result is not to be kept. Whoever has taken its place by the time this
        // caller enters again has begun late enough.
        Leave(keyedLock, caller, turn: 0);
        _locks.Detach(keyedLock);
        return Enter(key, toRefresh: true, caller, out hasTurn);
    }

    private static Turn<TKey, TValue> FirstTurn(bool toRefresh, KeyedLock<TKey, TValue> keyedLock, ComputationFrame? caller, CancellationToken callerToken) =>
        keyedLock.FirstTurn.Open(TurnKind.Compute, toRefresh, number: 1, caller, callerToken);

    private Turn<TKey, TValue> Wait(bool toRefresh, KeyedLock<TKey, TValue> keyedLock, ComputationFrame? caller, CancellationToken callerToken)
    {
        bool acceptsStale = true;
        while (true)
        {
            TurnKind? kind;
            MemoryEntry<TKey, TValue>? stale;
            KeyedLock<TKey, TValue>.Wake wake;
            int number = 0;
            try
            {
                using var patience = Patience.OfThread(HowLong(keyedLock.Key, ref acceptsStale), _clock.Provider, callerToken);
                (wake, number) = keyedLock.Wait(patience);

                // The semaphore gives a permit to a caller that was cancelled meanwhile: the turn is for one that wants it.
                if (wake == KeyedLock<TKey, TValue>.Wake.Turn) callerToken.ThrowIfCancellationRequested();
                kind = KindOf(wake, keyedLock, ref acceptsStale, out stale);
            }
            catch (Exception failure)
            {
                LeaveFailed(toRefresh, keyedLock, caller, number, failure, callerToken);
                ThrowWithTokenOf(failure, callerToken);
                throw;
            }

            if (kind is { } known) return Take(known, toRefresh, keyedLock, number, caller, stale, callerToken);
            if (wake != KeyedLock<TKey, TValue>.Wake.StartOver) continue;

            Leave(keyedLock, caller, turn: 0);
            keyedLock = Enter(keyedLock.Key, toRefresh, caller, out bool hasTurn);
            if (hasTurn) return FirstTurn(toRefresh, keyedLock, caller, callerToken);
        }
    }

    private async ValueTask<Turn<TKey, TValue>> WaitAsync(bool toRefresh, KeyedLock<TKey, TValue> keyedLock, ComputationFrame? caller, CancellationToken callerToken)
    {
        bool acceptsStale = true;
        while (true)
        {
            TurnKind? kind;
            MemoryEntry<TKey, TValue>? stale;
            KeyedLock<TKey, TValue>.Wake wake;
            int number = 0;
            try
            {
                using var patience = Patience.OfTask(HowLong(keyedLock.Key, ref acceptsStale), _clock.Provider, callerToken);
                try
                {
                    (wake, number) = await keyedLock.WaitAsync(patience.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (patience.IsOver)
                {
                    wake = KeyedLock<TKey, TValue>.Wake.TimedOut;
                }

                // The semaphore gives a permit to a caller that was cancelled meanwhile: the turn is for one that wants it.
                if (wake == KeyedLock<TKey, TValue>.Wake.Turn) callerToken.ThrowIfCancellationRequested();
                kind = KindOf(wake, keyedLock, ref acceptsStale, out stale);
            }
            catch (Exception failure)
            {
                LeaveFailed(toRefresh, keyedLock, caller, number, failure, callerToken);
                ThrowWithTokenOf(failure, callerToken);
                throw;
            }

            if (kind is { } known) return Take(known, toRefresh, keyedLock, number, caller, stale, callerToken);
            if (wake != KeyedLock<TKey, TValue>.Wake.StartOver) continue;

            Leave(keyedLock, caller, turn: 0);
            keyedLock = Enter(keyedLock.Key, toRefresh, caller, out bool hasTurn);
            if (hasTurn) return FirstTurn(toRefresh, keyedLock, caller, callerToken);
        }
    }

    /// <summary>How long a caller waits for another's computation: for the soft time-out if it can take a stale value then, else for the wait time-out.</summary>
    private TimeSpan? HowLong(TKey key, ref bool acceptsStale)
    {
        acceptsStale = acceptsStale
            && _policy.SoftTimeout is { } soft
            && !(_policy.WaitTimeout <= soft)
            && _memory.TryPeek(key, out var entry)
            && _memory.IsUsable(entry);
        return acceptsStale ? _policy.SoftTimeout : _policy.WaitTimeout;
    }

    /// <summary>What a caller does that woke up; null if it is to wait on, or to start over.</summary>
    private TurnKind? KindOf(KeyedLock<TKey, TValue>.Wake wake, KeyedLock<TKey, TValue> keyedLock, ref bool acceptsStale, out MemoryEntry<TKey, TValue>? stale)
    {
        stale = null;
        switch (wake)
        {
            case KeyedLock<TKey, TValue>.Wake.Turn:
                return TurnKind.Compute;

            case KeyedLock<TKey, TValue>.Wake.Outcome:
                return TurnKind.Outcome;

            case KeyedLock<TKey, TValue>.Wake.StartOver:
                return null;

            default:
                if (acceptsStale) stale = StandIn(keyedLock);

                // The computation has ended before the caller could go.
                if (keyedLock.HasOutcome) return TurnKind.Outcome;
                if (_memory.IsUsable(stale)) return TurnKind.Stale;
                if (acceptsStale)
                {
                    // The stale value has had its time while this caller waited, or was invalidated.
                    acceptsStale = false;
                    return null;
                }

                return _policy.OnWaitTimeout == OnWaitTimeout.ComputeUncached
                    ? TurnKind.Uncached
                    : throw new TimeoutException($"{Name}: another caller's computation took longer than the WaitTimeout of {_policy.WaitTimeout}.");
        }
    }

    /// <summary>
    /// What a caller may take that has waited long enough. Whether the lock has an outcome is to be asked after this: what stands in may
    /// be the very value that the computation has just written, which is not stale. Then it is to be seen whether it still has its time.
    /// </summary>
    private MemoryEntry<TKey, TValue>? StandIn(KeyedLock<TKey, TValue> keyedLock)
    {
        Memoizer.Scheduling?.Pause();
        var stale = _memory.StandIn(keyedLock.Seen);
        Memoizer.Scheduling?.Pause();
        return stale;
    }

    private Turn<TKey, TValue> Take(TurnKind kind, bool toRefresh, KeyedLock<TKey, TValue> keyedLock, int number, ComputationFrame? caller, MemoryEntry<TKey, TValue>? stale, CancellationToken callerToken)
    {
        if (kind is TurnKind.Stale) keyedLock.KeepRunning(turn: 0);
        if (kind is TurnKind.Stale or TurnKind.Uncached) Leave(keyedLock, caller, turn: 0);
        var turn = new Turn<TKey, TValue>(this, keyedLock).Open(kind, toRefresh, number, caller, callerToken, stale);

        // A caller that lost its patience has left already.
        turn.HasLeft = kind is TurnKind.Stale or TurnKind.Uncached;
        return turn;
    }

    private ValueTask<TValue> EndOf(Turn<TKey, TValue> turn, ValueTask<TValue> result, object? owner) =>
        result.IsCompleted ? Completed(turn, _runner.Finish(turn, result, owner)) : turn.Lock.OpenWait(turn).For(result, _runner, owner);

    private ValueTask<TValue> Completed(Turn<TKey, TValue> turn, Outcome<TValue> outcome)
    {
        try
        {
            return new(TakeOwnOutcome(turn, outcome));
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<TValue>(failure);
        }
    }

    /// <summary>Waits for a computation that this caller started, and takes the stale value if it takes longer than the soft time-out.</summary>
    private async ValueTask<TValue> WaitOrTakeStaleAsync(Task<Outcome<TValue>> computation, Turn<TKey, TValue> turn)
    {
        if (await WaitForAsync(computation, turn).ConfigureAwait(false) is { } stale) return LeaveRunning(turn, stale);

        // The lock has the outcome a little earlier, or much, if the memoizer was shut down and the method ignores its token.
        var outcome = computation.IsCompleted ? await computation.ConfigureAwait(false) : turn.Lock.Outcome;
        return TakeOwnOutcome(turn, outcome);
    }

    /// <summary>Waits for a computation that this caller started. Not null if the caller takes this stale value instead.</summary>
    private async ValueTask<MemoryEntry<TKey, TValue>?> WaitForAsync(Task<Outcome<TValue>> computation, Turn<TKey, TValue> turn)
    {
        try
        {
            using (var patience = Patience.OfTask(_policy.SoftTimeout, _clock.Provider, turn.CallerToken))
            {
                try
                {
                    await WaitForAsync(patience.Token).ConfigureAwait(false);
                    return null;
                }
                catch (OperationCanceledException) when (patience.IsOver)
                {
                    if (computation.IsCompleted) return null;
                    if (StandIn(turn.Lock) is { } stale && !turn.Lock.HasOutcome && _memory.IsUsable(stale)) return stale;
                }
            }

            // The stale value has had its time while this caller waited, or the computation is about to end.
            await WaitForAsync(turn.CallerToken).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException failure)
        {
            // The computation goes on for the callers that are left; leaving the lock cancels it if there is none.
            Count(turn, OutcomeOf(failure, turn.CallerToken));
            ThrowWithTokenOf(failure, turn.CallerToken);
            throw;
        }

        // The outcome is for everybody inside, this caller too; but where the next caller retries, each has a failure of its own.
        Task WaitForAsync(CancellationToken token) => _policy.OnFailure == OnFailure.Retry
            ? Memoizer.Scheduling?.WaitForAnyAsync(computation, Memoizer.WhenAborted, token) ?? Task.WhenAny(computation, Memoizer.WhenAborted).WaitAsync(token)
            : turn.Lock.WaitAsync(token).AsTask();
    }

    /// <summary>
    /// A synchronous caller that has a stale value waits at most the soft time-out: the method runs on another thread, so
    /// that it can go on when the caller does not wait any more. On one of its own: in the pool it would wait behind the callers that
    /// wait for it.
    /// </summary>
    private TValue ComputeBeside<TState>(Turn<TKey, TValue> turn, TState state, Func<TState, CancellationToken, TValue> core, string[]? tags, object? owner)
    {
        var computation = _runner.RunAsync(
            turn,
            (state, core, scheduling: Memoizer.Scheduling),
            static (call, token) => new ValueTask<TValue>(call.scheduling?.Run(() => call.core(call.state, token)) ?? RunOnOwnThread(call.core, call.state, token)),
            usesToken: true,
            tags,
            owner,
            turn.ToRefresh,
            callersBlock: true).AsTask();

        try
        {
            if (!WaitFor(computation, _policy.SoftTimeout, turn.CallerToken))
            {
                if (!computation.IsCompleted && StandIn(turn.Lock) is { } stale && !turn.Lock.HasOutcome && _memory.IsUsable(stale)) return LeaveRunning(turn, stale);
                WaitFor(computation, limit: null, turn.CallerToken);
            }
        }
        catch (OperationCanceledException cancelled)
        {
            Count(turn, CallOutcome.Cancelled);
            ThrowWithTokenOf(cancelled, turn.CallerToken);
            throw;
        }

        // If the memoizer was shut down, the lock has the outcome, and the method may go on.
        return TakeOwnOutcome(turn, computation.IsCompleted ? computation.Result : turn.Lock.Outcome);
    }

    private static Task<TValue> RunOnOwnThread<TState>(Func<TState, CancellationToken, TValue> core, TState state, CancellationToken token) =>
        Task.Factory.StartNew(() => core(state, token), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    /// <summary>Waits until a computation ends, or the memoizer is shut down. False if that took longer than the limit.</summary>
    private bool WaitFor(Task<Outcome<TValue>> computation, TimeSpan? limit, CancellationToken callerToken)
    {
        using var patience = Patience.OfThread(limit, _clock.Provider, callerToken);
        return patience.WaitForAny(computation, Memoizer.WhenAborted, Memoizer.Scheduling);
    }

    private TValue ComputeUncached<TState>(Turn<TKey, TValue> turn, TState state, Func<TState, CancellationToken, TValue> core)
    {
        Outcome<TValue> outcome;
        try
        {
            outcome = new(_runner.RunUncached(state, core, turn.CallerToken));
        }
        catch (OperationCanceledException cancelled) when (turn.CallerToken.IsCancellationRequested)
        {
            Count(turn, CallOutcome.Cancelled);
            ThrowWithTokenOf(cancelled, turn.CallerToken);
            throw;
        }
        catch (Exception failure)
        {
            outcome = new(failure);
        }

        return TakeOutcome(turn, outcome, CallOutcome.Computed);
    }

    private async ValueTask<TValue> ComputeUncachedAsync<TState>(Turn<TKey, TValue> turn, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core)
    {
        Outcome<TValue> outcome;
        try
        {
            outcome = new(await _runner.RunUncachedAsync(state, core, turn.CallerToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException cancelled) when (turn.CallerToken.IsCancellationRequested)
        {
            Count(turn, CallOutcome.Cancelled);
            ThrowWithTokenOf(cancelled, turn.CallerToken);
            throw;
        }
        catch (Exception failure)
        {
            outcome = new(failure);
        }

        return TakeOutcome(turn, outcome, CallOutcome.Computed);
    }

    private TValue TakeOutcome(Turn<TKey, TValue> turn, Outcome<TValue> outcome, CallOutcome ifValue)
    {
        if (outcome.Failure is null)
        {
            Count(turn, ifValue);
            return outcome.GetValueOrThrow();
        }

        var value = StaleOrThrow(turn, outcome);
        if (ifValue == CallOutcome.Computed) Log.StaleServed(Memoizer.Logger, outcome.Failure.SourceException, Name);
        return value;
    }

    private TValue StaleOrThrow(Turn<TKey, TValue> turn, Outcome<TValue> failed)
    {
        // Who asked for a refresh wants to know that it failed.
        if (!turn.ToRefresh && _memory.StandIn(turn.Lock.Seen) is { } stale) return TakeStale(turn, stale);

        Count(turn, CallOutcome.Failed);
        return failed.GetValueOrThrow();
    }

    private TValue LeaveRunning(Turn<TKey, TValue> turn, MemoryEntry<TKey, TValue> stale)
    {
        turn.Lock.KeepRunning(turn.Number);
        return TakeStale(turn, stale);
    }

    private TValue TakeStale(Turn<TKey, TValue> turn, MemoryEntry<TKey, TValue> stale)
    {
        Count(turn, CallOutcome.Stale);
        return stale.Value;
    }

    /// <summary>
    /// A caller that was cancelled recognises its own token only. The code that noticed the cancellation may have had another, which was
    /// linked with it: for a time-out, or by a store.
    /// </summary>
    private static void ThrowWithTokenOf(Exception failure, CancellationToken callerToken)
    {
        if (failure is OperationCanceledException cancelled && callerToken.IsCancellationRequested && cancelled.CancellationToken != callerToken)
            throw new OperationCanceledException(cancelled.Message, cancelled, callerToken);
    }

    private void Count(Turn<TKey, TValue> turn, CallOutcome outcome)
    {
        turn.IsCounted = true;
        _counters.CountMiss(outcome, turn.Reason);
    }

    private static CallOutcome OutcomeOf(Exception failure, CancellationToken callerToken) =>
        failure is OperationCanceledException && callerToken.IsCancellationRequested ? CallOutcome.Cancelled : CallOutcome.Failed;

    // Of a call that ends while it waits, perhaps before who has the turn has looked.
    private MissReason ReasonOf(KeyedLock<TKey, TValue> keyedLock, bool toRefresh)
    {
        if (toRefresh) return MissReason.Bypassed;
        return keyedLock.HasLooked ? keyedLock.Reason : ReasonOf(keyedLock.Key);
    }

    private MissReason ReasonOf(TKey key)
    {
        try
        {
            _memory.Explain(key, out _, out var reason);
            return reason;
        }
        catch (Exception)
        {
            // The equality of the key. The call ends as it does all the same.
            return MissReason.NotFound;
        }
    }

    private void LeaveFailed(bool toRefresh, KeyedLock<TKey, TValue> keyedLock, ComputationFrame? caller, int turn, Exception failure, CancellationToken callerToken)
    {
        _counters.CountMiss(OutcomeOf(failure, callerToken), ReasonOf(keyedLock, toRefresh));
        Leave(keyedLock, caller, turn);
    }

    private void Leave(KeyedLock<TKey, TValue> keyedLock, ComputationFrame? caller, int turn)
    {
        if (caller is not null) WaitGraph.Leave(caller, keyedLock);
        if (keyedLock.Leave(turn) is { } abandoned) Cancel(abandoned);
    }
}
