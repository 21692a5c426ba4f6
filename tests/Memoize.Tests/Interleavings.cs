using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>
/// Plays random interleavings of callers, computations and invalidations on the real locks and the real memory store, one
/// atomic step at a time on one thread, and checks them against a model after every step. The seed decides everything:
/// a failure names its seed, and <c>new Game(seed).Play()</c> plays it again.
/// </summary>
public sealed class Interleavings(ITestOutputHelper output)
{
    private const int Games = 20_000;

    [Fact]
    public void Random_interleavings_keep_the_invariants_of_locks_computations_and_store()
    {
        int first = Environment.TickCount & 0xFFFFFF;
        long steps = 0;
        for (int seed = first; seed < first + Games; seed++)
        {
            try
            {
                steps += new Game(seed).Play();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {seed}: {failure.Message}", failure);
            }
        }

        output.WriteLine($"{Games} interleavings of {steps} steps, seeds from {first}.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_same_seed_plays_the_same_game(int seed)
    {
        var one = new Game(seed);
        var two = new Game(seed);
        one.Play();
        two.Play();

        Assert.Equal(one.Moves, two.Moves);
    }

    /// <summary>A value: which computation or set made it, and when that began.</summary>
    private sealed record Value(int Number, int Began);

    /// <summary>A set on its way.</summary>
    private sealed class Setting(KeyedLock<int, Value> keyedLock)
    {
        public KeyedLock<int, Value> Lock { get; } = keyedLock;

        public bool HasKept { get; set; }
    }

    private enum Stage
    {
        Outside,
        Waiting,
        HasTurn,
        Computing,
        Gone,
    }

    private sealed class Caller(int number)
    {
        public int Number { get; } = number;

        public int Key { get; set; }

        public int Began { get; set; }

        public Stage Stage { get; set; }

        public int Turn { get; set; }

        public KeyedLock<int, Value>? Lock { get; set; }

        public Run? Run { get; set; }

        /// <summary>Whether it computes on its own thread, as callers of synchronous methods do, so that nobody can abandon it.</summary>
        public bool IsSynchronous { get; set; }
    }

    /// <summary>A computation.</summary>
    private sealed class Run(KeyedLock<int, Value> keyedLock, int turn, Value value, ComputationFrame frame, CancellationTokenSource cancellation)
    {
        public KeyedLock<int, Value> Lock { get; } = keyedLock;

        public int Turn { get; } = turn;

        public Value Value { get; } = value;

        public ComputationFrame Frame { get; } = frame;

        public CancellationTokenSource Cancellation { get; } = cancellation;

        public bool WasInvalidated { get; set; }

        public bool HasEnded { get; set; }

        public Outcome<Value> Outcome { get; set; }
    }

    private sealed class Game
    {
        private const int Keys = 2;

        private readonly Random _random;
        private readonly CachedMethod<int, Value> _method = ByHand.Method<int, Value>(name: "Tests.Interleavings");
        private readonly ManualTimeProvider _time = new();
        private readonly MemoryStore<int, Value> _memory;
        private readonly KeyedLocks<int, Value> _locks;
        private readonly List<Caller> _callers;
        private readonly List<Run> _runs = [];
        private readonly OnFailure _onFailure;

        // What the model knows of each key: the step at which it was last invalidated or set, and the one from which on nobody
        // who comes may get anything older.
        private readonly int[] _written = new int[Keys];
        private readonly int[] _inForce = new int[Keys];

        // Setting is three steps: the turn of the key is taken, the value is kept, the turn is given back.
        private readonly List<Setting> _sets = [];
        private int _step;
        private int _values;

        public Game(int seed)
        {
            _random = new Random(seed);
            _onFailure = _random.Next(2) == 0 ? OnFailure.Share : OnFailure.Retry;
            _memory = new MemoryStore<int, Value>(
                new() { Capacity = _random.Next(1, 3), Duration = TimeSpan.FromSeconds(10) }, new CacheClock(_time), new MethodCounters());
            _locks = new KeyedLocks<int, Value>(_method, _memory);
            _callers = [.. Enumerable.Range(0, _random.Next(2, 6)).Select(number => new Caller(number))];
        }

        public List<string> Moves { get; } = [];

        public int Play()
        {
            int disturbances = _random.Next(10);
            while (true)
            {
                var moves = new List<(string Name, Action Move)>();
                foreach (var caller in _callers) AddMoves(caller, moves);
                foreach (var run in _runs.Where(run => !run.HasEnded)) AddMoves(run, moves);
                foreach (var setting in _sets.ToList()) AddMoves(setting, moves);

                // A permit may lie there for a while before somebody takes it, and anybody may be the one.
                var waiting = _callers.Where(caller => caller.Stage == Stage.Waiting).OrderBy(_ => _random.Next()).ToList();
                if (moves.Count == 0 || _random.Next(2) == 0)
                {
                    if (waiting.Any(TryWakeUp)) continue;
                }

                if (moves.Count == 0) break;

                if (disturbances > 0 && _random.Next(6) == 0)
                {
                    disturbances--;
                    AddDisturbances(moves);
                }

                var (name, move) = moves[_random.Next(moves.Count)];
                _step++;
                Moves.Add(name);
                move();
                Check();
            }

            // Invariant 6 of the lock: nobody is left waiting when nothing can move any more.
            Require(_callers.All(caller => caller.Stage == Stage.Gone), $"Somebody waits for ever, after: {string.Join(", ", Moves)}");
            Require(_locks.Count == 0, $"{_locks.Count} locks are left, after: {string.Join(", ", Moves)}");
            Require(!_locks.Running.Any(), "A computation is left.");
            return _step;
        }

        private void AddMoves(Caller caller, List<(string Name, Action Move)> moves)
        {
            switch (caller.Stage)
            {
                case Stage.Outside:
                    moves.Add(($"{caller.Number} enters", () => Enter(caller, _random.Next(Keys))));
                    break;

                case Stage.Waiting:
                    if (_random.Next(20) == 0) moves.Add(($"{caller.Number} is cancelled while waiting", () => Leave(caller)));
                    break;

                case Stage.HasTurn:
                    moves.Add(($"{caller.Number} looks again", () => LookAgain(caller)));
                    if (_random.Next(20) == 0) moves.Add(($"{caller.Number} throws before it looks", () => Leave(caller)));
                    break;

                case Stage.Computing when caller.Run!.HasEnded:
                    moves.Add(($"{caller.Number} takes what it computed", () => TakeOutcome(caller, caller.Run!.Outcome)));
                    break;

                case Stage.Computing when !caller.IsSynchronous:
                    if (_random.Next(10) == 0) moves.Add(($"{caller.Number} is cancelled while computing", () => Leave(caller)));
                    break;
            }
        }

        private void AddMoves(Run run, List<(string Name, Action Move)> moves)
        {
            moves.Add(($"run {run.Value.Number} ends with a value", () => End(run, new Outcome<Value>(run.Value))));
            moves.Add(($"run {run.Value.Number} fails", () => End(run, new Outcome<Value>(new InvalidOperationException()))));
        }

        private void AddMoves(Setting setting, List<(string Name, Action Move)> moves)
        {
            int key = setting.Lock.Key;
            if (setting.HasKept)
            {
                moves.Add(($"set {key} gives the turn back", () => { _sets.Remove(setting); setting.Lock.Leave(turn: 1); }));
                return;
            }

            moves.Add(($"set {key} keeps", Keep));

            void Keep()
            {
                // Cut off itself by another set or an invalidation, it is as if it had come before that one.
                if (setting.Lock.IsAttached) Write(key);
                _memory.Keep(key, new Value(++_values, _step), Life(), tags: null);
                setting.HasKept = true;
            }
        }

        private void AddDisturbances(List<(string Name, Action Move)> moves)
        {
            int key = _random.Next(Keys);
            moves.Add(($"invalidate {key}", () => { Write(key); _locks.Detach(key); _memory.Remove(key, MissReason.Invalidated); }));
            moves.Add(($"set {key} takes the turn", () => { Supersede(key); _sets.Add(new Setting(_locks.EnterAlone(key))); }));
            moves.Add(("clear", () => { for (int i = 0; i < Keys; i++) Write(i); _locks.DetachAll(); _memory.Clear(); }));
            moves.Add(("time passes", () => _time.Advance(TimeSpan.FromSeconds(6))));
            moves.Add(("prune", () => _memory.Prune()));
        }

        private void Write(int key)
        {
            _written[key] = _inForce[key] = _step;
            Supersede(key);
        }

        // What runs now must not be kept over what is written now.
        private void Supersede(int key)
        {
            foreach (var run in _runs.Where(run => !run.HasEnded && run.Lock.Key == key)) run.WasInvalidated = true;
        }

        private void Enter(Caller caller, int key)
        {
            caller.Key = key;
            caller.Began = _step;
            if (_memory.TryGetFresh(key, out var entry))
            {
                Receive(caller, entry.Value);
                caller.Stage = Stage.Gone;
                return;
            }

            EnterLock(caller);
        }

        private void EnterLock(Caller caller)
        {
            caller.Lock = _locks.Enter(caller.Key, out bool hasTurn);
            caller.Turn = hasTurn ? 1 : 0;
            caller.Stage = hasTurn ? Stage.HasTurn : Stage.Waiting;
        }

        private bool TryWakeUp(Caller caller)
        {
            if (!caller.Lock!.TryWait(out var woken)) return false;

            _step++;
            Moves.Add($"{caller.Number} wakes up");
            WakeUp(caller, woken.Wake, woken.Turn);
            Check();
            return true;
        }

        private void WakeUp(Caller caller, KeyedLock<int, Value>.Wake wake, int turn)
        {
            switch (wake)
            {
                case KeyedLock<int, Value>.Wake.Turn:
                    caller.Turn = turn;
                    caller.Stage = Stage.HasTurn;
                    break;

                case KeyedLock<int, Value>.Wake.StartOver:
                    caller.Lock!.Leave(0);
                    EnterLock(caller);
                    break;

                default:
                    TakeOutcome(caller, caller.Lock!.Outcome);
                    break;
            }
        }

        private void LookAgain(Caller caller)
        {
            if (caller.Lock!.LookAgain(_memory, out var entry))
            {
                Receive(caller, entry.Value);
                Leave(caller);
                return;
            }

            var cancellation = new CancellationTokenSource();
            caller.IsSynchronous = _random.Next(3) == 0;
            var frame = caller.Lock.Begin(tags: null, caller.IsSynchronous ? null : cancellation);
            var run = new Run(caller.Lock, caller.Turn, new Value(++_values, _step), frame, cancellation) { WasInvalidated = _written[caller.Key] > _step };
            foreach (var other in _runs.Where(other => other.Lock == caller.Lock)) Require(other.HasEnded, "Two computations run on one lock.");
            _runs.Add(run);
            caller.Run = run;
            caller.Stage = Stage.Computing;
        }

        private void End(Run run, Outcome<Value> outcome)
        {
            run.HasEnded = true;
            run.Outcome = outcome;
            run.Frame.End();
            bool isFailure = outcome.Failure is not null;
            var kept = _memory.TryPeek(run.Lock.Key, out var before) ? before.Value : null;

            if (isFailure && _onFailure == OnFailure.Retry) run.Lock.PassOn(run.Turn);
            else run.Lock.Settle(outcome, isFailure ? Verdict.Drop : Verdict.Keep(Life()), _memory);

            bool isKept = _memory.TryPeek(run.Lock.Key, out var after) && after.Value == run.Value;
            Require(!isKept || !run.WasInvalidated, $"Run {run.Value.Number} was invalidated, and kept.");
            Require(!isKept || !run.Cancellation.IsCancellationRequested, $"Run {run.Value.Number} was abandoned, and kept.");
            Require(!isKept || !isFailure, "A failure was kept as a value.");
            if (isFailure) Require(kept == (_memory.TryPeek(run.Lock.Key, out var still) ? still.Value : null), "A failure changed what is kept.");
        }

        private void TakeOutcome(Caller caller, Outcome<Value> outcome)
        {
            if (outcome.Failure is null) Receive(caller, outcome.GetValueOrThrow(), ownOrJoined: true);
            Leave(caller);
        }

        private void Leave(Caller caller)
        {
            var keyedLock = caller.Lock!;
            var abandoned = keyedLock.Leave(caller.Turn);
            caller.Stage = Stage.Gone;
            bool runsOn = _runs.Any(run => run.Lock == keyedLock && !run.HasEnded && keyedLock.Callers == 0);
            Require(runsOn == abandoned is not null, "A computation was left running that nobody waits for.");
            if (abandoned is null) return;

            // Invariant 5: nobody is left inside a lock whose computation is cancelled.
            Require(_callers.All(other => other.Stage == Stage.Gone || other.Stage == Stage.Outside || other.Lock != keyedLock), "A computation was cancelled while somebody wants it.");
            abandoned.Cancel();
        }

        // What a caller may get: a value that was not outdated when the call began. What was being computed when its key was
        // invalidated may still go to those who were inside then, but to nobody who came later.
        private void Receive(Caller caller, Value value, bool ownOrJoined = false)
        {
            int written = _written[caller.Key];
            bool outdated = value.Began < written;
            Require(!outdated || (ownOrJoined && caller.Began <= _inForce[caller.Key]), $"{caller.Number} came at {caller.Began} and got a value of {value.Began}, invalidated at {written}, after: {string.Join(", ", Moves)}");
        }

        private void Check()
        {
            _memory.Verify();
            for (int key = 0; key < Keys; key++)
            {
                var inside = _callers.Where(caller => caller.Stage is Stage.Waiting or Stage.HasTurn or Stage.Computing && caller.Key == key).ToList();
                int attached = _locks.CallersOf(key);
                int Settings(KeyedLock<int, Value> of) => _sets.Count(setting => setting.Lock == of);

                // Invariants 1 and 2: the lock in the table knows exactly its callers, and there is none without callers.
                Require(
                    attached == 0
                        || inside.GroupBy(caller => caller.Lock).Any(group => group.Count() + Settings(group.Key!) == attached)
                        || _sets.Any(setting => setting.Lock.Key == key && Settings(setting.Lock) == attached),
                    $"The lock of {key} counts {attached} callers.");
                foreach (var group in inside.GroupBy(caller => caller.Lock))
                {
                    int callers = group.Count() + Settings(group.Key!);
                    Require(group.Key!.Callers == callers, $"A lock of {key} counts {group.Key.Callers} callers; there are {callers}.");

                    // Invariant 3: one of them has the turn at most.
                    Require(group.Count(caller => caller.Stage == Stage.HasTurn) <= 1, "Two callers have the turn.");
                }
            }
        }

        private EntryLife Life() => EntryLife.Start(new CacheClock(_time).Now, TimeSpan.FromSeconds(10), jitter: 0, refreshAfter: null);

        private static void Require(bool holds, string message)
        {
            if (!holds) throw new InvalidOperationException(message);
        }
    }
}
