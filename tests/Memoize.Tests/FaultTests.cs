using Memoize.Testing;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>
/// Everything of the user's that the runtime calls — the method, callbacks, clock, timers, key equality, pipeline, logger —
/// throws once, at each of its uses in turn. Whatever that does to the calls of the moment: all of them end and are counted
/// once, no lock survives, and the next call works. (Semantics 1 and 4, D01)
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    public enum Fault
    {
        Method,
        When,
        DurationFrom,
        Clock,
        Timer,
        KeyEquality,
        Pipeline,
        Logger,
    }

    [Theory]
    [InlineData(Fault.Method)]
    [InlineData(Fault.When)]
    [InlineData(Fault.DurationFrom)]
    [InlineData(Fault.Clock)]
    [InlineData(Fault.Timer)]
    [InlineData(Fault.KeyEquality)]
    [InlineData(Fault.Pipeline)]
    [InlineData(Fault.Logger)]
    public async Task A_fault_at_each_use_in_turn_leaves_no_lock_and_the_next_call_works(Fault fault)
    {
        int uses = 0;
        for (int at = 1; ; at++)
        {
            var faults = new Faults(fault, at);
            await PlayAsync(faults);
            if (!faults.HasThrown) break;
            uses = at;
        }

        output.WriteLine($"{fault}: thrown at each of {uses} uses.");
        Assert.True(uses > 0, $"{fault} was never used.");
    }

    private static async Task PlayAsync(Faults faults)
    {
        var time = new FaultyTime(faults);
        using var memoizer = new Memoizer(new MemoizerOptions
        {
            TimeProvider = time,
            AutomaticPruning = false,
            LoggerFactory = new FaultyLogger(faults),
            Pipeline = _ => new FaultyPipeline(faults),
        });
        var cache = ByHand.Method<Key, string>(
            new()
            {
                Duration = TimeSpan.FromSeconds(10),
                StaleOnError = TimeSpan.FromSeconds(100),
                SoftTimeout = TimeSpan.FromSeconds(5),
                Timeout = TimeSpan.FromSeconds(50),
                WaitTimeout = TimeSpan.FromSeconds(40),
                RefreshAfter = TimeSpan.FromSeconds(5),
                MaxConcurrency = 2,
                FailureDuration = TimeSpan.FromSeconds(1),
                When = (_, _) => { faults.Use(Fault.When); return true; },
                DurationFrom = (_, _) => { faults.Use(Fault.DurationFrom); return TimeSpan.FromSeconds(10); },
            },
            memoizer);
        var key = new Key(1, faults);
        int calls = 0;
        async Task<string> Core(Task gate)
        {
            faults.Use(Fault.Method);
            await gate;
            faults.Use(Fault.Method);
            return "value";
        }

        // A miss with a waiter; a hit; a stale value with a waiter; a failure; a synchronous miss; a refresh; an invalidation.
        for (int round = 0; round < 2; round++)
        {
            var gate = new TaskCompletionSource();
            var leader = Called(() => cache.CallAsync(key, _ => Core(gate.Task)));
            var waiter = Called(() => cache.CallAsync(key, _ => Core(gate.Task)));
            if (round == 1) time.Inner.Advance(TimeSpan.FromSeconds(1));
            gate.SetResult();
            await AllEnd(leader, waiter);
            await AllEnd(Called(() => cache.CallAsync(key, _ => Core(Task.CompletedTask))));
            time.Inner.Advance(TimeSpan.FromSeconds(11));
        }

        await AllEnd(Called(() => cache.CallAsync(key, _ => throw new InvalidOperationException("down"))));
        await AllEnd(Called(() => cache.CallAsync(key, _ => throw new InvalidOperationException("down"))));
        time.Inner.Advance(TimeSpan.FromSeconds(200));
        await AllEnd(Called(() => Task.FromResult(cache.Call(key, _ => { faults.Use(Fault.Method); return "value"; }))));
        time.Inner.Advance(TimeSpan.FromSeconds(11));
        await AllEnd(Called(() => Task.FromResult(cache.Call(key, _ => { faults.Use(Fault.Method); return "value"; }))));
        await AllEnd(Called(async () =>
        {
            using var turn = await cache.EnterToRefreshAsync(key, CancellationToken.None);
            return turn.TryGet(out string? value) ? value : await turn.ComputeAsync(Task.CompletedTask, (gate, _) => new(Core(gate)));
        }));
        await AllEnd(Called(() => Task.FromResult(cache.Call(key, _ => "", new CancellationToken(canceled: true)))));
        time.Inner.Advance(TimeSpan.FromSeconds(6));
        await AllEnd(Called(async () =>
        {
            if (!cache.TryGet(key, out _, out bool refresh)) calls--;
            else if (refresh) await cache.RefreshAsync(key, 0, (_, _) => new ValueTask<string>(Core(Task.CompletedTask)), tags: null, owner: null);
            return "";
        }));
        Threads.WaitUntil(() => memoizer.Running.Count == 0);
        await AllEnd(Caught(() => { cache.Invalidate(key); return Task.FromResult(""); }));

        faults.Stop();

        // No lock is left, wherever it threw: locks leave by identity.
        time.Inner.Advance(TimeSpan.FromSeconds(1_000));
        Assert.Equal("works", await cache.CallAsync(key, _ => Task.FromResult("works")).WaitAsync(TimeSpan.FromSeconds(60)));
        Threads.WaitUntil(() => cache.LockCount == 0);
        Assert.True(cache.TryPeek(key, out var kept), $"Nothing was kept after a fault of {faults}.");
        Assert.Equal("works", kept);
        cache.Verify();
        var statistics = cache.Statistics;
        Assert.True(statistics.Requests == calls + 1, $"{statistics.Requests} of {calls + 1} calls were counted after a fault of {faults}.");
        Assert.Equal(statistics.Misses, Enum.GetValues<MissReason>().Sum(statistics.MissesFor));

        Task Called(Func<Task<string>> call)
        {
            calls++;
            return Caught(call);
        }
    }

    [Theory]
    [InlineData("TryGet")]
    [InlineData("TryGetTask")]
    [InlineData("TryGet, to refresh")]
    [InlineData("TryGetTask, to refresh")]
    [InlineData("Enter")]
    [InlineData("EnterAsync")]
    [InlineData("EnterToRefresh")]
    [InlineData("EnterToRefreshAsync")]
    public async Task A_call_whose_key_cannot_be_compared_is_counted_as_failed(string step)
    {
        foreach (bool hashThrows in (bool[])[true, false])
        {
            using var memoizer = new Memoizer();
            var cache = ByHand.Method<Incomparable, string>(memoizer: memoizer);
            var kept = new Incomparable();
            cache.Set(kept, "value");
            kept.EqualsThrows = !hashThrows;

            await Assert.ThrowsAsync<FaultException>(() => TakeAsync(step, cache, new Incomparable { HashThrows = hashThrows }));

            bool toRefresh = step.StartsWith("EnterToRefresh", StringComparison.Ordinal);
            Assert.Equal((1, 1), (cache.Statistics.Requests, cache.Statistics.Failed));
            Assert.Equal(1, cache.Statistics.MissesFor(toRefresh ? MissReason.Bypassed : MissReason.NotFound));
            Assert.Equal(0, cache.LockCount);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cancelled_call_whose_key_cannot_be_compared_is_counted_as_cancelled(bool hashThrows)
    {
        using var memoizer = new Memoizer();
        var cache = ByHand.Method<Incomparable, string>(memoizer: memoizer);
        var kept = new Incomparable();
        cache.Set(kept, "value");
        kept.EqualsThrows = !hashThrows;

        Assert.Throws<OperationCanceledException>(() => cache.Enter(new Incomparable { HashThrows = hashThrows }, new CancellationToken(canceled: true)));

        Assert.Equal((1, 1), (cache.Statistics.Requests, cache.Statistics.Cancelled));
    }

    [Fact]
    public void A_call_that_throws_between_its_steps_is_counted_as_failed()
    {
        using var memoizer = new Memoizer();
        var cache = ByHand.Method<int, string>(memoizer: memoizer);

        // As generated code may, where it copies arguments for the method.
        using (var turn = cache.Enter(1, CancellationToken.None)) Assert.False(turn.TryGet(out _));

        Assert.Equal((1, 1), (cache.Statistics.Requests, cache.Statistics.Failed));
    }

    private static async Task TakeAsync(string step, CachedMethod<Incomparable, string> cache, Incomparable key)
    {
        switch (step)
        {
            case "TryGet": cache.TryGet(key, out _); break;
            case "TryGetTask": cache.TryGetTask(key, out _); break;
            case "TryGet, to refresh": cache.TryGet(key, out _, out _); break;
            case "TryGetTask, to refresh": cache.TryGetTask(key, out _, out _); break;
            case "Enter": cache.Enter(key, CancellationToken.None).Dispose(); break;
            case "EnterAsync": (await cache.EnterAsync(key, CancellationToken.None)).Dispose(); break;
            case "EnterToRefresh": cache.EnterToRefresh(key, CancellationToken.None).Dispose(); break;
            default: (await cache.EnterToRefreshAsync(key, CancellationToken.None)).Dispose(); break;
        }
    }

    private static async Task Caught(Func<Task<string>> call)
    {
        try
        {
            await call();
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException or FaultException or OperationCanceledException)
        {
            // What the fault does to the call of the moment is not the question here.
        }
    }

    private static async Task AllEnd(params Task[] calls) => await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(60));

    private sealed class FaultException(string message) : Exception(message);

    private sealed class Faults(Fault fault, int at)
    {
        private int _uses;
        private bool _stopped;

        public bool HasThrown { get; private set; }

        public void Use(Fault used)
        {
            if (used != fault || Volatile.Read(ref _stopped) || Interlocked.Increment(ref _uses) != at) return;

            HasThrown = true;
            throw new FaultException($"{this}");
        }

        public void Stop() => Volatile.Write(ref _stopped, true);

        public override string ToString() => $"{fault} at use {at}";
    }

    /// <summary>A key that equals every other of its kind, as long as it can.</summary>
    private sealed class Incomparable : IEquatable<Incomparable>
    {
        public bool HashThrows { get; init; }

        public bool EqualsThrows { get; set; }

        public bool Equals(Incomparable? other) => EqualsThrows ? throw new FaultException("No equality.") : other is not null;

        public override bool Equals(object? obj) => Equals(obj as Incomparable);

        public override int GetHashCode() => HashThrows ? throw new FaultException("No hash.") : 1;
    }

    private sealed class Key(int value, Faults faults) : IEquatable<Key>
    {
        private readonly int _value = value;

        public bool Equals(Key? other)
        {
            faults.Use(Fault.KeyEquality);
            return _value == other?._value;
        }

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode()
        {
            faults.Use(Fault.KeyEquality);
            return _value;
        }
    }

    private sealed class FaultyTime(Faults faults) : TimeProvider
    {
        public ManualTimeProvider Inner { get; } = new();

        public override DateTimeOffset GetUtcNow()
        {
            faults.Use(Fault.Clock);
            return Inner.GetUtcNow();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            faults.Use(Fault.Timer);
            return Inner.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class FaultyPipeline(Faults faults) : ComputationPipeline
    {
        public override async ValueTask<TValue> ExecuteAsync<TState, TValue>(Func<TState, CancellationToken, ValueTask<TValue>> computation, TState state, CancellationToken cancellationToken)
        {
            faults.Use(Fault.Pipeline);
            var value = await computation(state, cancellationToken);
            faults.Use(Fault.Pipeline);
            return value;
        }

        public override TValue Execute<TState, TValue>(Func<TState, CancellationToken, TValue> computation, TState state, CancellationToken cancellationToken)
        {
            faults.Use(Fault.Pipeline);
            return computation(state, cancellationToken);
        }
    }

    [Fact]
    public async Task A_progress_that_throws_does_not_end_the_warming_and_is_logged_once()
    {
        var log = new RecordingLoggerFactory();
        using var memoizer = new Memoizer(new() { LoggerFactory = log });
        var cache = ByHand.Method<int, int>(memoizer: memoizer);

        await cache.WarmAsync(Enumerable.Range(0, 10), async (key, _) => await cache.CallAsync(key, _ => Task.FromResult(key)), parallelism: 2, new FaultyProgress(), CancellationToken.None);

        Assert.Equal(10, cache.Statistics.Entries);
        Assert.Equal(9, Assert.Single(log.Records).EventId);
    }

    private sealed class FaultyProgress : IProgress<int>
    {
        public void Report(int value) => throw new InvalidOperationException($"{value} inputs are too many to show.");
    }

    private sealed class FaultyLogger(Faults faults) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel)
        {
            faults.Use(Fault.Logger);
            return true;
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            faults.Use(Fault.Logger);
    }
}
