using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>A theory over recorded traces. Where their folder is absent it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TraceTheoryAttribute : TheoryAttribute
{
    public TraceTheoryAttribute()
    {
        if (AccessTrace.Folder is null) Skip = "There is no folder shared/traces beside the repository.";
    }
}
