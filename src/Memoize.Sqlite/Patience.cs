using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Memoize.Sqlite;

/// <summary>
/// How long an operation still waits for the file, and how it does: it tries ten times in a row, since others hold the
/// file for microseconds; then it pauses, each time for longer. SQLite's own waiting does not serve: it holds on to the thread,
/// and where it was built without usleep it waits for whole seconds. Real time: the file is held by others, and they know no other.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct Patience(TimeSpan timeout)
{
    private const int Burst = 10;
    private const int Spins = 200; // some microseconds
    private const int LongestPause = 10; // milliseconds

    private readonly long _start = Stopwatch.GetTimestamp();
    private int _attempts;

    public readonly TimeSpan Left
    {
        get
        {
            var left = timeout - Stopwatch.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Whether to try again, and after which pause.</summary>
    public bool GoesOn(out TimeSpan pause)
    {
        var left = Left;
        (int bursts, int rest) = Math.DivRem(++_attempts, Burst);
        pause = rest == 0 ? TimeSpan.FromMilliseconds(Math.Min(bursts, LongestPause)) : TimeSpan.Zero;
        if (pause > left) pause = left;
        if (pause == TimeSpan.Zero && !Thread.Yield()) Thread.SpinWait(Spins);
        return left > TimeSpan.Zero;
    }
}
