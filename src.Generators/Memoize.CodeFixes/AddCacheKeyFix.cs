using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Memoize.CodeFixes;

/// <summary>Puts a field, a property or a parameter of the primary constructor into the key of the cached methods of its type.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddCacheKeyFix)), Shared]
public sealed class AddCacheKeyFix() : CodeFix("MEMO030", "Put it into the key with [CacheKey]")
{
    // There is another answer, which is to give each instance results of its own. Only the author knows which is meant.
    private protected override bool IsSafe => false;

    private protected override Location? Target(Diagnostic diagnostic)
        => diagnostic.AdditionalLocations.Count > 0 ? diagnostic.AdditionalLocations[0] : null;

    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic) => node switch
    {
        VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: FieldDeclarationSyntax field } } => field,
        PropertyDeclarationSyntax or ParameterSyntax => node,
        _ => null,
    };

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
        => editor.ReplaceNode(node, static (current, _) => current is ParameterSyntax parameter
            ? OwnAttribute.AddTo(parameter, "CacheKey")
            : OwnAttribute.AddTo((MemberDeclarationSyntax)current, "CacheKey"));
}
