using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Memoize;

/// <summary>
/// The wait of the caller that started a computation. It goes on where the computation ends, as if it had awaited the method
/// itself, without a second trip through the thread pool; or earlier, if it is cancelled or the memoizer is shut down.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. The wait is idle, open, or ended (<c>_state</c>). It is opened by one caller, and it ends once: whoever ends it first says how.
/// 2. The result of the computation is taken exactly once, when it is there, whether or not it ended the wait: who made it may
///    use its place again after that, and the computation of a method whose results stay in memory is ended with it, for all its callers.
/// 3. The wait is used again only if the computation ended it and nothing can end it any more: no callback of the caller's token
///    runs, and the lock, which belongs to the same caller, has been settled by the computation.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The registration is given back when the wait has ended.")]
internal sealed class StartersWait<TKey, TValue> : IValueTaskSource<TValue>
    where TKey : notnull
{
    private const int Idle = 0;
    private const int Opened = 1;
    private const int Ended = 2;

    private readonly CachedMethod<TKey, TValue> _method;
    private readonly Action _takeOutcome;
    private readonly Action _endComputation;
    private ManualResetValueTaskSourceCore<Outcome<TValue>> _end;
    private ConfiguredValueTaskAwaitable<Outcome<TValue>>.ConfiguredValueTaskAwaiter _computation;
    private ValueTask<TValue> _result;
    private ComputationRunner<TKey, TValue>? _runner;
    private object? _owner;
    private CancellationTokenRegistration _registration;
    private Turn<TKey, TValue>? _turn;
    private int _state;
    private bool _endedByComputation;
    private bool _endedByCaller;

    public StartersWait(CachedMethod<TKey, TValue> method)
    {
        _method = method;
        _takeOutcome = TakeOutcome;
        _endComputation = EndComputation;
    }

    /// <summary>Whether the wait before has ended for good, so that another can begin.</summary>
    public bool IsIdle => Volatile.Read(ref _state) == Idle;

    /// <summary>Makes it the wait of a caller, unless it is another's. From here on it can be ended.</summary>
    public bool TryOpen(Turn<TKey, TValue> turn)
    {
        if (Interlocked.CompareExchange(ref _state, Opened, Idle) != Idle) return false;

        _turn = turn;
        return true;
    }

    /// <summary>Waits for the end of the computation, and then takes its outcome.</summary>
    public ValueTask<TValue> For(ValueTask<Outcome<TValue>> computation)
    {
        var wait = Begin();
        _computation = computation.ConfigureAwait(false).GetAwaiter();
        _computation.UnsafeOnCompleted(_takeOutcome);
        return wait;
    }

    /// <summary>Waits for the method of a computation that was started, ends the computation with what that comes to, and then takes its outcome.</summary>
    public ValueTask<TValue> For(ValueTask<TValue> result, ComputationRunner<TKey, TValue> runner, object? owner)
    {
        var wait = Begin();
        (_result, _runner, _owner) = (result, runner, owner);
        var awaiter = result.ConfigureAwait(false).GetAwaiter();
        if (runner.JudgesInContext) awaiter.OnCompleted(_endComputation);
        else awaiter.UnsafeOnCompleted(_endComputation);
        return wait;
    }

    /// <summary>Ends the wait before the computation does. The caller goes on on another thread.</summary>
    public void End(Outcome<TValue> outcome, bool byCaller = false)
    {
        if (!TryEnd()) return;

        _endedByCaller = byCaller;
        _end.RunContinuationsAsynchronously = true;
        _end.SetResult(outcome);
    }

    ValueTaskSourceStatus IValueTaskSource<TValue>.GetStatus(short token) => _end.GetStatus(token);

    void IValueTaskSource<TValue>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _end.OnCompleted(continuation, state, token, flags);

    TValue IValueTaskSource<TValue>.GetResult(short token)
    {
        var outcome = _end.GetResult(token);
        var (turn, isCancelled) = (_turn!, _endedByCaller);
        bool canEndAgain = turn.CallerToken.CanBeCanceled && !_registration.Unregister();
        if (_endedByComputation && !canEndAgain) Close();
        return _method.TakeOwnOutcome(turn, outcome, isCancelled);
    }

    // The wait may end at any time; when its caller notices is for the test to choose.
    private static async ValueTask<TValue> WhenChosenAsync(Scheduling scheduling, ValueTask<TValue> wait, CancellationToken callerToken)
    {
        try
        {
            await scheduling.WaitAsync(() => wait.IsCompleted, callerToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The cancellation has ended the wait, or came after its end.
        }

        return await wait.ConfigureAwait(false);
    }

    private ValueTask<TValue> Begin()
    {
        var wait = new ValueTask<TValue>(this, _end.Version);
        var token = _turn!.CallerToken;

        // Before the computation, which may have ended meanwhile, can end the wait.
        if (token.CanBeCanceled)
            _registration = token.UnsafeRegister(static (wait, token) => ((StartersWait<TKey, TValue>)wait!).End(new Outcome<TValue>(new OperationCanceledException(token)), byCaller: true), this);
        return _method.Memoizer.Scheduling is { } scheduling ? WhenChosenAsync(scheduling, wait, token) : wait;
    }

    private void TakeOutcome() => EndWith(_computation.GetResult());

    private void EndComputation() => EndWith(_runner!.Finish(_turn!, _result, _owner));

    private void EndWith(in Outcome<TValue> outcome)
    {
        if (!TryEnd()) return;

        // Where every end of a computation ends the next one, the stack has an end too.
        _endedByComputation = true;
        _end.RunContinuationsAsynchronously = !RuntimeHelpers.TryEnsureSufficientExecutionStack();
        _end.SetResult(outcome);
    }

    private void Close()
    {
        _end.Reset();
        _computation = default;
        (_result, _runner, _owner) = (default, null, null);
        _registration = default;
        _turn = null;
        (_endedByComputation, _endedByCaller) = (false, false);
        Volatile.Write(ref _state, Idle);
    }

    private bool TryEnd() => Interlocked.CompareExchange(ref _state, Ended, Opened) == Opened;
}
