using System.Runtime.CompilerServices;
using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>
/// One random interleaving on a real cached method with a randomly drawn policy: asynchronous and synchronous calls through the
/// steps of generated code, refreshes, writes, cancellations and virtual time. The <see cref="ControlledScheduler"/> runs one step
/// at a time, and the seed chooses which.
/// </summary>
/// <remarks>
/// What the model promises:
/// 1. A call that came after its key was written (set, invalidated, cleared, by key or by tag) gets nothing whose computation
///    began before that; nor does anybody get such a value as a hit, nor is it kept.
/// 2. A hit has not expired; a stale value has not outlived <c>StaleOnError</c>; what was refused, failed or abandoned is not kept.
/// 3. No two computations whose results may be kept run for one key.
/// 4. A call to refresh gets what was begun after it came, unless it takes a stale value.
/// 5. A remembered failure is thrown for <c>FailureDuration</c> at most, and not beyond a write.
/// 6. A computation is cancelled when the last of its callers has gone, unless it was left running on purpose; and not before.
/// 7. Nobody computes what the second look would have found.
/// 8. Every call ends, and is counted once, as what it was; one that was cancelled is thrown its own token; nothing is left behind;
///    afterwards every key can be computed.
/// </remarks>
internal sealed class InterleavingGame : IDisposable
{
    private const int Keys = 3;
    private const int Never = int.MaxValue;

    private static readonly string[] Tags = ["even", "odd"];

    private readonly Random _random;
    private readonly ManualTimeProvider _time = new();
    private readonly ControlledScheduler _scheduler;
    private readonly CachePolicy<Value> _policy;
    private readonly Memoizer _memoizer;
    private readonly CachedMethod<int, Value> _cache;
    private readonly bool _isTight;
    private readonly bool _hasTags;
    private readonly int _runsOnTokenChance;

    private readonly List<(string Name, Action Start)> _toCome = [];
    private readonly List<Call> _calls = [];
    private readonly List<Run> _running = [];
    private readonly List<string> _moves = [];

    // The model of each key: the first step of the last write that is complete, and how many are under way.
    private readonly int[] _written = new int[Keys];
    private readonly int[] _writing = new int[Keys];
    private readonly int[] _ends = new int[Enum.GetValues<CallOutcome>().Length];
    private int _runs;
    private int _begun;
    private bool _isShutDown;
    private Exception? _violation;

    public InterleavingGame(int seed, ControlledScheduler.Workers workers)
    {
        _random = new Random(seed);
        _scheduler = new ControlledScheduler(workers, (uint)seed) { GoesOnAtOnce = () => OneIn(2) };
        _isTight = OneIn(6);
        _hasTags = OneIn(2);
        _runsOnTokenChance = _random.Next(1, 4);
        bool retries = OneIn(2);
        bool servesStale = OneIn(2);
        bool softens = servesStale && !OneIn(3);
        bool isImpatient = OneIn(3);
        _policy = new CachePolicy<Value>
        {
            Capacity = _isTight ? 2 : 20,
            Duration = Seconds(10),
            DurationFrom = (_, value) =>
            {
                value.KeptAt = Now;
                return value.IsShort ? TimeSpan.Zero : Seconds(10);
            },
            When = OneIn(2) ? (_, value) => !value.IsRefused : null,
            OnFailure = retries ? OnFailure.Retry : OnFailure.Share,
            FailureDuration = !retries && OneIn(3) ? Seconds(3) : null,
            StaleOnError = servesStale ? Seconds(10) : null,
            SoftTimeout = softens ? Seconds(2) : null,
            Timeout = OneIn(4) ? Seconds(5) : null,
            WaitTimeout = isImpatient ? Seconds(OneIn(2) ? 1 : 3) : null,
            OnWaitTimeout = isImpatient && OneIn(2) ? OnWaitTimeout.ComputeUncached : OnWaitTimeout.Throw,
            RefreshAfter = OneIn(2) ? Seconds(4) : null,
            MaxConcurrency = OneIn(4) ? _random.Next(1, 3) : null,
        };
        _memoizer = new Memoizer(new() { TimeProvider = _time, AutomaticPruning = false, Scheduling = _scheduler, Partitioning = OneIn(2) ? new(Partitions: 4, SplitAt: _random.Next(1, 4)) : null });
        _cache = ByHand.Method<int, Value>(_policy, _memoizer, "Tests.Interleavings");
        Array.Fill(_written, -1);

        int keys = _random.Next(1, Keys + 1);
        bool hasSynchronous = OneIn(3);
        for (int calls = _random.Next(2, 9); calls > 0; calls--) Plan(_random.Next(keys), isSynchronous: hasSynchronous && OneIn(2));
        for (int writes = _random.Next(4); writes > 0; writes--) PlanWrite(_random.Next(keys));
        if (OneIn(20)) _toCome.Add(("shut down", ShutDown));

        // Without a value at first, there is little that is stale or due for a refresh.
        if (OneIn(2)) _toCome.Insert(0, Setting(_random.Next(keys)));
    }

