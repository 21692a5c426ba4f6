using System.Text;

namespace Memoize.Generators.Tests.Analyzers;

/// <summary>Reads sources in which the expected reports are marked: <c>{|MEMO001:text|}</c>.</summary>
internal static class Marks
{
    public static (string Source, IReadOnlyList<(string Id, int Start, int End)> Marks) Read(string marked)
    {
        var source = new StringBuilder();
        var open = new Stack<(string Id, int Start)>();
        var marks = new List<(string, int, int)>();
        for (var i = 0; i < marked.Length; i++)
        {
            if (marked.AsSpan(i).StartsWith("{|MEMO", StringComparison.Ordinal))
            {
                var colon = marked.IndexOf(':', i);
                open.Push((marked[(i + 2)..colon], source.Length));
                i = colon;
            }
            else if (open.Count > 0 && marked.AsSpan(i).StartsWith("|}", StringComparison.Ordinal))
            {
                var (id, start) = open.Pop();
                marks.Add((id, start, source.Length));
                i++;
            }
            else
            {
                source.Append(marked[i]);
            }
        }

        return (source.ToString(), marks);
    }
}
