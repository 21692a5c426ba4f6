using System.Runtime.CompilerServices;

namespace Memoize.Testing;

/// <summary>
/// A store that fails when it is told to: at a certain call, at certain ones or at all, before the call took effect or after.
/// It can hold calls at a gate too, and keeps a record of all. Thread-safe.
/// </summary>
public sealed class FaultingStore(IClaimStore inner) : IClaimStore
{
    private readonly Lock _lock = new();
    private readonly List<StoreCall> _calls = [];
    private readonly List<Fault> _faults = [];

    public TimeSpan LeaseDuration => inner.LeaseDuration;

    /// <summary>The calls so far, in the order in which they began. Asking for the lease duration is none.</summary>
    public IReadOnlyList<StoreCall> Calls
    {
        get
        {
            lock (_lock) return [.. _calls];
        }
    }

    /// <summary>The names of the operations that were called, in their order.</summary>
    public IReadOnlyList<string> Operations => [.. Calls.Select(call => call.Operation)];

    /// <summary>Lets the call with this number fail; the first has number 1.</summary>
    public void FailAt(int number, FaultMoment moment = FaultMoment.Before) => FailWhere(call => call.Number == number, moment);

    /// <summary>Lets every call of an operation fail.</summary>
    public void FailOn(string operation, FaultMoment moment = FaultMoment.Before) => FailWhere(call => call.Operation == operation, moment);

    /// <summary>Lets every call fail from now on.</summary>
    public void FailAll(FaultMoment moment = FaultMoment.Before) => FailWhere(static _ => true, moment);

    /// <summary>Lets certain calls fail.</summary>
    public void FailWhere(Func<StoreCall, bool> isMeant, FaultMoment moment = FaultMoment.Before) => Add(new Fault(isMeant, moment, Gate: null));

    /// <summary>Holds the call with this number; the first has number 1.</summary>
    public HeldCall HoldAt(int number, FaultMoment moment = FaultMoment.Before) => HoldWhere(call => call.Number == number, moment);

    /// <summary>Holds every call of an operation.</summary>
    public HeldCall HoldOn(string operation, FaultMoment moment = FaultMoment.Before) => HoldWhere(call => call.Operation == operation, moment);

    /// <summary>Holds certain calls, all at the same gate.</summary>
    public HeldCall HoldWhere(Func<StoreCall, bool> isMeant, FaultMoment moment = FaultMoment.Before)
    {
        var gate = new HeldCall();
        Add(new Fault(isMeant, moment, gate));
        return gate;
    }

    /// <summary>Lets calls that begin from now on be as those of the inner store; what is held stays held.</summary>
    public void Heal()
    {
        lock (_lock) _faults.Clear();
    }

    /// <summary>Forgets the calls so far: the next has number 1.</summary>
    public void Forget()
    {
        lock (_lock) _calls.Clear();
    }

    public StoreLook Read(StoreKey key) => Call(nameof(Read), () => inner.Read(key));