    /// <summary>What was chosen, step by step.</summary>
    public IReadOnlyList<string> Moves => _moves;

    public int Calls => _calls.Count;

    private int StepNumber => _moves.Count;

    private DateTimeOffset Now => _time.GetUtcNow();

    public void Play()
    {
        int disturbances = _random.Next(12);
        while (true)
        {
            if (disturbances > 0 && OneIn(5))
            {
                disturbances--;
                Disturb();
            }
            else if (!TryMove())
            {
                break;
            }

            Check();
        }

        CheckEnd();
    }

    public void Dispose() => _memoizer.Dispose();

    public override string ToString()
    {
        var options = typeof(CachePolicy<Value>).GetProperties().Where(option => option.GetValue(_policy) is not (null or Delegate)).Select(option => $"{option.Name} = {option.GetValue(_policy)}");
        return $"{string.Join(", ", options)}\n{string.Join('\n', _moves.Select((move, step) => $"{step + 1}. {move}"))}";
    }

    private void Plan(int key, bool isSynchronous)
    {
        var call = new Call(_calls.Count, key)
        {
            Cancellation = OneIn(2) ? new CancellationTokenSource() : null,
            IsSynchronous = isSynchronous,
            ToRefresh = OneIn(6),
        };
        _calls.Add(call);
        string name = $"{(call.ToRefresh ? "refresh" : "call")} {call.Number} of {key}";
        _toCome.Add((name, isSynchronous
            ? () => _scheduler.Begin(name, () => Watched(call, () => Answer(call))).GoOn()
            : () => _ = ControlledScheduler.Start(name, () => WatchedAsync(call))));
    }

    private void PlanWrite(int key)
    {
        switch (_random.Next(5))
        {
            case 0 or 1:
                _toCome.Add(Setting(key));
                break;
            case 2:
                _toCome.Add(Write($"invalidate {key}", other => other == key, () => Do(() => _cache.Invalidate(key))));
                break;
            case 3:
                _toCome.Add(Write("clear", _ => true, () => Do(_cache.Clear)));
                break;
            default:
                _toCome.Add(Write($"invalidate {Tags[key % 2]}", other => _hasTags && other % 2 == key % 2, () => Do(() => _memoizer.InvalidateTag(Tags[key % 2]))));
                break;
        }

        static bool Do(Action write)
        {
            write();
            return true;
        }
    }

    private (string Name, Action Start) Setting(int key)
    {
        // Where it stands among other writes is open until it is complete.
        var value = new Value(++_runs, key) { Began = Never };
        return Write($"set {key} to {value.Number}", other => other == key, () =>
        {
            int began = StepNumber;
            bool isAlone = _writing[key] == 1;
            if (_isShutDown)
            {
                Assert.Throws<ObjectDisposedException>(() => _cache.Set(key, value));
                return false;
            }

            _cache.Set(key, value, TagsOf(key));

            value.Began = StepNumber;
            if (!isAlone || _writing[key] > 1 || _written[key] >= began || _isTight || _isShutDown || Now >= value.KeptAt + Seconds(10)) return true;

            Require(_cache.TryPeek(key, out var kept) && (kept == value || kept.Began > began), $"The value that {key} was set to is lost.");
            return true;
        });
    }

    private (string Name, Action Start) Write(string name, Predicate<int> concerns, Func<bool> write) =>
        (name, () => _scheduler.Begin(name, () =>
        {
            int began = StepNumber;
            var keys = Enumerable.Range(0, Keys).Where(key => concerns(key)).ToList();
            foreach (int key in keys) _writing[key]++;
            bool isDone = write();
            foreach (int key in keys)
            {
                _writing[key]--;
                if (isDone) _written[key] = Math.Max(_written[key], began);
            }
        }).GoOn());

