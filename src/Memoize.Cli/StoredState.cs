namespace Memoize.Cli;

/// <summary>What an entry is good for now.</summary>
internal enum StoredState
{
    /// <summary>It is served.</summary>
    Fresh,

    /// <summary>It has expired, and is served only if the method fails.</summary>
    Stale,

    /// <summary>It can never be served again; the next pruning removes it.</summary>
    Expired,

    /// <summary>It is whole, and of a version of the format that this library does not read: it is a miss, once.</summary>
    Outdated,

    /// <summary>It cannot be read: it is a miss.</summary>
    Damaged,
}
