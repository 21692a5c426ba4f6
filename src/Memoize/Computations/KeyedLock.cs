using System.Diagnostics.CodeAnalysis;

namespace Memoize;

/// <summary>
/// The lock of one key while callers are on it: a reference-counted <see cref="SemaphoreSlim"/>, and the computation that
/// those callers share.
/// </summary>
/// <remarks>
/// The caller that has the turn looks again and computes; the others wait on the semaphore. When a computation ends the
/// lock <em>settles</em>: there is a permit for everybody inside, and each takes the outcome away. When the turn ends
/// without an outcome (the caller found a value after all, or cancelled its own synchronous computation) there is one
/// permit, and the next caller has the turn.
/// <para>Invariants, each guarded by the monitor of this object:</para>
/// <list type="number">
/// <item>The caller count is the number of calls that entered and have not left.</item>
/// <item>While the lock is attached it is the key's entry in the table, and newcomers join it. It detaches once, for good:
/// when it settles, when its last caller leaves, or when its key is written or invalidated. Newcomers then start afresh on
/// a lock of their own.</item>
/// <item>At most one caller has the turn, and only that one starts a computation; after it has settled no computation
/// starts.</item>
/// <item>A result is kept if and only if the lock was attached until it settled. Keeping and detaching are one step, so
/// nothing that was invalidated, or that nobody waits for, is ever written.</item>
/// <item>When the last caller leaves a running computation, the computation's token is cancelled.</item>
/// <item>Nobody waits without a permit to come: as long as callers are inside, somebody has the turn, or there is a permit,
/// or a computation runs.</item>
/// </list>
/// The semaphore is never disposed: it has no wait handle to free, and nobody can be thrown out of a wait.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "See the remarks.")]
internal sealed class KeyedLock<TKey, TValue>(KeyedLocks<TKey, TValue> table, TKey key)
    where TKey : notnull
{
    private readonly SemaphoreSlim _turn = new(initialCount: 0);
    private int _callers = 1;
    private bool _attached = true;
    private bool _computing;
    private bool _settled;
    private bool _startOver;
    private Outcome<TValue> _outcome;
    private CancellationTokenSource? _cancellation;
    private MemoryEntry<TKey, TValue>? _seen;

    public TKey Key { get; } = key;

    /// <summary>Why there was no fresh value when the caller that has the turn looked again, and so for all who wait for it.</summary>
    public MissReason Reason { get; private set; }

    /// <summary>What a caller finds when its wait has ended.</summary>
    public enum Wake
    {
        /// <summary>It has the turn.</summary>
        Turn,

        /// <summary>The computation it waited for has ended; its outcome is there.</summary>
        Outcome,

        /// <summary>The lock was detached without an outcome: leave it and enter afresh.</summary>
        StartOver,
    }

    public Outcome<TValue> Outcome => _outcome;

    public int Callers
    {
        get
        {
            lock (this) return _callers;
        }
    }

    /// <summary>Counts a caller in, unless the lock is detached.</summary>
    public bool TryJoin()
    {
        lock (this)
        {
            if (!_attached) return false;

            _callers++;
            return true;
        }
    }

    /// <summary>Waits for the turn or the outcome. A caller that is cancelled must still <see cref="Leave"/>.</summary>
    public Wake Wait(CancellationToken cancellationToken)
    {
        _turn.Wait(cancellationToken);
        return WakeUp();
    }

    /// <inheritdoc cref="Wait"/>
    public async ValueTask<Wake> WaitAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return WakeUp();
    }

    /// <summary>The second look, by the caller that has the turn.</summary>
    public bool LookAgain(MemoryStore<TKey, TValue> memory, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry)
    {
        bool fresh = memory.TryGetFresh(Key, out entry, out var reason);
        _seen = entry;
        Reason = reason;
        return fresh;
    }

    /// <summary>Marks the computation as started, with the token of the caller on whose thread it runs.</summary>
    public void BeginComputing()
    {
        lock (this) _computing = true;
    }

    /// <summary>Marks the computation as started, and gives the token that is cancelled when its last caller leaves.</summary>
    public CancellationToken BeginComputingForAll()
    {
        var cancellation = new CancellationTokenSource();
        lock (this)
        {
            _computing = true;
            _cancellation = cancellation;
        }

        return cancellation.Token;
    }

    /// <summary>Ends a computation without an outcome: its caller keeps the turn, and passes it on when it leaves.</summary>
    public void StopComputing()
    {
        lock (this) _computing = false;
    }

    /// <summary>Ends the computation with a failure, for everybody inside.</summary>
    public void SettleFailure(Exception failure) => Settle(new Outcome<TValue>(failure), memory: null, expiresAt: 0);

    /// <summary>Ends the computation with a value, for everybody inside, and keeps it if the lock is still attached.</summary>
    public void SettleValue(TValue value, MemoryStore<TKey, TValue>? memory, long expiresAt) =>
        Settle(new Outcome<TValue>(value), memory, expiresAt);

    /// <summary>Takes the lock out of the table, so that the result of a running computation is not kept.</summary>
    public void Detach()
    {
        lock (this)
        {
            if (!_attached) return;
            _attached = false;
        }

        table.Remove(this);
    }

    /// <summary>Counts a caller out. If it still has the turn, the next caller gets it.</summary>
    /// <returns>The token source of the computation, if nobody is left to want it: the caller cancels it.</returns>
    public CancellationTokenSource? Leave(bool hasTurn)
    {
        bool detached = false;
        int permits = 0;
        CancellationTokenSource? abandoned = null;
        lock (this)
        {
            _callers--;
            if (_callers == 0)
            {
                detached = _attached;
                _attached = false;
                if (_computing && !_settled) abandoned = _cancellation;
            }
            else if (hasTurn && !_computing && !_settled)
            {
                permits = _attached ? 1 : StartOver();
            }
        }

        if (detached) table.Remove(this);
        if (permits > 0) _turn.Release(permits);
        return abandoned;
    }

    private Wake WakeUp()
    {
        int permits;
        lock (this)
        {
            if (_settled) return _startOver ? Wake.StartOver : Wake.Outcome;
            if (_attached) return Wake.Turn;
            permits = StartOver();
        }

        _turn.Release(permits);
        return Wake.StartOver;
    }

    private void Settle(Outcome<TValue> outcome, MemoryStore<TKey, TValue>? memory, long expiresAt)
    {
        int permits = 0;
        try
        {
            lock (this)
            {
                if (_settled) return;

                _outcome = outcome;
                _settled = true;
                permits = _callers;
                bool keep = _attached && memory is not null;
                _attached = false;
                if (keep) memory!.KeepComputed(Key, outcome.GetValueOrThrow(), expiresAt, _seen);
            }
        }
        finally
        {
            table.Remove(this);
            if (permits > 0) _turn.Release(permits);
        }
    }

    // Under the monitor. Callers whose lock was detached by an invalidation do not compute on it, since that could not be kept.
    private int StartOver()
    {
        _settled = true;
        _startOver = true;
        return _callers;
    }
}
