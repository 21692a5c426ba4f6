using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>Several processes on one store, each with threads of its own, doing everything at once.</summary>
public sealed class StoreSoakTests(ITestOutputHelper output)
{
    private const int ProcessCount = 4;
    private const int ThreadCount = 3;
    private const int CallCount = 1_000;
    private const int KeyCount = 6;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_lost_resurrected_or_left_behind(bool withInvalidations)
    {
        int seed = Environment.TickCount;
        var processes = new SimulatedProcesses();
        var policy = new CachePolicy<string?> { Capacity = 4, When = static (_, value) => !value!.EndsWith("bad", StringComparison.Ordinal) };
        var methods = Enumerable.Range(0, ProcessCount).Select(_ => processes.Start(policy)).ToArray();
        var running = new int[KeyCount];
        var begun = new long[1];
        var invalidated = new long[ProcessCount, KeyCount];
        long computed = 0;

        Threads.Run(ProcessCount * ThreadCount, thread =>
        {
            int process = thread % ProcessCount;
            var method = methods[process];
            var random = new Random(seed + thread);
            for (int call = 0; call < CallCount; call++)
            {
                int key = random.Next(KeyCount);
                string text = $"key {key}";
                int what = random.Next(100);
                if (withInvalidations && what < 4)
                {
                    long before = Interlocked.Read(ref begun[0]);
                    switch (what)
                    {
                        case 0:
                            method.Invalidate(text);
                            break;
                        case 1:
                            method.InvalidateAsync(text).AsTask().Wait();
                            break;
                        case 2:
                            method.Memoizer.InvalidateTag(text);
                            break;
                        default:
                            method.Memoizer.InvalidateTagAsync(text).AsTask().Wait();
                            break;
                    }

                    InterlockedMax(ref invalidated[process, key], before);
                    continue;
                }

                bool fails = random.Next(20) == 0;
                bool yields = random.Next(2) == 0;
                string suffix = random.Next(20) == 0 ? "bad" : "good";
                long after = Interlocked.Read(ref invalidated[process, key]);
                using var cancellation = random.Next(10) == 0 ? new CancellationTokenSource(TimeSpan.FromTicks(random.Next(5_000))) : new CancellationTokenSource();
                try
                {
                    string value = random.Next(2) == 0
                        ? CallTagged(method, text, token => Compute(key, fails, suffix, token), cancellation.Token)
                        : CallTaggedAsync(method, text, token => ComputeAsync(key, fails, yields, suffix, token), cancellation.Token).GetAwaiter().GetResult();
                    string[] parts = value.Split('/');
                    Assert.Equal(text, parts[0]);
                    long number = long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
                    Assert.True(number > after, $"Seed {seed}: {text} gave {number} after an invalidation at {after}.");
                }
                catch (InvalidDataException)
                {
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                }
            }
        });

        foreach (var method in methods)
        {
            Threads.WaitUntil(() => method.Memoizer.Running.Count == 0 && method.LockCount == 0);
            method.Verify();
            var statistics = method.Statistics;
            Assert.Equal(statistics.Requests, statistics.Hits + statistics.Misses);
            Assert.Equal(0, statistics.StoreFailures);
            Assert.True(withInvalidations || statistics.Requests == ThreadCount * CallCount, $"Seed {seed}: {statistics}");
            output.WriteLine($"{statistics}; {statistics.StoreHits} from the store, {statistics.Refusals} refused");
        }

        // No claim is left: every key is free or has its value.
        for (int key = 0; key < KeyCount; key++)
            Threads.WaitUntil(() => !processes.Store.TryClaim(new() { Key = SimulatedProcesses.KeyOf($"key {key}"), Method = SimulatedProcesses.Name }).IsPending || Abandoned(key));
        output.WriteLine($"Seed {seed}, {computed} computations.");

        string Compute(int key, bool fails, string suffix, CancellationToken token)
        {
            long number = Begin(key);
            try
            {
                Thread.Yield();
                token.ThrowIfCancellationRequested();
                return fails ? throw new InvalidDataException() : $"key {key}/{number}/{suffix}";
            }
            finally
            {
                Interlocked.Decrement(ref running[key]);
            }
        }

        async Task<string> ComputeAsync(int key, bool fails, bool yields, string suffix, CancellationToken token)
        {
            long number = Begin(key);
            try
            {
                if (yields) await Task.Yield();
                token.ThrowIfCancellationRequested();
                return fails ? throw new InvalidDataException() : $"key {key}/{number}/{suffix}";
            }
            finally
            {
                Interlocked.Decrement(ref running[key]);
            }
        }

        long Begin(int key)
        {
            Interlocked.Increment(ref computed);
            int now = Interlocked.Increment(ref running[key]);

            // Who is cancelled gives the claim up while the method may still be ending; only an invalidation lets a second one begin.
            Assert.True(withInvalidations || now <= 1 + ProcessCount, $"Seed {seed}: {now} computations of key {key} at once.");
            return Interlocked.Increment(ref begun[0]);
        }

        bool Abandoned(int key)
        {
            // The claim that the look before has just won itself.
            processes.Store.Remove(SimulatedProcesses.KeyOf($"key {key}"));
            return false;
        }
    }

    private static void InterlockedMax(ref long target, long value)
    {
        long seen = Interlocked.Read(ref target);
        while (seen < value)
        {
            long before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    private static string CallTagged(CachedMethod<TextKey, string?> cache, string key, Func<CancellationToken, string> core, CancellationToken cancellationToken)
    {
        if (cache.TryGet(key, out string? hit)) return hit!;

        using var turn = cache.Enter(key, cancellationToken);
        return turn.TryGet(out string? value) ? value! : turn.Compute(core, static (core, token) => core(token), tags: [key])!;
    }

    private static async Task<string> CallTaggedAsync(CachedMethod<TextKey, string?> cache, string key, Func<CancellationToken, Task<string>> core, CancellationToken cancellationToken)
    {
        if (cache.TryGetTask(key, out var hit)) return (await hit)!;

        using var turn = await cache.EnterAsync(key, cancellationToken);
        return turn.TryGet(out string? value) ? value! : (await turn.ComputeAsync(core, static async (core, token) => await core(token), tags: [key]))!;
    }
}
