namespace Memoize.Tests;

/// <summary>
/// Semantic 2, whole: who is cancelled × when × whether the core honours its token, for methods that return <c>Task</c>,
/// <c>ValueTask</c> or the value itself. Each cell says how each caller ends, how often the core runs and what is kept;
/// a newcomer, the counts and the locks tell whether that is what happened.
/// </summary>
public sealed class CancellationMatrix
{
    public enum Form
    {
        Task,
        ValueTask,
    }

    public enum Who
    {
        TheOneWhoStarted,
        AWaiter,
        All,
    }

    public enum When
    {
        BeforeTheCall,
        /// <summary>The cancelled are gone before the core ends.</summary>
        During,

        /// <summary>The cancellation ends the wait, and the core ends before the cancelled have gone.</summary>
        JustBeforeItEnds,

        /// <summary>The end of the core ends the wait, and the cancellation comes before anybody has gone on.</summary>
        JustAfterItEnds,
    }

    private enum End
    {
        None,
        Computed,
        Coalesced,
        Cancelled,
    }

    /// <summary>What must hold in the end.</summary>
    /// <param name="Starter">How the caller that came first ends.</param>
    /// <param name="Waiter">How the caller that came second ends.</param>
    /// <param name="Runs">How often the core runs for these two.</param>
    /// <param name="Kept">Whether there is a value afterwards.</param>
    private sealed record Cell(End Starter, End Waiter, int Runs, bool Kept = true)
    {
        /// <summary>Compares how it went with the cell, after everything has ended.</summary>
        public void Verify(CachedMethod<string, string> cache, int runs, bool starterWasCancelled, bool waiterWasCancelled)
        {
            Assert.Equal((Starter == End.Cancelled, Waiter == End.Cancelled, Runs), (starterWasCancelled, waiterWasCancelled, runs));
            Assert.Equal(0, cache.LockCount);
            Assert.Equal(0, cache.Memoizer.Running.Count);
            Assert.Equal(Kept, cache.TryPeek("key", out string? value));
            if (Kept) Assert.Equal("value", value);

            // A newcomer finds the value or starts afresh: nobody who was cancelled is in its way.
            Assert.Equal(Kept ? "value" : "fresh", cache.Call("key", _ => "fresh"));

            var statistics = cache.Statistics;
            End[] ends = [Starter, Waiter, Kept ? End.None : End.Computed];
            Assert.Equal(
                (Kept ? 1 : 0, Count(End.Computed), Count(End.Coalesced), Count(End.Cancelled), 0, 0),
                (statistics.Hits, statistics.Computed, statistics.Coalesced, statistics.Cancelled, statistics.Failed, statistics.Stale));
            Assert.Equal(3, statistics.Requests);
            Assert.Equal(3, statistics.Hits + statistics.Misses);
            Assert.Equal(statistics.Misses, statistics.MissesFor(MissReason.NotFound));
            Assert.Equal(1, statistics.Entries);
            Assert.Equal(0, cache.LockCount);
            cache.Verify();

            long Count(End end) => ends.Count(one => one == end);
        }
    }

    public static TheoryData<Form, Who, When, bool> AsynchronousCases()
    {
        var cases = new TheoryData<Form, Who, When, bool>();
        foreach (var form in Enum.GetValues<Form>())
            foreach (var (who, when, coreHonoursItsToken) in Cells()) cases.Add(form, who, when, coreHonoursItsToken);
        return cases;
    }

    public static TheoryData<Who, When, bool> SynchronousCases()
    {
        var cases = new TheoryData<Who, When, bool>();
        foreach (var (who, when, coreHonoursItsToken) in Cells()) cases.Add(who, when, coreHonoursItsToken);
        return cases;
    }

