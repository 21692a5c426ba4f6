using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>A key with its hash, so that a miss, which goes through several tables, asks the key for it once.</summary>
internal readonly struct HashedKey<TKey>(TKey key, int hash)
    where TKey : notnull
{
    public readonly TKey Key = key;

    public readonly int Hash = hash;

    /// <summary>A hash all of whose bits count, whatever the key's own is like.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HashOf(TKey key)
    {
        // The constant is the golden ratio's; its product carries low bits up, and the fold brings them down again.
        uint spread = (uint)EqualityComparer<TKey>.Default.GetHashCode(key) * 0x9E3779B9u;
        return (int)(spread ^ (spread >> 15));
    }

    public static implicit operator HashedKey<TKey>(TKey key) => new(key, HashOf(key));
}
