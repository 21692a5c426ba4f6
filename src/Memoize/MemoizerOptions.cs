using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Memoize;

/// <summary>The options of a <see cref="Memoizer"/>. They are read and validated once, when it is made.</summary>
public sealed class MemoizerOptions
{
    /// <summary>Where the time comes from. The default is the system's clock; tests give a virtual one.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the memoizer logs to. The default logs nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>
    /// Whether <c>services.AddMemoize()</c> makes its memoizer the <see cref="Memoizer.Default"/> of the process. The default
    /// is true. It says nothing about a memoizer that you make with <c>new</c>: that one is never the default.
    /// </summary>
    public bool IsDefault { get; set; } = true;

    /// <summary>
    /// The life of results of methods whose attribute gives none. <see langword="null"/> (the default): they do not expire.
    /// </summary>
    public TimeSpan? DefaultDuration { get; set; }

    /// <summary>
    /// Whether expired results are removed in the background, once in each <see cref="PruningInterval"/>. The default is
    /// true. Expired results are never served either way; pruning only frees their memory.
    /// </summary>
    public bool AutomaticPruning { get; set; } = true;

    /// <summary>The time between two automatic prunings, from a millisecond to a day. The default is one minute.</summary>
    public TimeSpan PruningInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many results all methods together keep in memory at most. When there are more, the method with the largest share
    /// of the limits gives one up. <see langword="null"/> (the default): each method's own <c>Capacity</c> is the only limit.
    /// </summary>
    public int? MaxEntries { get; set; }

    /// <summary>
    /// The sum of the sizes that all methods together keep in memory at most, for methods whose results have a <c>Size</c>.
    /// <see langword="null"/> (the default): each method's own <c>MaxSize</c> is the only limit.
    /// </summary>
    public long? MaxSize { get; set; }

    /// <summary>
    /// What the computations of a method go through: retries, rate limits, circuit breakers. It is asked once for each
    /// method; <see langword="null"/> for methods that run as they are. The default is none.
    /// </summary>
    public Func<CachedMethod, ComputationPipeline?>? Pipeline { get; set; }

    /// <summary>
    /// How long <see cref="Memoizer.DisposeAsync"/>, and so a host that stops, lets running computations go on before it
    /// cancels them: by the clock of <see cref="TimeProvider"/> or in real time, whichever is over first, so that a clock that
    /// stands still holds nobody up. The default is five seconds; zero cancels at once.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Where results are kept beyond the memory of this process. <see langword="null"/> (the default): nowhere. The memoizer
    /// does not dispose it: several can share one.
    /// </summary>
    public ICacheStore? Store { get; set; }

    /// <summary>Further stores, by the names that <see cref="CachedResponseAttribute.Store"/> gives. The default is none.</summary>
    public IDictionary<string, ICacheStore> Stores { get; set; } = new Dictionary<string, ICacheStore>(StringComparer.Ordinal);

    /// <summary>
    /// What turns results into bytes for stores. <see langword="null"/> (the default): a <see cref="JsonCacheSerializer"/> that
    /// finds types out by reflection; trimmed and natively compiled programs need one with a context of theirs.
    /// </summary>
    public ICacheSerializer? Serializer { get; set; }

    /// <summary>
    /// Whether stores also keep the arguments of each entry in a form that people can read. The default is false, since
    /// arguments can be secrets.
    /// </summary>
    public bool StoreReadableKeys { get; set; }

    /// <summary>Who decides what goes on next, in tests that play interleavings; else nobody.</summary>
    internal Scheduling? Scheduling { get; set; }

    /// <summary>When and how the memory of methods splits; null for what suits their capacity and the machine.</summary>
    internal Partitioning? Partitioning { get; set; }

    internal MemoizerOptions Validated()
    {
        if (TimeProvider is null) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(TimeProvider)} is null; use {nameof(System.TimeProvider)}.{nameof(System.TimeProvider.System)}.");
        if (LoggerFactory is null) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(LoggerFactory)} is null; use {nameof(NullLoggerFactory)}.");
        if (DefaultDuration is { } duration && duration <= TimeSpan.Zero) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(DefaultDuration)} is {duration}; it must be positive, or null for results that do not expire.");
        if (PruningInterval < TimeSpan.FromMilliseconds(1) || PruningInterval > TimeSpan.FromDays(1)) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(PruningInterval)} is {PruningInterval}; it must be between a millisecond and a day. To switch pruning off, set {nameof(AutomaticPruning)} to false.");

        if (MaxEntries < 1) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(MaxEntries)} is {MaxEntries}; it must be one or more, or null for no limit.");
        if (MaxSize < 1) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(MaxSize)} is {MaxSize}; it must be one or more, or null for no limit.");
        if (ShutdownTimeout < TimeSpan.Zero) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(ShutdownTimeout)} is {ShutdownTimeout}; it must be zero or longer.");

        if (Stores is null) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(Stores)} is null; leave it as it is, or empty, for no further stores.");
        foreach (var (name, store) in Stores)
        {
            if (string.IsNullOrWhiteSpace(name) || name == CacheStores.MemoryOnly) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(Stores)} has a store named \"{name}\"; give it a name that is not blank and not \"{CacheStores.MemoryOnly}\", which means no store.");
            if (store is null) throw new ArgumentException($"{nameof(MemoizerOptions)}.{nameof(Stores)} has no store under the name \"{name}\"; leave the name out.");
        }

        // A copy: what the caller does to its objects afterwards changes nothing here.
        var copy = (MemoizerOptions)MemberwiseClone();
        copy.Stores = new Dictionary<string, ICacheStore>(Stores, StringComparer.Ordinal);
        return copy;
    }
}