    private bool TryMove()
    {
        int choice = _random.Next(_toCome.Count + _scheduler.Parked.Count);
        if (choice < _toCome.Count)
        {
            var (name, start) = _toCome[choice];
            _toCome.RemoveAt(choice);
            Move($"{name} starts", start);
            return true;
        }

        // A step that cannot end its wait is no move; the next in turn may.
        int first = choice - _toCome.Count;
        for (int i = 0; i < _scheduler.Parked.Count; i++)
        {
            var step = _scheduler.Parked[(first + i) % _scheduler.Parked.Count];
            if (!step.CanGoOn)
            {
                bool cancelledFirst = OneIn(2);
                if (!(cancelledFirst ? step.TryCancel() || step.TryEnd() : step.TryEnd() || step.TryCancel())) continue;

                if (OneIn(2))
                {
                    Move($"{step.Name} has {(step.IsOver ? "what it waits for" : "seen its cancellation")} ({step.Number})", () => { });
                    return true;
                }
            }

            Move($"{step.Name} goes on{(step.IsCancelled ? ", cancelled" : "")} ({step.Number})", step.GoOn);
            return true;
        }

        if (_toCome.Count == 0) return false;

        var (last, begin) = _toCome[0];
        _toCome.RemoveAt(0);
        Move($"{last} starts", begin);
        return true;
    }

    private void Disturb()
    {
        switch (_random.Next(6))
        {
            case 0 or 1 or 2:
                double seconds = _random.Next(1, 8);
                Move($"{seconds} s pass", () => _time.Advance(Seconds(seconds)));
                break;

            case 3 or 4:
                var cancellable = _calls.Where(call => call.Cancellation is { IsCancellationRequested: false } && !call.HasEnded).ToList();
                if (cancellable.Count == 0) break;

                var cancelled = cancellable[_random.Next(cancellable.Count)];
                Move($"call {cancelled.Number} is cancelled", cancelled.Cancellation!.Cancel);
                break;

            default:
                Move("prune", () => _memoizer.Prune());
                break;
        }
    }

    private void Move(string name, Action move)
    {
        _moves.Add(name);
        move();
        if (_violation is not null) throw new InvalidOperationException(_violation.Message, _violation);
    }

    /// <summary>Adds what came of it to the last move.</summary>
    private void Note(string what) => _moves[^1] += $"; {what}";

    private void ShutDown()
    {
        _isShutDown = true;
        _memoizer.Dispose();
    }

    private async Task<bool> WatchedAsync(Call call)
    {
        Begin(call);
        try
        {
            var (value, outcome) = await AnswerAsync(call).ConfigureAwait(false);
            Receive(call, value, outcome);
        }
        catch (Exception failure)
        {
            Fail(call, failure);
        }

        return true;
    }

    private void Watched(Call call, Func<(Value, CallOutcome)> answer)
    {
        Begin(call);
        try
        {
            var (value, outcome) = answer();
            Receive(call, value, outcome);
        }
        catch (Exception failure)
        {
            Fail(call, failure);
        }
    }

    private void Begin(Call call)
    {
        call.Began = StepNumber;
        call.Floor = _written[call.Key];
    }

    // What generated code does, with a place for others to come in after each step.
    private async Task<(Value, CallOutcome)> AnswerAsync(Call call)
    {
        if (!call.ToRefresh && Look(call, out var hit)) return (hit, CallOutcome.Hit);

        await _scheduler.PauseAsync().ConfigureAwait(false);
        Turn<int, Value> turn;
        try
        {
            turn = call.ToRefresh
                ? await _cache.EnterToRefreshAsync(call.Key, call.Token).ConfigureAwait(false)
                : await _cache.EnterAsync(call.Key, call.Token).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            call.WasTurnedAway = true;
            throw;
        }

        try
        {
            Require(turn.Kind != TurnKind.Compute || turn.Lock.IsAttached, $"Call {call.Number} has the turn on a lock whose results are not kept.");
            var entered = Now;
            await _scheduler.PauseAsync().ConfigureAwait(false);
            if (LookAgain(call, turn, entered, out var found)) return found;

            await _scheduler.PauseAsync().ConfigureAwait(false);
            var value = await turn.ComputeAsync((game: this, call), static (at, token) => at.game.ComputeAsync(at.call.Key, at.call, token), TagsOf(call.Key)).ConfigureAwait(false);
            return Classified(call, value);
        }
        catch
        {
            call.WasCancelled = call.Token.IsCancellationRequested;
            throw;
        }
        finally
        {
            await _scheduler.PauseAsync().ConfigureAwait(false);
            turn.Dispose();
        }
    }

