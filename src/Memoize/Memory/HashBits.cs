using System.Numerics;

namespace Memoize;

/// <summary>Which bits of a hash are for what.</summary>
internal static class HashBits
{
    /// <summary>The lowest bits of a hash say which of a store's partitions it belongs to: there are at most two to the power of this many.</summary>
    public const int OfPartition = 8;

    /// <summary>The hash with those bits behind the others, for tables of one partition: there they are the same for all keys.</summary>
    public static uint WithinPartition(int hash) => BitOperations.RotateRight((uint)hash, OfPartition);
}
