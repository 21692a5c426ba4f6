namespace Memoize.Tests;

/// <summary>Real threads that start together.</summary>
internal static class Threads
{
    /// <summary>Runs <paramref name="body"/> on <paramref name="count"/> threads that start together, and rethrows what they threw.</summary>
    public static void Run(int count, Action<int> body)
    {
        using var start = new Barrier(count);
        var failures = new List<Exception>();
        var threads = new List<Thread>();
        for (int i = 0; i < count; i++)
        {
            int index = i;
            var thread = new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    body(index);
                }
                catch (Exception failure)
                {
                    lock (failures) failures.Add(failure);
                }
            })
            { IsBackground = true };
            threads.Add(thread);
            thread.Start();
        }

        foreach (var thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "A thread did not end.");
        if (failures.Count > 0) throw new AggregateException(failures);
    }

    /// <summary>Runs two actions at the same moment, one of them on this thread.</summary>
    public static void Race(Action one, Action other)
    {
        int arrived = 0;
        var beside = Task.Run(() =>
        {
            Meet();
            other();
        });
        Meet();
        one();
        Assert.True(beside.Wait(TimeSpan.FromSeconds(60)), "The other action did not end.");

        void Meet()
        {
            Interlocked.Increment(ref arrived);
            SpinWait.SpinUntil(() => Volatile.Read(ref arrived) == 2);
        }
    }

    /// <summary>Lets other threads go on until <paramref name="condition"/> holds; fails when it does not in 60 seconds.</summary>
    public static void WaitUntil(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)), "The condition did not come true.");

    /// <summary>Lets the garbage collector go on until it has taken all of <paramref name="targets"/>; fails when something keeps one of them.</summary>
    public static void WaitUntilCollected(params WeakReference[] targets)
    {
        for (int i = 0; i < 50 && targets.Any(static target => target.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Yield();
        }

        Assert.All(targets, static target => Assert.False(target.IsAlive, "Something keeps it."));
    }
}
