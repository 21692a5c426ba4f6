using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Memoize;

/// <summary>
/// Reads an archive and checks it. Nothing that it reads is relied on: a length that was damaged or forged costs no more memory
/// than bytes come in. Not thread-safe.
/// </summary>
internal sealed class ArchiveReader(Stream source)
{
    // What a record is read into at first; from there on the buffer grows with what has come in.
    private const int FirstRead = 1 << 20;

    private readonly byte[] _prefix = new byte[Math.Max(ArchiveFormat.HeaderLength, ArchiveFormat.PrefixLength)];
    private long _position;

    /// <summary>How many records were read.</summary>
    public long Count { get; private set; }

    /// <exception cref="CacheArchiveException">It is not an archive that this library reads.</exception>
    public async ValueTask<bool> BeginAsync(CancellationToken cancellationToken)
    {
        int read = await FillAsync(_prefix.AsMemory(0, ArchiveFormat.HeaderLength), cancellationToken).ConfigureAwait(false);
        var magic = ArchiveFormat.Magic;
        if (read == 0) throw At(0, "There is no archive: not a single byte.");
        if (!magic.StartsWith(_prefix.AsSpan(0, Math.Min(read, magic.Length)))) throw At(0, "It is no archive: it does not begin like one.");
        if (read < ArchiveFormat.HeaderLength) throw At(0, $"The archive is cut off: it ends after {read} bytes, in its header.");

        int version = BinaryPrimitives.ReadUInt16LittleEndian(_prefix.AsSpan(magic.Length));
        if (version != CacheArchive.FormatVersion) throw At(magic.Length, $"The archive is of version {version} of the format; this library reads version {CacheArchive.FormatVersion}.");
        if (BinaryPrimitives.ReadUInt16LittleEndian(_prefix.AsSpan(magic.Length + sizeof(ushort))) != 0) throw At(magic.Length + sizeof(ushort), "The archive uses a feature that this library does not know, or its header is damaged.");
        return true;
    }

    /// <summary>The next entry; null at the end.</summary>
    /// <exception cref="CacheArchiveException">The archive is damaged or cut off.</exception>
    public async ValueTask<StoredEntry?> ReadAsync(CancellationToken cancellationToken)
    {
        long start = _position;
        int read = await FillAsync(_prefix.AsMemory(0, ArchiveFormat.PrefixLength), cancellationToken).ConfigureAwait(false);
        if (read < ArchiveFormat.PrefixLength) throw CutOff(start);

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_prefix);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(_prefix.AsSpan(sizeof(uint)));
        bool isTrailer = length == ArchiveFormat.TrailerMark;
        if (!isTrailer && length > ArchiveFormat.MaxRecordLength) throw Damaged(start, $"Its length says {length} bytes; no record has more than {ArchiveFormat.MaxRecordLength}");

        byte[] body = await ReadAsync(start, isTrailer ? ArchiveFormat.TrailerLength : (int)length, cancellationToken).ConfigureAwait(false);
        if (Crc32C.Of(body, []) != checksum) throw Damaged(start, "Its checksum is wrong");
        if (isTrailer)
        {
            long promised = BinaryPrimitives.ReadInt64LittleEndian(body);
            return promised == Count ? null : throw At(start, $"The archive is not whole: its end, at byte {start}, says that it has {promised} entries, and there are {Count}.");
        }

        var entry = Parse(body) ?? throw Damaged(start, "Its parts do not fit into it");
        Count++;
        return entry;
    }

    // All of the body, the checksum of which is right; but a checksum can be made by anybody.
    private static StoredEntry? Parse(byte[] body)
    {
        var reader = body.AsSpan();
        if (reader.Length < StoreKey.Length) return null;

        var key = new StoreKey(reader[..StoreKey.Length]);
        reader = reader[StoreKey.Length..];
        if (!TryTakeText(ref reader, out string? method) || reader.IsEmpty || reader[0] > 1) return null;

        bool isReadable = reader[0] == 1;
        reader = reader[1..];
        string? readable = null;
        if (isReadable && !TryTakeText(ref reader, out readable)) return null;

        // Each tag takes four bytes or more: a number that cannot be true does not make an array.
        if (!TryTakeLength(ref reader, out int tagCount) || tagCount > reader.Length / sizeof(int)) return null;

        string[] tags = tagCount == 0 ? [] : new string[tagCount];
        for (int i = 0; i < tagCount; i++)
        {
            if (!TryTakeText(ref reader, out string? tag)) return null;
            tags[i] = tag;
        }

        if (!TryTakeLength(ref reader, out int contentLength) || contentLength != reader.Length) return null;

        return new StoredEntry { Key = key, Method = method, ReadableKey = readable, Tags = tags, Content = body.AsMemory(body.Length - contentLength) };
    }

    private static bool TryTakeLength(ref Span<byte> reader, out int length)
    {
        length = 0;
        if (reader.Length < sizeof(int)) return false;

        length = BinaryPrimitives.ReadInt32LittleEndian(reader);
        reader = reader[sizeof(int)..];
        return length >= 0;
    }

    private static bool TryTakeText(ref Span<byte> reader, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!TryTakeLength(ref reader, out int length) || length > reader.Length) return false;

        text = Encoding.UTF8.GetString(reader[..length]);
        reader = reader[length..];
        return true;
    }

    private async ValueTask<byte[]> ReadAsync(long start, int length, CancellationToken cancellationToken)
    {
        byte[] body = new byte[Math.Min(length, FirstRead)];
        int read = 0;
        while (true)
        {
            read += await FillAsync(body.AsMemory(read), cancellationToken).ConfigureAwait(false);
            if (read < body.Length) throw CutOff(start);
            if (read == length) return body;

            Array.Resize(ref body, (int)Math.Min(length, 2L * body.Length));
        }
    }

    private async ValueTask<int> FillAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        int read = await source.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        _position += read;
        return read;
    }

    private CacheArchiveException CutOff(long start) => At(start, $"The archive is cut off: it ends at byte {_position}, in record {Count + 1} or before its end is marked.");

    private CacheArchiveException Damaged(long start, string how) => At(start, $"The archive is damaged: record {Count + 1}, at byte {start}, cannot be read. {how}.");

    private static CacheArchiveException At(long position, string message) => new(message) { Position = position };
}
