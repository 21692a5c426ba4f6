using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace Memoize.CodeFixes;

/// <summary>Writes the core that a partial method lacks, for its author to fill.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CreateCoreFix)), Shared]
public sealed class CreateCoreFix() : CodeFix("MEMO006", "Create the core")
{
    // The core throws until it is written; until then the program had better not compile.
    private protected override bool IsSafe => false;

    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic)
        => node.FirstAncestorOrSelf<MethodDeclarationSyntax>();

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
    {
        var unwritten = SyntaxFactory.ThrowExpression(SyntaxFactory.ParseExpression("new global::System.NotImplementedException()"));
        var core = Core.Of((MethodDeclarationSyntax)node)
            .WithExpressionBody(SyntaxFactory.ArrowExpressionClause(unwritten))
            .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken))
            .WithLeadingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed)
            .WithTrailingTrivia(node.GetTrailingTrivia().Where(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)))
            .WithAdditionalAnnotations(Simplifier.Annotation);
        editor.InsertAfter(node, core);
    }
}
