using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>What becomes of the outcome of a computation: whether, and for how long, it is kept.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Verdict
{
    private enum Kind
    {
        Drop,
        Keep,
        Refuse,
        Remember,
    }

    private Kind What { get; init; }

    /// <summary>Whether the value is kept.</summary>
    public bool IsKept => What == Kind.Keep;

    /// <summary>How long it is kept.</summary>
    public EntryLife Life { get; private init; }

    private MissReason Reason { get; init; }

    /// <summary>Its size.</summary>
    public long Size { get; private init; }

    private long Until { get; init; }

    /// <summary>Nothing is kept, and nothing is known of it later.</summary>
    public static Verdict Drop => default;

    /// <summary>The value is kept.</summary>
    public static Verdict Keep(EntryLife life, long size = 0) => new() { What = Kind.Keep, Life = life, Size = size };

    /// <summary>The value is not kept; the next miss says why.</summary>
    public static Verdict Refuse(MissReason reason) => new() { What = Kind.Refuse, Reason = reason };

    /// <summary>The failure is remembered.</summary>
    public static Verdict Remember(long until) => new() { What = Kind.Remember, Until = until };

    /// <summary>Writes an outcome to memory; the gate of the locks is held.</summary>
    public void Apply<TKey, TValue>(in HashedKey<TKey> key, in Outcome<TValue> outcome, string[]? tags, MemoryStore<TKey, TValue> memory)
        where TKey : notnull
    {
        switch (What)
        {
            case Kind.Keep:
                memory.KeepLocked(new(key, outcome.GetValueOrThrow(), Life, tags, Size));
                break;
            case Kind.Refuse:
                memory.RefuseComputedLocked(key, Reason);
                break;
            case Kind.Remember:
                memory.KeepFailureLocked(key, outcome.Failure!, Until, tags);
                break;
            case Kind.Drop:
                break;
        }
    }
}
