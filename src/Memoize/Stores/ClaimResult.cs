namespace Memoize;

/// <summary>The answer to a <see cref="ClaimRequest"/>: the claim, or whose lease to wait for, or the entry itself.</summary>
public readonly record struct ClaimResult
{
    private ClaimResult(StoreClaim? claim, StoredEntry? entry, long pendingToken, DateTimeOffset pendingUntil)
    {
        Claim = claim;
        Entry = entry;
        PendingToken = pendingToken;
        PendingUntil = pendingUntil;
    }

    /// <summary>The claim that was won; <see langword="null"/> if none was.</summary>
    public StoreClaim? Claim { get; }

    /// <summary>The entry that has come since the caller looked; <see langword="null"/> if there is none.</summary>
    public StoredEntry? Entry { get; }

    /// <summary>The token of the claim that another has; 0 if none has.</summary>
    public long PendingToken { get; }

    /// <summary>When the lease of the other's claim runs out.</summary>
    public DateTimeOffset PendingUntil { get; }

    /// <summary>Whether another has the claim.</summary>
    public bool IsPending => Claim is null && Entry is null;

    /// <summary>The caller has the claim.</summary>
    public static ClaimResult Won(StoreClaim claim) => new(claim, entry: null, pendingToken: 0, default);

    /// <summary>Another computes the key.</summary>
    /// <param name="token">The token of the other's claim.</param>
    /// <param name="until">When the other's lease runs out, unless it is renewed.</param>
    public static ClaimResult Pending(long token, DateTimeOffset until) => new(claim: null, entry: null, token, until);

    /// <summary>The key has an entry that the caller did not know.</summary>
    public static ClaimResult Ready(StoredEntry entry) => new(claim: null, entry, pendingToken: 0, default);
}
