using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Memoize.CodeFixes;

/// <summary>Writes a duration the way that it was meant, where there is only one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CorrectDurationFix)), Shared]
public sealed class CorrectDurationFix() : CodeFix("MEMO008", "Correct the duration")
{
    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic)
        => node.DescendantNodesAndSelf().OfType<LiteralExpressionSyntax>().FirstOrDefault() is { } literal
            && DurationCorrection.Of(literal.Token.ValueText) is not null
                ? literal
                : null;

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
    {
        var corrected = DurationCorrection.Of(((LiteralExpressionSyntax)node).Token.ValueText)!;
        editor.ReplaceNode(node, SyntaxFactory
            .LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(corrected))
            .WithTriviaFrom(node));
    }
}
