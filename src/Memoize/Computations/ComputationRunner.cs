using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// Runs the computations of one method: under its limits, to an outcome, which it keeps as the policy says and hands to
/// everybody who waits on the lock.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. However a computation ends, its lock settles or passes the turn on, exactly once.
/// 2. What a user's callback, clock or key comparer throws while a value is being kept never reaches the callers of that
///    value: it is logged and counted.
/// 3. A computation that timed out or was abandoned may go on, if the user's method ignores its token; whatever it comes
///    to is dropped, and it keeps its place at <c>MaxConcurrency</c> until it really ends.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The semaphore has no wait handle to free.")]
internal sealed class ComputationRunner<TKey, TValue>
    where TKey : notnull
{
    private readonly CachedMethod _method;
    private readonly CachePolicy<TValue> _policy;
    private readonly MemoryStore<TKey, TValue> _memory;
    private readonly StoreLevel<TKey, TValue>? _store;
    private readonly MethodCounters _counters;
    private readonly CacheClock _clock;
    private readonly TimeSpan? _duration;
    private readonly SemaphoreSlim? _places;
    private readonly ComputationPipeline? _pipeline;

    public ComputationRunner(CachedMethod method, CachePolicy<TValue> policy, MemoryStore<TKey, TValue> memory, StoreLevel<TKey, TValue>? store, MethodCounters counters)
    {
        var options = method.Memoizer.Options;
        _method = method;
        _policy = policy;
        _memory = memory;
        _store = store;
        _counters = counters;
        _clock = method.Memoizer.Clock;
        _duration = policy.Duration ?? options.DefaultDuration;
        _places = policy.MaxConcurrency is { } places ? new SemaphoreSlim(places) : null;
        _pipeline = options.Pipeline?.Invoke(method);
        IsPlain = _policy.Timeout is null && _places is null && _pipeline is null;
    }

    /// <summary>Whether the method has no limits, as most have none: its computations take the short way.</summary>
    public bool IsPlain { get; }

    /// <summary>Whether keeping a result runs code of the user's, which is to have its caller's context.</summary>
    public bool JudgesInContext => _policy.When is not null || _policy.DurationFrom is not null || _policy.Size is not null;

    /// <summary>
    /// Starts a computation whose result is kept in memory only. When the task completes, <see cref="Finish"/> is to end it, once,
    /// whoever waits for it.
    /// </summary>
    /// <param name="turn">The turn of the caller that starts the computation.</param>
    /// <param name="state">What <paramref name="core"/> needs.</param>
    /// <param name="core">The user's method.</param>
    /// <param name="usesToken">Whether the method has a use for a token; if no limit has either, it gets none.</param>
    /// <param name="tags">The tags of the result.</param>
    public ValueTask<TValue> Start<TState>(Turn<TKey, TValue> turn, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, bool usesToken, string[]? tags)
    {
        var cancellation = usesToken || !IsPlain ? new CancellationTokenSource() : null;
        var frame = turn.Begin(tags, cancellation);
        var crossing = frame.EnterHere();
        try
        {
            _method.Memoizer.ThrowIfDisposed();
            return IsPlain ? core(state, cancellation?.Token ?? CancellationToken.None) : WithinTimeoutAsync(frame.Parent, state, core, cancellation!);
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<TValue>(failure);
        }
        finally
        {
            frame.Leave(crossing);
        }
    }

    /// <inheritdoc cref="Start{TState}(Turn{TKey, TValue}, TState, Func{TState, CancellationToken, ValueTask{TValue}}, bool, string[])"/>
    /// <remarks>For a method that takes no token, without limits.</remarks>
    public ValueTask<TValue> Start<TState>(Turn<TKey, TValue> turn, TState state, Func<TState, ValueTask<TValue>> core, string[]? tags)
    {
        var frame = turn.Begin(tags, cancellation: null);
        var crossing = frame.EnterHere();
        try
        {
            _method.Memoizer.ThrowIfDisposed();
            return core(state);
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<TValue>(failure);
        }
        finally
        {
            frame.Leave(crossing);
        }
    }

    /// <summary>Ends a computation that was started, with what it came to.</summary>
    /// <param name="turn">The turn on which it was started. After this it belongs to its caller alone.</param>
    /// <param name="result">The task, which has completed.</param>
    /// <param name="owner">The object that the method was called on, for the callbacks of the policy.</param>
    public Outcome<TValue> Finish(Turn<TKey, TValue> turn, in ValueTask<TValue> result, object? owner)
    {
        Outcome<TValue> outcome;
        try
        {
            outcome = new(result.GetAwaiter().GetResult());
        }
        catch (Exception failure)
        {
            outcome = new(failure);
        }

        turn.Computation!.End();
        End(turn.Lock, turn.Number, outcome, owner);
        return outcome;
    }

    /// <summary>Runs a computation to its end, whoever waits for it. The task never fails: the outcome says how it ended. Await it once.</summary>
    /// <param name="turn">The turn on which it is started.</param>
    /// <param name="state">What <paramref name="core"/> needs.</param>
    /// <param name="core">The user's method.</param>
    /// <param name="usesToken">Whether the method has a use for a token; if no limit and no store has either, it gets none.</param>
    /// <param name="tags">The tags of the result.</param>
    /// <param name="owner">The object that the method was called on, for the callbacks of the policy.</param>
    /// <param name="takeOver">Whether a computation of another process is cut off: it began too early.</param>
    /// <param name="callersBlock">Whether its callers block threads, perhaps all of the pool: nothing that they wait for may need one.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome<TValue>> RunAsync<TState>(
        Turn<TKey, TValue> turn, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, bool usesToken, string[]? tags, object? owner, bool takeOver, bool callersBlock = false)
    {
        // When it has settled, the turn may be another call's.
        var (keyedLock, number) = (turn.Lock, turn.Number);
        var cancellation = usesToken || !IsPlain || _store is not null ? new CancellationTokenSource() : null;
        var frame = turn.Begin(tags, cancellation);
        frame.Enter();
        Outcome<TValue> outcome;
        Claimed<TValue>? claimed = null;
        try
        {
            _method.Memoizer.ThrowIfDisposed();
            if (_store is not null) claimed = await _store.ClaimAsync(keyedLock.Key, keyedLock.Stored?.Revision, tags, takeOver, cancellation!.Token).ConfigureAwait(false);
            TValue value =
                claimed is { IsFound: true } ? claimed.Found.Value!
                : IsPlain ? await core(state, cancellation?.Token ?? CancellationToken.None).ConfigureAwait(false)
                : await WithinTimeoutAsync(frame.Parent, state, core, cancellation!, callersBlock).ConfigureAwait(false);
            outcome = new(value);
        }
        catch (Exception failure)
        {
            outcome = new(failure);
        }

        frame.End();
        if (_store is null) End(keyedLock, number, outcome, owner);
        else await EndStoredAsync(claimed, keyedLock, number, outcome, tags, owner).ConfigureAwait(false);
        return outcome;
    }

    /// <summary>Runs a computation on its caller's thread.</summary>
    /// <exception cref="OperationCanceledException">The caller was cancelled: the turn was passed on.</exception>
    public Outcome<TValue> Run<TState>(
        Turn<TKey, TValue> turn, TState state, Func<TState, CancellationToken, TValue> core, string[]? tags, object? owner)
    {
        var (keyedLock, callerToken) = (turn.Lock, turn.CallerToken);
        var frame = turn.Begin(tags, cancellation: null);
        var crossing = frame.EnterHere();
        Claimed<TValue>? claimed = null;
        Outcome<TValue> outcome;
        try
        {
            _method.Memoizer.ThrowIfDisposed();
            if (_store is not null) claimed = _store.Claim(keyedLock.Key, keyedLock.Stored?.Revision, tags, turn.ToRefresh, callerToken);
            outcome = new(
                claimed is { IsFound: true } ? claimed.Found.Value!
                : IsPlain ? core(state, callerToken)
                : WithinTimeout(frame.Parent, state, core, callerToken));
        }
        catch (OperationCanceledException) when (callerToken.IsCancellationRequested)
        {
            // Only this caller was cancelled.
            Abandon(claimed);
            keyedLock.PassOn(turn.Number);
            throw;
        }
        catch (Exception failure)
        {
            outcome = new(failure);
        }
        finally
        {
            frame.End();
            frame.Leave(crossing);
        }

        if (_store is null) End(keyedLock, turn.Number, outcome, owner);
        else EndStored(claimed, keyedLock, turn.Number, outcome, tags, owner);
        return outcome;
    }

    /// <summary>Runs the method for one caller, within the limits, without a lock; nothing is kept.</summary>
    public async ValueTask<TValue> RunUncachedAsync<TState>(TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, CancellationToken callerToken)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(callerToken);
        try
        {
            EnterUncached();
            return await WithinTimeoutAsync(ComputationFrame.Current, state, core, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException) when (callerToken.IsCancellationRequested)
        {
            // It was the caller that had enough.
            throw new OperationCanceledException(callerToken);
        }
        finally
        {
            _method.Memoizer.Running.LeaveUncached();
        }
    }

    /// <inheritdoc cref="RunUncachedAsync"/>
    public TValue RunUncached<TState>(TState state, Func<TState, CancellationToken, TValue> core, CancellationToken callerToken)
    {
        try
        {
            EnterUncached();
            return WithinTimeout(ComputationFrame.Current, state, core, callerToken);
        }
        finally
        {
            _method.Memoizer.Running.LeaveUncached();
        }
    }

    /// <summary>The life that the policy gives to a value that is kept now; null if it is not to be kept at all.</summary>
    public EntryLife? LifeOf(TValue value, object? owner)
    {
        // The time first: a DurationFrom that subtracts the clock from an expiry must not give too much.
        long now = _clock.Now;
        TimeSpan? duration = _duration;
        if (_policy.DurationFrom is { } durationFrom)
        {
            duration = durationFrom(owner, value);
            if (duration == Timeout.InfiniteTimeSpan) duration = null;
            else if (duration <= TimeSpan.Zero) return null;
        }

        return EntryLife.Start(now, duration, _policy.Jitter, _policy.RefreshAfter);
    }

    /// <summary>The size that the policy gives to a value; 0 if values have none.</summary>
    public long SizeOf(TValue value, object? owner)
    {
        long size = _policy.Size?.Invoke(owner, value) ?? 0;
        return size >= 0 ? size : throw new InvalidOperationException($"{_method.Name}: the Size of a result is {size}, but a size is zero or more.");
    }

    // Counted first and asked then, so that a memoizer that is closing either sees the computation or is seen by it.
    private void EnterUncached()
    {
        _method.Memoizer.Running.EnterUncached();
        _method.Memoizer.ThrowIfDisposed();
    }

    private void End(KeyedLock<TKey, TValue> keyedLock, int turn, in Outcome<TValue> outcome, object? owner)
    {
        if (IsForNextCaller(outcome)) keyedLock.PassOn(turn);
        else Settle(keyedLock, outcome, JudgeCarefully(keyedLock, outcome, owner));
    }

    /// <summary>The store first: a result that it refuses is not kept in memory either.</summary>
    private void EndStored(Claimed<TValue>? claimed, KeyedLock<TKey, TValue> keyedLock, int turn, Outcome<TValue> outcome, string[]? tags, object? owner)
    {
        var verdict = JudgeStored(claimed, keyedLock, outcome, owner);
        try
        {
            using var claim = claimed?.Claim;
            if (claim is not null && verdict.Kept is { } kept && keyedLock.IsAttached)
            {
                if (!_store!.Complete(claim, keyedLock.Key, kept.Value, kept.Life, tags, kept.Weight)) verdict = Verdict<TKey, TValue>.Drop;
            }
            else if (claim is not null)
            {
                _store!.Abandon(claim);
            }
        }
        catch (Exception failure)
        {
            // The clock: whatever the store itself throws has been dealt with.
            verdict = Verdict<TKey, TValue>.Drop;
            CountKeepFailure(failure);
        }

        if (IsForNextCaller(outcome)) keyedLock.PassOn(turn);
        else Settle(keyedLock, outcome, verdict);
    }

    /// <inheritdoc cref="EndStored"/>
    private async ValueTask EndStoredAsync(Claimed<TValue>? claimed, KeyedLock<TKey, TValue> keyedLock, int turn, Outcome<TValue> outcome, string[]? tags, object? owner)
    {
        var verdict = JudgeStored(claimed, keyedLock, outcome, owner);
        try
        {
            using var claim = claimed?.Claim;
            if (claim is not null && verdict.Kept is { } kept && keyedLock.IsAttached)
            {
                if (!await _store!.CompleteAsync(claim, keyedLock.Key, kept.Value, kept.Life, tags, kept.Weight).ConfigureAwait(false)) verdict = Verdict<TKey, TValue>.Drop;
            }
            else if (claim is not null)
            {
                await _store!.AbandonAsync(claim).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            // The clock: whatever the store itself throws has been dealt with.
            verdict = Verdict<TKey, TValue>.Drop;
            CountKeepFailure(failure);
        }

        if (IsForNextCaller(outcome)) keyedLock.PassOn(turn);
        else Settle(keyedLock, outcome, verdict);
    }

    private Verdict<TKey, TValue> JudgeStored(Claimed<TValue>? claimed, KeyedLock<TKey, TValue> keyedLock, Outcome<TValue> outcome, object? owner)
    {
        // Another process has the claim: what it makes of the key is what counts.
        if (claimed is { IsBesideAnother: true }) return Verdict<TKey, TValue>.Drop;
        if (claimed is not { IsFound: true }) return JudgeCarefully(keyedLock, outcome, owner);

        keyedLock.TakeFromElsewhere(claimed.Found.Tags);
        return Verdict<TKey, TValue>.Keep(new(keyedLock.HashedKey, claimed.Found.Value!, claimed.Found.Life, claimed.Found.Tags, claimed.Found.Size));
    }

    private void Abandon(Claimed<TValue>? claimed)
    {
        if (claimed?.Claim is not { } claim) return;

        using (claim) _store!.Abandon(claim);
    }

    private bool IsForNextCaller(in Outcome<TValue> outcome) => outcome.Failure is not null && _policy.OnFailure == OnFailure.Retry;

    private Verdict<TKey, TValue> JudgeCarefully(KeyedLock<TKey, TValue> keyedLock, in Outcome<TValue> outcome, object? owner)
    {
        try
        {
            return Judge(keyedLock, outcome, owner);
        }
        catch (Exception failure)
        {
            CountKeepFailure(failure);
            return Verdict<TKey, TValue>.Drop;
        }
    }

    private void Settle(KeyedLock<TKey, TValue> keyedLock, in Outcome<TValue> outcome, in Verdict<TKey, TValue> verdict)
    {
        try
        {
            keyedLock.Settle(outcome, verdict);
            _method.AfterKeeping();
        }
        catch (Exception failure)
        {
            // Settled it has; it is not kept.
            CountKeepFailure(failure);
        }
    }

    private void CountKeepFailure(Exception failure)
    {
        _counters.CountKeepFailure();
        Log.ResultNotKept(_method.Memoizer.Logger, failure, _method.Name);
    }

    private Verdict<TKey, TValue> Judge(KeyedLock<TKey, TValue> keyedLock, in Outcome<TValue> outcome, object? owner)
    {
        if (outcome.Failure is not null)
            return _policy.FailureDuration is { } failureDuration ? Verdict<TKey, TValue>.Remember(CacheClock.Add(_clock.Now, failureDuration.Ticks)) : Verdict<TKey, TValue>.Drop;

        TValue value = outcome.GetValueOrThrow();
        if ((value is null && !_policy.CacheNull) || _policy.When?.Invoke(owner, value) == false)
            return Verdict<TKey, TValue>.Refuse(MissReason.Unsuccessful);

        return LifeOf(value, owner) is { } life ? Verdict<TKey, TValue>.Keep(new(keyedLock.HashedKey, value, life, keyedLock.Tags, SizeOf(value, owner))) : Verdict<TKey, TValue>.Refuse(MissReason.Expired);
    }

    private async ValueTask<TValue> WithinTimeoutAsync<TState>(
        ComputationFrame? parent, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, CancellationTokenSource cancellation, bool callersBlock = false)
    {
        if (_policy.Timeout is not { } limit) return await InPlaceAsync(parent, state, core, cancellation.Token).ConfigureAwait(false);

        // The clock runs before the method does, which may well work for a while before it returns its task.
        using var timer = CancelAfter(limit, cancellation, callersBlock);
        Task<TValue> task;
        try
        {
            task = InPlaceAsync(parent, state, core, cancellation.Token).AsTask();
            await (Scheduling?.WaitAsync(task, cancellation.Token) ?? task.WaitAsync(cancellation.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (task.IsCompleted) return await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled) when (cancellation.IsCancellationRequested)
        {
            throw TimedOut(limit, cancelled);
        }

        // Its callers go now. What the method, which was asked to stop, still comes to is dropped, and looked at by nobody else.
        _ = task.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        throw TimedOut(limit, cause: null);
    }

    private TValue WithinTimeout<TState>(ComputationFrame? parent, TState state, Func<TState, CancellationToken, TValue> core, CancellationToken callerToken)
    {
        if (_policy.Timeout is not { } limit) return InPlace(parent, state, core, callerToken);

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(callerToken);
        using var timer = CancelAfter(limit, cancellation, callersBlock: true);
        try
        {
            return InPlace(parent, state, core, cancellation.Token);
        }
        catch (OperationCanceledException cancelled) when (cancellation.IsCancellationRequested && !callerToken.IsCancellationRequested)
        {
            throw TimedOut(limit, cancelled);
        }
    }

    // Not the source's own timer: what a callback of the user's throws would end the process there.
    private IDisposable? CancelAfter(TimeSpan limit, CancellationTokenSource cancellation, bool callersBlock)
    {
        var due = Limits.ForTimer(limit);
        if (due == Timeout.InfiniteTimeSpan) return null;

        if (callersBlock && _clock.Provider == TimeProvider.System)
        {
            return Alarm.Set(
                due,
                static state =>
                {
                    var (method, computation) = ((CachedMethod, CancellationTokenSource))state;
                    method.CancelHere(computation);
                },
                (_method, cancellation));
        }

        return _clock.Provider.CreateTimer(
            static state =>
            {
                var (method, computation) = ((CachedMethod, CancellationTokenSource))state!;
                method.Cancel(computation);
            },
            (_method, cancellation),
            due,
            Timeout.InfiniteTimeSpan);
    }

    private async ValueTask<TValue> InPlaceAsync<TState>(
        ComputationFrame? parent, TState state, Func<TState, CancellationToken, ValueTask<TValue>> core, CancellationToken token)
    {
        bool takesPlace = TakesPlace(parent);
        if (takesPlace) await (Scheduling?.WaitAsync(_places!, token) ?? _places!.WaitAsync(token)).ConfigureAwait(false);
        try
        {
            return _pipeline is null
                ? await core(state, token).ConfigureAwait(false)
                : await _pipeline.ExecuteAsync(core, state, token).ConfigureAwait(false);
        }
        finally
        {
            if (takesPlace) _places!.Release();
        }
    }

    private TValue InPlace<TState>(ComputationFrame? parent, TState state, Func<TState, CancellationToken, TValue> core, CancellationToken token)
    {
        bool takesPlace = TakesPlace(parent);
        if (takesPlace)
        {
            if (Scheduling is { } scheduling) scheduling.Wait(_places!, token);
            else _places!.Wait(token);
        }

        try
        {
            return _pipeline is null ? core(state, token) : _pipeline.Execute(core, state, token);
        }
        finally
        {
            if (takesPlace) _places!.Release();
        }
    }

    private Scheduling? Scheduling => _method.Memoizer.Scheduling;

    // A computation that is part of another of the same method runs in that one's place: else the two could wait for each other.
    private bool TakesPlace(ComputationFrame? parent) => _places is not null && parent?.IsWithin(_method) != true;

    private TimeoutException TimedOut(TimeSpan limit, Exception? cause) =>
        new($"{_method.Name}: the computation was cancelled after its Timeout of {limit}.", cause);
}