    private (Value, CallOutcome) Answer(Call call)
    {
        if (!call.ToRefresh && Look(call, out var hit)) return (hit, CallOutcome.Hit);

        _scheduler.Pause();
        Turn<int, Value> turn;
        try
        {
            turn = call.ToRefresh ? _cache.EnterToRefresh(call.Key, call.Token) : _cache.Enter(call.Key, call.Token);
        }
        catch (ObjectDisposedException)
        {
            call.WasTurnedAway = true;
            throw;
        }

        try
        {
            Require(turn.Kind != TurnKind.Compute || turn.Lock.IsAttached, $"Call {call.Number} has the turn on a lock whose results are not kept.");
            var entered = Now;
            _scheduler.Pause();
            if (LookAgain(call, turn, entered, out var found)) return found;

            _scheduler.Pause();
            var thread = Thread.CurrentThread;
            return Classified(call, turn.Compute((game: this, call, thread), static (at, token) => at.game.Compute(at.call.Key, at.call, at.thread, token), TagsOf(call.Key)));
        }
        catch
        {
            call.WasCancelled = call.Token.IsCancellationRequested;
            throw;
        }
        finally
        {
            _scheduler.Pause();
            turn.Dispose();
        }
    }

    private bool Look(Call call, out Value value)
    {
        if (_policy.RefreshAfter is null) return _cache.TryGet(call.Key, out value!);
        if (!_cache.TryGet(call.Key, out value!, out bool refresh)) return false;
        if (!refresh) return true;

        int key = call.Key;
        // A synchronous method that has waited for its place goes on where that was awaited: it cannot wait there.
        if (_policy.MaxConcurrency is not null || OneIn(2)) _cache.StartRefreshAsync(key, this, (game, token) => game.ComputeAsync(key, null, token), TagsOf(key));
        else _cache.StartRefresh(key, this, (game, token) => game.Compute(key, null, thread: null, token), TagsOf(key));
        return true;
    }

    private bool LookAgain(Call call, Turn<int, Value> turn, DateTimeOffset entered, out (Value, CallOutcome) found)
    {
        found = default;
        Value? value;
        try
        {
            if (!turn.TryGet(out value))
            {
                Require(call.ToRefresh || turn.Kind != TurnKind.Compute || !_cache.TryPeek(call.Key, out _), $"Call {call.Number} computes although there is a value.");
                return false;
            }
        }
        catch (ExpectedException failure) when (turn.Kind == TurnKind.Compute)
        {
            // With a Timeout, a computation ends only when its runner notices that the method has.
            Require(_policy.FailureDuration is { } duration && (_policy.Timeout is not null || Now < failure.Run.EndedAt + duration), $"A failure of {call.Key} was remembered for too long.");
            Require(failure.Run.Began >= _written[call.Key], $"A failure of {call.Key} was remembered beyond a write.");
            throw;
        }

        found = (value, turn.Kind switch
        {
            TurnKind.Outcome => turn.Lock.Outcome.Failure is null ? CallOutcome.Coalesced : CallOutcome.Stale,
            TurnKind.Stale => CallOutcome.Stale,
            _ => IsFresh(value) ? CallOutcome.Hit : CallOutcome.Stale,
        });
        if (found.Item2 == CallOutcome.Stale) CheckStale(value, turn.Kind == TurnKind.Stale ? entered : Now);
        return true;
    }

    private (Value, CallOutcome) Classified(Call call, Value value)
    {
        if (value.Number == call.Run?.Number) return (value, CallOutcome.Computed);

        CheckStale(value, Now);
        if (call.Run is { } run) run.IsLeftRunning = _running.Contains(run);
        return (value, CallOutcome.Stale);
    }