    [Theory]
    [MemberData(nameof(AsynchronousCases))]
    public void A_cancelled_caller_is_gone_at_once_and_harms_nobody(Form form, Who who, When when, bool coreHonoursItsToken) =>
        ControlledScheduler.Play(workers =>
        {
            var cell = Asynchronous(who, when);
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(memoizer: memoizer);
            using var cancellation = new CancellationTokenSource();
            var computations = new List<CancellationToken>();
            bool gateIsOpen = false;
            Task<string> Core(CancellationToken token)
            {
                computations.Add(token);
                return ControlledScheduler.Start("core", async () =>
                {
                    await scheduler.WaitAsync(() => gateIsOpen, coreHonoursItsToken ? token : CancellationToken.None).ConfigureAwait(false);
                    return "value";
                });
            }

            void EndTheCore()
            {
                gateIsOpen = true;
                if (scheduler.Find("core") is { } core) GoOn(core, wasCancelled: coreHonoursItsToken && computations[0].IsCancellationRequested);
            }

            if (when == When.BeforeTheCall) cancellation.Cancel();
            var starter = ControlledScheduler.Start("starter", () => Call(cache, form, Core, TokenOf(Who.TheOneWhoStarted, who, cancellation)));
            var waiter = ControlledScheduler.Start("waiter", () => Call(cache, form, Core, TokenOf(Who.AWaiter, who, cancellation)));
            var callers = scheduler.Parked.Where(step => step.Name != "core").ToList();
            var cancelled = callers.Where(step => who == Who.All || (who == Who.AWaiter) == (step.Name == "waiter")).ToList();
            switch (when)
            {
                case When.During:
                    cancellation.Cancel();
                    foreach (var step in cancelled) GoOn(step, wasCancelled: true);
                    break;

                case When.JustBeforeItEnds:
                    cancellation.Cancel();
                    Assert.All(cancelled, step => Assert.True(step.TryCancel()));
                    EndTheCore();
                    break;

                case When.JustAfterItEnds:
                    EndTheCore();
                    Assert.All(callers, step => Assert.True(step.TryEnd()));
                    cancellation.Cancel();
                    break;
            }

            if (when is When.BeforeTheCall or When.During)
            {
                // At once: the core has not ended.
                Assert.Equal((cell.Starter == End.Cancelled, cell.Waiter == End.Cancelled), (starter.IsCanceled, waiter.IsCanceled));

                // A computation is cancelled with its last caller, and with no other.
                Assert.Equal(cell.Runs, computations.Count);
                Assert.Equal(who == Who.All ? 0 : 1, cache.LockCount);
                Assert.All(computations, computation => Assert.Equal(who == Who.All, computation.IsCancellationRequested));
                EndTheCore();
            }

            foreach (var step in scheduler.Parked.ToList()) GoOn(step, step.IsCancelled);
            cell.Verify(cache, computations.Count, WasCancelled(() => starter.GetAwaiter().GetResult()), WasCancelled(() => waiter.GetAwaiter().GetResult()));
        });

    /// <summary>Two real threads at the same moment: which is first is left to luck, and whichever it is, the counts agree with how the callers end.</summary>
    [Theory]
    [InlineData(Who.TheOneWhoStarted)]
    [InlineData(Who.AWaiter)]
    [InlineData(Who.All)]
    public async Task A_cancellation_that_races_the_end_loses_nothing(Who who)
    {
        for (int round = 0; round < 200; round++)
        {
            var cache = ByHand.Method<string, string>();
            var gate = new TaskCompletionSource<string>();
            using var cancellation = new CancellationTokenSource();
            int runs = 0;
            Task<string> Core(CancellationToken token)
            {
                runs++;
                return gate.Task.WaitAsync(token);
            }

            var form = (Form)(round % 2);
            var starter = Call(cache, form, Core, TokenOf(Who.TheOneWhoStarted, who, cancellation));
            var waiter = Call(cache, form, Core, TokenOf(Who.AWaiter, who, cancellation));
            Threads.Race(cancellation.Cancel, () => gate.SetResult("value"));

            bool starterWasCancelled = await WasCancelledAsync(starter);
            bool waiterWasCancelled = await WasCancelledAsync(waiter);
            Threads.WaitUntil(() => cache.Memoizer.Running.Count == 0);
            if (who == Who.TheOneWhoStarted) Assert.False(waiterWasCancelled);
            if (who == Who.AWaiter) Assert.False(starterWasCancelled);
            bool kept = cache.TryPeek("key", out _);
            Assert.True(kept || (starterWasCancelled && waiterWasCancelled), "A caller got a value that is not kept.");
            new Cell(starterWasCancelled ? End.Cancelled : End.Computed, waiterWasCancelled ? End.Cancelled : End.Coalesced, Runs: 1, kept)
                .Verify(cache, runs, starterWasCancelled, waiterWasCancelled);
        }
    }

