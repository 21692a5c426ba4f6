namespace Memoize.Tests.Stores;

/// <summary>A stream as a slow pipe is: forward only, and a few bytes at a time.</summary>
internal sealed class TrickleStream(byte[] content, int atOnce = 3) : Stream
{
    private int _position;

    public int BytesRead => _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = Math.Min(Math.Min(atOnce, buffer.Length), content.Length - _position);
        content.AsSpan(_position, read).CopyTo(buffer.Span);
        _position += read;
        return new(read);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("An archive is read asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
