using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// The system's monotonic time, read by a thread of its own every few milliseconds, so that looks get it for the price of a
/// field: asking the system costs as much as the rest of a hit.
/// </summary>
/// <remarks>
/// The time is behind by at most <see cref="Step"/> and what the operating system needs to wake the thread up, which is
/// about what the system's own tick count is behind. The thread sleeps while nobody asks.
/// Invariants:
/// 1. <c>_now</c> is 0 (nobody keeps it up to date: ask the system), or was the time not longer than a step ago, as far as
///    the operating system lets the thread run.
/// 2. The thread only goes to sleep, or ends, after it has set <c>_now</c> to 0, and whoever finds 0 wakes it up.
/// 3. The thread ends when the context of the library unloads, which it would keep.
/// </remarks>
internal static class CoarseTime
{
    /// <summary>The time between two readings, in milliseconds.</summary>
    public const int Step = 4;

    /// <summary>Further than this the coarse time is not behind, in <see cref="TimeSpan"/> ticks, however busy the machine is. Closer to a moment that matters, ask for the <see cref="Exact"/> time.</summary>
    public const long Slack = 100 * TimeSpan.TicksPerMillisecond;

    private const int StepsWithoutReaders = 250;

    private static readonly SemaphoreSlim Wanted = new(0);
    private static readonly Thread Ticker = Start();

    private static long _now;
    private static bool _wasRead;
    private static int _awake;

    /// <summary>The time in <see cref="TimeSpan"/> ticks.</summary>
    public static long Now
    {
        get
        {
            long now = Volatile.Read(ref _now);
            if (now == 0) return AskAndWakeUp();

            if (!_wasRead) _wasRead = true;
            return now;
        }
    }

    /// <summary>The system's tick count itself.</summary>
    public static long Exact => Environment.TickCount64 * TimeSpan.TicksPerMillisecond;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long AskAndWakeUp()
    {
        if (Interlocked.Exchange(ref _awake, 1) == 0) Wanted.Release();
        GC.KeepAlive(Ticker);
        return Exact;
    }

    private static Thread Start()
    {
        var thread = new Thread(Tick) { IsBackground = true, Name = "Memoize clock", Priority = ThreadPriority.AboveNormal };
        thread.UnsafeStart();
        LibraryContext.Tell(static _ => Wanted.Release());
        return thread;
    }

    private static void Tick()
    {
        using var step = new ManualResetEventSlim(initialState: false, spinCount: 0);
        while (true)
        {
            Wanted.Wait();
            for (int unread = 0; unread < StepsWithoutReaders && !LibraryContext.IsUnloading; unread++)
            {
                Volatile.Write(ref _now, Exact);
                step.Wait(Step);
                if (!_wasRead) continue;

                _wasRead = false;
                unread = 0;
            }

            Volatile.Write(ref _now, 0);
            if (LibraryContext.IsUnloading) return;

            Interlocked.Exchange(ref _awake, 0);
        }
    }
}
