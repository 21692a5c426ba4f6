using CallerProgram;
using Memoize.Testing;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary>A process that is paused for longer than its lease has lost it: what it writes when it wakes up is refused.</summary>
public sealed class PausedProcessTests : IDisposable
{
    private readonly CallerGroup _group = new() { LeaseDuration = TimeSpan.FromSeconds(2) };

    [SignalTheory]
    [InlineData(Point.Entered, CallForm.Asynchronous)]
    [InlineData(Point.Entered, CallForm.Synchronous)]
    [InlineData(Point.Completing, CallForm.Asynchronous)]
    [InlineData(Point.Completing, CallForm.Synchronous)]
    public async Task Its_late_result_is_refused_when_another_has_completed(Point point, CallForm form)
    {
        var paused = await _group.StartAsync("paused");
        var other = await _group.StartAsync("other");
        paused.StopAt(point);
        paused.Call(form, callers: 20, "key");
        await paused.ArriveAsync(point);

        await paused.PauseAsync();
        Assert.Equal("key by other", await other.CallAsync(form, "key"));
        await paused.ResumeAsync();
        paused.Go(point);
        var late = Assert.Single(await paused.GotAsync());

        // Its callers get its own value; nobody else does, and itself not again.
        Assert.Equal(("key by paused", 20), (late.Value, late.Callers));
        Assert.Equal("key by other", await paused.CallAsync(form, "key"));
        Assert.Equal("key by other", await other.CallAsync(form, "key"));
        Assert.Equal("key by other", await (await _group.StartAsync("third")).CallAsync(form, "key"));
        Assert.Equal(2, _group.Runs.Count);
        Assert.Equal((1, 0), ((await paused.StatisticsAsync()).Refusals, (await other.StatisticsAsync()).Refusals));
    }

    [SignalTheory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task Its_late_result_is_refused_while_another_still_computes(CallForm form)
    {
        var paused = await _group.StartAsync("paused");
        var other = await _group.StartAsync("other");
        paused.StopAt(Point.Entered);
        paused.Call(form, callers: 20, "key");
        await paused.ArriveAsync(Point.Entered);

        await paused.PauseAsync();
        other.StopAt(Point.Entered);
        other.Call(form, callers: 1, "key");
        await other.ArriveAsync(Point.Entered);
        await paused.ResumeAsync();
        paused.Go(Point.Entered);
        Assert.Equal("key by paused", Assert.Single(await paused.GotAsync()).Value);
        other.Go(Point.Entered);
        Assert.Equal("key by other", Assert.Single(await other.GotAsync()).Value);

        Assert.Equal("key by other", await paused.CallAsync(form, "key"));
        Assert.Equal(2, _group.Runs.Count);
        Assert.Equal((1, 0), ((await paused.StatisticsAsync()).Refusals, (await other.StatisticsAsync()).Refusals));
    }

    public void Dispose() => _group.Dispose();
}
