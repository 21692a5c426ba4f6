using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Memoize.CodeFixes;

/// <summary>Removes an option that has no effect.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemoveOptionFix)), Shared]
public sealed class RemoveOptionFix() : CodeFix("MEMO037", "Remove the option")
{
    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic)
        => node.FirstAncestorOrSelf<AttributeArgumentSyntax>();

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
    {
        // Without options there are no parentheses.
        var options = (AttributeArgumentListSyntax)node.Parent!;
        editor.RemoveNode(options.Arguments.Count == 1 ? options : node, SyntaxRemoveOptions.KeepNoTrivia);
    }
}
