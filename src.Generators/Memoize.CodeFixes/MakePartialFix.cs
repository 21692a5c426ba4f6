using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Memoize.CodeFixes;

/// <summary>Makes the type and all types around it partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakePartialFix)), Shared]
public sealed class MakePartialFix() : CodeFix("MEMO001", "Make the type and the types around it partial")
{
    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic)
        => node.FirstAncestorOrSelf<TypeDeclarationSyntax>();

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
        => PartialModifier.AddToChain(editor, node);
}
