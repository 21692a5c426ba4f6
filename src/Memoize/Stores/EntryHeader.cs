using System.Buffers.Binary;
using System.Text;

namespace Memoize;

/// <summary>
/// What stands before the serialized value in the content of a <see cref="StoredEntry"/>: when it was made and when it ends,
/// what made it, and a checksum over all of it and the entry's key. docs/entry-format.md describes every byte.
/// </summary>
/// <remarks>The format is data and never code: reading it makes nothing but numbers and strings.</remarks>
public sealed record EntryHeader
{
    /// <summary>The version of the format that this library writes and reads.</summary>
    public const int FormatVersion = 2;

    private const uint Magic = 0x4F4D454D; // "MEMO", the lowest byte first.
    private const int ChecksumAt = 8;
    private const int ChecksummedFrom = 12;
    private const int FixedLength = 72;
    private const byte HasExpiry = 1;
    private const byte VersionWithoutKey = 1;
    private const string NoRoom = "Its strings do not fit into it.";

    /// <summary>When the value was computed or set.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it stops being fresh; <see langword="null"/> if it does not expire.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>
    /// Until when it may be served if the method fails, and so be worth keeping. <see langword="null"/> if it does not expire;
    /// for a value that does, it stands for <see cref="Expires"/>.
    /// </summary>
    public DateTimeOffset? StaleUntil { get; init; }

    /// <summary>The <see cref="CachedResponseAttribute.Version"/> of the method that computed it.</summary>
    public int Version { get; init; }

    /// <summary>The <see cref="StoredForm{TKey}.Code"/> of the method that computed it.</summary>
    public ulong Code { get; init; }

    /// <summary>The <see cref="StoredForm{TKey}.Schema"/> of the value.</summary>
    public required ulong Schema { get; init; }

    /// <summary>The <see cref="ICacheSerializer.Format"/> that the value is written in.</summary>
    public required string Format { get; init; }

    /// <summary>The size that the method's <see cref="CachedResponseAttribute.Size"/> gave the value; 0 if it has none.</summary>
    public long Size { get; init; }

