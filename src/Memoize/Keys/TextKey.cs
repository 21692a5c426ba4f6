using System.Numerics;
using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>
/// A string as a key: ordinal, with <see langword="null"/> as a value of its own. Being a struct, it lets the compiler
/// inline what a look does with it.
/// </summary>
/// <param name="text">The string.</param>
public readonly struct TextKey(string? text) : IEquatable<TextKey>
{
    // Of odd 64-bit numbers with well-spread bits, any will do; these are from the digits of pi and e.
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    // Another in each process, so that nobody can prepare strings whose hashes collide.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    private readonly string? _text = text;

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

        // Four characters a step: mix in, multiply, rotate. The high half of the last product depends on every bit.
        ReadOnlySpan<char> rest = _text;
        ulong hash = Seed + ((ulong)rest.Length * Multiplier);
        foreach (ulong four in MemoryMarshal.Cast<char, ulong>(rest)) hash = BitOperations.RotateLeft((hash ^ four) * Multiplier, 29);
        for (int i = rest.Length & ~3; i < rest.Length; i++) hash = BitOperations.RotateLeft((hash ^ rest[i]) * Multiplier, 29);
        return (int)((hash * Multiplier) >> 32);
    }

    /// <summary>The string.</summary>
    public override string ToString() => _text ?? "null";
}
