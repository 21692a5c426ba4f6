namespace Memoize;

/// <summary>What asking for a claim came to: the claim, or a value that another process computed meanwhile, or that another computes for too long.</summary>
internal sealed class Claimed<TValue>
{
    /// <summary>The claim, held until it is disposed; null if the value was found, or another has it for too long.</summary>
    public HeldClaim? Claim { get; init; }

    /// <summary>Whether the value was found.</summary>
    public bool IsFound { get; init; }

    /// <summary>What was found.</summary>
    public StoredLook<TValue> Found { get; init; }

    /// <summary>Whether another process computes the key, for longer than the callers wait: their own result is not kept.</summary>
    public bool IsBesideAnother { get; init; }
}
