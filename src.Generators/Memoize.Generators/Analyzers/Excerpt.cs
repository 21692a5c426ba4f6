using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Memoize.Generators.Analyzers;

/// <summary>A piece of code as it fits into a message.</summary>
/// <param name="Text">How it is written, in one line.</param>
/// <param name="Location">Where.</param>
internal sealed record Excerpt(string Text, Location Location)
{
    private const int Longest = 60;

    /// <summary>All of it; of calls that follow one another, as in <c>a.Where(…).OrderBy(…)</c>, the last.</summary>
    public static Excerpt Of(SyntaxNode node)
    {
        var start = node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: InvocationExpressionSyntax, Name: var name } }
            ? name.SpanStart
            : node.SpanStart;
        var text = string.Join(" ", node.ToString().Substring(start - node.SpanStart).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new(
            text.Length <= Longest ? text : text.Substring(0, Longest - 1) + "…",
            Location.Create(node.SyntaxTree, TextSpan.FromBounds(start, node.Span.End)));
    }
}