    private async ValueTask<Value> ComputeAsync(int key, Call? call, CancellationToken token)
    {
        var run = Enter(key, call, thread: null, token);
        try
        {
            for (int gates = _random.Next(3); gates > 0; gates--)
                await _scheduler.WaitAsync(static () => true, run.HonoursItsToken ? token : CancellationToken.None).ConfigureAwait(false);
            return End(run);
        }
        finally
        {
            Leave(run);
        }
    }

    private Value Compute(int key, Call? call, Thread? thread, CancellationToken token)
    {
        var run = Enter(key, call, thread, token);
        try
        {
            for (int gates = _random.Next(3); gates > 0; gates--)
                _scheduler.Wait(static () => true, run.HonoursItsToken ? token : CancellationToken.None);
            return End(run);
        }
        finally
        {
            Leave(run);
        }
    }

    private Run Enter(int key, Call? call, Thread? thread, CancellationToken token)
    {
        var frame = ComputationFrame.Current;
        var run = new Run(++_runs, key, (KeyedLock<int, Value>?)frame?.Lock, token)
        {
            Began = StepNumber,
            StartedAt = Now,
            IsAlone = frame is null || thread == Thread.CurrentThread,
            HonoursItsToken = OneIn(_runsOnTokenChance),
            IsInBackground = call is null,
        };
        foreach (var other in _running) Require(!CanBeKept(run) || other.Key != key || !CanBeKept(other), $"{key} is computed twice at once.");
        _running.Add(run);
        Note($"run {run.Number} begins{(run.IsAlone ? ", alone" : "")}");
        if (call is not null) call.Run = run;
        return run;
    }

    private Value End(Run run)
    {
        run.EndedAt = Now;
        switch (_random.Next(10))
        {
            case 0 or 1: throw new ExpectedException(run);
            case 2: throw new OperationCanceledException("The method has cancelled itself.");
        }

        bool wasAbandoned = !run.IsAlone && _policy.Timeout is null && run.Token.IsCancellationRequested;
        return new Value(run.Number, run.Key)
        {
            Began = run.Began,
            IsRefused = OneIn(8),
            IsShort = OneIn(8),
            WasAbandoned = wasAbandoned,
        };
    }

    private void Leave(Run run)
    {
        run.EndedAt = Now;
        _running.Remove(run);
        Note($"run {run.Number} ends");
    }

    private bool CanBeKept(Run run) => run.Lock is { IsAttached: true } && !(run.Token.IsCancellationRequested && !run.IsAlone) && run.Lock.Computation == run.Frame;

    private void Receive(Call call, Value value, CallOutcome outcome)
    {
        Require(value.Key == call.Key, $"Call {call.Number} of {call.Key} got a value of {value.Key}.");
        Require(value.Began >= call.Floor, $"Call {call.Number} came at {call.Began} and got {value.Number}, begun at {value.Began}, as {outcome}; {call.Key} was written from {call.Floor} on.");
        if (outcome == CallOutcome.Hit) Require(!call.ToRefresh, $"Refresh {call.Number} got a hit.");
        if (call.ToRefresh && outcome != CallOutcome.Stale) Require(value.Began >= call.Began, $"Refresh {call.Number} came at {call.Began} and got what began at {value.Began}.");
        Note($"call {call.Number}: {outcome} {value.Number}");
        Count(call, outcome);
    }

    private void Fail(Call call, Exception failure)
    {
        if (failure is Violation) return;

        Note($"call {call.Number}: {failure.GetType().Name}");

        bool isCancelled = call.WasCancelled ?? call.Token.IsCancellationRequested;
        switch (failure)
        {
            case ObjectDisposedException:
                Require(_isShutDown, "There was no shutdown.");
                if (call.WasTurnedAway) call.HasEnded = true;
                else Count(call, CallOutcome.Failed);
                break;

            case ExpectedException or TimeoutException:
                Count(call, CallOutcome.Failed);
                break;

            case OperationCanceledException when failure.Message.StartsWith("The method", StringComparison.Ordinal):
                Count(call, isCancelled && call.Run is { IsAlone: true } ? CallOutcome.Cancelled : CallOutcome.Failed);
                break;

            case OperationCanceledException cancelled when isCancelled:
                Require(_isShutDown || cancelled.CancellationToken == call.Token, $"Call {call.Number} was cancelled, and thrown another's token.");
                Count(call, CallOutcome.Cancelled);
                break;

            case OperationCanceledException:
                Require(_isShutDown, $"Call {call.Number} was not cancelled.");
                Count(call, CallOutcome.Failed);
                break;

            default:
                Require(false, $"Call {call.Number}: {failure}");
                break;
        }
    }

