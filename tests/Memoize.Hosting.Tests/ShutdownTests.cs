using Memoize.Testing;
using Memoize.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Memoize.Hosting.Tests;

public sealed class ShutdownTests : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _log = new();
    private readonly TaskCompletionSource<int> _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_computation_that_ends_within_the_grace_time_serves_all_its_callers()
    {
        var memoizer = NewMemoizer();
        var cache = ByHand.Method<int, int>(memoizer: memoizer);
        var calls = Enumerable.Range(0, 10).Select(_ => cache.CallAsync(1, _ => _gate.Task)).ToArray();

        var disposing = memoizer.DisposeAsync().AsTask();
        _time.Advance(Grace - TimeSpan.FromTicks(1));
        Assert.False(disposing.IsCompleted);
        _gate.SetResult(7);
        await disposing;

        Assert.All(await Task.WhenAll(calls), value => Assert.Equal(7, value));
        Assert.False(cache.TryPeek(1, out _));
        Assert.Equal(0, cache.LockCount);
        Assert.Empty(_log.Records);
    }

    [Fact]
    public async Task A_synchronous_computation_is_waited_for_too()
    {
        var memoizer = NewMemoizer();
        var cache = ByHand.Method<int, int>(memoizer: memoizer);
        var running = new TaskCompletionSource();
        var call = Task.Run(() => cache.Call(1, _ =>
        {
            running.SetResult();
            return _gate.Task.GetAwaiter().GetResult();
        }));
        await running.Task;

        var disposing = memoizer.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        _gate.SetResult(7);

        Assert.Equal(7, await call);
        await disposing;
    }

    [Fact]
    public async Task After_the_grace_time_computations_are_cancelled_with_all_their_callers()
    {
        var memoizer = NewMemoizer();
        var cache = ByHand.Method<int, int>(memoizer: memoizer);
        var calls = Enumerable.Range(0, 10).Select(_ => cache.CallAsync(1, token => _gate.Task.WaitAsync(token))).ToArray();

        var disposing = memoizer.DisposeAsync().AsTask();
        _time.Advance(Grace);
        await disposing;

        foreach (var call in calls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var record = Assert.Single(_log.Records);
        Assert.Equal((LogLevel.Warning, 5), (record.Level, record.EventId));
        Assert.Equal("1 computations did not end within the shutdown time-out of 00:00:05 and were cancelled.", record.Message);
    }

    [Fact]
    public async Task A_computation_that_was_invalidated_meanwhile_is_cancelled_as_well()
    {
        var memoizer = NewMemoizer();
        var cache = ByHand.Method<int, int>(memoizer: memoizer);
        var before = cache.CallAsync(1, token => _gate.Task.WaitAsync(token));
        cache.Invalidate(1);
        var after = cache.CallAsync(1, token => _gate.Task.WaitAsync(token));

        memoizer.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => before);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => after);
    }

    [Fact]
    public async Task Without_a_grace_time_computations_are_cancelled_at_once()
    {
        var memoizer = NewMemoizer(TimeSpan.Zero);
        var call = ByHand.Method<int, int>(memoizer: memoizer).CallAsync(1, token => _gate.Task.WaitAsync(token));

        await memoizer.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_core_that_ignores_its_token_does_not_hold_the_shutdown_up()
    {
        var memoizer = NewMemoizer();
        _ = ByHand.Method<int, int>(memoizer: memoizer).CallAsync(1, _ => _gate.Task);

        var disposing = memoizer.DisposeAsync().AsTask();
        _time.Advance(Grace);

        await disposing;
    }

    [Fact]
    public async Task Dispose_cancels_at_once_and_waits_for_nothing()
    {
        var memoizer = NewMemoizer();
        var call = ByHand.Method<int, int>(memoizer: memoizer).CallAsync(1, token => _gate.Task.WaitAsync(token));

        memoizer.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Dispose_ends_the_waiting_of_DisposeAsync()
    {
        var memoizer = NewMemoizer();
        var call = ByHand.Method<int, int>(memoizer: memoizer).CallAsync(1, token => _gate.Task.WaitAsync(token));
        var disposing = memoizer.DisposeAsync().AsTask();

        memoizer.Dispose();

        await disposing;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Disposing_many_times_at_once_has_one_end_for_all()
    {
        var memoizer = NewMemoizer();
        var call = ByHand.Method<int, int>(memoizer: memoizer).CallAsync(1, _ => _gate.Task);

        var disposing = new Task[8];
        Parallel.For(0, disposing.Length, i => disposing[i] = memoizer.DisposeAsync().AsTask());
        Assert.All(disposing, task => Assert.False(task.IsCompleted));
        _gate.SetResult(7);
        await Task.WhenAll(disposing);

        Assert.Equal(7, await call);
        memoizer.Dispose();
        await memoizer.DisposeAsync();
        Assert.Empty(_log.Records);
    }

    [Fact]
    public async Task DisposeAsync_after_Dispose_waits_for_nothing()
    {
        var memoizer = NewMemoizer();
        _ = ByHand.Method<int, int>(memoizer: memoizer).CallAsync(1, _ => _gate.Task);

        memoizer.Dispose();
        await memoizer.DisposeAsync();

        _gate.SetResult(7);
    }

    [Fact]
    public async Task Calls_that_miss_after_disposal_are_refused()
    {
        var memoizer = NewMemoizer();
        var used = ByHand.Method<int, int>(memoizer: memoizer);
        used.Set(1, 1);
        await memoizer.DisposeAsync();

        // The entry went with the memoizer.
        await Assert.ThrowsAsync<ObjectDisposedException>(() => used.CallAsync(1, _ => Task.FromResult(1)));
        Assert.Throws<ObjectDisposedException>(() => used.Call(1, _ => 1));
        var first = Assert.Throws<ObjectDisposedException>(() => ByHand.Method<int, int>(memoizer: memoizer));
        Assert.Contains("host has stopped", first.Message, StringComparison.Ordinal);
        Assert.Contains("lives longer", first.Message, StringComparison.Ordinal);
        Assert.Single(memoizer.GetStatistics());
    }

    [Fact]
    public async Task A_host_that_stops_lets_computations_end_while_the_services_they_use_are_alive()
    {
        using var host = HostWith(_time);
        await host.StartAsync();
        var used = host.Services.GetRequiredService<Dependency>();
        var memoizer = host.Services.GetRequiredService<Memoizer>();
        var call = ByHand.Method<int, bool>(memoizer: memoizer).CallAsync(1, async _ =>
        {
            await _gate.Task;
            return used.IsDisposed;
        });

        var stopping = host.StopAsync();
        Assert.False(stopping.IsCompleted);
        _gate.SetResult(1);
        await stopping;

        Assert.False(await call);
        Assert.True(memoizer.IsDisposed);
        Assert.NotSame(memoizer, Memoizer.Default);
        host.Dispose();
        Assert.True(used.IsDisposed);
    }

    [Fact]
    public async Task A_host_that_stops_cancels_computations_after_the_grace_time()
    {
        using var host = HostWith(_time);
        await host.StartAsync();
        var call = ByHand.Method<int, int>(memoizer: host.Services.GetRequiredService<Memoizer>()).CallAsync(1, token => _gate.Task.WaitAsync(token));

        var stopping = host.StopAsync();
        _time.Advance(Grace);
        await stopping;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_host_that_has_no_time_left_cancels_computations_at_once()
    {
        using var host = HostWith(_time);
        await host.StartAsync();
        var call = ByHand.Method<int, int>(memoizer: host.Services.GetRequiredService<Memoizer>()).CallAsync(1, token => _gate.Task.WaitAsync(token));
        using var hostsTime = new CancellationTokenSource();

        var stopping = host.StopAsync(hostsTime.Token);
        Assert.False(call.IsCompleted);
        await hostsTime.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await stopping.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_container_without_a_host_lets_computations_end_when_it_is_disposed_asynchronously()
    {
        var provider = new ServiceCollection().AddMemoize().BuildServiceProvider();
        var call = ByHand.Method<int, int>(memoizer: provider.GetRequiredService<Memoizer>()).CallAsync(1, _ => _gate.Task);

        var disposing = provider.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        _gate.SetResult(7);

        await disposing;
        Assert.Equal(7, await call);
    }

    private static IHost HostWith(TimeProvider time)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddMemoize(options =>
        {
            options.TimeProvider = time;
            options.ShutdownTimeout = Grace;
            options.AutomaticPruning = false;
        });
        builder.Services.AddSingleton<Dependency>();
        return builder.Build();
    }

    private Memoizer NewMemoizer(TimeSpan? grace = null) =>
        new(new MemoizerOptions { TimeProvider = _time, LoggerFactory = _log, ShutdownTimeout = grace ?? Grace });

    private sealed class Dependency : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
