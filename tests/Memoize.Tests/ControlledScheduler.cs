using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Memoize.Tests;

/// <summary>
/// Runs calls so that one step happens at a time, and the test says which. A step goes on until the code has to wait or
/// pauses; then what waits is <see cref="Parked"/>, and the test chooses what finds its wait over, or its token cancelled, and
/// when it goes on.
/// </summary>
/// <remarks>
/// Asynchronous code goes on inside <see cref="Step.GoOn"/>, on the thread of the test. Synchronous code has a worker thread of
/// its own, which the test hands the control to and waits for: only one thread ever runs.
/// </remarks>
internal sealed class ControlledScheduler(ControlledScheduler.Workers workers, uint seed = 1) : Scheduling
{
    private static readonly AsyncLocal<string?> Current = new();

    private readonly List<Step> _parked = [];
    private int _steps;

    public override uint Seed { get; } = seed;

    /// <summary>What waits for the test to let it go on, in the order in which it came.</summary>
    public IReadOnlyList<Step> Parked => _parked;

    /// <summary>Whether who finds that it need not wait goes on at once, as it does with a semaphore. The default is yes.</summary>
    public Func<bool> GoesOnAtOnce { get; set; } = static () => true;

    /// <summary>What waits now of what was started under a name.</summary>
    public Step this[string name] => _parked.Single(step => step.Name == name);

    /// <summary>What waits now of what was started under a name; null if that does not wait.</summary>
    public Step? Find(string name) => _parked.SingleOrDefault(step => step.Name == name);

    /// <summary>Plays on a plain thread, where nothing that is awaited wants to go on elsewhere.</summary>
    public static void Play(Action<Workers> body)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            using var workers = new Workers();
            try
            {
                body(workers);
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>Starts asynchronous code, up to where it first waits.</summary>
    public static Task<T> Start<T>(string name, Func<Task<T>> body)
    {
        string? before = Current.Value;
        Current.Value = name;
        try
        {
            return body();
        }
        finally
        {
            Current.Value = before;
        }
    }

    /// <summary>Lets synchronous code begin, on a thread of its own, when its step is told to go on.</summary>
    public Step Begin(string name, Action body)
    {
        var step = new Step(this, name, isOver: null, () => workers.Run(name, body), CancellationToken.None);
        _parked.Add(step);
        return step;
    }

    /// <summary>A place in asynchronous code where others may come in between.</summary>
    public Task PauseAsync() => WaitAsync(static () => true, CancellationToken.None);

    public override Task WaitAsync(Func<bool> isOver, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        if (GoesOnAtOnce() && isOver()) return Task.CompletedTask;

        var resumed = new TaskCompletionSource();
        Step? step = null;
        step = new Step(this, Current.Value, isOver, GoOn, cancellationToken);
        _parked.Add(step);
        return resumed.Task;

        void GoOn()
        {
            if (step!.IsCancelled) resumed.SetCanceled(cancellationToken);
            else resumed.SetResult();
        }
    }

    public override void Wait(Func<bool> isOver, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (GoesOnAtOnce() && isOver()) return;

        if (Park(isOver, cancellationToken).IsCancelled) throw new OperationCanceledException(cancellationToken);
    }

    public override void Queue(Action work) => Begin($"{Current.Value} beside", work);

    public override void Pause()
    {
        // Code on the thread of the test pauses where it awaits.
        if (Workers.Current is not null) Park(isOver: null, CancellationToken.None);
    }

    private Step Park(Func<bool>? isOver, CancellationToken cancellationToken)
    {
        var worker = Workers.Current ?? throw new InvalidOperationException("Synchronous code that waits has to be started with Begin.");
        var step = new Step(this, Current.Value, isOver, () => workers.GoOn(worker), cancellationToken);
        _parked.Add(step);
        workers.Return(worker);
        return step;
    }

    /// <summary>Code that waits, or has been let go but has not gone on.</summary>
    public sealed class Step
    {
        private readonly ControlledScheduler _scheduler;
        private readonly Func<bool>? _isOver;
        private readonly CancellationToken _cancellationToken;
        private readonly Action _goOn;

        public Step(ControlledScheduler scheduler, string? name, Func<bool>? isOver, Action goOn, CancellationToken cancellationToken)
        {
            _scheduler = scheduler;
            _isOver = isOver;
            _cancellationToken = cancellationToken;
            _goOn = goOn;
            Number = ++scheduler._steps;
            Name = name ?? "somebody";
            IsOver = isOver is null;
        }

        public int Number { get; }

        /// <summary>What was started, and waits here.</summary>
        public string Name { get; }

        /// <summary>Whether it has what it waited for.</summary>
        public bool IsOver { get; private set; }

        /// <summary>Whether it found its token cancelled.</summary>
        public bool IsCancelled { get; private set; }

        public bool CanGoOn => IsOver || IsCancelled;

        /// <summary>Looks whether the wait is over; if so, what it waited for is taken.</summary>
        public bool TryEnd() => CanGoOn || (IsOver = _isOver!());

        /// <summary>Looks whether the token is cancelled.</summary>
        public bool TryCancel() => CanGoOn || (IsCancelled = _cancellationToken.IsCancellationRequested);

        /// <summary>Lets the code run, up to where it waits or pauses again.</summary>
        public void GoOn()
        {
            Debug.Assert(CanGoOn, "It waits.");
            _scheduler._parked.Remove(this);
            _goOn();
        }
    }

    /// <summary>Threads for synchronous code, of which one runs at a time.</summary>
    public sealed class Workers : IDisposable
    {
        [ThreadStatic]
        private static Worker? _current;

        private readonly Stack<Worker> _idle = new();
        private readonly SemaphoreSlim _returned = new(0);

        public static Worker? Current => _current;

        public void Run(string name, Action body)
        {
            var worker = _idle.Count > 0 ? _idle.Pop() : new Worker();
            worker.Body = () =>
            {
                _current = worker;
                ControlledScheduler.Current.Value = name;
                try
                {
                    body();
                }
                catch (Exception failure)
                {
                    worker.Failure = failure;
                }

                _idle.Push(worker);
                _returned.Release();
            };
            GoOn(worker);
        }

        public void GoOn(Worker worker)
        {
            worker.Control.Release();
            if (!_returned.Wait(TimeSpan.FromSeconds(60))) throw new InvalidOperationException("A step did not end: it waits for something that the scheduler does not know.");
            if (worker.Failure is not { } failure) return;

            worker.Failure = null;
            throw new InvalidOperationException($"Synchronous code threw: {failure}", failure);
        }

        /// <summary>Gives the control back, and waits for it.</summary>
        public void Return(Worker worker)
        {
            _returned.Release();
            worker.Control.Wait();
        }

        public void Dispose()
        {
            foreach (var worker in _idle) worker.End();
            _returned.Dispose();
        }
    }

    public sealed class Worker
    {
        public Worker() => new Thread(Work) { IsBackground = true, Name = "Controlled" }.UnsafeStart();

        public SemaphoreSlim Control { get; } = new(0);

        public Action? Body { get; set; }

        public Exception? Failure { get; set; }

        public void End()
        {
            Body = null;
            Control.Release();
        }

        private void Work()
        {
            while (true)
            {
                Control.Wait();
                if (Body is not { } body) return;

                Body = null;
                ExecutionContext.Run(ExecutionContext.Capture()!, static body => ((Action)body!)(), body);
            }
        }
    }
}
