using System.Diagnostics;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>Real threads and real tasks that do everything at once. What must hold at the end, holds.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    public static TheoryData<string, CachePolicy<int>> Policies() => new()
    {
        { "plain", new() { Capacity = 50 } },
        { "short lives", new() { Capacity = 50, Duration = TimeSpan.FromMilliseconds(2), Jitter = 0.5 } },
        { "sliding, stale", new() { Capacity = 20, Sliding = TimeSpan.FromMilliseconds(2), StaleOnError = TimeSpan.FromMilliseconds(5) } },
        { "soft time-out", new() { Duration = TimeSpan.FromMilliseconds(1), StaleOnError = TimeSpan.FromMilliseconds(50), SoftTimeout = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromMilliseconds(20) } },
        { "retry", new() { OnFailure = OnFailure.Retry, MaxConcurrency = 2, Duration = TimeSpan.FromMilliseconds(3) } },
        { "impatient", new() { WaitTimeout = TimeSpan.FromMilliseconds(1), OnWaitTimeout = OnWaitTimeout.ComputeUncached, Duration = TimeSpan.FromMilliseconds(3) } },
        { "remembered failures", new() { FailureDuration = TimeSpan.FromMilliseconds(2), TagCapacity = 5, When = (_, value) => value % 7 != 0 } },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void Everything_at_once_loses_nothing(string name, CachePolicy<int> policy)
    {
        const int ThreadCount = 4;
        const int CallsPerThread = 5_000;
        int seed = Environment.TickCount;
        output.WriteLine($"{name}: seed {seed}");
        using var memoizer = new Memoizer(new MemoizerOptions { PruningInterval = TimeSpan.FromMilliseconds(5), Partitioning = new(Partitions: 4, SplitAt: 20) });
        var cache = ByHand.Method<int, int>(policy, memoizer, $"Soak.{name}");
        long ended = 0;

        Threads.Run(ThreadCount, thread =>
        {
            var random = new Random(seed + thread);
            var pending = new List<Task>();
            for (int i = 0; i < CallsPerThread; i++)
            {
                int key = random.Next(100);
                int fate = random.Next(20);
                switch (random.Next(40))
                {
                    case 0: cache.Invalidate(key); break;
                    case 1: cache.Set(key, key, [$"tag{key % 3}"]); break;
                    case 2: memoizer.InvalidateTag($"tag{key % 3}"); break;
                    case 3 when i % 50 == 0: cache.Clear(); break;
                    case 4: cache.Explain(key); break;
                    case 5: cache.StartRefreshAsync(key, (key, fate), static (call, token) => Compute(call.key, call.fate, token)); break;
                }

                if (random.Next(3) == 0)
                {
                    pending.Add(End(() => Task.FromResult(cache.Call(key, token => ComputeSynchronously(key, fate, token)))));
                }
                else
                {
                    CancellationTokenSource? cancellation = random.Next(5) == 0 ? new CancellationTokenSource() : null;
                    var call = cache.CallValueAsync(key, token => Compute(key, fate, token), cancellation?.Token ?? default).AsTask();
                    if (cancellation is not null && random.Next(2) == 0) cancellation.Cancel();
                    pending.Add(End(() => call));
                }

                // A caller of a service waits for its answers now and then.
                if (pending.Count >= 50)
                {
                    Assert.True(Task.WaitAll([.. pending], TimeSpan.FromSeconds(60)), $"Seed {seed}: a call did not end.");
                    pending.Clear();
                }

                async Task End(Func<Task<int>> call)
                {
                    try
                    {
                        Assert.Equal(key, await call());
                    }
                    catch (Exception failure) when (failure is OperationCanceledException or TimeoutException or ExpectedException)
                    {
                        // One of the outcomes that are counted.
                    }

                    Interlocked.Increment(ref ended);
                }
            }

            Assert.True(Task.WaitAll([.. pending], TimeSpan.FromSeconds(60)), $"Seed {seed}: a call did not end.");
        });

        // Background refreshes and computations that were left running end by themselves.
        Threads.WaitUntil(() => memoizer.Running.Count == 0 && cache.LockCount == 0);
        cache.Verify();
        var statistics = cache.Statistics;
        output.WriteLine($"{statistics}");
        Assert.Equal(ThreadCount * CallsPerThread, Interlocked.Read(ref ended));
        Assert.Equal(ended, statistics.Requests);
        Assert.Equal(statistics.Requests, statistics.Hits + statistics.Misses);
        Assert.Equal(0, statistics.KeepFailures);
        Assert.Equal(123, cache.Call(1_000, _ => 123));
    }

    [Fact]
    public async Task Ten_thousand_callers_on_one_cold_key_are_served_by_one_run()
    {
        var cache = ByHand.Method<string, string>();
        var gate = new TaskCompletionSource<string>();
        int runs = 0;
        var calls = new Task<string>[10_000];
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i] = cache.CallAsync("key", _ =>
            {
                Interlocked.Increment(ref runs);
                return gate.Task;
            });
        }

        long released = Stopwatch.GetTimestamp();
        gate.SetResult("value");
        string[] results = await Task.WhenAll(calls);

        output.WriteLine($"10,000 callers: 1 run, everybody served {Stopwatch.GetElapsedTime(released).TotalMilliseconds:F1} ms after it ended.");
        Assert.Equal(1, runs);
        Assert.All(results, result => Assert.Same(results[0], result));
        Assert.Equal((1, 9_999), (cache.Statistics.Computed, cache.Statistics.Coalesced));
        Assert.Equal(0, cache.LockCount);
    }

    private static async ValueTask<int> Compute(int key, int fate, CancellationToken token)
    {
        if (fate == 0) throw new ExpectedException();
        if (fate < 10) await Task.Yield();
        if (fate == 1) throw new ExpectedException();
        if (fate == 2) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, token);
        return key;
    }

    private static int ComputeSynchronously(int key, int fate, CancellationToken token)
    {
        if (fate == 0) throw new ExpectedException();
        if (fate < 5) Thread.Yield();
        token.ThrowIfCancellationRequested();
        return key;
    }

    private sealed class ExpectedException : Exception;
}
