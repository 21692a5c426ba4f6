using System.Text;

namespace Memoize.Generators.Emitting;

/// <summary>
/// Writes emitted code as code: lines, and blocks that indent what is in them. Line ends are <c>\n</c> on every machine, so
/// that the output is the same on all of them.
/// </summary>
internal sealed class IndentedTextWriter
{
    private const int IndentWidth = 4;

    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes one or more lines at the current depth.</summary>
    public void WriteLine(string lines)
    {
        for (var start = 0; start <= lines.Length;)
        {
            var end = lines.IndexOf('\n', start);
            if (end < 0)
                end = lines.Length;
            var length = end - start;
            while (length > 0 && lines[start + length - 1] == '\r')
                length--;
            if (length > 0)
                _text.Append(' ', _depth * IndentWidth).Append(lines, start, length);
            _text.Append('\n');
            start = end + 1;
        }
    }

    /// <summary>Writes an empty line.</summary>
    public void WriteLine() => _text.Append('\n');

    /// <summary>Writes a call with one argument per line.</summary>
    public void WriteCall(string target, IEnumerable<string> arguments, string end)
    {
        WriteLine($"{target}(");
        using (Indent())
            WriteLine($"{string.Join(",\n", arguments)}){end}");
    }

    /// <summary>Writes an opening brace; the closing one follows when the result is disposed.</summary>
    public Block WriteBlock()
    {
        WriteLine("{");
        _depth++;
        return new Block(this);
    }

    /// <summary>Indents what follows until the result is disposed.</summary>
    public Indentation Indent()
    {
        _depth++;
        return new Indentation(this);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    internal readonly struct Block(IndentedTextWriter writer) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            writer.WriteLine("}");
        }
    }

    internal readonly struct Indentation(IndentedTextWriter writer) : IDisposable
    {
        public void Dispose() => writer._depth--;
    }
}
