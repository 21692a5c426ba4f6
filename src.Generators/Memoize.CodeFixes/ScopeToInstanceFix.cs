using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace Memoize.CodeFixes;

/// <summary>Gives each instance results of its own.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ScopeToInstanceFix)), Shared]
public sealed class ScopeToInstanceFix() : CodeFix("MEMO030", "Give each instance results of its own with Scope = CacheScope.Instance")
{
    // There is another answer, which is to put the state into the key. Only the author knows which is meant.
    private protected override bool IsSafe => false;

    private protected override Location? Target(Diagnostic diagnostic)
        => diagnostic.AdditionalLocations.Count > 1 ? diagnostic.AdditionalLocations[1] : null;

    // A struct is no instance that anything could belong to.
    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic)
        => node.FirstAncestorOrSelf<AttributeSyntax>() is { } attribute
            && attribute.FirstAncestorOrSelf<TypeDeclarationSyntax>() is ClassDeclarationSyntax or RecordDeclarationSyntax { ClassOrStructKeyword.RawKind: not (int)SyntaxKind.StructKeyword }
                ? attribute
                : null;

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
    {
        var instance = SyntaxFactory.ParseExpression("global::Memoize.CacheScope.Instance").WithAdditionalAnnotations(Simplifier.Annotation);
        editor.ReplaceNode(node, (current, _) =>
        {
            var attribute = (AttributeSyntax)current;
            var written = attribute.ArgumentList?.Arguments.FirstOrDefault(static argument => argument.NameEquals?.Name.Identifier.ValueText == "Scope");
            return written is null
                ? attribute.AddArgumentListArguments(SyntaxFactory.AttributeArgument(
                    SyntaxFactory.NameEquals("Scope").NormalizeWhitespace().WithTrailingTrivia(SyntaxFactory.Space), nameColon: null, instance))
                : attribute.ReplaceNode(written.Expression, instance);
        });
    }
}
