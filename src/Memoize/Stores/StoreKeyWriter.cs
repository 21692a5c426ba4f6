using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Memoize;

/// <summary>
/// Writes a key in the canonical binary form whose hash is a <see cref="StoreKey"/>: each value with the tag of its type, and
/// whatever can differ in length with its length, so that no two keys write the same bytes. Values that are equal write the
/// same, on every machine.
/// </summary>
/// <remarks>Not thread-safe. Generated code, and types that implement <see cref="IStorableKey"/>, write with it.</remarks>
public sealed class StoreKeyWriter
{
    [ThreadStatic]
    private static StoreKeyWriter? _spare;

    // A large argument must not keep as much memory for each thread that ever had one.
    private const int LargestSpare = 64 * 1024;

    private byte[] _bytes = new byte[256];
    private int _length;

    private StoreKeyWriter()
    {
    }

    // What a tag says must never change: it would change every key. New ones go to the end.
    private enum Tag : byte
    {
        Null = 1,
        False,
        True,
        Signed,
        Unsigned,
        Char,
        Single,
        Double,
        Half,
        Decimal,
        Text,
        Bytes,
        Guid,
        DateTime,
        DateTimeOffset,
        DateOnly,
        TimeOnly,
        TimeSpan,
        BigInteger,
        Sequence,
        Set,
        Map,
        Type,
        Record,
        Storable,
        Uri,
        Json,
        Compared,
    }

    /// <summary>
    /// The number of the canonical form, which every key begins with: where a later version writes anything differently it counts
    /// on, and no key of the one can be a key of the other.
    /// </summary>
    internal const int Format = 2;

    /// <summary>The key that <paramref name="write"/> writes for <paramref name="key"/>, of the method <paramref name="method"/>.</summary>
    internal static StoreKey KeyOf<TKey>(string method, TKey key, Action<TKey, StoreKeyWriter> write)
    {
        var writer = _spare ?? new StoreKeyWriter();
        _spare = null;
        writer._length = 0;
        writer.Write(Format);
        writer.Write(method);
        write(key, writer);
        Span<byte> hash = stackalloc byte[StoreKey.Length];
        SHA256.HashData(writer._bytes.AsSpan(0, writer._length), hash);
        if (writer._bytes.Length <= LargestSpare) _spare = writer;
        return new StoreKey(hash);
    }

    /// <summary>Writes that there is no value.</summary>
    public void WriteNull() => Put(Tag.Null);

    /// <summary>Writes a truth value.</summary>
    public void Write(bool value) => Put(value ? Tag.True : Tag.False);

