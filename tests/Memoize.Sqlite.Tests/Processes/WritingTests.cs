using CallerProgram;
using Memoize.Testing;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary>What one process writes wins over what another has begun to compute before.</summary>
public sealed class WritingTests : IDisposable
{
    private readonly CallerGroup _group = new();

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_computation_that_began_before_another_process_set_the_value_is_not_kept(CallForm form)
    {
        var computing = await _group.StartAsync("computing");
        var setting = await _group.StartAsync("setting");
        computing.StopAt(Point.Entered);
        computing.Call(form, callers: 20, "key");
        await computing.ArriveAsync(Point.Entered);

        await setting.SetAsync(form, "key", "set");
        Assert.Equal("set", await (await _group.StartAsync("third")).CallAsync(form, "key"));
        computing.Go(Point.Entered);

        Assert.Equal("key by computing", Assert.Single(await computing.GotAsync()).Value);
        Assert.Equal("set", await computing.CallAsync(form, "key"));
        Assert.Equal("set", await setting.CallAsync(form, "key"));
        Assert.Equal(1, (await computing.StatisticsAsync()).Refusals);
        Assert.Single(_group.Runs);
    }

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_computation_that_began_before_another_process_invalidated_is_not_kept(CallForm form)
    {
        var computing = await _group.StartAsync("computing");
        var invalidating = await _group.StartAsync("invalidating");
        computing.StopAt(Point.Entered);
        computing.Call(form, callers: 20, "key");
        await computing.ArriveAsync(Point.Entered);

        await invalidating.InvalidateAsync(form, "key");
        Assert.Equal("key by invalidating", await invalidating.CallAsync(form, "key"));
        computing.Go(Point.Entered);

        Assert.Equal("key by computing", Assert.Single(await computing.GotAsync()).Value);
        Assert.Equal("key by invalidating", await computing.CallAsync(form, "key"));
        Assert.Equal(1, (await computing.StatisticsAsync()).Refusals);
        Assert.Equal(2, _group.Runs.Count);
    }

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task Who_waits_for_a_computation_takes_what_another_process_set_meanwhile(CallForm form)
    {
        var computing = await _group.StartAsync("computing");
        var waiting = await _group.StartAsync("waiting");
        var setting = await _group.StartAsync("setting");
        computing.StopAt(Point.Entered);
        computing.Call(form, callers: 1, "key");
        await computing.ArriveAsync(Point.Entered);
        waiting.StopAt(Point.Waiting);
        waiting.Call(form, callers: 20, "key");
        await waiting.ArriveAsync(Point.Waiting);
        waiting.Go(Point.Waiting);

        await setting.SetAsync(form, "key", "set");

        Assert.Equal(("set", 20), Assert.Single(await waiting.GotAsync()) switch { var got => (got.Value, got.Callers) });
        computing.Go(Point.Entered);
        await computing.GotAsync();
        Assert.Single(_group.Runs);
    }

    public void Dispose() => _group.Dispose();
}
