using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>
/// A string as a key: ordinal, with <see langword="null"/> as a value of its own. Being a struct, it lets the compiler
/// inline what a look does with it.
/// </summary>
/// <param name="text">The string.</param>
public readonly struct TextKey(string? text) : IEquatable<TextKey>
{
    // Others in each process, so that nobody can prepare strings whose hashes collide. Odd, so that no product is 0 for long.
    private static readonly ulong Secret = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);

    private readonly string? _text = text;

    /// <summary>The string itself.</summary>
    internal string? Text => _text;

    /// <summary>A string is a key as it is.</summary>
    public static implicit operator TextKey(string? text) => new(text);

    /// <summary>The same as <see cref="Equals(TextKey)"/>.</summary>
    public static bool operator ==(TextKey left, TextKey right) => left.Equals(right);

    /// <summary>The opposite of <see cref="Equals(TextKey)"/>.</summary>
    public static bool operator !=(TextKey left, TextKey right) => !left.Equals(right);

    /// <summary>Whether both strings have the same characters, or both are <see langword="null"/>.</summary>
    public bool Equals(TextKey other) => _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TextKey other && Equals(other);

    /// <summary>A hash of the characters that is another in each process.</summary>
    public override int GetHashCode()
    {
        if (_text is null) return 0;

        // Four characters a step: mixed in, multiplied by the secret to 128 bits, and the halves folded, as wyhash does. A
        // difference spreads over all bits in a way that depends on the secret, so another step cannot take it back.
        ReadOnlySpan<char> rest = _text;
        ulong hash = Seed ^ (ulong)rest.Length;
        foreach (ulong four in MemoryMarshal.Cast<char, ulong>(rest)) hash = Fold(hash ^ four);
        ulong last = 0;
        for (int i = rest.Length & ~3; i < rest.Length; i++) last = (last << 16) | rest[i];
        hash = Fold(hash ^ last);
        return (int)(hash ^ (hash >> 32));
    }

    private static ulong Fold(ulong value)
    {
        ulong high = Math.BigMul(value, Secret, out ulong low);
        return high ^ low;
    }

    /// <summary>The string.</summary>
    public override string ToString() => _text ?? "null";
}
