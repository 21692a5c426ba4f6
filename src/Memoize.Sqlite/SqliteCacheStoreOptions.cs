namespace Memoize.Sqlite;

/// <summary>The options of a <see cref="SqliteCacheStore"/>. They are read and validated once, when it is made.</summary>
public sealed class SqliteCacheStoreOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a claim lasts that is not renewed, from 10 milliseconds to a day. The default is 30 seconds. When a process
    /// dies while it computes, the others wait that long before one of them takes over.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long an operation waits for the file when other processes write to it, up to a day. The default is 5 seconds; with
    /// zero it does not wait. It is real time, whatever <see cref="TimeProvider"/> says: so are the others.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an entry is kept after it was written, even if it does not expire. <see langword="null"/> (the default): as
    /// long as it can be served.
    /// </summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>
    /// How many entries are kept at most. When there are more, those that were written first leave. <see langword="null"/>
    /// (the default): there is no limit.
    /// </summary>
    public long? MaxEntries { get; set; }

    /// <summary>
    /// How many bytes the contents of the entries may have together. When there are more, those that were written first
    /// leave. The file is larger, by its indexes. <see langword="null"/> (the default): there is no limit.
    /// </summary>
    public long? MaxSize { get; set; }

    /// <summary>
    /// Whether writing also removes, in small batches, the entries that can never be served again and those beyond
    /// <see cref="MaxAge"/>, <see cref="MaxEntries"/> and <see cref="MaxSize"/>. The default is true; otherwise only
    /// <see cref="SqliteCacheStore.Prune"/> does.
    /// </summary>
    public bool AutomaticPruning { get; set; } = true;

    /// <summary>
    /// How often writing looks for entries past their time, up to a day. The default is 10 seconds; with zero each write
    /// looks. The limits hold after each write, whatever it is.
    /// </summary>
    public TimeSpan PruningInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For how many of the entries that left last the store remembers why they did (<see cref="StoreLook.Reason"/>). The
    /// default is 100,000, which take some 10 MB of the file; with zero it remembers none.
    /// </summary>
    public int MaxRememberedReasons { get; set; } = 100_000;

    /// <summary>Where the time of leases, ages and lives comes from. The default is the system's clock; tests give a virtual one.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal SqliteCacheStoreOptions Validated()
    {
        if (TimeProvider is null) throw Invalid(nameof(TimeProvider), "null", $"use {nameof(System.TimeProvider)}.{nameof(System.TimeProvider.System)}");
        if (LeaseDuration < TimeSpan.FromMilliseconds(10) || LeaseDuration > Longest) throw Invalid(nameof(LeaseDuration), LeaseDuration, "it must be between 10 milliseconds and a day");
        if (BusyTimeout < TimeSpan.Zero || BusyTimeout > Longest) throw Invalid(nameof(BusyTimeout), BusyTimeout, "it must be between zero and a day");
        if (MaxAge <= TimeSpan.Zero) throw Invalid(nameof(MaxAge), MaxAge, "it must be positive, or null for no limit");
        if (MaxEntries < 1) throw Invalid(nameof(MaxEntries), MaxEntries, "it must be one or more, or null for no limit");
        if (MaxSize < 1) throw Invalid(nameof(MaxSize), MaxSize, "it must be one byte or more, or null for no limit");
        if (PruningInterval < TimeSpan.Zero || PruningInterval > Longest) throw Invalid(nameof(PruningInterval), PruningInterval, $"it must be between zero and a day. To switch pruning off, set {nameof(AutomaticPruning)} to false");
        if (MaxRememberedReasons < 0) throw Invalid(nameof(MaxRememberedReasons), MaxRememberedReasons, "it must be zero or more");

        // A copy: what the caller does to its object afterwards changes nothing here.
        return (SqliteCacheStoreOptions)MemberwiseClone();
    }

    private static ArgumentException Invalid(string name, object? value, string wayOut) =>
        new(FormattableString.Invariant($"{nameof(SqliteCacheStoreOptions)}.{name} is {value}; {wayOut}."));
}
