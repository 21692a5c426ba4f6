using System.Diagnostics;
using CallerProgram;
using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary>Waiting for another process is short and cheap.</summary>
public sealed class WaitingTests(ITestOutputHelper output) : IDisposable
{
    private readonly CallerGroup _group = new();

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_waiter_in_another_process_has_the_result_within_milliseconds(CallForm form)
    {
        const int Rounds = 60;
        var first = await _group.StartAsync("first");
        var second = await _group.StartAsync("second");
        var delays = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            string key = $"key{round}";
            await WaitForEachOtherAsync(form, first, second, key);

            // Waiters look less often as time goes by: some wait for longer.
            await Task.Delay(TimeSpan.FromMilliseconds(round % 10 == 0 ? 1_000 : 20), TimeProvider.System);
            first.Go(Point.Entered);
            await first.GotAsync();
            var got = Assert.Single(await second.GotAsync());
            Assert.Equal($"{key} by first", got.Value);
            delays.Add(Stopwatch.GetElapsedTime(await first.LastEndAsync(), got.Last).TotalMilliseconds);
        }

        // From the return of the method in one process to the return of the call in the other: writing, noticing and reading.
        delays.Sort();
        double median = delays[Rounds / 2];
        output.WriteLine($"{Rounds} rounds: shortest {delays[0]:F2} ms, median {median:F2} ms, 90 % {delays[Rounds * 9 / 10]:F2} ms, longest {delays[^1]:F2} ms. What is asked for is a median of 5 ms at most.");
        Assert.Equal(Rounds, _group.Runs.Count);
        Assert.True(median < 5, $"The median is {median:F2} ms.");
    }

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_process_that_waits_uses_next_to_no_processor_time(CallForm form)
    {
        var first = await _group.StartAsync("first");
        var second = await _group.StartAsync("second");
        await WaitForEachOtherAsync(form, first, second, "key", callers: 20);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);

        var before = second.ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System);
        var spent = second.ProcessorTime - before;
        var waited = Stopwatch.GetElapsedTime(start);
        first.Go(Point.Entered);
        await second.GotAsync();

        double share = spent / waited;
        output.WriteLine($"20 callers waited for {waited.TotalSeconds:F1} s; their process used {spent.TotalMilliseconds:F0} ms of a processor, which is {share:P1}.");
        Assert.True(share < 0.03, $"It used {share:P1}.");
    }

    public void Dispose() => _group.Dispose();

    /// <summary>The first is in the method, and the second waits for it.</summary>
    private static async Task WaitForEachOtherAsync(CallForm form, Caller first, Caller second, string key, int callers = 1)
    {
        first.StopAt(Point.Entered);
        first.Call(form, callers: 1, key);
        await first.ArriveAsync(Point.Entered);
        second.StopAt(Point.Waiting);
        second.Call(form, callers, key);
        await second.ArriveAsync(Point.Waiting);
        second.Go(Point.Waiting);
    }
}
