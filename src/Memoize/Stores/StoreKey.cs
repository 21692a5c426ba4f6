using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>
/// A key as stores know it: the SHA-256 of the method's name and its arguments in a canonical binary form. It says nothing of
/// the arguments, which can be secrets, and is as long as any other.
/// </summary>
/// <remarks>Immutable.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly struct StoreKey : IEquatable<StoreKey>
{
    /// <summary>The length in bytes.</summary>
    public const int Length = 32;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    /// <summary>The key of these <see cref="Length"/> bytes.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public StoreKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length) throw new ArgumentException($"A store key has {Length} bytes, not {bytes.Length}.", nameof(bytes));

        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Whether two keys are the same.</summary>
    public static bool operator ==(StoreKey left, StoreKey right) => left.Equals(right);

    /// <summary>Whether two keys differ.</summary>
    public static bool operator !=(StoreKey left, StoreKey right) => !left.Equals(right);

    /// <summary>Reads what <see cref="ToString"/> writes: 64 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StoreKey key)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bool valid = text?.Length == 2 * Length && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        key = valid ? new StoreKey(bytes) : default;
        return valid;
    }

    /// <summary>Writes the bytes to <paramref name="destination"/>, which has room for <see cref="Length"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _fourth);
    }

    /// <summary>The bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(StoreKey other) => _first == other._first && _second == other._second && _third == other._third && _fourth == other._fourth;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is StoreKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _first.GetHashCode();

    /// <summary>64 hexadecimal digits, in lower case.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
