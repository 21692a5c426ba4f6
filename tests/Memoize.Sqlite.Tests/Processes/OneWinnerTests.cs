using System.Diagnostics;
using CallerProgram;
using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary>Across processes too, each key is computed once, and different keys in parallel.</summary>
public sealed class OneWinnerTests(ITestOutputHelper output) : IDisposable
{
    private const int Processes = 8;
    private const int CallersOfEach = 20;

    private readonly CallerGroup _group = new();

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task All_callers_in_eight_processes_share_one_run(CallForm form)
    {
        var callers = await _group.StartManyAsync(Processes);
        foreach (var caller in callers)
        {
            caller.StopAt(Point.Entered);
            caller.StopAt(Point.Waiting);
            caller.Call(form, CallersOfEach, "key");
        }

        // One process is in the method, and each of the others is about to wait for it.
        var arrivals = await Task.WhenAll(callers.Select(caller => caller.ArriveAtEitherAsync(Point.Entered, Point.Waiting)));
        var winner = callers[Array.IndexOf(arrivals, Point.Entered)];
        Assert.Single(arrivals, Point.Entered);
        foreach (var caller in callers) caller.Go(Point.Waiting);
        winner.Go(Point.Entered);
        var got = (await Task.WhenAll(callers.Select(caller => caller.GotAsync()))).SelectMany(one => one).ToList();

        Assert.Equal($"key.{winner.Name}.1", Assert.Single(_group.Runs));
        Assert.All(got, one => Assert.Equal($"key by {winner.Name}", one.Value));
        Assert.Equal(Processes * CallersOfEach, got.Sum(one => one.Callers));
        var statistics = await Task.WhenAll(callers.Select(caller => caller.StatisticsAsync()));
        Assert.Equal((160, 1, 0, 0), (statistics.Sum(one => one.Requests), statistics.Sum(one => one.Computed), statistics.Sum(one => one.Failed), statistics.Sum(one => one.StoreFailures)));
    }

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task Different_keys_are_computed_in_parallel_each_once(CallForm form)
    {
        string[] keys = [.. Enumerable.Range(0, 500).Select(number => $"key{number}")];
        var callers = await _group.StartManyAsync(Processes);

        // All eight are in the method at the same time, each with a key of its own.
        for (int i = 0; i < Processes; i++)
        {
            callers[i].StopAt(Point.Entered);
            callers[i].Call(form, callers: 1, keys[i]);
        }

        await Task.WhenAll(callers.Select(caller => caller.ArriveAsync(Point.Entered)));
        foreach (var caller in callers) caller.Go(Point.Entered);
        await Task.WhenAll(callers.Select(caller => caller.GotAsync()));

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Processes; i++)
        {
            string[] shuffled = [.. keys];
            new Random(i).Shuffle(shuffled);
            callers[i].Call(form, callers: 4, shuffled);
        }

        var got = await Task.WhenAll(callers.Select(caller => caller.GotAsync()));
        output.WriteLine($"{Processes} processes with 4 callers each asked for {keys.Length} keys, each in an order of its own, in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms.");

        Assert.Equal(keys.Length, _group.Runs.Count);
        Assert.Equal(keys.Length, _group.Runs.Select(run => run.Split('.')[0]).Distinct().Count());
        Assert.All(got, one => Assert.Equal(keys.Length, one.Count));
        Assert.Equal(keys.Length, got.SelectMany(one => one).DistinctBy(one => one.Value).Count());
        var statistics = await Task.WhenAll(callers.Select(caller => caller.StatisticsAsync()));
        Assert.Equal((500, 0, 0), (statistics.Sum(one => one.Computed), statistics.Sum(one => one.Failed), statistics.Sum(one => one.StoreFailures)));
        Assert.All(statistics, one => Assert.True(one.Computed > 1, "Every process had its share."));
    }

    public void Dispose() => _group.Dispose();
}
