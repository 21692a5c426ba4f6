using System.Diagnostics;

namespace Memoize.Benchmarks.Stampede;

/// <summary>Many callers at once on a key that nobody has computed.</summary>
internal static class StampedeReport
{
    public const int Callers = 10_000;

    /// <summary>What one stampede came to.</summary>
    /// <param name="Runs">How often the method ran.</param>
    /// <param name="Lag">From the method's end until the last caller had its value.</param>
    public readonly record struct Result(int Runs, TimeSpan Lag);

    /// <summary>The fastest of some stampedes on a cached method, after one that warms up. None may run the method twice.</summary>
    public static Result Wrapper(int times = 5) => Best(times, static origin => new StampedeShop(new Memoizer(), origin).GetAsync);

    /// <summary>The same by hand.</summary>
    public static Result ByHand(int times = 5) => Best(times, static origin => new StampedeByHand(origin).GetAsync);

    private static Result Best(int times, Func<SlowOrigin, Func<int, Task<Quote>>> make)
    {
        int runs = 0;
        var lag = TimeSpan.MaxValue;
        for (int time = 0; time <= times; time++)
        {
            var origin = new SlowOrigin();
            var result = RunAsync(origin, make(origin)).GetAwaiter().GetResult();
            runs = Math.Max(runs, result.Runs);
            if (time > 0 && result.Lag < lag) lag = result.Lag;
        }

        return new(runs, lag);
    }

    private static async Task<Result> RunAsync(SlowOrigin origin, Func<int, Task<Quote>> get)
    {
        int started = 0;
        var everybodyIsIn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] callers =
        [
            .. Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                var call = get(1);
                if (Interlocked.Increment(ref started) == Callers) everybodyIsIn.SetResult();
                await call;
            })),
        ];

        await everybodyIsIn.Task;
        long ended = Stopwatch.GetTimestamp();
        origin.End();
        await Task.WhenAll(callers);
        return new(origin.Runs, Stopwatch.GetElapsedTime(ended));
    }
}

/// <summary>A method that ends when it is told to.</summary>
internal sealed class SlowOrigin
{
    private readonly TaskCompletionSource<Quote> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runs;

    public int Runs => _runs;

    public Task<Quote> GetAsync()
    {
        Interlocked.Increment(ref _runs);
        return _result.Task;
    }

    public void End() => _result.SetResult(new Quote(1));
}

/// <summary>The cached method over it.</summary>
internal sealed partial class StampedeShop(Memoizer memoizer, SlowOrigin origin)
{
    private readonly Memoizer _memoizer = memoizer;

    [CachedResponse("1h")]
    public partial Task<Quote> GetAsync(int id);

    private Task<Quote> GetCoreAsync(int id) => origin.GetAsync();
}

/// <summary>The same by hand.</summary>
internal sealed class StampedeByHand(SlowOrigin origin) : HandWritten<int, Quote>
{
    protected override Quote Compute(int key) => throw new NotSupportedException();

    protected override Task<Quote> ComputeAsync(int key) => origin.GetAsync();
}