    private void Count(Call call, CallOutcome outcome)
    {
        Require(!call.HasEnded, $"Call {call.Number} ended twice.");
        call.HasEnded = true;
        _ends[(int)outcome]++;
        _begun++;
    }

    private bool IsFresh(Value value) => Now < value.KeptAt + Seconds(10);

    private void CheckStale(Value value, DateTimeOffset taken) =>
        Require(taken < value.KeptAt + Seconds(10) + (_policy.StaleOnError ?? TimeSpan.Zero), $"{value.Number} was served stale for too long.");

    private void Check()
    {
        _cache.Verify();
        foreach (var run in _running) CheckToken(run);
        for (int key = 0; key < Keys; key++)
        {
            if (!_cache.TryPeek(key, out var kept)) continue;

            Require(kept.Key == key, $"{key} has a value of {kept.Key}.");
            Require(IsFresh(kept) && !kept.IsShort, $"{kept.Number} has expired.");
            Require(_policy.When is null || !kept.IsRefused, $"{kept.Number} was refused, and is kept.");
            Require(!kept.WasAbandoned, $"{kept.Number} was abandoned, and is kept.");
            Require(kept.Began >= _written[key], $"{kept.Number}, begun at {kept.Began}, is kept; {key} was written from {_written[key]} on.");
        }
    }

    // A computation is cancelled when the last of its callers has gone, and not before; and when its time is over.
    private void CheckToken(Run run)
    {
        if (_policy.Timeout is { } limit && Now >= run.StartedAt + limit) Require(run.Token.IsCancellationRequested, $"Run {run.Number} has outlasted its time-out.");
        if (run.IsAlone || _isShutDown || _policy.Timeout is not null || run.Lock!.Computation != run.Frame) return;

        if (run.Token.IsCancellationRequested) Require(run.Lock.Callers == 0 && !run.IsLeftRunning, $"Run {run.Number} is cancelled, but wanted.");
        else Require(run.Lock.Callers > 0 || run.IsInBackground || _policy.SoftTimeout is not null, $"Nobody wants run {run.Number}.");
    }

    private void CheckEnd()
    {
        Require(_scheduler.Parked.Count == 0, $"These wait for ever: {string.Join(", ", _scheduler.Parked.Select(step => step.Name))}.");
        Require(_calls.TrueForAll(call => call.HasEnded), "A call has not ended.");
        Require(_running.Count == 0, "A computation has not ended.");
        Require(_memoizer.Running.Count == 0, $"{_memoizer.Running.Count} computations are counted.");
        Require(_cache.LockCount == 0, $"{_cache.LockCount} locks are left.");

        var statistics = _cache.Statistics;
        Require(statistics.Requests == _begun, $"{_begun} calls, {statistics.Requests} counted.");
        Require(statistics.Hits + statistics.Misses == statistics.Requests, "Hits and misses are not all.");
        Require(Enum.GetValues<MissReason>().Sum(statistics.MissesFor) == statistics.Misses, "There are misses without a reason.");
        Require(statistics.KeepFailures == 0, "A result could not be kept.");
        var counted = (statistics.Hits, statistics.Stale, statistics.Coalesced, statistics.Computed, statistics.Failed, statistics.Cancelled);
        var expected = (Ends(CallOutcome.Hit), Ends(CallOutcome.Stale), Ends(CallOutcome.Coalesced), Ends(CallOutcome.Computed), Ends(CallOutcome.Failed), Ends(CallOutcome.Cancelled));

        // What a call whose caller was cancelled gets from a shutdown looks the same from outside as its cancellation.
        if (_isShutDown) (counted, expected) = (counted with { Item5 = counted.Item5 + counted.Item6, Item6 = 0 }, expected with { Item5 = expected.Item5 + expected.Item6, Item6 = 0 });
        Require(counted == expected, $"Counted {counted}, ended as {expected} (hit, stale, coalesced, computed, failed, cancelled).");
        if (_isShutDown) return;

        _scheduler.GoesOnAtOnce = () => true;
        for (int key = 0; key < Keys; key++)
        {
            Require(_cache.Explain(key).State != EntryState.Refreshing, $"{key} waits for a refresh that has ended.");
            if (_cache.TryPeek(key, out _)) continue;

            // Time enough for a remembered failure to be forgotten, and for what is stale to go.
            _time.Advance(Seconds(30));
            var value = new Value(++_runs, key) { Began = StepNumber };
            var call = _cache.CallAsync(key, _ => Task.FromResult(value));
            Require(call.IsCompletedSuccessfully && call.Result == value, $"{key} cannot be computed any more.");
        }

        Require(_cache.LockCount == 0, "The last calls left locks.");
        _cache.Verify();

        long Ends(CallOutcome outcome) => _ends[(int)outcome];
    }