    /// <summary>Writes a signed number. Numbers of different types are told apart by where they stand.</summary>
    public void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Put(Tag.Signed, sizeof(long)), value);

    /// <summary>Writes an unsigned number.</summary>
    public void Write(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Put(Tag.Unsigned, sizeof(ulong)), value);

    /// <summary>Writes a signed number of 128 bits.</summary>
    public void Write(Int128 value) => Write((BigInteger)value);

    /// <summary>Writes an unsigned number of 128 bits.</summary>
    // Unsigned integers convert to this type too, and no better than to long.
    [OverloadResolutionPriority(-1)]
    public void Write(UInt128 value) => Write((BigInteger)value);

    /// <summary>Writes a number of any size.</summary>
    public void Write(BigInteger value) => PutSized(Tag.BigInteger, value.ToByteArray());

    /// <summary>Writes a character.</summary>
    public void Write(char value) => BinaryPrimitives.WriteUInt16LittleEndian(Put(Tag.Char, sizeof(char)), value);

    /// <summary>Writes a number. The sign of a zero counts; all that are not a number are the same.</summary>
    // Small integers convert to this type too; they are better off as integers.
    [OverloadResolutionPriority(-1)]
    public void Write(Half value) => BinaryPrimitives.WriteHalfLittleEndian(Put(Tag.Half, 2), Half.IsNaN(value) ? Half.NaN : value);

    /// <inheritdoc cref="Write(Half)"/>
    public void Write(float value) => BinaryPrimitives.WriteSingleLittleEndian(Put(Tag.Single, sizeof(float)), float.IsNaN(value) ? float.NaN : value);

    /// <inheritdoc cref="Write(Half)"/>
    public void Write(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Put(Tag.Double, sizeof(double)), double.IsNaN(value) ? double.NaN : value);

    /// <summary>Writes a number. The zeros that it ends in count, and so does the sign of a zero: they are printed.</summary>
    public void Write(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var destination = Put(Tag.Decimal, 4 * sizeof(int));
        for (int i = 0; i < parts.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(destination[(i * sizeof(int))..], parts[i]);
    }

    /// <summary>Writes a string, or that it is null.</summary>
    public void Write(string? value)
    {
        if (value is null)
        {
            WriteNull();
            return;
        }

        // As it is, also where it is no valid Unicode: two strings that differ must not write the same.
        var destination = PutSized(Tag.Text, value.Length * sizeof(char));
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(value.AsSpan()).CopyTo(destination);
        else BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<char, ushort>(value), MemoryMarshal.Cast<byte, ushort>(destination));
    }

    /// <summary>Writes a string of which case does not count, as <see cref="StringComparison.OrdinalIgnoreCase"/> has it, or that it is null.</summary>
    public void WriteIgnoringCase(string? value)
    {
        if (value is null || Ascii.IsValid(value))
        {
            Write(value?.ToUpperInvariant());
            return;
        }

        // Character by character: a long s is no S to that comparison, but its upper case is; and of some scripts it knows less
        // than the library that makes upper case.
        var upper = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            int length = char.IsSurrogatePair(value, i) ? 2 : 1;
            string character = value.Substring(i, length);
            string candidate = character.ToUpperInvariant();
            upper.Append(string.Equals(character, candidate, StringComparison.OrdinalIgnoreCase) ? candidate : character);
            i += length - 1;
        }

        Write(upper.ToString());
    }

    /// <summary>Writes a text that can change, or that it is null.</summary>
    public void Write(StringBuilder? value) => Write(value?.ToString());

    /// <summary>Writes a string key.</summary>
    public void Write(TextKey value) => Write(value.Text);

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> value) => PutSized(Tag.Bytes, value);

    /// <summary>Writes bytes, or that there are none because the array is null.</summary>
    public void Write(byte[]? value)
    {
        if (value is null) WriteNull();
        else Write(value.AsSpan());
    }

    /// <summary>Writes a GUID.</summary>
    public void Write(Guid value) => value.TryWriteBytes(Put(Tag.Guid, 16));

    /// <summary>Writes a date and time with its kind.</summary>
    public void Write(DateTime value)
    {
        var destination = Put(Tag.DateTime, sizeof(long) + 1);
        BinaryPrimitives.WriteInt64LittleEndian(destination, value.Ticks);

        // Its two upper bits: the kind, and which of two hours is meant when clocks are put back.
        destination[sizeof(long)] = (byte)(Unsafe.BitCast<DateTime, ulong>(value) >> 62);
    }

    /// <summary>Writes a point in time with its offset.</summary>
    public void Write(DateTimeOffset value)
    {
        var destination = Put(Tag.DateTimeOffset, 2 * sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(destination, value.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(destination[sizeof(long)..], value.Offset.Ticks);
    }

    /// <summary>Writes a date.</summary>
    public void Write(DateOnly value) => BinaryPrimitives.WriteInt32LittleEndian(Put(Tag.DateOnly, sizeof(int)), value.DayNumber);

    /// <summary>Writes a time of day.</summary>
    public void Write(TimeOnly value) => BinaryPrimitives.WriteInt64LittleEndian(Put(Tag.TimeOnly, sizeof(long)), value.Ticks);

    /// <summary>Writes a span of time.</summary>
    public void Write(TimeSpan value) => BinaryPrimitives.WriteInt64LittleEndian(Put(Tag.TimeSpan, sizeof(long)), value.Ticks);

    /// <summary>Writes a URI by its whole text, or that it is null.</summary>
    public void Write(Uri? value)
    {
        if (value is null)
        {
            WriteNull();
            return;
        }

        Put(Tag.Uri, 1)[0] = value.IsAbsoluteUri ? (byte)1 : (byte)0;
        Write(value.OriginalString);
    }

    /// <summary>Writes a method of HTTP by its text, or that it is null.</summary>
    public void Write(HttpMethod? value) => Write(value?.Method);

    /// <summary>Writes JSON by its text.</summary>
    public void Write(JsonElement value) => PutSized(Tag.Json, value.ValueKind == JsonValueKind.Undefined ? [] : JsonMarshal.GetRawUtf8Value(value));

    /// <summary>Writes a version, or that it is null.</summary>
    public void Write(Version? value) => Write(value?.ToString());

    /// <summary>Writes a type by its name and its assembly's, and those of its type arguments, or that it is null.</summary>
    public void Write(Type? value)
    {
        if (value is null) WriteNull();
        else PutSized(Tag.Type, Encoding.UTF8.GetBytes(NameOf(value)));
    }

    /// <summary>Writes a value of a type that writes itself, with its type, or that it is null.</summary>
    public void Write(IStorableKey? value)
    {
        if (value is null)
        {
            WriteNull();
            return;
        }

        // In a frame: nobody knows how much the type writes, and what comes next must not be taken for a part of it.
        int header = _length;
        Put(Tag.Storable, sizeof(int));
        Write(value.GetType());
        value.WriteTo(this);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(header + 1), _length - header);
    }

    /// <summary>Writes a record by the members that its equality compares, or that it is null.</summary>
    /// <param name="value">The record.</param>
    /// <param name="writeMembers">Writes all members that count.</param>
    /// <exception cref="NotSupportedException">The value is of a derived type, whose members nobody knows here.</exception>
    public void WriteRecord<T>(T? value, Action<T, StoreKeyWriter> writeMembers)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(writeMembers);
        if (value is null)
        {
            WriteNull();
            return;
        }

        if (value.GetType() != typeof(T)) throw new NotSupportedException($"A '{value.GetType()}' was passed as a '{typeof(T)}', so the key of the call cannot be written for a store. Make '{typeof(T)}' sealed, or let it implement {nameof(IStorableKey)}.");

        Put(Tag.Record);
        writeMembers(value, this);
    }

    /// <summary>
    /// Whether values of this type can be written without knowing it beforehand: numbers, texts, dates, enums and other simple
    /// values, nullable or not, and what implements <see cref="IStorableKey"/>. Generated code asks this about type arguments.
    /// </summary>
    public static bool CanWrite<T>()
    {
        var type = TypeOf<T>();
        return type.IsEnum || SimpleValues.Writers.ContainsKey(type) || typeof(IStorableKey).IsAssignableFrom(type);
    }

    /// <summary>Writes a value of a type for which <see cref="CanWrite"/> is true, so that equal values write the same.</summary>
    /// <exception cref="NotSupportedException">It is not true for <typeparamref name="T"/>.</exception>
    public void WriteValue<T>(T value)
    {
        object? boxed = value;
        if (!CanWrite<T>()) throw new NotSupportedException($"A '{typeof(T)}' cannot be part of a stored key. Let it implement {nameof(IStorableKey)}.");

        switch (boxed)
        {
            case null:
                WriteNull();
                break;
            case IStorableKey storable:
                Write(storable);
                break;
            case Enum when Convert.GetTypeCode(boxed) is TypeCode.UInt64:
                Write(Convert.ToUInt64(boxed, CultureInfo.InvariantCulture));
                break;
            case Enum:
                Write(Convert.ToInt64(boxed, CultureInfo.InvariantCulture));
                break;
            default:
                SimpleValues.Writers[TypeOf<T>()](boxed, this);
                break;
        }
    }

    /// <summary>Writes items in their order, or that there is no collection. What sorts a sorted set is written, too.</summary>
    /// <exception cref="NotSupportedException">It is sorted in a way that only this program knows.</exception>
    public void WriteSequence<T>(IEnumerable<T>? items, Action<T, StoreKeyWriter> writeItem)
    {
        ArgumentNullException.ThrowIfNull(writeItem);
        if (items is null)
        {
            WriteNull();
            return;
        }

        WriteComparer<T>(Comparers.Of<T>(items));
        int count = 0;
        int header = _length;
        Put(Tag.Sequence, sizeof(int));
        foreach (var item in items)
        {
            writeItem(item, this);
            count++;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(header + 1), count);
    }

    /// <summary>Writes a collection as what it is: a set as a set, everything else in its order.</summary>
    /// <exception cref="NotSupportedException">It compares items in a way that only this program knows.</exception>
    public void WriteCollection<T>(IEnumerable<T>? items, Action<T, StoreKeyWriter> writeItem)
    {
        if (items is ISet<T> or IReadOnlySet<T>) WriteSet(items, writeItem);
        else WriteSequence(items, writeItem);
    }

    /// <summary>Writes items whose order does not count, and how they are compared, or that there is no collection.</summary>
    /// <exception cref="NotSupportedException">It compares items in a way that only this program knows.</exception>
    public void WriteSet<T>(IEnumerable<T>? items, Action<T, StoreKeyWriter> writeItem)
    {
        WriteComparer<T>(Comparers.Of<T>(items));
        WriteUnordered(Tag.Set, items, writeItem);
    }

    /// <summary>Writes keys and their values, whose order does not count, and how keys are compared, or that there is no collection.</summary>
    /// <exception cref="NotSupportedException">It compares keys in a way that only this program knows.</exception>
    public void WriteMap<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? items, Action<TKey, StoreKeyWriter> writeKey, Action<TValue, StoreKeyWriter> writeValue)
        where TKey : notnull
    {
        WriteComparer<TKey>(Comparers.Of<TKey, TValue>(items));
        WriteUnordered(Tag.Map, items, Pair(writeKey, writeValue));
    }

    /// <summary>Writes keys and their values in their order, and how keys are compared, or that there is no collection.</summary>
    /// <exception cref="NotSupportedException">It compares keys in a way that only this program knows.</exception>
    public void WriteOrderedMap<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>>? items, Action<TKey, StoreKeyWriter> writeKey, Action<TValue, StoreKeyWriter> writeValue)
        where TKey : notnull
    {
        WriteComparer<TKey>(Comparers.Of<TKey, TValue>(items));
        WriteSequence(items, Pair(writeKey, writeValue));
    }

    private static Action<KeyValuePair<TKey, TValue>, StoreKeyWriter> Pair<TKey, TValue>(Action<TKey, StoreKeyWriter> writeKey, Action<TValue, StoreKeyWriter> writeValue) =>
        (pair, writer) =>
        {
            writeKey(pair.Key, writer);
            writeValue(pair.Value, writer);
        };

    // Nothing where keys compare as they do anyway.
    private void WriteComparer<T>(object? comparer)
    {
        switch (Comparers.Meant<T>(comparer))
        {
            case null:
                break;
            case StringComparer known when known.Equals(StringComparer.OrdinalIgnoreCase):
                Put(Tag.Compared, 1)[0] = 1;
                break;
            case StringComparer known when StringComparer.IsWellKnownCultureAwareComparer(known, out var culture, out var options):
                Put(Tag.Compared, 1)[0] = 2;
                Write(culture.Name);
                Write((long)options);
                break;
            case var other when other == (object)Comparer<T>.Default:
                Put(Tag.Compared, 1)[0] = 3;
                break;
            case var other:
                throw new NotSupportedException($"A collection of '{typeof(T)}' compares with a '{other.GetType()}', which only this program knows, so the key of the call cannot be written for a store. Let it compare with a {nameof(StringComparer)} or by the equality of its items.");
        }
    }

    private static Type TypeOf<T>() => Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);

    private void WriteUnordered<T>(Tag tag, IEnumerable<T>? items, Action<T, StoreKeyWriter> writeItem)
    {
        ArgumentNullException.ThrowIfNull(writeItem);
        if (items is null)
        {
            WriteNull();
            return;
        }

        // Each item as it would be written by itself, in the order of those bytes.
        int header = _length;
        var written = new List<byte[]>();
        foreach (var item in items)
        {
            writeItem(item, this);
            written.Add(_bytes.AsSpan(header, _length - header).ToArray());
            _length = header;
        }

        written.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
        BinaryPrimitives.WriteInt32LittleEndian(Put(tag, sizeof(int)), written.Count);
        foreach (byte[] item in written) item.CopyTo(Grow(item.Length));
    }

    // The text of a type names the assembly of the outermost only; two arguments can have one name in two assemblies.
    private static string NameOf(Type type)
    {
        if (type.IsGenericParameter) return $"{NameOf(type.DeclaringType!)}:{type.DeclaringMethod}:{type.GenericParameterPosition}";
        if (type.GetElementType() is { } element) return $"{NameOf(element)}{(type.IsVariableBoundArray ? $"[*{type.GetArrayRank()}]" : type.IsArray ? "[]" : type.IsPointer ? "*" : "&")}";
        if (type.IsConstructedGenericType) return $"{NameOf(type.GetGenericTypeDefinition())}<{string.Join("; ", type.GenericTypeArguments.Select(NameOf))}>";

        return $"{type}, {type.Assembly.GetName().Name}";
    }

    private void PutSized(Tag tag, ReadOnlySpan<byte> content) => content.CopyTo(PutSized(tag, content.Length));

    private Span<byte> PutSized(Tag tag, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Put(tag, sizeof(int)), length);
        return Grow(length);
    }

    private void Put(Tag tag) => Grow(1)[0] = (byte)tag;

    private Span<byte> Put(Tag tag, int length)
    {
        Put(tag);
        return Grow(length);
    }

    private Span<byte> Grow(int length)
    {
        if (_bytes.Length - _length < length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + length));

        var room = _bytes.AsSpan(_length, length);
        _length += length;
        return room;
    }
}
