namespace Memoize.Sqlite.Tests.Processes;

/// <summary>A theory over processes that are paused and resumed. Where there are no signals for that it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SignalTheoryAttribute : TheoryAttribute
{
    public SignalTheoryAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "Windows has no signals that pause and resume a process.";
    }
}
