using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Memoize;

namespace Quickstart.Measuring;

/// <summary>Lets many callers ask a new catalogue for its rules at the same moment, and measures what that costs.</summary>
/// <param name="memoizer">Keeps what the catalogues load.</param>
internal sealed class Callers(Memoizer memoizer)
{
    /// <summary>Threads that are released together by a barrier.</summary>
    public Measurement OnThreads(string name, int threads, Func<RuleCatalog, RuleSet> call)
    {
        LoadLog log = new();
        RuleCatalog catalog = new(memoizer, log.Write);
        RuleSet[] results = new RuleSet[threads];
        ConcurrentQueue<Exception> failures = [];

        // The clock starts in the barrier's last phase: after every thread has arrived and before any is let go.
        using Barrier release = new(threads, _ => log.Start());
        Thread[] callers = [.. Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            release.SignalAndWait();
            try
            {
                results[index] = call(catalog);
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        }))];

        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());
        TimeSpan wallTime = log.Elapsed;

        if (failures.TryPeek(out Exception? failure)) ExceptionDispatchInfo.Throw(failure);
        return new Measurement(name, catalog.FilesRead, catalog.Loads, wallTime, results, log.Lines);
    }

    /// <summary>Asynchronous callers that wait for one gate.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="callers">How many callers there are.</param>
    /// <param name="atOnce">How many of them may be inside the call at a time.</param>
    /// <param name="call">What each of them calls.</param>
    public async Task<Measurement> AtOneGateAsync(string name, int callers, int atOnce, Func<RuleCatalog, Task<RuleSet>> call)
    {
        LoadLog log = new();
        RuleCatalog catalog = new(memoizer, log.Write);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using SemaphoreSlim places = new(atOnce);

        Task<RuleSet>[] calls = [.. Enumerable.Range(0, callers).Select(_ => CallAsync())];
        log.Start();
        gate.SetResult();
        RuleSet[] results = await Task.WhenAll(calls);
        TimeSpan wallTime = log.Elapsed;

        return new Measurement(name, catalog.FilesRead, catalog.Loads, wallTime, results, log.Lines);

        async Task<RuleSet> CallAsync()
        {
            await gate.Task;
            await places.WaitAsync();
            try
            {
                return await call(catalog);
            }
            finally
            {
                places.Release();
            }
        }
    }
}
