using System.Diagnostics;

namespace Memoize;

/// <summary>
/// Calls back once when a time of the system's has passed, on a thread that it makes for that. For what blocked threads wait for: the timers of
/// .NET call back on the thread pool, which those threads may fill.
/// </summary>
/// <remarks>
/// One thread watches all alarms. It ends when there has been none for a while, so that it keeps nothing alive.
/// Invariants, guarded by <see cref="Gate"/>:
/// 1. An alarm is pending from when it is set until it rings or is disposed, and it rings once at most.
/// 2. As long as an alarm is pending there is a thread that watches, and it waits no longer than for the first of them.
/// </remarks>
internal sealed class Alarm : IDisposable
{
    private static readonly object Gate = new();
    private static readonly SortedSet<Alarm> Pending = new(Comparer<Alarm>.Create(static (one, other) => (one._due, one._number).CompareTo((other._due, other._number))));
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);
    private static bool _isWatched;
    private static long _lastNumber;

    private readonly TimeSpan _due;
    private readonly long _number;
    private readonly Action<object> _ring;
    private readonly object _state;

    private Alarm(TimeSpan due, long number, Action<object> ring, object state) => (_due, _number, _ring, _state) = (due, number, ring, state);

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Sets an alarm.</summary>
    /// <param name="after">The time until it rings.</param>
    /// <param name="ring">What it does then, on a thread of its own. It must not throw.</param>
    /// <param name="state">What <paramref name="ring"/> gets.</param>
    public static Alarm Set(TimeSpan after, Action<object> ring, object state)
    {
        lock (Gate)
        {
            if (!_isWatched) StartThread("Memoize alarms", static _ => Watch(), null);
            _isWatched = true;

            var alarm = new Alarm(Now + after, ++_lastNumber, ring, state);
            Pending.Add(alarm);
            if (Pending.Min == alarm) Monitor.Pulse(Gate);
            return alarm;
        }
    }

    /// <summary>Takes the alarm back. It may be ringing already.</summary>
    public void Dispose()
    {
        lock (Gate) Pending.Remove(this);
    }

    private static void Watch()
    {
        lock (Gate)
        {
            while (true)
            {
                if (Pending.Min is not { } first)
                {
                    if (Monitor.Wait(Gate, Linger) || Pending.Count > 0) continue;

                    _isWatched = false;
                    return;
                }

                var left = first._due - Now;
                if (left > TimeSpan.Zero)
                {
                    Monitor.Wait(Gate, (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue));
                    continue;
                }

                Pending.Remove(first);
                first.Ring();
            }
        }
    }

    private void Ring()
    {
        try
        {
            StartThread("Memoize alarm", static alarm => ((Alarm)alarm!)._ring(((Alarm)alarm)._state), this);
        }
        catch (OutOfMemoryException)
        {
            // There is no thread to be had: better here, where others wait behind it, than not at all.
            _ring(_state);
        }
    }

    // Without the context of whoever sets the first alarm.
    private static void StartThread(string name, ParameterizedThreadStart body, object? state) =>
        new Thread(body) { IsBackground = true, Name = name }.UnsafeStart(state);
}
