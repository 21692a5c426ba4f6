using System.Diagnostics;
using CallerProgram;
using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary>A process that is killed leaves no key stuck, wherever it was; and what it had completed is not computed again.</summary>
public sealed class KilledProcessTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    // For a machine that has other things to do.
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(3);

    private readonly CallerGroup _group = new() { LeaseDuration = Lease };

    [Theory]
    [InlineData(Point.Claimed, CallForm.Asynchronous, 0)]
    [InlineData(Point.Claimed, CallForm.Synchronous, 0)]
    [InlineData(Point.Entered, CallForm.Asynchronous, 1)]
    [InlineData(Point.Entered, CallForm.Synchronous, 1)]
    [InlineData(Point.Completing, CallForm.Asynchronous, 1)]
    [InlineData(Point.Completing, CallForm.Synchronous, 1)]
    public async Task Another_takes_over_when_the_lease_of_the_killed_one_runs_out(Point point, CallForm form, int runsOfTheKilled)
    {
        var killed = await _group.StartAsync("killed");
        var waiting = await _group.StartAsync("waiting");
        var late = await _group.StartAsync("late");
        killed.StopAt(point);
        killed.Call(form, callers: 20, "key");
        await killed.ArriveAsync(point);
        waiting.StopAt(Point.Waiting);
        waiting.Call(form, callers: 20, "key");
        await waiting.ArriveAsync(Point.Waiting);
        waiting.Go(Point.Waiting);

        await killed.KillAsync();
        long killedAt = Stopwatch.GetTimestamp();
        late.Call(form, callers: 20, "key");
        Got[] got = [.. await waiting.GotAsync(), .. await late.GotAsync()];

        var after = Stopwatch.GetElapsedTime(killedAt, got.Max(one => one.Last));
        output.WriteLine($"Killed at {point}: the others had the value {after.TotalMilliseconds:F0} ms later; the lease is {Lease.TotalMilliseconds:F0} ms.");
        Assert.True(after < Lease + Allowance, $"It took {after}.");
        string value = Assert.Single(got.Select(one => one.Value).Distinct());
        Assert.Contains(value, (string[])["key by waiting", "key by late"]);
        Assert.Equal(40, got.Sum(one => one.Callers));
        Assert.Equal(runsOfTheKilled, _group.Runs.Count(run => run.StartsWith("key.killed.", StringComparison.Ordinal)));
        Assert.Equal(runsOfTheKilled + 1, _group.Runs.Count);
    }

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task What_was_completed_outlives_the_killed_one(CallForm form)
    {
        var killed = await _group.StartAsync("killed");
        var other = await _group.StartAsync("other");
        killed.StopAt(Point.Completed);
        killed.Call(form, callers: 20, "key");
        await killed.ArriveAsync(Point.Completed);

        await killed.KillAsync();
        long killedAt = Stopwatch.GetTimestamp();
        other.Call(form, callers: 20, "key");
        var got = Assert.Single(await other.GotAsync());

        Assert.Equal("key by killed", got.Value);
        Assert.Single(_group.Runs);
        var after = Stopwatch.GetElapsedTime(killedAt, got.Last);
        output.WriteLine($"The other had the value {after.TotalMilliseconds:F0} ms later; the lease is {Lease.TotalMilliseconds:F0} ms.");
        Assert.True(after < Lease, $"It took {after}: there was nothing to wait for.");
    }

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task Who_is_killed_in_a_transaction_locks_nobody_out(CallForm form)
    {
        var killed = await _group.StartAsync("killed");
        var other = await _group.StartAsync("other");
        await other.CallAsync(form, "before");
        await killed.DoAsync("hold");
        other.Call(form, callers: 20, "key");

        await killed.KillAsync();

        Assert.Equal(("key by other", 20), Assert.Single(await other.GotAsync()) switch { var got => (got.Value, got.Callers) });
        Assert.Equal(0, (await other.StatisticsAsync()).StoreFailures);
        Assert.Equal("key by other", await (await _group.StartAsync("third")).CallAsync(form, "key"));
    }

    [Fact]
    public async Task Whenever_processes_are_killed_the_others_agree_and_the_file_stays_whole()
    {
        const int Kills = 12;
        var random = new Random(26);
        string[] keys = [.. Enumerable.Range(0, 2_000).Select(number => $"key{number}")];
        var callers = (await _group.StartManyAsync(3)).ToList();
        foreach (var caller in callers) Call(caller);

        for (int kill = 1; kill <= Kills; kill++)
        {
            // Somewhere in the middle: the next one is already there, so that it goes on at once.
            var next = await _group.StartAsync($"next{kill}");
            int victim = random.Next(callers.Count);
            await callers[victim].KillAsync();
            callers[victim] = next;
            Call(next);
        }

        var got = await Task.WhenAll(callers.Select(caller => caller.GotAsync()));
        var fresh = await _group.StartAsync("fresh");
        fresh.Call(CallForm.Asynchronous, callers: 1, keys);
        var stored = (await fresh.GotAsync()).ToDictionary(one => one.Key, one => one.Value);

        Assert.All(got.SelectMany(one => one), one => Assert.Equal(stored[one.Key], one.Value));
        Assert.DoesNotContain(_group.Runs, run => run.StartsWith("fresh", StringComparison.Ordinal));
        output.WriteLine($"{keys.Length} keys took {_group.Runs.Count} runs, with {Kills} processes killed on the way.");

        // A killed process had a run for each of its callers under way at most.
        Assert.InRange(_group.Runs.Count, keys.Length, keys.Length + (Kills * 4));
        await _group.AssertWholeAsync();

        void Call(Caller caller)
        {
            string[] shuffled = [.. keys];
            random.Shuffle(shuffled);
            caller.Call(CallForm.Asynchronous, callers: 4, shuffled);
        }
    }

    public void Dispose() => _group.Dispose();
}
