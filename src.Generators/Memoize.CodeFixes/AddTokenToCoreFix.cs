using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace Memoize.CodeFixes;

/// <summary>Lets the core be cancelled: gives it the token parameter that the wrapper has.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddTokenToCoreFix)), Shared]
public sealed class AddTokenToCoreFix() : CodeFix("MEMO033", "Add the cancellation token to the core")
{
    private protected override Location? Target(Diagnostic diagnostic)
        => diagnostic.AdditionalLocations.Count > 0 ? diagnostic.AdditionalLocations[0] : null;

    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic)
        => node.FirstAncestorOrSelf<MethodDeclarationSyntax>();

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
    {
        var wrapper = diagnostic.Location.SourceTree!.GetRoot().FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ParameterSyntax>()!;
        var type = SyntaxFactory.ParseTypeName("global::System.Threading.CancellationToken").WithAdditionalAnnotations(Simplifier.Annotation);
        var token = SyntaxFactory.Parameter(wrapper.Identifier.WithoutTrivia()).WithType(type.WithTrailingTrivia(SyntaxFactory.Space));
        editor.ReplaceNode(node, (current, _) => ((MethodDeclarationSyntax)current).AddParameterListParameters(token));
    }
}
