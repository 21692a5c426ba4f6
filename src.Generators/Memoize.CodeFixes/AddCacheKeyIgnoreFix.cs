using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Memoize.CodeFixes;

/// <summary>Leaves a parameter that cannot be compared out of the key, if its author says that it does not change the result.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddCacheKeyIgnoreFix)), Shared]
public sealed class AddCacheKeyIgnoreFix() : CodeFix("MEMO005", "Leave it out of the key: calls that differ in it share a result")
{
    // Most parameters do change the result: without them in the key, one caller gets what is another's.
    private protected override bool IsSafe => false;

    private protected override string Title(Diagnostic diagnostic)
        => $"Leave '{diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan)}' out of the key: calls that differ in it share a result";

    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic)
        => node.FirstAncestorOrSelf<ParameterSyntax>() is { Parent.Parent: MethodDeclarationSyntax } parameter ? parameter : null;

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
        => editor.ReplaceNode(node, static (current, _) => OwnAttribute.AddTo((ParameterSyntax)current, "CacheKeyIgnore"));
}
