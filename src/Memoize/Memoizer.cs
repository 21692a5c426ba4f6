using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.Extensions.Logging;

namespace Memoize;

/// <summary>
/// Runs cached methods: it owns their entries, their locks and their statistics, and the clock that they share.
/// </summary>
/// <remarks>
/// A cached method uses the <see cref="Memoizer"/> that its type has in an instance field, property or primary
/// constructor parameter, else <see cref="Default"/>. Thread-safe.
/// </remarks>
public sealed class Memoizer : IDisposable, IAsyncDisposable
{
    private static Memoizer? _default;

    private readonly Lock _making = new();
    private readonly List<(WeakReference<CachedMethod> Method, BudgetShare? Share)> _ofInstances = [];
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer? _pruning;
    private readonly Action<AssemblyLoadContext> _unloading;
    private readonly Lazy<Task> _shutdown;
    private readonly TaskCompletionSource _graceIsOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<ICacheStore, AttachedStore> _stores;
    private bool _disposed;

    // The places of the table, one step nearer for hits.
    private CachedMethod?[] _places;

    /// <summary>A memoizer with the default options.</summary>
    public Memoizer()
        : this(new MemoizerOptions())
    {
    }

    /// <summary>A memoizer with options of its own.</summary>
    /// <exception cref="ArgumentException">An option has a value that cannot work; the message names it.</exception>
    public Memoizer(MemoizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options.Validated();
        _places = Table.Places;
        Clock = new CacheClock(Options.TimeProvider);
        if (Options.MaxEntries is not null || Options.MaxSize is not null) Budget = new MemoryBudget(Options.MaxEntries ?? int.MaxValue, Options.MaxSize ?? long.MaxValue, () => Methods);
        Logger = new CarefulLogger(Options.LoggerFactory.CreateLogger(nameof(Memoize)));
        Serializer = Options.Serializer ?? (Options.Store is null && Options.Stores.Count == 0 ? null! : JsonCacheSerializer.ByReflection());
        _stores = AttachStores();
        Running = new RunningComputations(() => Methods);
        _shutdown = new Lazy<Task>(ShutDownAsync);
        _unloading = WithTarget(this, static memoizer => memoizer.Dispose());
        LibraryContext.Tell(_unloading);

        // A timer of a context that is unloading would keep it.
        if (Options.AutomaticPruning && !LibraryContext.IsUnloading) _pruning = StartPruning(this);
    }

    /// <summary>The memoizer of methods whose type has none of its own.</summary>
    public static Memoizer Default => _default ?? MakeDefault();

    /// <summary>
    /// The methods that were called, or whose handles were used, so far. One whose objects share nothing
    /// (<see cref="CacheScope.Instance"/>) is there once for each object that is alive.
    /// </summary>
    public IReadOnlyCollection<CachedMethod> Methods => [.. Table.All, .. LivingOfInstances()];

    internal MemoizerOptions Options { get; }

    internal MethodTable Table { get; } = new();

    internal Scheduling? Scheduling => Options.Scheduling;

    internal CacheClock Clock { get; }

    /// <summary>What all methods may keep together; null for no limit.</summary>
    internal MemoryBudget? Budget { get; }

    internal ILogger Logger { get; }

    /// <summary>What turns results into bytes. Only there if there is a store.</summary>
    internal ICacheSerializer Serializer { get; }

    internal RunningComputations Running { get; }

    /// <summary>Completes when the computations that are running have been aborted.</summary>
    internal Task WhenAborted => _aborted.Task;

    internal bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>The statistics of every method, in the order of their names.</summary>
    public IReadOnlyList<MethodStatistics> GetStatistics() =>
        [.. Methods.Select(method => method.Statistics).OrderBy(statistics => statistics.Method, StringComparer.Ordinal)];

    /// <summary>
    /// Removes every entry of every method, in memory and in the stores, whichever process wrote it. Results of computations
    /// that are running now are not kept.
    /// </summary>
    /// <exception cref="Exception">A store failed; memory is cleared all the same.</exception>
    public void Clear()
    {
        try
        {
            foreach (var store in _stores.Values) store.Claims.Clear();
        }
        finally
        {
            ClearMemory();
        }
    }