    /// <summary>A synchronous computation runs on its caller's thread with its caller's token, and ends early only if the core does.</summary>
    [Theory]
    [MemberData(nameof(SynchronousCases))]
    public void A_cancelled_synchronous_caller_waits_for_nobody_and_leaves_its_turn_to_the_next(Who who, When when, bool coreHonoursItsToken) =>
        ControlledScheduler.Play(workers =>
        {
            var cell = Synchronous(who, when, coreHonoursItsToken);
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(memoizer: memoizer);
            using var cancellation = new CancellationTokenSource();
            var computations = new List<(CancellationToken Token, int Thread)>();
            var callers = new Dictionary<string, (CancellationToken Token, int Thread)>();
            var ends = new Dictionary<string, bool>();
            bool gateIsOpen = false;
            string Core(CancellationToken token)
            {
                computations.Add((token, Environment.CurrentManagedThreadId));
                scheduler.Wait(() => gateIsOpen, coreHonoursItsToken ? token : CancellationToken.None);
                return "value";
            }

            void Begin(string name, Who caller) =>
                scheduler.Begin(name, () =>
                {
                    var token = TokenOf(caller, who, cancellation);
                    callers[name] = (token, Environment.CurrentManagedThreadId);
                    ends[name] = WasCancelled(() => cache.Call("key", Core, token));
                }).GoOn();

            if (when == When.BeforeTheCall) cancellation.Cancel();
            Begin("starter", Who.TheOneWhoStarted);
            Begin("waiter", Who.AWaiter);
            bool cancelsWaiter = who is Who.AWaiter or Who.All;
            bool cancelsStarter = who is Who.TheOneWhoStarted or Who.All && coreHonoursItsToken;
            switch (when)
            {
                case When.BeforeTheCall:
                    // At once: the core has not ended.
                    if (cancelsWaiter) Assert.True(ends["waiter"]);
                    break;

                case When.During:
                    // A waiter is gone at once whatever the core does; who runs the core goes if that does.
                    cancellation.Cancel();
                    if (cancelsWaiter) GoOn(scheduler["waiter"], wasCancelled: true);
                    if (cancelsStarter) GoOn(scheduler["starter"], wasCancelled: true);
                    Assert.Equal((cell.Starter == End.Cancelled, cell.Waiter == End.Cancelled), (ends.ContainsKey("starter"), ends.ContainsKey("waiter")));
                    break;

                case When.JustBeforeItEnds:
                    // The core of the starter ends, one way or the other, between the waiter's cancellation and its going.
                    cancellation.Cancel();
                    if (cancelsWaiter) Assert.True(scheduler["waiter"].TryCancel());
                    gateIsOpen = true;
                    GoOn(scheduler["starter"], wasCancelled: cancelsStarter);
                    break;

                case When.JustAfterItEnds:
                    gateIsOpen = true;
                    GoOn(scheduler["starter"], wasCancelled: false);
                    Assert.True(scheduler["waiter"].TryEnd());
                    cancellation.Cancel();
                    break;
            }

            gateIsOpen = true;
            while (scheduler.Parked.Count > 0) GoOn(scheduler.Parked[0], scheduler.Parked[0].IsCancelled);

            bool starterNeverEntered = when == When.BeforeTheCall && cell.Starter == End.Cancelled;
            Assert.Equal(new[] { "starter", "waiter" }.Skip(starterNeverEntered ? 1 : 0).Take(cell.Runs).Select(name => callers[name]), computations);
            cell.Verify(cache, computations.Count, ends["starter"], ends["waiter"]);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_waiter_that_is_cancelled_after_it_was_given_the_turn_passes_it_on_and_runs_nothing(bool isSynchronous) =>
        ControlledScheduler.Play(workers =>
        {
            var scheduler = new ControlledScheduler(workers);
            using var memoizer = new Memoizer(new() { Scheduling = scheduler });
            var cache = ByHand.Method<string, string>(memoizer: memoizer);
            using var cancellation = new CancellationTokenSource();
            using (cache.Enter("key", CancellationToken.None))
            {
                Start("given", "never run", cancellation.Token);
                Start("next", "value", CancellationToken.None);
            }

            Assert.True(scheduler["given"].TryEnd());
            Assert.False(scheduler["next"].TryEnd());
            cancellation.Cancel();
            GoOn(scheduler["given"], wasCancelled: false);
            GoOn(scheduler["next"], wasCancelled: false);

            Assert.True(cache.TryPeek("key", out string? value));
            Assert.Equal("value", value);
            Assert.Equal((1, 1), (cache.Statistics.Cancelled, cache.Statistics.Computed));
            Assert.Equal(0, cache.LockCount);

            void Start(string name, string result, CancellationToken token)
            {
                if (isSynchronous) scheduler.Begin(name, () => WasCancelled(() => cache.Call("key", _ => result, token))).GoOn();
                else _ = ControlledScheduler.Start(name, () => cache.CallAsync("key", _ => Task.FromResult(result), token));
            }
        });

    [Fact]
    public void Synchronous_callers_that_are_cancelled_one_after_another_pass_the_turn_on_until_somebody_computes()
    {
        var cache = ByHand.Method<string, string>();
        const int Cancelled = 3;
        int runs = 0;

        // Each cancels itself as soon as all the others wait, so the turn goes from hand to hand.
        Threads.Run(Cancelled + 1, _ =>
        {
            using var own = new CancellationTokenSource();
            bool isLast = false;
            bool wasCancelled = WasCancelled(() => cache.Call(
                "key",
                token =>
                {
                    int run = Interlocked.Increment(ref runs);
                    Threads.WaitUntil(() => cache.WaitersOn("key") == Cancelled + 1 - run);
                    isLast = run == Cancelled + 1;
                    if (isLast) return "value";

                    own.Cancel();
                    token.ThrowIfCancellationRequested();
                    return "never";
                },
                own.Token));
            Assert.Equal(!isLast, wasCancelled);
        });

        Assert.Equal(Cancelled + 1, runs);
        Assert.Equal((Cancelled, 1, 0), (cache.Statistics.Cancelled, cache.Statistics.Computed, cache.Statistics.Coalesced));
        Assert.True(cache.TryPeek("key", out _));
        Assert.Equal(0, cache.LockCount);
    }

    private static IEnumerable<(Who Who, When When, bool CoreHonoursItsToken)> Cells() =>
        from who in Enum.GetValues<Who>()
        from when in Enum.GetValues<When>()
        from coreHonoursItsToken in new[] { true, false }
        select (who, when, coreHonoursItsToken);

    /// <summary>A computation belongs to all its callers: what the core makes of its token matters to none of them.</summary>
    private static Cell Asynchronous(Who who, When when) => (who, when) switch
    {
        // Who is cancelled already does not even enter; who comes next starts.
        (Who.TheOneWhoStarted, When.BeforeTheCall) => new(End.Cancelled, End.Computed, Runs: 1),
        (Who.AWaiter, When.BeforeTheCall) => new(End.Computed, End.Cancelled, Runs: 1),
        (Who.All, When.BeforeTheCall) => new(End.Cancelled, End.Cancelled, Runs: 0, Kept: false),

        // The computation goes on for the one who stays, and for nobody's sake if none does.
        (Who.TheOneWhoStarted, When.During) => new(End.Cancelled, End.Coalesced, Runs: 1),
        (Who.AWaiter, When.During) => new(End.Computed, End.Cancelled, Runs: 1),
        (Who.All, When.During) => new(End.Cancelled, End.Cancelled, Runs: 1, Kept: false),

        // Who was cancelled has not left yet, so the computation still had a caller and is kept.
        (Who.TheOneWhoStarted, When.JustBeforeItEnds) => new(End.Cancelled, End.Coalesced, Runs: 1),
        (Who.AWaiter, When.JustBeforeItEnds) => new(End.Computed, End.Cancelled, Runs: 1),
        (Who.All, When.JustBeforeItEnds) => new(End.Cancelled, End.Cancelled, Runs: 1),

        // Everybody has been given the outcome; a cancellation does not take it back.
        (_, When.JustAfterItEnds) => new(End.Computed, End.Coalesced, Runs: 1),
        _ => throw new ArgumentOutOfRangeException(nameof(when)),
    };

    /// <summary>A computation belongs to the caller whose thread it runs on, and its token is that caller's.</summary>
    private static Cell Synchronous(Who who, When when, bool coreHonoursItsToken) => (who, when, coreHonoursItsToken) switch
    {
        (_, When.BeforeTheCall, _) => Asynchronous(who, when),

        // The one who started goes if the core does, and the waiter has the turn. Else nothing has happened.
        (Who.TheOneWhoStarted, When.During or When.JustBeforeItEnds, true) => new(End.Cancelled, End.Computed, Runs: 2),
        (Who.TheOneWhoStarted, _, _) => new(End.Computed, End.Coalesced, Runs: 1),

        // A waiter does not depend on the core.
        (Who.AWaiter, When.During or When.JustBeforeItEnds, _) => new(End.Computed, End.Cancelled, Runs: 1),
        (Who.All, When.During or When.JustBeforeItEnds, true) => new(End.Cancelled, End.Cancelled, Runs: 1, Kept: false),
        (Who.All, When.During or When.JustBeforeItEnds, false) => new(End.Computed, End.Cancelled, Runs: 1),

        // It has been given the outcome; a cancellation does not take it back.
        (_, When.JustAfterItEnds, _) => new(End.Computed, End.Coalesced, Runs: 1),
        _ => throw new ArgumentOutOfRangeException(nameof(when)),
    };

    private static CancellationToken TokenOf(Who caller, Who cancelled, CancellationTokenSource cancellation) =>
        cancelled == caller || cancelled == Who.All ? cancellation.Token : CancellationToken.None;

    private static Task<string> Call(CachedMethod<string, string> cache, Form form, Func<CancellationToken, Task<string>> core, CancellationToken token) =>
        form == Form.Task
            ? cache.CallAsync("key", core, token)
            : cache.CallValueAsync("key", computation => new ValueTask<string>(core(computation)), token).AsTask();

    private static void GoOn(ControlledScheduler.Step step, bool wasCancelled)
    {
        Assert.True(wasCancelled ? step.TryCancel() : step.TryEnd());
        Assert.Equal(wasCancelled, step.IsCancelled);
        step.GoOn();
    }

    private static async Task<bool> WasCancelledAsync(Task<string> call)
    {
        try
        {
            Assert.Equal("value", await call.WaitAsync(TimeSpan.FromSeconds(60)));
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private static bool WasCancelled(Func<string> call)
    {
        try
        {
            Assert.Equal("value", call());
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
