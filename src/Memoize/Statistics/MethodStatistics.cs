namespace Memoize;

/// <summary>
/// What happened to the calls of one cached method so far: a snapshot that does not change any more.
/// </summary>
/// <remarks>
/// Every call ends in exactly one of six ways, and <see cref="Requests"/> is their sum. A call that did not find a fresh
/// value is a miss, with one <see cref="MissReason"/>: <see cref="Requests"/> = <see cref="Hits"/> + <see cref="Misses"/>.
/// A snapshot that is taken while calls run can be a few counts behind them; none is ever lost.
/// </remarks>
public sealed class MethodStatistics
{
    private readonly long[] _reasons;

    internal MethodStatistics(string method, ReadOnlySpan<long> outcomes, ReadOnlySpan<long> reasons)
    {
        Method = method;
        Hits = outcomes[(int)CallOutcome.Hit];
        Stale = outcomes[(int)CallOutcome.Stale];
        Coalesced = outcomes[(int)CallOutcome.Coalesced];
        Computed = outcomes[(int)CallOutcome.Computed];
        Failed = outcomes[(int)CallOutcome.Failed];
        Cancelled = outcomes[(int)CallOutcome.Cancelled];
        _reasons = reasons.ToArray();
        foreach (long count in _reasons) Misses += count;
    }

    /// <summary>The method, with its type and parameter types.</summary>
    public string Method { get; }

    /// <summary>The calls that have ended: hits, stale, coalesced, computed, failed and cancelled ones.</summary>
    public long Requests => Hits + Stale + Coalesced + Computed + Failed + Cancelled;

    /// <summary>The calls that found a fresh value.</summary>
    public long Hits { get; }

    /// <summary>The calls that were served an expired value.</summary>
    public long Stale { get; }

    /// <summary>The calls that were served by another caller's computation.</summary>
    public long Coalesced { get; }

    /// <summary>The calls that ran the method and got its result.</summary>
    public long Computed { get; }

    /// <summary>The calls that ended with an exception of the method, whether they ran it or waited for it, with a time-out, or because they would have waited for themselves.</summary>
    public long Failed { get; }

    /// <summary>The calls that their callers cancelled.</summary>
    public long Cancelled { get; }

    /// <summary>The calls that found no fresh value, for whatever reason.</summary>
    public long Misses { get; }

    /// <summary>The values that had to make room for others.</summary>
    public long Evictions { get; internal init; }

    /// <summary>The results that could not be kept because a callback of the policy, the serializer, the clock or a key's equality threw, and those that stayed in memory because a store would not have given them back as they were. Their callers got them.</summary>
    public long KeepFailures { get; internal init; }

    /// <summary>The hits that found their value in the store, and not in memory. <see cref="Hits"/> counts them too.</summary>
    public long StoreHits { get; internal init; }

    /// <summary>The operations on the store that failed. The calls went on without it.</summary>
    public long StoreFailures { get; internal init; }

    /// <summary>The results that the store refused, because the claim had been lost or the key had been written or removed meanwhile. Their callers got them.</summary>
    public long Refusals { get; internal init; }

    /// <summary>The values in the memory store now, among them expired ones that have not been removed yet.</summary>
    public int Entries { get; internal init; }

    /// <summary>The share of the calls that did not have to wait for the method: hits and stale ones, 0 to 1; 0 if there were none.</summary>
    public double HitRatio => Requests == 0 ? 0 : (double)(Hits + Stale) / Requests;

    /// <summary>How many calls missed for <paramref name="reason"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="reason"/> is not a <see cref="MissReason"/>.</exception>
    public long MissesFor(MissReason reason)
    {
        ArgumentOutOfRangeException.ThrowIfNegative((int)reason, nameof(reason));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)reason, _reasons.Length, nameof(reason));
        return _reasons[(int)reason];
    }

    /// <summary>The counts on one line, for logs and debuggers.</summary>
    public override string ToString() =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{Method}: {Requests} requests = {Hits} hits + {Stale} stale + {Coalesced} coalesced + {Computed} computed + {Failed} failed + {Cancelled} cancelled; {Entries} entries");
}
