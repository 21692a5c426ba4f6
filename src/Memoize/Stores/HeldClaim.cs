namespace Memoize;

/// <summary>
/// A claim while its computation runs: its lease is renewed, and it is given up at once when nobody wants the computation any
/// more.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. The claim is completed or abandoned once, or left to run out if the store fails.
/// 2. No renewal begins after that.
/// </remarks>
internal sealed class HeldClaim : IDisposable
{
    private readonly CachedMethod _method;
    private readonly AttachedStore _store;
    private readonly ITimer? _renewals;
    private readonly CancellationTokenRegistration _abandonment;
    private int _ended;
    private int _renewing;

    /// <summary>Holds a claim.</summary>
    /// <param name="method">The method that computes.</param>
    /// <param name="store">The store that gave the claim.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="unwanted">Is cancelled when nobody wants the computation any more.</param>
    public HeldClaim(CachedMethod method, AttachedStore store, StoreClaim claim, CancellationToken unwanted)
    {
        (_method, _store, Claim) = (method, store, claim);
        var lease = store.Claims.LeaseDuration;
        if (lease > TimeSpan.Zero)
        {
            // A third: two renewals may be late before the lease runs out.
            var period = Limits.ForTimer(lease / 3);
            _renewals = method.Memoizer.Clock.Provider.CreateTimer(static held => _ = ((HeldClaim)held!).RenewAsync(), this, period, period);
        }

        _abandonment = unwanted.UnsafeRegister(static held => _ = ((HeldClaim)held!).AbandonCarefullyAsync(), this);
    }

    public StoreClaim Claim { get; }

    /// <summary>Ends the holding: true for one caller, who then completes or abandons.</summary>
    public bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;

        _renewals?.Dispose();
        return true;
    }

    public void Dispose()
    {
        _renewals?.Dispose();
        _abandonment.Dispose();
    }

    private async Task RenewAsync()
    {
        // A store that is slow gets one renewal at a time.
        if (Volatile.Read(ref _ended) != 0 || Interlocked.Exchange(ref _renewing, 1) != 0) return;

        try
        {
            if (await _store.Claims.RenewAsync(Claim).ConfigureAwait(false)) return;

            _renewals!.Dispose();
            if (Volatile.Read(ref _ended) == 0) Log.ClaimLost(_method.Memoizer.Logger, _method.Name);
        }
        catch (Exception failure)
        {
            // The next renewal may work out; if none does, the lease runs out and another process takes over.
            Log.StoreFailed(_method.Memoizer.Logger, failure, _method.Name, "renew a claim");
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }

    private async Task AbandonCarefullyAsync()
    {
        if (!TryEnd()) return;

        try
        {
            await _store.Claims.AbandonAsync(Claim).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Log.StoreFailed(_method.Memoizer.Logger, failure, _method.Name, "abandon a claim");
        }
    }
}
