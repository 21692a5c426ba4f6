using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>What becomes of the outcome of a computation: whether, and for how long, it is kept.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Verdict<TKey, TValue>
    where TKey : notnull
{
    private enum Kind : byte
    {
        Drop,
        Keep,
        Refuse,
        Remember,
    }

    private Kind What { get; init; }

    /// <summary>What is kept of a value; null if nothing is.</summary>
    public MemoryEntry<TKey, TValue>? Kept { get; private init; }

    private MissReason Reason { get; init; }

    private long Until { get; init; }

    /// <summary>Nothing is kept, and nothing is known of it later.</summary>
    public static Verdict<TKey, TValue> Drop => default;

    /// <summary>The value is kept.</summary>
    public static Verdict<TKey, TValue> Keep(MemoryEntry<TKey, TValue> entry) => new() { What = Kind.Keep, Kept = entry };

    /// <summary>The value is not kept; the next miss says why.</summary>
    public static Verdict<TKey, TValue> Refuse(MissReason reason) => new() { What = Kind.Refuse, Reason = reason };

    /// <summary>The failure is remembered.</summary>
    public static Verdict<TKey, TValue> Remember(long until) => new() { What = Kind.Remember, Until = until };

    /// <summary>Writes an outcome to memory; the gate of the partition is held.</summary>
    public void Apply(in HashedKey<TKey> key, in Outcome<TValue> outcome, string[]? tags, MemoryPartition<TKey, TValue> memory)
    {
        switch (What)
        {
            case Kind.Keep:
                memory.Keep(Kept!);
                break;
            case Kind.Refuse:
                memory.RefuseComputed(key, Reason);
                break;
            case Kind.Remember:
                memory.KeepFailure(key, outcome.Failure!, Until, tags);
                break;
            case Kind.Drop:
                break;
        }
    }
}
