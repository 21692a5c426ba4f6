using System.Buffers.Binary;
using System.Text;

namespace Memoize;

/// <summary>Writes an archive: header, records, trailer. Not thread-safe.</summary>
internal sealed class ArchiveWriter(Stream destination)
{
    // What stands before the content of a record; the content itself is written from where it is.
    private byte[] _buffer = new byte[1024];
    private int _length;

    /// <summary>How many records there are.</summary>
    public long Count { get; private set; }

    public ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        _length = 0;
        ArchiveFormat.Magic.CopyTo(Grow(ArchiveFormat.Magic.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(Grow(sizeof(ushort)), CacheArchive.FormatVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(Grow(sizeof(ushort)), 0);
        return destination.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken);
    }

    /// <summary>Writes an entry, or says why it cannot be in an archive.</summary>
    public async ValueTask<string?> TryWriteAsync(StoredEntry entry, CancellationToken cancellationToken)
    {
        _length = 0;
        Grow(ArchiveFormat.PrefixLength);
        entry.Key.CopyTo(Grow(StoreKey.Length));
        Put(entry.Method);
        Grow(1)[0] = entry.ReadableKey is null ? (byte)0 : (byte)1;
        if (entry.ReadableKey is { } readable) Put(readable);
        Put(entry.Tags.Count);
        foreach (string tag in entry.Tags) Put(tag);
        Put(entry.Content.Length);

        long length = (long)_length - ArchiveFormat.PrefixLength + entry.Content.Length;
        if (length > ArchiveFormat.MaxRecordLength) return $"It has {length} bytes; an archive takes entries of up to {ArchiveFormat.MaxRecordLength}.";

        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(sizeof(uint)), Crc32C.Of(_buffer.AsSpan(ArchiveFormat.PrefixLength, _length - ArchiveFormat.PrefixLength), entry.Content.Span));
        await destination.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(entry.Content, cancellationToken).ConfigureAwait(false);
        Count++;
        return null;
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        _length = 0;
        var prefix = Grow(ArchiveFormat.PrefixLength + ArchiveFormat.TrailerLength);
        var count = prefix[ArchiveFormat.PrefixLength..];
        BinaryPrimitives.WriteInt64LittleEndian(count, Count);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, ArchiveFormat.TrailerMark);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix[sizeof(uint)..], Crc32C.Of(count, []));
        await destination.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken).ConfigureAwait(false);
        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Put(int value) => BinaryPrimitives.WriteInt32LittleEndian(Grow(sizeof(int)), value);

    private void Put(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Put(length);
        Encoding.UTF8.GetBytes(text, Grow(length));
    }

    private Span<byte> Grow(int length)
    {
        if (_buffer.Length - _length < length) Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _length + length));

        var room = _buffer.AsSpan(_length, length);
        _length += length;
        return room;
    }
}
