using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Memoize.CodeFixes;

/// <summary>Makes the type and all types around it partial.</summary>
/// <remarks>
/// Of a partial method in a type that is not, the generator tells, and code fixes are for reports of analyzers and of the compiler.
/// The compiler says CS0751 there.
/// </remarks>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakePartialFix)), Shared]
public sealed class MakePartialFix() : CodeFix(["MEMO001", "CS0751"], "Make the type and the types around it partial")
{
    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic) => diagnostic.Id == "MEMO001"
        ? node.FirstAncestorOrSelf<TypeDeclarationSyntax>()
        : node is MethodDeclarationSyntax { Parent: ClassDeclarationSyntax or StructDeclarationSyntax or RecordDeclarationSyntax } method && Core.Attribute(method) is not null
            ? method.Parent
            : null;

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
        => PartialModifier.AddToChain(editor, node);
}
