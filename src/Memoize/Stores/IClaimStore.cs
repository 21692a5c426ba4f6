namespace Memoize;

/// <summary>
/// A store that lets one process at a time compute a key: the process takes a claim, with a lease that it renews and a token
/// that fences it off once the lease has run out or the key was written or removed.
/// </summary>
/// <remarks>
/// Invariants that every implementation keeps, and <c>ClaimStoreContract</c> tests:
/// 1. At most one claim on a key is current. Its token is greater than that of every earlier claim on the key.
/// 2. <see cref="Complete"/>, <see cref="Renew"/> and <see cref="Abandon"/> do something only with the current claim's token; but
///    completing again what was completed with the same token, and not changed since, is true again.
/// 3. A claim whose lease has run out stays current until somebody takes the key over.
/// 4. Writing and removing a key voids its claim: what was begun before is refused after.
/// 5. The <see cref="StoredEntry.Revision"/> of an entry changes with every write of the key.
/// </remarks>
public interface IClaimStore : ICacheStore
{
    /// <summary>How long a claim lasts that is not renewed; <see cref="Timeout.InfiniteTimeSpan"/> if none ever has to be.</summary>
    TimeSpan LeaseDuration { get; }

    /// <summary>Tries to get the right to compute a key.</summary>
    ClaimResult TryClaim(ClaimRequest request);

    /// <inheritdoc cref="TryClaim"/>
    ValueTask<ClaimResult> TryClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lets the lease of <paramref name="claim"/> begin anew.</summary>
    /// <returns>False if the claim is not current any more.</returns>
    bool Renew(StoreClaim claim);

    /// <inheritdoc cref="Renew"/>
    ValueTask<bool> RenewAsync(StoreClaim claim, CancellationToken cancellationToken = default);

    /// <summary>Writes what was computed, and ends the claim.</summary>
    /// <returns>False if the claim is not current any more: nothing was written.</returns>
    bool Complete(StoreClaim claim, StoredEntry entry);

    /// <inheritdoc cref="Complete"/>
    ValueTask<bool> CompleteAsync(StoreClaim claim, StoredEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Ends the claim without a result, so that another can claim the key. An entry that the key has stays.</summary>
    /// <returns>False if the claim is not current any more.</returns>
    bool Abandon(StoreClaim claim);

    /// <inheritdoc cref="Abandon"/>
    ValueTask<bool> AbandonAsync(StoreClaim claim, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until the claim with <paramref name="token"/> on <paramref name="key"/> may have ended, cheaply and for
    /// <paramref name="atMost"/>. It may return early; the caller claims again to find out.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    void WaitForChange(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="WaitForChange"/>
    ValueTask WaitForChangeAsync(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default);
}
