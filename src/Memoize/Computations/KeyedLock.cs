using System.Diagnostics.CodeAnalysis;

namespace Memoize;

/// <summary>The lock of one key of some method, as the <see cref="WaitGraph"/> sees it.</summary>
internal abstract class KeyedLock
{
    private volatile ComputationFrame? _computation;

    public abstract CachedMethod Method { get; }

    /// <summary>The computation that runs on this lock now, if one does.</summary>
    public ComputationFrame? Computation
    {
        get => _computation;
        protected set => _computation = value;
    }

    /// <summary>The computation that those who wait on this lock wait for.</summary>
    public abstract ComputationFrame? Awaited { get; }

    /// <summary>Whether the other is of the same method and the same key.</summary>
    public abstract bool IsSameCall(KeyedLock other);

    /// <summary>The call, for people: the method and its key.</summary>
    public abstract string Describe();
}

/// <summary>
/// The lock of one key while callers are on it: a reference-counted <see cref="SemaphoreSlim"/>, and the computation that
/// those callers share.
/// </summary>
/// <remarks>
/// The caller that has the turn looks again and computes; the others wait on the semaphore. When a computation ends the
/// lock <em>settles</em>: there is a permit for everybody inside, and each takes the outcome away. When the turn ends
/// without an outcome for all (the caller found a value after all, cancelled its own synchronous computation, or failed
/// under <see cref="OnFailure.Retry"/>) there is one permit, and the next caller has the turn.
/// <para>Invariants, each guarded by the gate of the table, which changes once if the memory splits:</para>
/// <list type="number">
/// <item>Until the lock is over, which is when it has settled with an outcome for several callers and that is kept, the caller count is the
/// number of calls that entered and have not left. When it is over, nothing of it changes any more, and no caller needs the gate.</item>
/// <item>While the lock is attached it is the key's entry in the table, and newcomers join it. It detaches once, for good:
/// when it settles, when its last caller leaves, or when its key is written or invalidated. Newcomers then start afresh on
/// a lock of their own.</item>
/// <item>At most one caller has the turn, and only that one starts a computation; after it has settled no computation
/// starts. Turns are numbered from 1; a turn that was passed on is void.</item>
/// <item>A result is kept if and only if the lock was attached until it settled. Keeping and detaching are one step, so
/// nothing that was invalidated, or that nobody waits for, is ever written.</item>
/// <item>When the last caller leaves a running computation, the computation's token is cancelled, unless somebody left it
/// running on purpose (a background refresh, or a caller that took the stale value).</item>
/// <item>Nobody waits without a permit to come: as long as callers are inside, somebody has the turn, or there is a permit,
/// or a computation runs, or the lock is the next refresh of one that is attached.</item>
/// <item>While a refresh runs, those who come to refresh enter the lock of the next one, since the one that runs may have begun too early
/// for them. That lock is not attached, and nobody has its turn. In the step in which the running one detaches, it attaches, if it has
/// callers still, and one of them gets the turn; or it is left to whoever sets the key, to follow that one. So all who come while a
/// refresh runs share one computation.</item>
/// </list>
/// A computation begins without the gate: the caller that has the turn is the only one that writes then, and says last that it
/// computes. But the turn is in hand before that, from when it is given to a caller until its computation ends, or the caller
/// leaves without one; and as long as it is, whoever shuts down finds the lock: in the table, or listed among the detached.
/// <para>
/// The semaphore is made by the first caller that waits, since most computations have nobody to wait for them; permits that
/// were due before it are put into it then. It is never disposed: it has no wait handle to free, and nobody can be thrown
/// out of a wait.
/// </para>
/// <para>
/// A lock that only one caller ever entered, and whose computation has settled it, is used again for another key: it is in
/// nobody's hands when that caller has left. A lock that was shared, or left by its caller before the end, is not.
/// </para>
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "See the remarks.")]
internal sealed class KeyedLock<TKey, TValue>(LockTable<TKey, TValue> table) : KeyedLock
    where TKey : notnull
{
    private readonly KeyedLocks<TKey, TValue> _locks = table.Locks;
    private volatile LockTable<TKey, TValue> _table = table;
    private SemaphoreSlim? _permits;
    private CancellationTokenSource? _cancellation;
    private StartersWait<TKey, TValue>? _startersWait;
    private Outcome<TValue> _outcome;
    private int _permitsDue;
    private int _callers;
    private int _turn;
    private bool _attached;
    private bool _wasShared;
    private bool _leftRunning;
    private bool _isInHand;
    private bool _isListed;
    private bool _settled;
    private bool _wasAborted;
    private int _tagInvalidations;
    private bool _startOver;
    private bool _usedStored;
    private int _keepsBefore;
    private volatile bool _isReusable;
    private volatile bool _isOver;

    // While this is the lock of the next refresh: the one that has to detach before.
    private volatile KeyedLock<TKey, TValue>? _running;

    /// <summary>The next lock in the chain of the table, which owns it.</summary>
    public KeyedLock<TKey, TValue>? Next;

    /// <summary>What a caller finds when its wait has ended.</summary>
    public enum Wake
    {
        /// <summary>It has the turn.</summary>
        Turn,

        /// <summary>The computation it waited for has ended; its outcome is there.</summary>
        Outcome,

        /// <summary>The lock was detached without an outcome: leave it and enter afresh.</summary>
        StartOver,

        /// <summary>It has waited as long as it wanted to.</summary>
        TimedOut,
    }

    public override CachedMethod Method => _locks.Method;

    public override ComputationFrame? Awaited => Computation ?? _running?.Computation;

    /// <summary>The lock of those who came to refresh while this one's refresh ran. Only touched while the gate is held.</summary>
    public KeyedLock<TKey, TValue>? NextRefresh { get; set; }

    /// <summary>The stay of the caller that enters first, which has the turn.</summary>
    public Turn<TKey, TValue> FirstTurn => field ??= new(_locks.Method, this);

    public TKey Key { get; private set; } = default!;

    public int Hash { get; private set; }

    /// <summary>Whether who made the lock computes whatever there is.</summary>
    public bool IsRefresh { get; private set; }

    /// <summary>The entry, fresh or not, that the caller that has the turn saw on its second look.</summary>
    public MemoryEntry<TKey, TValue>? Seen { get; private set; }

    /// <summary>
    /// Why there was no fresh value on that look, and so for all who wait for its outcome. Where there was one, since the caller
    /// computes whatever there is, those who wait found it expired.
    /// </summary>
    public MissReason Reason { get; private set; }

    /// <summary>Whether there was such a look yet; before it, <see cref="Reason"/> says nothing.</summary>
    public bool HasLooked { get; private set; }

    /// <summary>The tags of the value that is being computed.</summary>
    public string[]? Tags { get; private set; }

    /// <summary>What a caller that had the turn found in the store; null before there was such a look, and where there is no store.</summary>
    public StoredEntryLook? Stored { get; private set; }

    /// <summary>Whether the outcome is a value that another process computed.</summary>
    public bool IsFromElsewhere { get; private set; }

    public Outcome<TValue> Outcome => _outcome;

    public int Callers
    {
        get
        {
            using (EnterGate()) return _callers;
        }
    }

    /// <summary>Whether there is an outcome for everybody inside.</summary>
    public bool HasOutcome
    {
        get
        {
            using (EnterGate()) return _settled && !_startOver;
        }
    }

    public HashedKey<TKey> HashedKey => new(Key, Hash);

    public override bool IsSameCall(KeyedLock other) =>
        other is KeyedLock<TKey, TValue> same && same.Method == Method && EqualityComparer<TKey>.Default.Equals(same.Key, Key);

    public override string Describe() => $"{Method.Name} with key {Key}";

    /// <summary>Whether the turn is in a caller's hand. The gate is held.</summary>
    public bool IsInHand => _isInHand;

    /// <summary>Says in which table the lock is from now on. The gate of the one before is held, and that one is retired.</summary>
    public void MoveTo(LockTable<TKey, TValue> next) => _table = next;

    /// <summary>Whether the lock is its key's entry in the table.</summary>
    public bool IsAttached
    {
        get
        {
            using (EnterGate()) return _attached;
        }
    }

    /// <summary>Makes it the lock of a key, which its first caller has entered with the turn. The gate is held.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isRefresh">Whether its first caller computes whatever there is.</param>
    /// <param name="seen">The entry, fresh or not, that there is now.</param>
    /// <param name="reason">Why it is not fresh, if it is not.</param>
    /// <param name="keeps">How many values have been kept until now.</param>
    public void Open(in HashedKey<TKey> key, bool isRefresh, MemoryEntry<TKey, TValue>? seen, MissReason reason, int keeps)
    {
        _keepsBefore = keeps;
        (Key, Hash, IsRefresh) = (key.Key, key.Hash, isRefresh);
        (Seen, Reason) = (seen, reason);
        _callers = 1;
        _turn = 1;
        _attached = true;
        TakeInHand();
    }

    /// <summary>Makes it the lock of the refresh after the one that runs. The gate is held; the first turn is nobody's.</summary>
    public void OpenAfter(KeyedLock<TKey, TValue> running, MemoryEntry<TKey, TValue>? seen, MissReason reason)
    {
        (Key, Hash, IsRefresh) = (running.Key, running.Hash, true);
        (Seen, Reason) = (seen, reason);
        _turn = 1;
        _running = running;
    }

    /// <summary>Lets the next refresh come after another lock than before. The gate is held.</summary>
    public void WaitFor(KeyedLock<TKey, TValue> other) => _running = other;

    /// <summary>Counts a caller in. The gate is held, and the lock is in the table, or the next refresh of one that is.</summary>
    public void Join()
    {
        _callers++;
        _wasShared = true;
    }

    /// <summary>Waits for the turn or the outcome. A caller that is cancelled must still <see cref="Leave"/>.</summary>
    public (Wake Wake, int Turn) Wait(Patience patience) => patience.Wait(Permits(), Method.Memoizer.Scheduling) ? WakeUp() : (Wake.TimedOut, 0);

    /// <inheritdoc cref="Wait"/>
    public async ValueTask<(Wake Wake, int Turn)> WaitAsync(CancellationToken cancellationToken)
    {
        await (Method.Memoizer.Scheduling?.WaitAsync(Permits(), cancellationToken) ?? Permits().WaitAsync(cancellationToken)).ConfigureAwait(false);
        return WakeUp();
    }

    /// <summary>
    /// Takes what the caller that has the turn found in the store, and keeps its value in memory, unless the key was
    /// invalidated meanwhile.
    /// </summary>
    /// <param name="look">What was found.</param>
    /// <param name="tagInvalidations">How often results had been invalidated by tag when the look began.</param>
    public void TakeStored(in StoredLook<TValue> look, int tagInvalidations)
    {
        var entry = look.HasValue ? new MemoryEntry<TKey, TValue>(HashedKey, look.Value!, look.Life, look.Tags, look.Size) : null;
        Stored = new StoredEntryLook(entry, look.Revision, look.Reason);
        if (entry is null) return;

        using (EnterGate())
        {
            if (!_attached) return;

            // An invalidation by tag that did not find the tags here yet: this caller may have the value, none that comes later. The
            // next invalidation finds them on the lock, or the value in memory.
            if (entry.Tags is not null && _locks.TagInvalidations != tagInvalidations)
            {
                Detach();
                return;
            }

            _table.Memory.Keep(entry);
        }

        Method.AfterKeeping();
    }

    /// <summary>Whether the value that is being computed, or that was found in the store, has a tag.</summary>
    public bool HasTag(string tag) => Contains(Tags, tag) || Contains(Stored?.Entry?.Tags, tag);

    private static bool Contains(string[]? tags, string tag) => tags?.Contains(tag, StringComparer.Ordinal) == true;

    /// <summary>Lets the computation end with a value that another process has computed, with that one's tags.</summary>
    public void TakeFromElsewhere(string[]? tags)
    {
        IsFromElsewhere = true;
        using (EnterGate())
        {
            Tags = tags;

            // As with what was found before: an invalidation could not know these tags yet.
            if (tags is not null && _locks.TagInvalidations != _tagInvalidations && _attached) Detach();
        }
    }

    /// <summary>The second look, by the caller that has the turn.</summary>
    public bool LookAgain(MemoryStore<TKey, TValue> memory, [NotNullWhen(true)] out MemoryEntry<TKey, TValue>? entry)
    {
        Look(memory);
        entry = Seen;
        if (entry is not null && memory.TryRead(entry)) return true;
        if (Stored is not { } stored) return false;

        // Memory may have no room for what the store has.
        entry = Seen ??= stored.Entry;
        Reason = stored.Reason ?? Reason;
        return entry is not null && memory.IsFresh(entry);
    }

    /// <summary>The second look of a caller that computes whatever there is.</summary>
    public void LookPast(MemoryStore<TKey, TValue> memory)
    {
        Look(memory);
        Seen ??= Stored?.Entry;
        Reason = Stored?.Reason ?? Reason;
    }

    /// <summary>Starts a computation on the turn.</summary>
    /// <param name="caller">The computation that the caller is part of.</param>
    /// <param name="tags">The tags of the value to come.</param>
    /// <param name="cancellation">What is cancelled when the last caller leaves; null if its only caller runs it, or nobody would notice.</param>
    public ComputationFrame Begin(ComputationFrame? caller, string[]? tags, CancellationTokenSource? cancellation)
    {
        var frame = new ComputationFrame(this, caller);
        _tagInvalidations = _locks.TagInvalidations;
        Tags = tags;

        // Before the method reads anything: an invalidation by tag finds the tags, or the method reads what is newer.
        if (tags is not null) Interlocked.MemoryBarrier();
        _cancellation = cancellation;
        _leftRunning = false;
        Computation = frame;

        // Likewise: who comes to refresh after the method has begun to read sees that it runs, and waits for the next.
        if (IsRefresh) Interlocked.MemoryBarrier();
        return frame;
    }

    /// <summary>The wait of the caller that has started a computation, which ends with the computation, or when it is aborted.</summary>
    public StartersWait<TKey, TValue> OpenWait(Turn<TKey, TValue> turn)
    {
        var wait = Volatile.Read(ref _startersWait);
        if (wait?.TryOpen(turn) != true)
        {
            // There is none, or it may still be in the hands of a caller that has passed its turn on.
            wait = new(_locks.Method);
            Volatile.Write(ref _startersWait, wait);
            wait.TryOpen(turn);
        }

        // First the wait is open, for all to see, and then it asks; Abort does it the other way round. Opening is the barrier between.
        if (Volatile.Read(ref _wasAborted)) wait.End(_outcome);
        return wait;
    }

    /// <summary>Ends the computation with an outcome for everybody inside, which is kept as <paramref name="verdict"/> says if the lock is still attached.</summary>
    /// <returns>False if it had ended before. After this, the lock belongs to its callers.</returns>
    /// <exception cref="Exception">What the key's equality threw as the value was kept. The callers have the outcome all the same.</exception>
    public bool Settle(in Outcome<TValue> outcome, in Verdict<TKey, TValue> verdict) => Settle(outcome, verdict, isAbortion: false);

    /// <summary>Ends a turn, and its computation, without an outcome for all: the next caller has it. A turn that is void already stays so.</summary>
    public void PassOn(int turn)
    {
        int permits = 0;
        using (EnterGate())
        {
            if (_callers > 0)
            {
                permits = PassOnLocked(turn);
            }
            else if (!_settled)
            {
                // The computation was left running, and nobody came since.
                Settle();
                if (_attached) LeaveTable();
            }

            PutDown();
        }

        if (permits > 0) _permits!.Release(permits);
        _locks.Method.Memoizer.Running.Ended();
    }

    /// <summary>Lets the computation that is running go on even if nobody is left to wait for it.</summary>
    /// <param name="turn">The caller's turn, which may be void by now: then its computation has ended, and the one that runs is another's. 0 for a caller that only waited.</param>
    public void KeepRunning(int turn)
    {
        using (EnterGate())
        {
            if (Computation is not null && (turn == 0 || turn == _turn)) _leftRunning = true;
        }
    }

    /// <summary>Ends the computation that is running for everybody inside, at once; its own end then changes nothing.</summary>
    /// <returns>What to cancel; null if nothing runs, or it runs with its caller's token.</returns>
    public CancellationTokenSource? Abort(Func<CancellationToken, Outcome<TValue>> outcome)
    {
        CancellationTokenSource? cancellation;
        using (EnterGate())
        {
            if (Computation is null) return null;
            cancellation = _cancellation;
        }

        // The computation still has the lock in hand, and will want to settle it.
        var aborted = outcome(cancellation?.Token ?? default);
        if (Settle(aborted, Verdict<TKey, TValue>.Drop, isAbortion: true)) Volatile.Read(ref _startersWait)?.End(aborted);
        return cancellation;
    }

    /// <summary>Takes the lock out of the table, so that the result of a running computation is not kept. The gate is held.</summary>
    public void Detach()
    {
        LeaveTable();
        if (!_isInHand) return;

        _isListed = true;
        _table.AddDetached(this);
    }

    /// <summary>Counts a caller out. If it still has the turn, the next caller gets it.</summary>
    /// <param name="turn">The caller's turn, 0 if it has none.</param>
    /// <returns>What to cancel, because nobody is left to want the computation; else null.</returns>
    public CancellationTokenSource? Leave(int turn)
    {
        if (_isReusable)
        {
            Recycle();
            return null;
        }

        if (_isOver)
        {
            _locks.Method.Memoizer.Running.Ended();
            return null;
        }

        int permits = 0;
        CancellationTokenSource? abandoned = null;
        using (EnterGate())
        {
            _callers--;
            bool computing = Computation is not null;
            if (turn == _turn && !computing && !_settled) PutDown();
            if (_callers > 0)
            {
                if (!computing) permits = PassOnLocked(turn);
            }
            else if (!(computing && _leftRunning))
            {
                if (_attached) LeaveTable();
                if (computing) abandoned = _cancellation;
            }
        }

        if (permits > 0) _permits!.Release(permits);
        _locks.Method.Memoizer.Running.Ended();
        return abandoned;
    }

    private bool Settle(in Outcome<TValue> outcome, in Verdict<TKey, TValue> verdict, bool isAbortion)
    {
        SemaphoreSlim? permits = null;
        int count = 0;
        try
        {
            using (EnterGate())
            {
                if (!isAbortion) PutDown();
                if (_settled) return false;

                _outcome = outcome;
                if (isAbortion) Volatile.Write(ref _wasAborted, true);
                count = Settle();
                permits = _permits;
                if (_attached)
                {
                    LeaveTable();
                    verdict.Apply(HashedKey, outcome, Tags, _table.Memory);
                }

                // Last: from here on, who is alone inside may go, and the lock with it, if that one has not left already; and those who
                // wait go without the gate.
                _isOver = _wasShared && !isAbortion;
                _isReusable = !isAbortion && !_wasShared;
            }
        }
        finally
        {
            // What a key's equality might throw must not keep the callers waiting.
            if (count > 0) permits!.Release(count);
            _locks.Method.Memoizer.Running.Ended();
        }

        return true;
    }

    // Nobody else has it in hand, and nobody can come: it is not in the table.
    private void Recycle()
    {
        Key = default!;
        (Seen, Reason, HasLooked) = (null, default, false);
        Tags = null;
        Stored = null;
        IsFromElsewhere = false;
        _usedStored = false;
        _outcome = default;
        _cancellation = null;
        _permits = null;
        _permitsDue = 0;
        if (_startersWait is { IsIdle: false }) _startersWait = null;
        _callers = 0;
        _settled = false;
        _startOver = false;
        _leftRunning = false;
        _isReusable = false;
        FirstTurn.Close();
        _table.Recycle(this);
    }

    // The gate of the table that the lock is in: it changes once, when the memory splits.
    private Lock.Scope EnterGate()
    {
        while (true)
        {
            var current = _table;
            var held = current.Gate.EnterScope();
            if (current == _table) return held;
            held.Dispose();
        }
    }

    private void LeaveTable()
    {
        Volatile.Write(ref _attached, false);
        _table.Remove(this);
        if (NextRefresh is not { } next) return;

        NextRefresh = null;
        next.Follow();
    }

    /// <summary>Takes the place of the lock that it came after, unless all its callers have gone. The gate is held.</summary>
    public void Follow()
    {
        _running = null;
        if (_callers == 0) return;

        Volatile.Write(ref _attached, true);
        _table.Attach(this);
        int permits = PassOnLocked(turn: 1);

        // With the gate held, which is as good: who gets the permit does not go on on this thread.
        if (permits > 0) _permits!.Release(permits);
    }

    /// <summary>Whether <paramref name="entry"/> is what was found in the store, and nobody has taken it yet. True once; asked by the caller that has the turn.</summary>
    public bool IsFirstUseOfStored(MemoryEntry<TKey, TValue> entry)
    {
        if (_usedStored || entry != Stored?.Entry) return false;

        _usedStored = true;
        return true;
    }

    /// <summary>What was found in the store: the value, which entry that was, and why it is not fresh.</summary>
    public sealed record StoredEntryLook(MemoryEntry<TKey, TValue>? Entry, long? Revision, MissReason? Reason);

    private void Look(MemoryStore<TKey, TValue> memory)
    {
        // What the first turn saw as it entered still holds: who writes or invalidates the key detaches the lock first, or has
        // the first turn itself; and what was found in the store was not there then. Only who had detached the lock before this
        // one may write yet: an entry that was seen says if it was removed, and nothing must have been kept since.
        bool holds = _turn == 1 && !HasLooked && Stored is null && Volatile.Read(ref _attached) && Seen is not { IsSuperseded: true } && _table.Memory.Keeps == _keepsBefore;
        if (!holds)
        {
            memory.Look(HashedKey, out var entry, out var reason);
            (Seen, Reason) = (entry, reason);
        }

        HasLooked = true;
    }

    private SemaphoreSlim Permits()
    {
        using (EnterGate())
        {
            if (_permits is not null) return _permits;

            _permits = new SemaphoreSlim(_permitsDue);
            _permitsDue = 0;
            return _permits;
        }
    }

    private (Wake Wake, int Turn) WakeUp()
    {
        // Thousands may wake up at once.
        if (_isOver) return (Wake.Outcome, 0);

        int permits;
        using (EnterGate())
        {
            if (_settled) return (_startOver ? Wake.StartOver : Wake.Outcome, 0);
            if (_attached)
            {
                TakeInHand();
                return (Wake.Turn, _turn);
            }

            permits = StartOver();
        }

        _permits!.Release(permits);
        return (Wake.StartOver, 0);
    }

    private void TakeInHand()
    {
        _isInHand = true;
        _table.InHand++;
    }

    private void PutDown()
    {
        if (!_isInHand) return;

        _isInHand = false;
        _table.InHand--;
        if (!_isListed) return;

        _isListed = false;
        _table.RemoveDetached(this);
    }

    private int PassOnLocked(int turn)
    {
        if (turn != _turn || _settled) return 0;

        Computation = null;
        _leftRunning = false;
        _turn++;
        return _attached ? Grant(1) : StartOver();
    }

    // Callers whose lock was detached by an invalidation do not compute on it, since their result could not be kept.
    private int StartOver()
    {
        _startOver = true;
        return Settle();
    }

    private int Settle()
    {
        _settled = true;
        Computation = null;
        return Grant(_callers);
    }

    /// <summary>How many permits to release once the monitor is left; none while there is no semaphore to release them to.</summary>
    private int Grant(int permits)
    {
        if (_permits is not null) return permits;

        _permitsDue += permits;
        return 0;
    }
}
