using System.Reflection;
using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>
/// A caller that was cancelled is thrown its own token, wherever it was: <c>catch (OperationCanceledException e) when
/// (e.CancellationToken == mine)</c> is how callers tell their own cancellation from a failure.
/// </summary>
public sealed class CallersTokenTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Memoizer _memoizer;
    private readonly CancellationTokenSource _cancellation = new();

    public CallersTokenTests() => _memoizer = new Memoizer(new MemoizerOptions { TimeProvider = _time });

    private CancellationToken Mine => _cancellation.Token;

    public void Dispose()
    {
        _memoizer.Dispose();
        _cancellation.Dispose();
    }

    public static TheoryData<string, bool> WaitersOfEachForm()
    {
        var cases = new TheoryData<string, bool>();
        foreach (string timeout in (string[])["none", "wait", "soft", "both"])
        {
            cases.Add(timeout, false);
            cases.Add(timeout, true);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(WaitersOfEachForm))]
    public async Task Of_a_caller_that_waits_for_another(string timeout, bool isAsync)
    {
        var cache = WithStaleValue(PolicyWith(timeout));
        var gate = new Gate<string>();
        var leader = Task.Run(() => cache.CallAsync("key", _ => gate.Task));
        await gate.Entered;

        var waiter = Task.Run(() => isAsync ? cache.CallAsync("key", _ => gate.Task, Mine) : Task.FromResult(cache.Call("key", _ => "never", Mine)));
        Threads.WaitUntil(() => cache.WaitersOn("key") == 1);
        await _cancellation.CancelAsync();

        await Throws(() => waiter);
        gate.Open("value");
        Assert.Equal("value", await leader);
        Assert.Equal(1, cache.Statistics.Cancelled);
    }

    [Theory]
    [MemberData(nameof(WaitersOfEachForm))]
    public async Task Of_a_caller_that_waits_for_a_refresh(string timeout, bool isAsync)
    {
        var cache = WithStaleValue(PolicyWith(timeout));
        var gate = new Gate<string>();
        var leader = Task.Run(() => RefreshAsync(cache, gate));
        await gate.Entered;

        var waiter = Task.Run(async () =>
        {
            using var turn = isAsync ? await cache.EnterToRefreshAsync("key", Mine) : cache.EnterToRefresh("key", Mine);
            return "never";
        });
        Threads.WaitUntil(() => cache.WaitersOn("key") == 1);
        await _cancellation.CancelAsync();

        await Throws(() => waiter);
        gate.Open("value");
        await leader;
    }

    [Theory]
    [InlineData(OnFailure.Share)]
    [InlineData(OnFailure.Retry)]
    public async Task Of_a_caller_that_started_the_computation_and_has_a_stale_value(OnFailure onFailure)
    {
        var cache = WithStaleValue(new() { Duration = Seconds(10), StaleOnError = Seconds(100), SoftTimeout = Seconds(2), OnFailure = onFailure });
        var call = cache.CallAsync("key", _ => new TaskCompletionSource<string>().Task, Mine);

        await _cancellation.CancelAsync();

        await Throws(() => call);
    }

    [Fact]
    public async Task Of_a_synchronous_caller_that_has_a_stale_value()
    {
        var cache = WithStaleValue(PolicyWith("soft"));
        using var entered = new ManualResetEventSlim();
        var call = Task.Run(() => cache.Call("key", token => { entered.Set(); token.WaitHandle.WaitOne(); throw new OperationCanceledException(token); }, Mine));
        entered.Wait();

        await _cancellation.CancelAsync();

        await Throws(() => call);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_caller_that_lost_its_patience_and_computes_for_itself(bool isAsync)
    {
        var cache = ByHand.Method<string, string>(new() { WaitTimeout = Seconds(1), OnWaitTimeout = OnWaitTimeout.ComputeUncached, Timeout = Seconds(60) }, _memoizer);
        var gate = new Gate<string>();
        var own = new Gate<string>();
        var leader = Task.Run(() => cache.CallAsync("key", _ => gate.Task));
        await gate.Entered;
        int timers = _time.ActiveTimers;
        var waiter = Task.Run(() => isAsync
            ? cache.CallAsync("key", token => own.Task.WaitAsync(token), Mine)
            : Task.FromResult(cache.Call("key", token => { _ = own.Task; token.WaitHandle.WaitOne(); throw new OperationCanceledException(token); }, Mine)));
        Threads.WaitUntil(() => _time.ActiveTimers == timers + 1);
        _time.Advance(Seconds(1));
        await own.Entered;

        await _cancellation.CancelAsync();

        await Throws(() => waiter);
        gate.Open("value");
        await leader;
    }

    [Fact]
    public async Task Of_a_synchronous_caller_whose_method_has_a_timeout()
    {
        var cache = ByHand.Method<string, string>(new() { Timeout = Seconds(60) }, _memoizer);

        await Throws(() => Task.Run(() => cache.Call("key", token => { _cancellation.Cancel(); token.ThrowIfCancellationRequested(); return "never"; }, Mine)));
    }

    [Fact]
    public async Task Of_a_synchronous_caller_that_waits_for_a_place()
    {
        var cache = ByHand.Method<string, string>(new() { Timeout = Seconds(60), MaxConcurrency = 1 }, _memoizer);
        var gate = new Gate<string>();
        var other = Task.Run(() => cache.Call("other", _ => gate.Wait()));
        await gate.Entered;
        var call = Task.Run(() => cache.Call("key", _ => "never", Mine));
        Threads.WaitUntil(() => cache.LockCount == 2);

        await _cancellation.CancelAsync();

        await Throws(() => call);
        gate.Open("value");
        await other;
    }

    [Fact]
    public async Task Of_a_synchronous_caller_that_waits_for_another_process()
    {
        var processes = new SimulatedProcesses();
        var cache = processes.Start(new() { WaitTimeout = Seconds(60) });
        processes.ClaimAndDie("key");
        var call = Task.Run(() => cache.Call("key", _ => "never", Mine)!);
        Threads.WaitUntil(() => cache.LockCount == 1);

        await _cancellation.CancelAsync();

        await Throws(() => call);
    }

    [Fact]
    public async Task Of_a_caller_that_reads_a_store_which_links_tokens()
    {
        var store = DispatchProxy.Create<IClaimStore, LinkingStore>();
        ((LinkingStore)(object)store).Inner = new InMemoryClaimStore(_time);
        using var memoizer = new Memoizer(new MemoizerOptions { TimeProvider = _time, Store = store });
        var cache = SimulatedProcesses.Start(memoizer);
        var call = cache.CallAsync("key", _ => Task.FromResult<string?>("never"), Mine);

        await _cancellation.CancelAsync();

        await Throws(() => call);
        Assert.Equal((1, 0), (cache.Statistics.Cancelled, cache.LockCount));
    }

    [Fact]
    public async Task Of_who_warms()
    {
        var cache = ByHand.Method<string, string>(new() { WaitTimeout = Seconds(60) }, _memoizer);

        await Throws(() => cache.WarmAsync(["a", "b"], async (key, token) => { await _cancellation.CancelAsync(); await cache.CallAsync(key, _ => Task.FromResult(key), token); }, 1, null, Mine));
    }

    private static async Task RefreshAsync(CachedMethod<string, string> cache, Gate<string> gate)
    {
        using var turn = await cache.EnterToRefreshAsync("key", CancellationToken.None);
        if (!turn.TryGet(out _)) await turn.ComputeAsync(gate, static (gate, _) => new(gate.Task));
    }

    private static CachePolicy<string> PolicyWith(string timeout) => new()
    {
        Duration = Seconds(10),
        StaleOnError = Seconds(100),
        WaitTimeout = timeout is "wait" or "both" ? Seconds(5) : null,
        SoftTimeout = timeout is "soft" or "both" ? Seconds(2) : null,
    };

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private async Task Throws(Func<Task> call)
    {
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call().WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(Mine, failure.CancellationToken);
    }

    private CachedMethod<string, string> WithStaleValue(CachePolicy<string> policy)
    {
        var cache = ByHand.Method<string, string>(policy, _memoizer);
        cache.Set("key", "old");
        _time.Advance(Seconds(10));
        return cache;
    }

    /// <summary>A store whose reads end only when they are cancelled, with a token of its own.</summary>
    public class LinkingStore : DispatchProxy
    {
        internal IClaimStore? Inner { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            return targetMethod!.Name == nameof(IClaimStore.ReadAsync) ? Boxed(ReadAsync((CancellationToken)args![1]!)) : targetMethod.Invoke(Inner, args);

            static object Boxed(ValueTask<StoreLook> task) => task;
        }

        private static async ValueTask<StoreLook> ReadAsync(CancellationToken cancellationToken)
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            return await new TaskCompletionSource<StoreLook>().Task.WaitAsync(linked.Token);
        }
    }
}
