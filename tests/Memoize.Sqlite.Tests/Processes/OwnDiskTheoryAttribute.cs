namespace Memoize.Sqlite.Tests.Processes;

/// <summary>A theory over a disk that is full, or that cannot be written to. Where none can be made it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnDiskTheoryAttribute : TheoryAttribute
{
    public OwnDiskTheoryAttribute() => Skip = OwnDisk.WhyNot;
}
