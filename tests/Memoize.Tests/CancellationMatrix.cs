namespace Memoize.Tests;

/// <summary>
/// Semantic 2, whole: who is cancelled × when × whether the core honours its token, for methods that return
/// <c>Task</c> and <c>ValueTask</c>. (Synchronous methods run on their caller's thread: see <see cref="CancellationTests"/>.)
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
        JustAsItEnds,
    }

    public static TheoryData<Form, Who, When, bool> Cases()
    {
        var cases = new TheoryData<Form, Who, When, bool>();
        foreach (var form in Enum.GetValues<Form>())
        {
            foreach (var who in Enum.GetValues<Who>())
            {
                foreach (var when in Enum.GetValues<When>())
                {
                    cases.Add(form, who, when, true);
                    cases.Add(form, who, when, false);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_cancelled_caller_is_gone_at_once_and_harms_nobody(Form form, Who who, When when, bool coreHonoursItsToken)
    {
        var cache = ByHand.Method<string, string>();
        var gate = new TaskCompletionSource<string>();
        using var cancellation = new CancellationTokenSource();
        var computations = new List<CancellationToken>();
        Task<string> Core(CancellationToken token)
        {
            computations.Add(token);
            return coreHonoursItsToken ? gate.Task.WaitAsync(token) : gate.Task;
        }

        CancellationToken TokenOf(Who caller) => who == caller || who == Who.All ? cancellation.Token : CancellationToken.None;
        Task<string> Call(Who caller) => form == Form.Task
            ? cache.CallAsync("key", Core, TokenOf(caller))
            : cache.CallValueAsync("key", token => new ValueTask<string>(Core(token)), TokenOf(caller)).AsTask();

        if (when == When.BeforeTheCall) await cancellation.CancelAsync();
        var calls = new Dictionary<Who, Task<string>>
        {
            [Who.TheOneWhoStarted] = Call(Who.TheOneWhoStarted),
            [Who.AWaiter] = Call(Who.AWaiter),
        };
        if (when == When.During) await cancellation.CancelAsync();

        // "Just as it ends": the end and the cancellation race on two threads.
        if (when == When.JustAsItEnds)
            Threads.Run(2, thread => { if (thread == 0) cancellation.Cancel(); else gate.TrySetResult("value"); });

        foreach (var (caller, call) in calls)
        {
            if (who != caller && who != Who.All) continue;

            // At once: also when the core has not ended. In the race, either end is right.
            var ended = await Record.ExceptionAsync(() => call.WaitAsync(TimeSpan.FromSeconds(60)));
            if (when == When.JustAsItEnds) Assert.True(ended is null or OperationCanceledException, $"{ended}");
            else Assert.IsAssignableFrom<OperationCanceledException>(ended);
        }

        if (who == Who.All)
        {
            Assert.Equal(0, cache.LockCount);
            if (when == When.During) Assert.True(computations.Single().IsCancellationRequested);
            if (when == When.BeforeTheCall) Assert.Empty(computations);
        }
        else
        {
            Assert.False(Assert.Single(computations).IsCancellationRequested);
        }

        gate.TrySetResult("value");
        foreach (var (caller, call) in calls)
        {
            if (who != caller && who != Who.All) Assert.Equal("value", await call);
        }

        bool kept = cache.TryPeek("key", out _);
        if (when != When.JustAsItEnds) Assert.Equal(who != Who.All, kept);
        Assert.Equal("value", await cache.CallAsync("key", _ => Task.FromResult("value")));
        Assert.Equal(0, cache.LockCount);
        Assert.Equal(3, cache.Statistics.Requests);
        Assert.Equal(0, cache.Statistics.Failed);
        cache.Verify();
    }
}