    /// <inheritdoc cref="Clear"/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            foreach (var store in _stores.Values) await store.Claims.ClearAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ClearMemory();
        }
    }

    /// <summary>
    /// Removes entries now that can never be served again: expired ones, once their time to be served stale is over too; in the
    /// stores also what their own limits say.
    /// </summary>
    /// <returns>How many entries were removed. One that was in memory and in a store counts twice.</returns>
    /// <exception cref="Exception">A store failed; memory is pruned all the same.</exception>
    public int Prune()
    {
        long pruned = PruneMemory();
        foreach (var store in _stores.Values) pruned += store.Claims.Prune();
        return (int)Math.Min(pruned, int.MaxValue);
    }

    /// <summary>
    /// Removes every entry with <paramref name="tag"/>, of whichever method, in memory and in the stores. Results of
    /// computations with it that are running now are not kept.
    /// </summary>
    /// <exception cref="Exception">A store failed; the entries in memory are removed all the same.</exception>
    public void InvalidateTag(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        try
        {
            // The stores first: what is read from one before its entry goes must not come into memory after it has gone there.
            foreach (var store in _stores.Values) store.Claims.RemoveByTag(tag);
        }
        finally
        {
            foreach (var method in Methods) method.InvalidateTag(tag);
        }
    }

    /// <inheritdoc cref="InvalidateTag"/>
    public async ValueTask InvalidateTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tag);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            foreach (var store in _stores.Values) await store.Claims.RemoveByTagAsync(tag, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var method in Methods) method.InvalidateTag(tag);
        }
    }

    /// <summary>
    /// Writes the entries of a store as an archive, to be imported on another machine or into a store of another kind. Entries
    /// that can never be served again are left out; damaged ones are skipped and reported.
    /// </summary>
    /// <param name="destination">Where the archive goes: a file, a pipe, a response. It is flushed and stays open.</param>
    /// <param name="store">The name of one of <see cref="MemoizerOptions.Stores"/>; <see langword="null"/> for <see cref="MemoizerOptions.Store"/>.</param>
    /// <param name="progress">Is told how many entries are done, those that are not in the archive included.</param>
    /// <param name="cancellationToken">Ends the export; what was written until then is no archive.</param>
    /// <returns>What was exported, and what was not.</returns>
    /// <exception cref="InvalidOperationException">There is no such store; the message says what to set.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<ExportResult> ExportAsync(Stream destination, string? store = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        CacheArchive.ExportAsync(StoreNamed(store), destination, progress, Options.TimeProvider, cancellationToken);

    /// <summary>
    /// Writes the entries of an archive to a store. Entries that can never be served again are left out; where the store has an
    /// entry that is as new or newer, that one stays. The methods of what was imported let go of what they have in memory, so
    /// that their next calls find it.
    /// </summary>
    /// <param name="source">The archive. It is read up to its end, not beyond it, and stays open.</param>
    /// <param name="store">The name of one of <see cref="MemoizerOptions.Stores"/>; <see langword="null"/> for <see cref="MemoizerOptions.Store"/>.</param>
    /// <param name="progress">Is told how many entries are done, those that were not imported included.</param>
    /// <param name="cancellationToken">Ends the import; what was imported until then stays.</param>
    /// <returns>What was imported, and what was not.</returns>
    /// <remarks>Other memoizers, in this process or another, go on serving what they have in memory until it expires.</remarks>
    /// <exception cref="InvalidOperationException">There is no such store; the message says what to set.</exception>
    /// <inheritdoc cref="CacheArchive.ImportAsync" path="/exception"/>
    public async Task<ImportResult> ImportAsync(Stream source, string? store = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var imported = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            return await CacheArchive.ImportAndTellAsync(StoreNamed(store), source, progress, Options.TimeProvider, entry => imported.Add(entry.Method), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Also of an import that failed on the way: what came in before is there.
            foreach (var method in Methods.Where(method => imported.Contains(method.Name))) method.ClearMemory();
        }
    }

    /// <summary>
    /// Cancels running asynchronous computations and lets all entries go. Calls that miss from now on throw
    /// <see cref="ObjectDisposedException"/>, unless this is the <see cref="Default"/> memoizer, which is then replaced.
    /// </summary>
    /// <remarks>
    /// While <see cref="DisposeAsync"/> waits, this ends its waiting. Synchronous computations run on their callers' threads
    /// and come to their own end.
    /// </remarks>
    public void Dispose()
    {
        Close();
        _graceIsOver.TrySetResult();
        CancelComputations();
    }

    /// <summary>
    /// Waits for running computations to end, cancels those that go on for longer than
    /// <see cref="MemoizerOptions.ShutdownTimeout"/>, and lets all entries go. New calls fare as after <see cref="Dispose"/>.
    /// </summary>
    /// <remarks>Whoever calls it while it waits already waits for the same end.</remarks>
    public ValueTask DisposeAsync() => new(_shutdown.Value);

    /// <summary>What is at the first place that a definition of this number can have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal CachedMethod? MethodAt(int number)
    {
        var places = _places;
        return places[number & (places.Length - 1)];
    }

    internal CachedMethod<TKey, TValue> GetOrAdd<TKey, TValue>(CachedMethodDefinition<TKey, TValue> definition)
        where TKey : notnull
    {
        if (Table.Find(definition, definition.Number) is { } found) return (CachedMethod<TKey, TValue>)found;

        ThrowIfDisposed();

        // One at a time: the user's Pipeline is asked once for each method.
        lock (_making)
        {
            if (Table.Find(definition, definition.Number) is { } there) return (CachedMethod<TKey, TValue>)there;

            var made = new CachedMethod<TKey, TValue>(definition, this);
            Table.Add(made);
            Volatile.Write(ref _places, Table.Places);
            if (PlugIn.ContextOf(definition) is { } context) context.Unloading += WithTarget(made, static method => method.Memoizer.Forget(method));
            return made;
        }
    }

    /// <summary>Makes <paramref name="memoizer"/> the default.</summary>
    /// <returns>The one that was the default before.</returns>
    internal static Memoizer? MakeDefault(Memoizer memoizer) => Interlocked.Exchange(ref _default, memoizer);

    /// <exception cref="ObjectDisposedException">The memoizer is disposed.</exception>
    internal void ThrowIfDisposed()
    {
        if (IsDisposed) ThrowDisposed();
    }

    [DoesNotReturn]
    private static void ThrowDisposed() =>
        throw new ObjectDisposedException(
            nameof(Memoizer),
            "The memoizer of this cached method is disposed, as happens when its host has stopped. Call the method before that, or give its type a memoizer that lives longer.");

    /// <summary>The store of that name, or the one without, for a method; null if it has none.</summary>
    /// <exception cref="ArgumentException">There is no store of that name.</exception>
    internal AttachedStore? FindStore(string? name, string method)
    {
        if (name is null) return Options.Store is { } store ? _stores[store] : null;
        if (Options.Stores.TryGetValue(name, out var named)) return _stores[named];

        throw new ArgumentException($"{method}: Store is \"{name}\", but the memoizer has no store of that name (it has {NamesOfStores()}). Add it to {nameof(MemoizerOptions)}.{nameof(MemoizerOptions.Stores)}, or leave Store out to use {nameof(MemoizerOptions)}.{nameof(MemoizerOptions.Store)}.");
    }

    // With its claims: what is imported voids those on its keys.
    private IClaimStore StoreNamed(string? name)
    {
        if (name is null && Options.Store is null) throw new InvalidOperationException($"The memoizer has no store: its results are in memory only. Set {nameof(MemoizerOptions)}.{nameof(MemoizerOptions.Store)}, or give the name of one of {nameof(MemoizerOptions)}.{nameof(MemoizerOptions.Stores)}.");
        if (name is null) return _stores[Options.Store!].Claims;
        if (Options.Stores.TryGetValue(name, out var named)) return _stores[named].Claims;

        throw new InvalidOperationException($"The memoizer has no store with the name \"{name}\" (it has {NamesOfStores()}). Add it to {nameof(MemoizerOptions)}.{nameof(MemoizerOptions.Stores)}, or give no name for {nameof(MemoizerOptions)}.{nameof(MemoizerOptions.Store)}.");
    }

    private string NamesOfStores() => Options.Stores.Count == 0 ? "none" : string.Join(", ", Options.Stores.Keys.Order(StringComparer.Ordinal).Select(static known => $"\"{known}\""));

    private Dictionary<ICacheStore, AttachedStore> AttachStores()
    {
        var attached = new Dictionary<ICacheStore, AttachedStore>(ReferenceEqualityComparer.Instance);
        foreach (var store in Options.Stores.Values.Append(Options.Store))
        {
            if (store is not null) attached.TryAdd(store, new AttachedStore(ProcessClaims.Over(store), Clock));
        }

        return attached;
    }

    private void ClearMemory()
    {
        foreach (var method in Methods) method.ClearMemory();
    }

    private int PruneMemory()
    {
        int pruned = 0;
        foreach (var method in Methods) pruned += method.Prune();
        return pruned;
    }

    private async Task ShutDownAsync()
    {
        Close();
        var grace = Limits.ForTimer(Options.ShutdownTimeout);
        try
        {
            // Whichever clock says first that it is over: one of the user's that nobody moves on must not hold up who disposes the memoizer.
            var end = Task.WhenAny(Running.WhenIdleAsync(), _graceIsOver.Task).WaitAsync(grace, Options.TimeProvider);
            await (Options.TimeProvider == TimeProvider.System ? end : end.WaitAsync(grace)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _graceIsOver.TrySetResult();
            Log.ComputationsCancelledAtShutdown(Logger, Running.Count, Options.ShutdownTimeout);
            CancelComputations();
        }

        // What the last computations kept.
        ClearMemory();
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;

        // A computation first says that it runs and then asks whether the memoizer is disposed, without a barrier between: this is one for all.
        Interlocked.MemoryBarrierProcessWide();

        Interlocked.CompareExchange(ref _default, null, this);
        _pruning?.Dispose();
        LibraryContext.TellNoMore(_unloading);
        ClearMemory();
    }

    private void CancelComputations()
    {
        foreach (var method in Methods) method.Abort();
        _aborted.TrySetResult();
    }

    internal CachedMethod<TKey, TValue> AddForInstance<TKey, TValue>(CachedMethodDefinition<TKey, TValue> definition)
        where TKey : notnull
    {
        ThrowIfDisposed();
        var method = new CachedMethod<TKey, TValue>(definition, this, ofInstance: true);
        lock (_ofInstances)
        {
            if (_ofInstances.Count == _ofInstances.Capacity) RemoveCollected();
            _ofInstances.Add((new(method), method.Share));
        }

        return method;
    }

    private List<CachedMethod> LivingOfInstances()
    {
        var living = new List<CachedMethod>();
        lock (_ofInstances) RemoveCollected(living);
        return living;
    }

    // The methods of objects that were collected, with what they kept of the limits of all.
    private void RemoveCollected(List<CachedMethod>? living = null) =>
        _ofInstances.RemoveAll(one =>
        {
            if (one.Method.TryGetTarget(out var method))
            {
                living?.Add(method);
                return false;
            }

            one.Share?.GiveBack();
            return true;
        });

    // On a timer's thread, an exception of a key's equality or of the clock would end the process.
    private void PruneCarefully()
    {
        try
        {
            PruneMemory();
        }
        catch (Exception failure)
        {
            Log.PruningFailed(Logger, failure);
        }
    }

    // Once in a process: not in the loops of callers, where the compiler would put it and all that it calls.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Memoizer MakeDefault()
    {
        var made = new Memoizer();
        var winner = Interlocked.CompareExchange(ref _default, made, null);
        if (winner is null) return made;

        made.Dispose();
        return winner;
    }

    // A method of a plug-in goes with it.
    private void Forget(CachedMethod method)
    {
        lock (_making)
        {
            Table.Remove(method);
            Volatile.Write(ref _places, Table.Places);
        }

        method.Abort();
        method.ClearMemory();
    }

    // A context holds what it tells weakly, as the timer does.
    private static Action<AssemblyLoadContext> WithTarget<T>(T target, Action<T> unloading)
        where T : class
    {
        var weak = new WeakReference<T>(target);
        return _ =>
        {
            if (weak.TryGetTarget(out var there)) unloading(there);
        };
    }

    // The timer holds the memoizer weakly: it does not keep one alive that nobody uses any more, and ends after it.
    private static ITimer StartPruning(Memoizer memoizer)
    {
        var options = memoizer.Options;
        using (ExecutionContext.SuppressFlow())
        {
            return new PruningTimer(memoizer).Start(options.TimeProvider, options.PruningInterval);
        }
    }

    private sealed class PruningTimer(Memoizer memoizer)
    {
        private readonly WeakReference<Memoizer> _memoizer = new(memoizer);
        private ITimer? _timer;

        public ITimer Start(TimeProvider time, TimeSpan interval) =>
            _timer = time.CreateTimer(static timer => ((PruningTimer)timer!).Tick(), this, interval, interval);

        private void Tick()
        {
            if (_memoizer.TryGetTarget(out var target)) target.PruneCarefully();
            else _timer?.Dispose();
        }
    }
}
