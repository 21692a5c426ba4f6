using System.Diagnostics;

namespace Memoize.Tests;

/// <summary>While these run, no other test does: it would wait for the pool.</summary>
[CollectionDefinition(nameof(AloneOnThePool), DisableParallelization = true)]
public sealed class AloneOnThePool;

/// <summary>
/// Synchronous callers that fill the thread pool: what ends their waits comes without a thread of the pool. Real time, since
/// that is what is promised here; no test waits for longer than the time-outs that it sets.
/// </summary>
[Collection(nameof(AloneOnThePool))]
public sealed class FullPoolTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    private readonly Memoizer _memoizer = new();
    private readonly ManualResetEventSlim _end = new();

    public void Dispose()
    {
        _end.Set();
        _memoizer.Dispose();
        _end.Dispose();
    }

    [Fact]
    public void Those_who_wait_for_another_are_released_by_their_wait_timeout()
    {
        var cache = ByHand.Method<string, string>(new() { WaitTimeout = Short }, _memoizer);
        using var running = new ManualResetEventSlim();
        Beside(() => cache.Call("key", _ => { running.Set(); _end.Wait(); return "value"; }));
        running.Wait();

        OnAllOfThePool(() => Assert.Throws<TimeoutException>(() => cache.Call("key", _ => "never")));
    }

    [Fact]
    public void Those_who_have_a_stale_value_are_released_by_their_soft_timeout_and_the_method_runs()
    {
        var cache = WithStaleValue(new() { Duration = TimeSpan.FromMilliseconds(1), StaleOnError = TimeSpan.FromHours(1), SoftTimeout = Short });
        int runs = 0;

        OnAllOfThePool(() => Assert.Equal("stale", cache.Call("key", _ => { Interlocked.Increment(ref runs); _end.Wait(); return "value"; })));

        Assert.Equal(1, runs);
    }

    [Fact]
    public void A_method_ends_at_its_timeout()
    {
        var cache = ByHand.Method<int, string>(new() { Timeout = Short }, _memoizer);
        int key = 0;

        OnAllOfThePool(() => Assert.Throws<TimeoutException>(() => cache.Call(Interlocked.Increment(ref key), token =>
        {
            _end.Wait(token);
            return "never";
        })));
    }

    [Fact]
    public void A_method_that_waits_for_its_place_ends_at_its_timeout()
    {
        var cache = ByHand.Method<int, string>(new() { Timeout = Short, MaxConcurrency = 1 }, _memoizer);
        using var running = new ManualResetEventSlim();
        Beside(() => cache.Call(0, _ => { running.Set(); _end.Wait(); return "value"; }));
        running.Wait();
        int key = 0;

        OnAllOfThePool(() => Assert.Throws<TimeoutException>(() => cache.Call(Interlocked.Increment(ref key), _ => "never")));
    }

    [Fact]
    public void A_method_beside_callers_whose_stale_value_has_had_its_time_ends_at_its_timeout()
    {
        // The stale value is there when they come, and not when their soft time-out ends.
        var cache = WithStaleValue(new() { Duration = TimeSpan.FromMilliseconds(1), StaleOnError = Short, SoftTimeout = 2 * Short, Timeout = 3 * Short });

        OnAllOfThePool(() =>
        {
            try
            {
                cache.Call("key", token => { _end.Wait(token); return "never"; });
            }
            catch (TimeoutException)
            {
                // Or the stale value, for who came in time.
            }
        });
    }

    [Fact]
    public void Those_who_wait_for_another_process_are_released_by_their_wait_timeout()
    {
        var processes = new SimulatedProcesses();
        using var memoizer = new Memoizer(new() { Store = processes.Store.OfAnotherProcess(), AutomaticPruning = false });
        var cache = SimulatedProcesses.Start(memoizer, new() { WaitTimeout = Short });
        for (int key = 0; key < 100; key++) processes.ClaimAndDie($"{key}");
        int next = -1;

        OnAllOfThePool(() => Assert.Throws<TimeoutException>(() => cache.Call($"{Interlocked.Increment(ref next)}", _ => "never")));
    }

    private static void Beside(Action work) => new Thread(() => work()) { IsBackground = true }.Start();

    private CachedMethod<string, string> WithStaleValue(CachePolicy<string> policy)
    {
        var cache = ByHand.Method<string, string>(policy, _memoizer);
        cache.Set("key", "stale");
        Threads.WaitUntil(() => !cache.TryPeek("key", out _));
        return cache;
    }

    /// <summary>Runs calls on more threads than the pool has, so that all of them block; each has to end while nothing else can run there.</summary>
    private static void OnAllOfThePool(Action call)
    {
        ThreadPool.GetMinThreads(out int threads, out _);
        int callers = 4 * Math.Max(threads, 8);
        using var ended = new CountdownEvent(callers);
        Exception? failure = null;
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < callers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    try
                    {
                        call();
                    }
                    catch (Exception thrown)
                    {
                        failure = thrown;
                    }

                    ended.Signal();
                },
                null);
        }

        Assert.True(ended.Wait(TimeSpan.FromSeconds(60)), $"{ended.CurrentCount} of {callers} callers were not released.");
        Assert.Null(failure);

        // With a timer of the pool, a thread is released each half second or so, when the pool has grown by one.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");
    }
}
