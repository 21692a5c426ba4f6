using System.Buffers;
using System.Collections.Concurrent;

namespace Memoize;

/// <summary>
/// The second level of one cached method: reads its entries from the store, claims keys, and completes or abandons the claims.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. What the store throws never reaches a caller of the method: the call goes on as if there were no store, and the failure is
///    counted and logged. Only what the user orders (set, invalidate, clear) throws.
/// 2. An entry is served only if it is whole, of the method's version and code, of the result's schema, and fresh, or stale for
///    no longer than the policy allows.
/// 3. A result that the store refused, because its claim was lost or the key was written or removed meanwhile, is kept nowhere.
/// 4. A result that would not come back from the store as it was, as far as <see cref="RoundTripCheck{TValue}"/> sees, does not go
///    into it. It stays in memory, and its claim is given up. So does one that cannot be written.
/// </remarks>
internal sealed class StoreLevel<TKey, TValue>
    where TKey : notnull
{
    // Who waits for another process looks again this often at least, whatever the store's own notification does.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private const int MostSaid = 100;

    private readonly CachedMethod _method;
    private readonly CachePolicy<TValue> _policy;
    private readonly StoredForm<TKey> _form;
    private readonly AttachedStore _store;
    private readonly ICacheSerializer _serializer;
    private readonly RoundTripCheck<TValue> _check;
    private string? _format;

    // What has been said in the log: each kind of failure, and each member that was lost, once.
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);
    private readonly MethodCounters _counters;
    private readonly CacheClock _clock;
    private readonly long _longestLife;

    private StoreLevel(CachedMethod method, CachePolicy<TValue> policy, StoredForm<TKey> form, AttachedStore store, MethodCounters counters)
    {
        _method = method;
        _policy = policy;
        _form = form;
        _store = store;
        _serializer = method.Memoizer.Serializer;
        var json = (_serializer as JsonCacheSerializer)?.Options;
        _check = new RoundTripCheck<TValue>(_serializer, json, ValueComparison.CanLookInside, losesForCertain: form.JsonLoss is not null && json is not null);
        _counters = counters;
        _clock = method.Memoizer.Clock;

        // A life that was given when the attribute said more is cut to what it says now; DurationFrom is not asked again.
        _longestLife = policy.DurationFrom is null ? (policy.Duration ?? method.Memoizer.Options.DefaultDuration)?.Ticks ?? CacheClock.Never : CacheClock.Never;
    }

    /// <summary>The second level that the definition asks for; null if there is none.</summary>
    /// <exception cref="ArgumentException">The definition names a store that is not there, or that cannot keep its keys.</exception>
    public static StoreLevel<TKey, TValue>? Of(CachedMethod method, CachedMethodDefinition<TKey, TValue> definition, MethodCounters counters)
    {
        string? name = definition.Policy.Store;
        if (name == CacheStores.MemoryOnly || method.Memoizer.FindStore(name, method.Name) is not { } store) return null;
        if (definition.StoredForm is { } form)
        {
            if (form.JsonLoss is not { } loss || ValueComparison.CanLookInside || method.Memoizer.Serializer is not JsonCacheSerializer) return new StoreLevel<TKey, TValue>(method, definition.Policy, form, store, counters);

            Log.JsonLoses(method.Memoizer.Logger, method.Name, loss);
            return null;
        }

        if (name is not null) throw new ArgumentException($"{method.Name}: Store is \"{name}\", but its entries cannot be in a store: a parameter in its key or its result has no stored form, or its Scope is Instance. Let the parameter's type implement {nameof(IStorableKey)}, or set Store = CacheStores.MemoryOnly.");
        Log.NoStoredForm(method.Memoizer.Logger, method.Name);
        return null;
    }

    /// <summary>Reads the entry of a key.</summary>
    public StoredLook<TValue> Read(TKey key)
    {
        if (!_store.Reading.IsOver) return new() { Reason = MissReason.StoreFailed };

        // It is told when the key is claimed.
        if (TryKeyOf(key) is not { } storeKey) return default;

        try
        {
            var look = _store.Claims.Read(storeKey);
            _store.Reading.Succeeded();
            return Interpret(storeKey, look);
        }
        catch (Exception failure)
        {
            CountFailure(failure, "read", _store.Reading);
            return new() { Reason = MissReason.StoreFailed };
        }
    }

    /// <inheritdoc cref="Read"/>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<StoredLook<TValue>> ReadAsync(TKey key, CancellationToken cancellationToken)
    {
        if (!_store.Reading.IsOver) return new() { Reason = MissReason.StoreFailed };

        if (TryKeyOf(key) is not { } storeKey) return default;

        try
        {
            var look = await _store.Claims.ReadAsync(storeKey, cancellationToken).ConfigureAwait(false);
            _store.Reading.Succeeded();
            return Interpret(storeKey, look);
        }
        catch (Exception failure) when (!IsCancellation(failure, cancellationToken))
        {
            CountFailure(failure, "read", _store.Reading);
            return new() { Reason = MissReason.StoreFailed };
        }
    }

    /// <summary>Asks for the right to compute a key, and waits while another process has it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="seen">The entry that is known, and of no use.</param>
    /// <param name="tags">The tags of the value to come.</param>
    /// <param name="takeOver">Whether a value is to be computed whatever there is, and whoever computes it.</param>
    /// <param name="callerToken">Ends the waiting, for the caller on whose thread this is.</param>
    /// <returns>Null if there are no claims, or the store failed.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="callerToken"/> was cancelled.</exception>
    /// <exception cref="TimeoutException">Another process computes for longer than the <c>WaitTimeout</c>.</exception>
    public Claimed<TValue>? Claim(TKey key, long? seen, string[]? tags, bool takeOver, CancellationToken callerToken)
    {
        if (!CanClaim || KeyToChange(key) is not { } storeKey) return null;

        using var patience = Patience.OfThreadInStore(_policy.WaitTimeout, _clock.Provider, callerToken);
        try
        {
            var request = RequestOf(storeKey, seen, tags, takeOver);
            while (true)
            {
                var result = _store.Claims.TryClaim(request);
                if (Take(result, ref request, unwanted: default) is { } claimed) return claimed;
                if (result.IsPending) _store.Claims.WaitForChange(request.Key, result.PendingToken, HowLong(result), patience.Token);
            }
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            return TakeNoLonger();
        }
        catch (Exception failure) when (!IsCancellation(failure, callerToken))
        {
            CountFailure(failure, "claim", _store.Claiming);
            return null;
        }
    }

    /// <inheritdoc cref="Claim"/>
    /// <param name="key">The key.</param>
    /// <param name="seen">The entry that is known, and of no use.</param>
    /// <param name="tags">The tags of the value to come.</param>
    /// <param name="takeOver">Whether a value is to be computed whatever there is, and whoever computes it.</param>
    /// <param name="unwanted">Is cancelled when nobody wants the value any more: it ends the waiting, and later the claim.</param>
    public async ValueTask<Claimed<TValue>?> ClaimAsync(TKey key, long? seen, string[]? tags, bool takeOver, CancellationToken unwanted)
    {
        if (!CanClaim || KeyToChange(key) is not { } storeKey) return null;

        using var patience = Patience.OfTask(_policy.WaitTimeout, _clock.Provider, unwanted);
        try
        {
            var request = RequestOf(storeKey, seen, tags, takeOver);
            while (true)
            {
                var result = await _store.Claims.TryClaimAsync(request, unwanted).ConfigureAwait(false);
                if (Take(result, ref request, unwanted) is { } claimed) return claimed;
                if (result.IsPending) await _store.Claims.WaitForChangeAsync(request.Key, result.PendingToken, HowLong(result), patience.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            return TakeNoLonger();
        }
        catch (Exception failure) when (!IsCancellation(failure, unwanted))
        {
            CountFailure(failure, "claim", _store.Claiming);
            return null;
        }
    }

    /// <summary>Stores what was computed on a claim.</summary>
    /// <returns>False if the store refused it. A store that fails refuses nothing.</returns>
    public bool Complete(HeldClaim claim, TKey key, TValue value, EntryLife life, string[]? tags, long size)
    {
        // Serializing can take long: the lease is renewed meanwhile.
        var entry = TryEncode(claim.Claim.Key, key, value, life, tags, size);
        if (!claim.TryEnd()) return false;

        try
        {
            if (entry is null) return _store.Claims.Abandon(claim.Claim);

            bool isKept = _store.Claims.Complete(claim.Claim, entry);
            _store.Claiming.Succeeded();
            return isKept || Refused();
        }
        catch (Exception failure)
        {
            CountFailure(failure, "complete a claim", _store.Claiming);
            _ = GiveUpAsync(claim.Claim);
            return true;
        }
    }

    /// <inheritdoc cref="Complete"/>
    public async ValueTask<bool> CompleteAsync(HeldClaim claim, TKey key, TValue value, EntryLife life, string[]? tags, long size)
    {
        var entry = TryEncode(claim.Claim.Key, key, value, life, tags, size);
        if (!claim.TryEnd()) return false;

        try
        {
            if (entry is null) return await _store.Claims.AbandonAsync(claim.Claim).ConfigureAwait(false);

            bool isKept = await _store.Claims.CompleteAsync(claim.Claim, entry).ConfigureAwait(false);
            _store.Claiming.Succeeded();
            return isKept || Refused();
        }
        catch (Exception failure)
        {
            CountFailure(failure, "complete a claim", _store.Claiming);
            _ = GiveUpAsync(claim.Claim);
            return true;
        }
    }

    /// <summary>Gives up a claim, so that another process can compute the key.</summary>
    public void Abandon(HeldClaim claim)
    {
        if (!claim.TryEnd()) return;

        try
        {
            _store.Claims.Abandon(claim.Claim);
        }
        catch (Exception failure)
        {
            CountFailure(failure, "abandon a claim", _store.Claiming);
        }
    }

    /// <inheritdoc cref="Abandon"/>
    public async ValueTask AbandonAsync(HeldClaim claim)
    {
        if (!claim.TryEnd()) return;

        try
        {
            await _store.Claims.AbandonAsync(claim.Claim).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            CountFailure(failure, "abandon a claim", _store.Claiming);
        }
    }

    /// <summary>Stores a value that the user sets. If it cannot be there, what the store has in its place goes all the same.</summary>
    public void Write(TKey key, TValue value, EntryLife life, string[]? tags, long size)
    {
        if (KeyToChange(key) is not { } storeKey) return;

        if (TryEncode(storeKey, key, value, life, tags, size) is { } entry) _store.Claims.Write(entry);
        else _store.Claims.Remove(storeKey);
    }

    /// <inheritdoc cref="Write"/>
    public async ValueTask WriteAsync(TKey key, TValue value, EntryLife life, string[]? tags, long size, CancellationToken cancellationToken)
    {
        if (KeyToChange(key) is not { } storeKey) return;

        if (TryEncode(storeKey, key, value, life, tags, size) is { } entry) await _store.Claims.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
        else await _store.Claims.RemoveAsync(storeKey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the entry of a key.</summary>
    public void Remove(TKey key)
    {
        if (KeyToChange(key) is { } storeKey) _store.Claims.Remove(storeKey);
    }

    /// <inheritdoc cref="Remove"/>
    public async ValueTask RemoveAsync(TKey key, CancellationToken cancellationToken)
    {
        if (KeyToChange(key) is { } storeKey) await _store.Claims.RemoveAsync(storeKey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the entries of the method.</summary>
    public void Clear() => _store.Claims.Clear(_method.Name);

    /// <inheritdoc cref="Clear"/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken) =>
        await _store.Claims.ClearAsync(_method.Name, cancellationToken).ConfigureAwait(false);

    // What cannot be read is not claimed either: the claim would look at the entry, too.
    private bool CanClaim => _store.Claiming.IsOver && _store.Reading.IsOver;

    private static bool IsCancellation(Exception failure, CancellationToken token) => failure is OperationCanceledException && token.IsCancellationRequested;

    /// <summary>The key in the store; null, and a line in the log, for one that cannot be there: its entry stays in memory.</summary>
    private StoreKey? KeyToChange(TKey key) => TryKeyOf(key, failure => Log.KeyNotStored(_method.Memoizer.Logger, failure, _method.Name));

    private StoreKey? TryKeyOf(TKey key, Action<Exception>? failed = null)
    {
        try
        {
            return StoreKeyWriter.KeyOf(_method.Name, key, _form.WriteKey);
        }
        catch (Exception failure)
        {
            // A derived record where the method has its base, or a type's own code.
            failed?.Invoke(failure);
            return null;
        }
    }

    private ClaimRequest RequestOf(StoreKey key, long? seen, string[]? tags, bool takeOver) =>
        new() { Key = key, Method = _method.Name, Tags = tags ?? [], Seen = seen, TakeOver = takeOver };

    /// <summary>What an answer is good for; null if the caller is to wait, or to ask again.</summary>
    private Claimed<TValue>? Take(ClaimResult result, ref ClaimRequest request, CancellationToken unwanted)
    {
        if (result.Claim is { } claim) return new() { Claim = new HeldClaim(_method, _store, claim, unwanted) };
        if (result.Entry is not { } entry) return null;

        var look = Interpret(request.Key, new StoreLook(entry));
        if (look is { HasValue: true, Reason: null }) return new() { IsFound = true, Found = look };

        request = request with { Seen = entry.Revision };
        return null;
    }

    private Claimed<TValue> TakeNoLonger() => _policy.OnWaitTimeout == OnWaitTimeout.ComputeUncached
        ? new() { IsBesideAnother = true }
        : throw new TimeoutException($"{_method.Name}: another process's computation took longer than the WaitTimeout of {_policy.WaitTimeout}.");

    private TimeSpan HowLong(ClaimResult pending)
    {
        var left = pending.PendingUntil - _clock.Provider.GetUtcNow();
        return left < ShortestWait ? ShortestWait : left > LongestWait ? LongestWait : left;
    }

    private StoredLook<TValue> Interpret(StoreKey key, StoreLook look)
    {
        if (look.Entry is not { } entry) return new() { Reason = look.Reason };
        if (EntryHeader.Decode(key, entry.Content, out var header, out var payload) is { } problem)
        {
            // An older library's, or a later one's: the next result takes its place.
            if (EntryHeader.IsOfAnotherVersion(key, entry.Content.Span)) return new() { Revision = entry.Revision, Reason = MissReason.SchemaChanged };

            Log.EntryCorrupt(_method.Memoizer.Logger, exception: null, _method.Name, key, problem);
            return new() { Revision = entry.Revision, Reason = MissReason.Corrupt };
        }

        MissReason? mismatch =
            header!.Version != _policy.Version || header.Code != _form.Code ? MissReason.VersionChanged
            : header.Schema != _form.Schema || header.Format != TryFormat() ? MissReason.SchemaChanged
            : null;
        if (mismatch is not null) return new() { Revision = entry.Revision, Reason = mismatch };

        var life = LifeOf(header);
        bool isFresh = IsBefore(life.ExpiresAt);
        if (!isFresh && !IsBefore(CacheClock.Add(life.ExpiresAt, _policy.StaleOnError?.Ticks ?? 0))) return new() { Revision = entry.Revision, Reason = MissReason.Expired };

        try
        {
            return new()
            {
                HasValue = true,
                Value = _serializer.Deserialize<TValue>(payload.Span),
                Life = life,
                Tags = header.Tags.Count == 0 ? null : [.. header.Tags],
                Size = header.Size,
                Revision = entry.Revision,
                Reason = isFresh ? null : MissReason.Expired,
            };
        }
        catch (Exception failure)
        {
            Log.EntryCorrupt(_method.Memoizer.Logger, failure, _method.Name, key, "Its value could not be read.");
            return new() { Revision = entry.Revision, Reason = MissReason.Corrupt };
        }
    }

    // Found out when it is first needed, by one call or by several at once, which come to the same.
    private string Format => _format ??= _serializer.FormatOf<TValue>();

    /// <summary>Null if the serializer does not know the type: what it says then is logged where a result is written.</summary>
    private string? TryFormat()
    {
        try
        {
            return Format;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private bool IsBefore(long moment) => moment == CacheClock.Never || _clock.IsBefore(moment);

    private EntryLife LifeOf(EntryHeader header)
    {
        // A clock that is ahead, on another machine or before a correction, must not give a value a longer life here.
        long now = _clock.Now;
        long created = Math.Min(now, _clock.FromDateTimeOffset(header.Created));
        long expires = Math.Min(header.Expires is { } end ? _clock.FromDateTimeOffset(end) : CacheClock.Never, CacheClock.Add(created, _longestLife));
        var life = EntryLife.Resume(created, expires, _longestLife == CacheClock.Never ? null : TimeSpan.FromTicks(_longestLife), _policy.Jitter, _policy.RefreshAfter);

        // Reads are not written back: in a store, sliding counts from the writing.
        if (_policy.Sliding is { } sliding && !IsBefore(CacheClock.Add(created, sliding.Ticks))) life = life with { ExpiresAt = Math.Min(expires, CacheClock.Add(created, sliding.Ticks)) };
        return life;
    }

    /// <summary>The entry of a value; null, counted and said in the log, if it cannot be written or would not come back as it was. The value stays in memory then.</summary>
    private StoredEntry? TryEncode(StoreKey storeKey, TKey key, TValue value, EntryLife life, string[]? tags, long size)
    {
        try
        {
            var payload = new ArrayBufferWriter<byte>();
            _serializer.Serialize(value, payload);
            if (_check.LossOf(value, payload.WrittenSpan) is not { } loss) return Encode(storeKey, key, payload.WrittenSpan, life, tags, size);

            _counters.CountKeepFailure();
            if (IsNew(loss.Place)) Log.ResultWouldBeLost(_method.Memoizer.Logger, loss.Failure, _method.Name, loss.Member, loss.Problem);
        }
        catch (Exception failure)
        {
            _counters.CountKeepFailure();
            if (IsNew(failure.GetType().ToString())) Log.ResultNotStored(_method.Memoizer.Logger, failure, _method.Name);
        }

        return null;
    }

    // Values of types without end can differ in members without end.
    private bool IsNew(string said) => _said.Count < MostSaid && _said.TryAdd(said, true);

    private StoredEntry Encode(StoreKey storeKey, TKey key, ReadOnlySpan<byte> payload, EntryLife life, string[]? tags, long size)
    {
        var header = new EntryHeader
        {
            Created = _clock.ToDateTimeOffset(life.CreatedAt) ?? DateTimeOffset.MaxValue,
            Expires = _clock.ToDateTimeOffset(life.ExpiresAt),
            StaleUntil = _clock.ToDateTimeOffset(CacheClock.Add(life.ExpiresAt, _policy.StaleOnError?.Ticks ?? 0)),
            Version = _policy.Version,
            Code = _form.Code,
            Schema = _form.Schema,
            Format = Format,
            Size = size,
            Tags = tags ?? [],
        };
        return new StoredEntry
        {
            Key = storeKey,
            Method = _method.Name,
            Content = header.Encode(storeKey, payload),
            Tags = header.Tags,
            ReadableKey = _method.Memoizer.Options.StoreReadableKeys ? key.ToString() : null,
        };
    }

    /// <summary>
    /// What cannot be written may be too large, or come too late for a disk that is full: giving up the claim can work out all
    /// the same, and spares other processes the lease. Nobody waits for it.
    /// </summary>
    private async Task GiveUpAsync(StoreClaim claim)
    {
        try
        {
            await _store.Claims.AbandonAsync(claim).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The store fails, as has been said already; the lease runs out.
        }
    }

    private bool Refused()
    {
        _counters.CountRefusal();
        Log.ResultRefused(_method.Memoizer.Logger, _method.Name);
        return false;
    }

    private void CountFailure(Exception failure, string operation, BackOff backOff)
    {
        backOff.Failed();
        _counters.CountStoreFailure();
        Log.StoreFailed(_method.Memoizer.Logger, failure, _method.Name, operation);
    }
}
