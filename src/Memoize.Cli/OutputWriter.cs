using System.Text;

namespace Memoize.Cli;

/// <summary>Standard output where it is a pipe or a file. That nobody reads it any more is told apart from every other failure.</summary>
internal sealed class OutputWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Flush() => Try(inner.Flush);

    public override Task FlushAsync()
    {
        Flush();
        return Task.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => FlushAsync();

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException failure) when (IsClosed(failure))
        {
            throw new ClosedOutputException(failure);
        }
    }

    // EPIPE, ERROR_BROKEN_PIPE and ERROR_NO_DATA. A full disk is none of them.
    private static bool IsClosed(IOException failure) => (failure.HResult & 0xFFFF) is 32 or 109 or 232;
}