    private string[]? TagsOf(int key) => _hasTags ? [Tags[key % 2]] : null;

    private bool OneIn(int chances) => _random.Next(chances) == 0;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Message message)
    {
        if (!holds) throw Violated(message.ToString());
    }

    private void Require(bool holds, string message)
    {
        if (!holds) throw Violated(message);
    }

    // Also when it is thrown where nobody is that looks: inside a computation, say.
    private Violation Violated(string message)
    {
        var violation = new Violation(message);
        _violation ??= violation;
        return violation;
    }

    /// <summary>A message that is only put together if it is needed: most requirements hold.</summary>
    [InterpolatedStringHandler]
    internal ref struct Message
    {
        private DefaultInterpolatedStringHandler _text;
        private readonly bool _isNeeded;

        public Message(int literalLength, int formattedCount, bool holds, out bool isNeeded)
        {
            isNeeded = _isNeeded = !holds;
            if (isNeeded) _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public override string ToString() => _isNeeded ? _text.ToStringAndClear() : "";
    }

    /// <summary>A value: what made it, and the step at which that began.</summary>
    private sealed class Value(int number, int key)
    {
        public int Number { get; } = number;

        public int Key { get; } = key;

        public int Began { get; set; }

        /// <summary>When its life began, if it was to be kept.</summary>
        public DateTimeOffset? KeptAt { get; set; }

        public bool IsRefused { get; init; }

        public bool IsShort { get; init; }

        public bool WasAbandoned { get; init; }
    }

    private sealed class Call(int number, int key)
    {
        public int Number { get; } = number;

        public int Key { get; } = key;

        public CancellationTokenSource? Cancellation { get; init; }

        public CancellationToken Token => Cancellation?.Token ?? CancellationToken.None;

        public bool IsSynchronous { get; init; }

        public bool ToRefresh { get; init; }

        public int Began { get; set; }

        /// <summary>The first step of the last write before the call: nothing from before it may reach the call.</summary>
        public int Floor { get; set; }

        /// <summary>The computation that the call started.</summary>
        public Run? Run { get; set; }

        /// <summary>Whether its token was cancelled when it was thrown what it ended with; null if that was before it had a turn.</summary>
        public bool? WasCancelled { get; set; }

        /// <summary>Whether the memoizer was disposed when it came, so that it is not counted.</summary>
        public bool WasTurnedAway { get; set; }

        public bool HasEnded { get; set; }
    }

    /// <summary>A run of the user's method.</summary>
    private sealed class Run(int number, int key, KeyedLock<int, Value>? keyedLock, CancellationToken token)
    {
        public int Number { get; } = number;

        public int Key { get; } = key;

        /// <summary>The lock that it runs on; null if it runs for its caller alone, uncached.</summary>
        public KeyedLock<int, Value>? Lock { get; } = keyedLock;

        public ComputationFrame? Frame { get; } = keyedLock?.Computation;

        public CancellationToken Token { get; } = token;

        public int Began { get; init; }

        public DateTimeOffset StartedAt { get; init; }

        public DateTimeOffset EndedAt { get; set; }

        /// <summary>Whether its token is its caller's: it runs uncached, or on its caller's thread.</summary>
        public bool IsAlone { get; init; }

        public bool HonoursItsToken { get; init; }

        /// <summary>Whether a hit started it, so that it runs for nobody in particular.</summary>
        public bool IsInBackground { get; init; }

        /// <summary>Whether its caller has taken the stale value and left it running.</summary>
        public bool IsLeftRunning { get; set; }
    }

    private sealed class ExpectedException(Run run) : Exception
    {
        public Run Run { get; } = run;
    }

    private sealed class Violation(string message) : Exception(message);
}
