using System.Globalization;

namespace Memoize.Cli.Tests;

/// <summary>A test that interrupts a process. A process inherits whether interrupts are ignored, as a shell has it for what runs in the background.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InterruptFactAttribute : FactAttribute
{
    private const string Status = "/proc/self/status";
    private const string Ignored = "SigIgn:";
    private const ulong Interrupt = 1UL << 1;

    public InterruptFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "Windows has no signals.";
        else if (IgnoresInterrupts()) Skip = "Interrupts are ignored here, as in a shell's background job.";
    }

    private static bool IgnoresInterrupts()
    {
        if (!File.Exists(Status)) return false;

        string ignored = File.ReadLines(Status).First(static line => line.StartsWith(Ignored, StringComparison.Ordinal));
        return (ulong.Parse(ignored.AsSpan(Ignored.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupt) != 0;
    }
}