    public ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) =>
        CallAsync(nameof(Read), () => inner.ReadAsync(key, cancellationToken), cancellationToken);

    public void Write(StoredEntry entry) => Call(nameof(Write), () => Done(() => inner.Write(entry)));

    public async ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default) =>
        await CallAsync(nameof(Write), () => Done(inner.WriteAsync(entry, cancellationToken)), cancellationToken);

    public bool Remove(StoreKey key) => Call(nameof(Remove), () => inner.Remove(key));

    public ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default) =>
        CallAsync(nameof(Remove), () => inner.RemoveAsync(key, cancellationToken), cancellationToken);

    public long RemoveByTag(string tag) => Call(nameof(RemoveByTag), () => inner.RemoveByTag(tag));

    public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) =>
        CallAsync(nameof(RemoveByTag), () => inner.RemoveByTagAsync(tag, cancellationToken), cancellationToken);

    public long Clear(string? method = null) => Call(nameof(Clear), () => inner.Clear(method));

    public ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default) =>
        CallAsync(nameof(Clear), () => inner.ClearAsync(method, cancellationToken), cancellationToken);

    public long Prune() => Call(nameof(Prune), inner.Prune);

    public ValueTask<long> PruneAsync(CancellationToken cancellationToken = default) =>
        CallAsync(nameof(Prune), () => inner.PruneAsync(cancellationToken), cancellationToken);

    public long Count() => Call(nameof(Count), inner.Count);

    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) =>
        CallAsync(nameof(Count), () => inner.CountAsync(cancellationToken), cancellationToken);

    public IEnumerable<StoredEntry> Enumerate() => Call(nameof(Enumerate), () => inner.Enumerate().ToArray());

    public async IAsyncEnumerable<StoredEntry> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var entries = await CallAsync(nameof(Enumerate), () => inner.EnumerateAsync(cancellationToken).ToArrayAsync(cancellationToken), cancellationToken);
        foreach (var entry in entries) yield return entry;
    }

    public ClaimResult TryClaim(ClaimRequest request) => Call(nameof(TryClaim), () => inner.TryClaim(request));

    public ValueTask<ClaimResult> TryClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(nameof(TryClaim), () => inner.TryClaimAsync(request, cancellationToken), cancellationToken);

    public bool Renew(StoreClaim claim) => Call(nameof(Renew), () => inner.Renew(claim));

    public ValueTask<bool> RenewAsync(StoreClaim claim, CancellationToken cancellationToken = default) =>
        CallAsync(nameof(Renew), () => inner.RenewAsync(claim, cancellationToken), cancellationToken);

    public bool Complete(StoreClaim claim, StoredEntry entry) => Call(nameof(Complete), () => inner.Complete(claim, entry));

    public ValueTask<bool> CompleteAsync(StoreClaim claim, StoredEntry entry, CancellationToken cancellationToken = default) =>
        CallAsync(nameof(Complete), () => inner.CompleteAsync(claim, entry, cancellationToken), cancellationToken);

    public bool Abandon(StoreClaim claim) => Call(nameof(Abandon), () => inner.Abandon(claim));

    public ValueTask<bool> AbandonAsync(StoreClaim claim, CancellationToken cancellationToken = default) =>
        CallAsync(nameof(Abandon), () => inner.AbandonAsync(claim, cancellationToken), cancellationToken);

    public void WaitForChange(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default) =>
        Call(nameof(WaitForChange), () => Done(() => inner.WaitForChange(key, token, atMost, cancellationToken)));

    public async ValueTask WaitForChangeAsync(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken = default) =>
        await CallAsync(nameof(WaitForChange), () => Done(inner.WaitForChangeAsync(key, token, atMost, cancellationToken)), cancellationToken);

    private T Call<T>(string operation, Func<T> call)
    {
        var (number, faults) = Begin(operation, CallForm.Synchronous);
        Meet(FaultMoment.Before);
        var result = call();
        Meet(FaultMoment.After);
        return result;

        void Meet(FaultMoment moment)
        {
            foreach (var fault in faults.Where(fault => fault.Moment == moment))
            {
                if (fault.Gate is { } gate) gate.Arrive().GetAwaiter().GetResult();
                else throw Failure(number, moment);
            }
        }
    }

    private async ValueTask<T> CallAsync<T>(string operation, Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var (number, faults) = Begin(operation, CallForm.Asynchronous);
        await MeetAsync(FaultMoment.Before);
        var result = await call();
        await MeetAsync(FaultMoment.After);
        return result;

        async Task MeetAsync(FaultMoment moment)
        {
            foreach (var fault in faults.Where(fault => fault.Moment == moment))
            {
                if (fault.Gate is { } gate) await gate.Arrive().WaitAsync(cancellationToken);
                else throw Failure(number, moment);
            }
        }
    }

    private (StoreCall Call, Fault[] Faults) Begin(string operation, CallForm form)
    {
        lock (_lock)
        {
            var call = new StoreCall(_calls.Count + 1, operation, form);
            _calls.Add(call);
            return (call, [.. _faults.Where(fault => fault.IsMeant(call))]);
        }
    }

    private void Add(Fault fault)
    {
        lock (_lock) _faults.Add(fault);
    }

    private static IOException Failure(StoreCall call, FaultMoment moment) =>
        new($"The store was told to fail at call {call}, {(moment == FaultMoment.Before ? "before" : "after")} it took effect.");

    private static bool Done(Action action)
    {
        action();
        return true;
    }

    private static async ValueTask<bool> Done(ValueTask task)
    {
        await task;
        return true;
    }

    private sealed record Fault(Func<StoreCall, bool> IsMeant, FaultMoment Moment, HeldCall? Gate);
}
