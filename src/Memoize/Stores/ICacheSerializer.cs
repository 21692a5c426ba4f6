using System.Buffers;

namespace Memoize;

/// <summary>Turns results into bytes for stores, and back.</summary>
/// <remarks>
/// Implementations are thread-safe. What they throw loses nobody's value: a result that cannot be written is not stored, and
/// one that cannot be read is a miss.
/// </remarks>
public interface ICacheSerializer
{
    /// <summary>The name of the format, which goes into each entry: one that was written in another format is a miss.</summary>
    string Format { get; }

    /// <summary>
    /// The name of the format of results of one type, if it is more than <see cref="Format"/>: a serializer whose options change
    /// what its bytes mean has a fingerprint of them in it. It is the same in every process and on every machine, and is asked for
    /// once for each cached method.
    /// </summary>
    string FormatOf<T>() => Format;

    /// <summary>Writes <paramref name="value"/>.</summary>
    void Serialize<T>(T value, IBufferWriter<byte> destination);

    /// <summary>Reads a value of the type that was written.</summary>
    T? Deserialize<T>(ReadOnlySpan<byte> payload);
}
