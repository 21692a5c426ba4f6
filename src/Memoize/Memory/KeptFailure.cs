using System.Runtime.ExceptionServices;

namespace Memoize;

/// <summary>A failure that is remembered, and thrown again until it is forgotten (<c>FailureDuration</c>).</summary>
internal sealed record KeptFailure(ExceptionDispatchInfo Failure, long Until, string[]? Tags)
{
    public bool IsRememberedAt(long now) => now < Until;
}
