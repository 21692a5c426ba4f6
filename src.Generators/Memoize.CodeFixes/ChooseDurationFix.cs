using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.CodeFixes;

/// <summary>Offers what a duration can have been meant to be, where there is more than one: <c>"5"</c> can be seconds or minutes.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ChooseDurationFix)), Shared]
public sealed class ChooseDurationFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MEMO008");

    /// <summary>None: each is for its author to choose.</summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            var literal = root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).DescendantNodesAndSelf().OfType<LiteralExpressionSyntax>().FirstOrDefault();
            if (root is null || literal is null || DurationCorrection.Readings(literal.Token.ValueText) is not { Count: > 1 } readings)
                continue;

            foreach (var reading in readings)
            {
                var written = SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(reading)).WithTriviaFrom(literal);
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Write \"{reading}\"",
                        _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(literal, written))),
                        equivalenceKey: nameof(ChooseDurationFix) + reading),
                    diagnostic);
            }
        }
    }
}
