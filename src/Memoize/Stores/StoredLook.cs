using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>What a look into the store came to, in the terms of the method.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct StoredLook<TValue>
{
    /// <summary>Whether there is a value that could be served: fresh, or stale for not too long.</summary>
    public bool HasValue { get; init; }

    public TValue? Value { get; init; }

    public EntryLife Life { get; init; }

    public string[]? Tags { get; init; }

    public long Size { get; init; }

    /// <summary>The entry that was seen, whether or not it is of use; null if there was none.</summary>
    public long? Revision { get; init; }

    /// <summary>Why there is no fresh value, if the store knows; null if there is one, or if the store knows nothing of the key.</summary>
    public MissReason? Reason { get; init; }
}
