using System.Collections.Concurrent;

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
        During,

        /// <summary>The cancellation comes first and the core's end right behind it.</summary>
        JustBeforeItEnds,

        /// <summary>The computation has settled, but its callers have not necessarily woken up.</summary>
        JustAfterItEnds,
    }

    [Flags]
    private enum End
    {
        None = 0,
        Computed = 1,
        Coalesced = 2,
        Cancelled = 4,
    }

    /// <summary>What must hold in the end. Where a caller has two ends, either is right.</summary>
    /// <param name="Starter">How the caller that came first ends.</param>
    /// <param name="Waiter">How the caller that came second ends.</param>
    /// <param name="Runs">How often the core runs for these two.</param>
    /// <param name="Kept">Whether there is a value afterwards; null if it depends on the ends.</param>
    private sealed record Cell(End Starter, End Waiter, int Runs, bool? Kept = true)
    {
        /// <summary>Compares how it went with the cell, after everything has ended.</summary>
        public void Verify(CachedMethod<string, string> cache, int runs, bool starterWasCancelled, bool waiterWasCancelled)
        {
            Assert.Equal(0, cache.LockCount);
            Assert.Equal(0, cache.Memoizer.Running.Count);
            Assert.Equal(Runs, runs);
            bool kept = cache.TryPeek("key", out string? value);
            if (Kept is { } expected) Assert.Equal(expected, kept);
            if (kept) Assert.Equal("value", value);
            else Assert.True(starterWasCancelled && waiterWasCancelled, "A caller got a value that is not kept.");

            // A newcomer finds the value or starts afresh: nobody who was cancelled is in its way.
            Assert.Equal(kept ? "value" : "fresh", cache.Call("key", _ => "fresh"));

            var statistics = cache.Statistics;
            End[] ends = [Told(Starter, starterWasCancelled), Told(Waiter, waiterWasCancelled), kept ? End.None : End.Computed];
            Assert.Equal(
                (kept ? 1 : 0, Count(End.Computed), Count(End.Coalesced), Count(End.Cancelled), 0, 0),
                (statistics.Hits, statistics.Computed, statistics.Coalesced, statistics.Cancelled, statistics.Failed, statistics.Stale));
            Assert.Equal(3, statistics.Requests);
            Assert.Equal(3, statistics.Hits + statistics.Misses);
            Assert.Equal(statistics.Misses, statistics.MissesFor(MissReason.NotFound));
            Assert.Equal(1, statistics.Entries);
            Assert.Equal(0, cache.LockCount);
            cache.Verify();

            long Count(End end) => ends.Count(one => one == end);
        }

        private static End Told(End allowed, bool wasCancelled)
        {
            var told = wasCancelled ? End.Cancelled : allowed & ~End.Cancelled;
            Assert.True(allowed.HasFlag(told) && told != End.None, $"It ended as {(wasCancelled ? "cancelled" : "served")}, but must end as {allowed}.");
            return told;
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
    public async Task A_cancelled_caller_is_gone_at_once_and_harms_nobody(Form form, Who who, When when, bool coreHonoursItsToken)
    {
        var cell = Asynchronous(who, when);
        var cache = ByHand.Method<string, string>();
        var gate = new TaskCompletionSource<string>();
        using var cancellation = new CancellationTokenSource();
        var computations = new List<CancellationToken>();
        Task<string> Core(CancellationToken token)
        {
            computations.Add(token);
            return coreHonoursItsToken ? gate.Task.WaitAsync(token) : gate.Task;
        }

        if (when == When.BeforeTheCall) await cancellation.CancelAsync();

        // A call that returns is inside: it computes, or waits on the semaphore, or has ended.
        var starter = Call(cache, form, Core, TokenOf(Who.TheOneWhoStarted, who, cancellation));
        var waiter = Call(cache, form, Core, TokenOf(Who.AWaiter, who, cancellation));
        switch (when)
        {
            case When.During:
                await cancellation.CancelAsync();
                break;

            case When.JustBeforeItEnds:
                CancelHere(cancellation);
                gate.SetResult("value");
                break;

            case When.JustAfterItEnds:
                gate.SetResult("value");
                Threads.WaitUntil(() => cache.LockCount == 0);
                CancelHere(cancellation);
                break;
        }

        if (when is When.BeforeTheCall or When.During)
        {
            // At once: the core has not ended.
            if (who is Who.TheOneWhoStarted or Who.All) Assert.True(await WasCancelledAsync(starter));
            if (who is Who.AWaiter or Who.All) Assert.True(await WasCancelledAsync(waiter));

            // A computation is cancelled with its last caller, and with no other.
            Assert.Equal(cell.Runs, computations.Count);
            Assert.Equal(who == Who.All ? 0 : 1, cache.LockCount);
            Assert.All(computations, computation => Assert.Equal(who == Who.All, computation.IsCancellationRequested));
            gate.SetResult("value");
        }

        bool starterWasCancelled = await WasCancelledAsync(starter);
        bool waiterWasCancelled = await WasCancelledAsync(waiter);
        Threads.WaitUntil(() => cache.Memoizer.Running.Count == 0);
        cell.Verify(cache, computations.Count, starterWasCancelled, waiterWasCancelled);
    }

    /// <summary>The one thing that gates cannot fix: two threads at the same moment. What is allowed is what is allowed just before the end.</summary>
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
            Asynchronous(who, When.JustBeforeItEnds).Verify(cache, runs, starterWasCancelled, waiterWasCancelled);
        }
    }

    /// <summary>A synchronous computation runs on its caller's thread with its caller's token, and ends early only if the core does.</summary>
    [Theory]
    [MemberData(nameof(SynchronousCases))]
    public void A_cancelled_synchronous_caller_waits_for_nobody_and_leaves_its_turn_to_the_next(Who who, When when, bool coreHonoursItsToken)
    {
        var cell = Synchronous(who, when, coreHonoursItsToken);
        var cache = ByHand.Method<string, string>();
        using var ofStarter = new CancellationTokenSource();
        using var ofWaiter = new CancellationTokenSource();
        using var waiterMayCome = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var ends = new ConcurrentDictionary<Who, bool>();
        var computations = new ConcurrentQueue<(CancellationToken Token, int Thread)>();
        var threads = new ConcurrentDictionary<Who, int>();

        // During: its token wakes the core up. Else the core looks at the token once, after the gate, and that is its end.
        string Core(CancellationToken token)
        {
            computations.Enqueue((token, Environment.CurrentManagedThreadId));
            gate.Wait(coreHonoursItsToken && when == When.During ? token : CancellationToken.None);
            if (coreHonoursItsToken) token.ThrowIfCancellationRequested();
            return "value";
        }

        void Call(Who caller, CancellationTokenSource cancellation)
        {
            threads[caller] = Environment.CurrentManagedThreadId;
            ends[caller] = WasCancelled(() => cache.Call("key", Core, TokenOf(caller, who, cancellation)));
        }

        void Direct()
        {
            // The one who starts is in the core, or gone already, when the other comes.
            Threads.WaitUntil(() => !computations.IsEmpty || ends.ContainsKey(Who.TheOneWhoStarted));
            waiterMayCome.Set();
            if (when == When.BeforeTheCall)
            {
                // At once: the core has not ended.
                if (who is Who.AWaiter or Who.All) Threads.WaitUntil(() => ends.ContainsKey(Who.AWaiter));
                return;
            }

            Threads.WaitUntil(() => cache.WaitersOn("key") == 1);
            switch (when)
            {
                case When.During:
                    // A waiter is gone at once whatever the core does; who runs the core goes if that does.
                    ofWaiter.Cancel();
                    if (who is Who.AWaiter or Who.All) Threads.WaitUntil(() => ends.ContainsKey(Who.AWaiter));
                    ofStarter.Cancel();
                    if (cell.Starter == End.Cancelled)
                        Threads.WaitUntil(() => ends.ContainsKey(Who.TheOneWhoStarted));

                    // The gate is still closed: whoever has the turn now has got it from the one who was cancelled.
                    Threads.WaitUntil(() => computations.Count == cell.Runs);
                    break;

                case When.JustBeforeItEnds:
                    ofWaiter.Cancel();
                    ofStarter.Cancel();
                    gate.Set();
                    break;

                case When.JustAfterItEnds:
                    gate.Set();
                    Threads.WaitUntil(() => cache.LockCount == 0);
                    ofWaiter.Cancel();
                    ofStarter.Cancel();
                    break;
            }
        }

        if (when == When.BeforeTheCall)
        {
            ofStarter.Cancel();
            ofWaiter.Cancel();
        }

        Threads.Run(3, thread =>
        {
            switch (thread)
            {
                case 0:
                    try
                    {
                        Direct();
                    }
                    finally
                    {
                        waiterMayCome.Set();
                        gate.Set();
                    }

                    break;

                case 1:
                    Call(Who.TheOneWhoStarted, ofStarter);
                    break;

                case 2:
                    waiterMayCome.Wait();
                    Call(Who.AWaiter, ofWaiter);
                    break;
            }
        });

        (CancellationToken, int)[] callers =
        [
            (TokenOf(Who.TheOneWhoStarted, who, ofStarter), threads[Who.TheOneWhoStarted]),
            (TokenOf(Who.AWaiter, who, ofWaiter), threads[Who.AWaiter]),
        ];
        bool starterNeverEntered = when == When.BeforeTheCall && cell.Starter == End.Cancelled;
        Assert.Equal(callers.Skip(starterNeverEntered ? 1 : 0).Take(computations.Count), computations);
        cell.Verify(cache, computations.Count, ends[Who.TheOneWhoStarted], ends[Who.AWaiter]);
    }

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

        // A caller that is cancelled needs a thread to leave on. If the outcome comes before that it is the caller's too:
        // either is right. If all are cancelled, what counts is whether the last had left when the computation ended.
        (Who.TheOneWhoStarted, When.JustBeforeItEnds) => new(End.Computed | End.Cancelled, End.Coalesced, Runs: 1),
        (Who.AWaiter, When.JustBeforeItEnds) => new(End.Computed, End.Coalesced | End.Cancelled, Runs: 1),
        (Who.All, When.JustBeforeItEnds) => new(End.Computed | End.Cancelled, End.Coalesced | End.Cancelled, Runs: 1, Kept: null),

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
        (Who.AWaiter, When.During, _) => new(End.Computed, End.Cancelled, Runs: 1),
        (Who.All, When.During, true) => new(End.Cancelled, End.Cancelled, Runs: 1, Kept: false),
        (Who.All, When.During, false) => new(End.Computed, End.Cancelled, Runs: 1),

        // The waiter may be given the turn before it wakes up to its cancellation: it passes it on, and runs nothing.
        (Who.All, When.JustBeforeItEnds, true) => new(End.Cancelled, End.Cancelled, Runs: 1, Kept: false),

        // A waiter is inside the lock a little before it waits, and looks at its token before it looks for the outcome. So
        // also when the outcome was first, either is right; the one who started has the value, and it is kept.
        (Who.AWaiter or Who.All, _, _) => new(End.Computed, End.Coalesced | End.Cancelled, Runs: 1),
        _ => throw new ArgumentOutOfRangeException(nameof(when)),
    };

    private static CancellationToken TokenOf(Who caller, Who cancelled, CancellationTokenSource cancellation) =>
        cancelled == caller || cancelled == Who.All ? cancellation.Token : CancellationToken.None;

    private static Task<string> Call(CachedMethod<string, string> cache, Form form, Func<CancellationToken, Task<string>> core, CancellationToken token) =>
        form == Form.Task
            ? cache.CallAsync("key", core, token)
            : cache.CallValueAsync("key", computation => new ValueTask<string>(core(computation)), token).AsTask();

    // Not CancelAsync: there is to be nothing between the cancellation and what comes next.
    private static void CancelHere(CancellationTokenSource cancellation) => cancellation.Cancel();

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
