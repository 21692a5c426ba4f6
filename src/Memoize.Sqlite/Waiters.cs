using System.Diagnostics;

namespace Memoize.Sqlite;

/// <summary>Those who wait for the claims of others to end.</summary>
/// <remarks>
/// What this store does itself wakes them at once. What other processes do is found out by one thread for all of them: it asks
/// SQLite whether the file has changed, which takes a microsecond or two, and only then looks at the claims. It looks every
/// millisecond while changes come, every four after a second without any and every ten after two and a half, and never spends more
/// than a twentieth of its time on looking; without waiters it ends.
/// Invariants:
/// 1. Who waits is entered before it looks whether the claim is still there: a claim that ends after that look wakes it.
/// 2. The thread runs, or is about to look, as long as anybody waits.
/// 3. A look that fails wakes everybody: they claim again, and are told what is wrong.
/// </remarks>
internal sealed class Waiters(ReaderPool readers, TimeProvider time) : IDisposable
{
    private const double ShortestPause = 1; // milliseconds
    private const double LongestPause = 10;
    private const int Quiet = 250;
    private const int Share = 20;
    private const string What = "wait for a claim";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly object _lock = new();
    private readonly Dictionary<StoreKey, List<Waiter>> _waiters = [];
    private bool _polling;
    private bool _disposed;

    /// <summary>Waits until the claim with this token is not on the key any more, a time has passed, or something was amiss.</summary>
    public void Wait(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (atMost <= TimeSpan.Zero) return;

        using var waiter = new Waiter(this, key, token);
        Add(waiter);
        if (readers.Read(What, key, static (reader, key) => reader.TokenOf(key)) != token) return;

        if (time == TimeProvider.System)
        {
            // Without a timer, which needs a thread of the pool: callers like this one may have them all.
            waiter.Woken.Wait(atMost < Longest ? atMost : Longest, cancellationToken);
            return;
        }

        waiter.WakeAfter(atMost, time);
        waiter.Woken.Wait(cancellationToken);
    }

    /// <inheritdoc cref="Wait"/>
    public async ValueTask WaitAsync(StoreKey key, long token, TimeSpan atMost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (atMost <= TimeSpan.Zero) return;

        using var waiter = new Waiter(this, key, token);
        Add(waiter);
        if (await readers.ReadAsync(What, key, static (reader, key) => reader.TokenOf(key), cancellationToken).ConfigureAwait(false) != token) return;

        waiter.WakeAfter(atMost, time);
        await waiter.Woken.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Wakes those who wait for a key, whoever has claimed it.</summary>
    public void Wake(StoreKey key)
    {
        lock (_lock)
        {
            if (_waiters.TryGetValue(key, out var waiters)) waiters.ForEach(static waiter => waiter.Wake());
        }
    }

    /// <summary>Wakes everybody.</summary>
    public void WakeAll()
    {
        lock (_lock)
        {
            foreach (var waiters in _waiters.Values) waiters.ForEach(static waiter => waiter.Wake());
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            WakeAll();
            Monitor.PulseAll(_lock);
        }
    }

    private void Add(Waiter waiter)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteCacheStore));
            if (!_waiters.TryGetValue(waiter.Key, out var waiters)) _waiters[waiter.Key] = waiters = [];
            waiters.Add(waiter);
            if (_polling)
            {
                if (_waiters.Count == 1) Monitor.Pulse(_lock);
                return;
            }

            _polling = true;
        }

        // A thread of its own: in a process whose pool is exhausted, waiters are what frees it. It belongs to all waiters, and must not
        // keep the context of the first.
        new Thread(Poll) { IsBackground = true, Name = "Memoize.Sqlite waiters" }.UnsafeStart();
    }

    private void Remove(Waiter waiter)
    {
        lock (_lock)
        {
            if (!_waiters.TryGetValue(waiter.Key, out var waiters)) return;

            waiters.Remove(waiter);
            if (waiters.Count == 0) _waiters.Remove(waiter.Key);
        }
    }

    private void Poll()
    {
        Reader? reader = null;
        long version = 0;
        long lastChange = Stopwatch.GetTimestamp();
        var cost = TimeSpan.Zero;
        while (PauseUntilNeeded(lastChange, cost))
        {
            long start = Stopwatch.GetTimestamp();
            try
            {
                bool first = reader is null;
                reader ??= readers.Rent();
                long current = reader.DataVersion();
                if (!first && current == version) continue;

                (version, lastChange) = (current, start);
                WakeWhereClaimsEnded(reader);
            }
            catch (Exception)
            {
                reader?.Dispose();
                reader = null;
                WakeAll();
            }
            finally
            {
                cost = Stopwatch.GetElapsedTime(start);
            }
        }

        if (reader is not null) readers.Return(reader);
    }

    /// <summary>Waits for the next look, or until there is a waiter again.</summary>
    /// <returns>False if there was none for long: the thread ends.</returns>
    private bool PauseUntilNeeded(long lastChange, TimeSpan cost)
    {
        double pause = Math.Clamp(Stopwatch.GetElapsedTime(lastChange).TotalMilliseconds / Quiet, ShortestPause, LongestPause);
        pause = Math.Max(pause, Share * cost.TotalMilliseconds);
        lock (_lock)
        {
            if (_waiters.Count > 0 && !_disposed) Monitor.Wait(_lock, TimeSpan.FromMilliseconds(pause));
            while (_waiters.Count == 0 && !_disposed && Monitor.Wait(_lock, Linger)) { }
            if (_waiters.Count > 0 && !_disposed) return true;

            _polling = false;
            return false;
        }
    }

    private void WakeWhereClaimsEnded(Reader reader)
    {
        StoreKey[] keys;
        lock (_lock) keys = [.. _waiters.Keys];
        foreach (var key in keys)
        {
            long? token = reader.TokenOf(key);
            lock (_lock)
            {
                if (!_waiters.TryGetValue(key, out var waiters)) continue;

                foreach (var waiter in waiters)
                {
                    if (waiter.Token != token) waiter.Wake();
                }
            }
        }
    }

    private sealed class Waiter(Waiters owner, StoreKey key, long token) : IDisposable
    {
        private readonly TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ITimer? _timer;

        public StoreKey Key => key;

        public long Token => token;

        public Task Woken => _woken.Task;

        public void WakeAfter(TimeSpan atMost, TimeProvider time)
        {
            // Timers have a limit, and a wait may end early.
            var due = atMost < Longest ? atMost : Longest;
            _timer = time.CreateTimer(static waiter => ((Waiter)waiter!).Wake(), this, due, Timeout.InfiniteTimeSpan);
        }

        public void Wake() => _woken.TrySetResult();

        public void Dispose()
        {
            _timer?.Dispose();
            owner.Remove(this);
        }
    }
}