    /// <summary>The tags by which the value is invalidated.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The content of an entry: this header with its checksum, and the serialized value.</summary>
    /// <param name="key">The entry's key. Under another one the content is damaged.</param>
    /// <param name="payload">The serialized value.</param>
    /// <exception cref="ArgumentException"><see cref="Format"/> or a tag has more than 65,535 bytes as UTF-8, or there are more tags than that.</exception>
    public byte[] Encode(StoreKey key, ReadOnlySpan<byte> payload)
    {
        if (Tags.Count > ushort.MaxValue) throw new ArgumentException($"An entry can have 65,535 tags, not {Tags.Count}.");

        int length = FixedLength + SizeOf(Format) + Tags.Sum(SizeOf) + payload.Length;
        byte[] content = new byte[length];
        var writer = content.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(writer, Magic);
        writer[4] = FormatVersion;
        writer[5] = Expires is null ? (byte)0 : HasExpiry;
        BinaryPrimitives.WriteUInt16LittleEndian(writer[6..], (ushort)Tags.Count);
        BinaryPrimitives.WriteInt64LittleEndian(writer[12..], Created.UtcTicks);
        BinaryPrimitives.WriteInt64LittleEndian(writer[20..], Expires?.UtcTicks ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(writer[28..], Expires is { } expires ? (StaleUntil ?? expires).UtcTicks : 0);
        BinaryPrimitives.WriteInt32LittleEndian(writer[36..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(writer[40..], Code);
        BinaryPrimitives.WriteUInt64LittleEndian(writer[48..], Schema);
        BinaryPrimitives.WriteInt32LittleEndian(writer[56..], payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(writer[60..], length - payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(writer[64..], Size);
        writer = writer[FixedLength..];
        Put(Format, ref writer);
        foreach (string tag in Tags) Put(tag, ref writer);
        payload.CopyTo(writer);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(ChecksumAt), ChecksumOf(key, content));
        return content;

        static int SizeOf(string text)
        {
            int size = Encoding.UTF8.GetByteCount(text);
            return size <= ushort.MaxValue
                ? sizeof(ushort) + size
                : throw new ArgumentException($"A tag, or the name of a format, can have 65,535 bytes in an entry, not {size}; it begins with \"{text[..40]}\".");
        }

        static void Put(string text, ref Span<byte> writer)
        {
            int written = Encoding.UTF8.GetBytes(text, writer[sizeof(ushort)..]);
            BinaryPrimitives.WriteUInt16LittleEndian(writer, (ushort)written);
            writer = writer[(sizeof(ushort) + written)..];
        }
    }

    /// <summary>Reads the content of an entry, and checks it.</summary>
    /// <param name="key">The key that the content was found under.</param>
    /// <param name="content">The content.</param>
    /// <param name="header">The header; <see langword="null"/> if the content is damaged, or of another version of the format.</param>
    /// <param name="payload">The serialized value.</param>
    /// <returns>What is wrong with the content; <see langword="null"/> if nothing is. <see cref="IsOfAnotherVersion"/> tells whether it is only that.</returns>
    public static string? Decode(StoreKey key, ReadOnlyMemory<byte> content, out EntryHeader? header, out ReadOnlyMemory<byte> payload)
    {
        (header, payload) = (null, default);
        var reader = content.Span;
        if (IsOfAnotherVersion(key, reader)) return $"It is of version {reader[4]} of the format with the flags {reader[5]}; this library reads version {FormatVersion} with the flags 0 and {HasExpiry}.";
        if (reader.Length < FixedLength) return $"It has {reader.Length} bytes, which is less than a header.";
        if (BinaryPrimitives.ReadUInt32LittleEndian(reader) != Magic) return "It does not begin like an entry.";
        if (BinaryPrimitives.ReadUInt32LittleEndian(reader[ChecksumAt..]) != ChecksumOf(key, reader)) return "Its checksum is wrong: it was damaged, or is another key's.";

        // Whole, as its checksum says; but a checksum can be made by anybody, so nothing that is read is relied on.
        int payloadLength = BinaryPrimitives.ReadInt32LittleEndian(reader[56..]);
        int headerLength = BinaryPrimitives.ReadInt32LittleEndian(reader[60..]);
        if (payloadLength < 0 || headerLength < FixedLength || (long)headerLength + payloadLength != reader.Length) return "Its lengths do not add up.";

        bool expires = reader[5] == HasExpiry;
        if (TimeAt(reader[12..]) is not { } created || TimeAt(reader[20..]) is not { } end || TimeAt(reader[28..]) is not { } staleUntil) return "One of its moments is beyond all time.";

        var strings = reader[FixedLength..headerLength];
        int tagCount = BinaryPrimitives.ReadUInt16LittleEndian(reader[6..]);
        if (Take(ref strings) is not { } format) return NoRoom;

        string[] tags = tagCount == 0 ? [] : new string[tagCount];
        for (int i = 0; i < tagCount; i++)
        {
            if (Take(ref strings) is not { } tag) return NoRoom;
            tags[i] = tag;
        }

        header = new EntryHeader
        {
            Created = created,
            Expires = expires ? end : null,
            StaleUntil = expires ? staleUntil : null,
            Version = BinaryPrimitives.ReadInt32LittleEndian(reader[36..]),
            Code = BinaryPrimitives.ReadUInt64LittleEndian(reader[40..]),
            Schema = BinaryPrimitives.ReadUInt64LittleEndian(reader[48..]),
            Size = Math.Max(0, BinaryPrimitives.ReadInt64LittleEndian(reader[64..])),
            Format = format,
            Tags = tags,
        };
        payload = content[headerLength..];
        return null;
    }

    /// <summary>
    /// Whether content is whole, and of a version of the format that this library does not read, or with flags that it does not
    /// know: it was written by an older library or a later one. It is of no use here, and nothing is wrong with it.
    /// </summary>
    /// <remarks>
    /// In every version from 2 on the magic number, the version, the flags and the checksum are where they are now, and the checksum
    /// is computed as it is now: so damage can be told from a change of the format whatever that change is.
    /// </remarks>
    public static bool IsOfAnotherVersion(StoreKey key, ReadOnlySpan<byte> content)
    {
        if (content.Length < ChecksummedFrom || BinaryPrimitives.ReadUInt32LittleEndian(content) != Magic) return false;
        if (content[4] == FormatVersion && (content[5] & ~HasExpiry) == 0) return false;

        uint checksum = content[4] == VersionWithoutKey ? Crc32C.Of(content[..ChecksumAt], content[ChecksummedFrom..]) : ChecksumOf(key, content);
        return BinaryPrimitives.ReadUInt32LittleEndian(content[ChecksumAt..]) == checksum;
    }

    private static DateTimeOffset? TimeAt(ReadOnlySpan<byte> reader)
    {
        long ticks = BinaryPrimitives.ReadInt64LittleEndian(reader);
        return ticks < 0 || ticks > DateTimeOffset.MaxValue.Ticks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private static string? Take(ref ReadOnlySpan<byte> strings)
    {
        if (strings.Length < sizeof(ushort)) return null;

        int length = BinaryPrimitives.ReadUInt16LittleEndian(strings);
        strings = strings[sizeof(ushort)..];
        if (strings.Length < length) return null;

        string text = Encoding.UTF8.GetString(strings[..length]);
        strings = strings[length..];
        return text;
    }

    // Of the key, and of everything but itself.
    private static uint ChecksumOf(StoreKey key, ReadOnlySpan<byte> content)
    {
        Span<byte> bytes = stackalloc byte[StoreKey.Length];
        key.CopyTo(bytes);
        return Crc32C.Of(bytes, content[..ChecksumAt], content[ChecksummedFrom..]);
    }
}
