using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Memoize.CodeFixes;

/// <summary>Calls the cached wrapper instead of the method that it wraps.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CallWrapperFix)), Shared]
public sealed class CallWrapperFix() : CodeFix("MEMO036", "Call the cached wrapper")
{
    private protected override SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic)
        => (node is InvocationExpressionSyntax call ? call.Expression : node) switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            MemberBindingExpressionSyntax binding => binding.Name,
            SimpleNameSyntax name => name,
            _ => null,
        };

    private protected override void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic)
        => editor.ReplaceNode(node, (current, _) =>
        {
            var name = (SimpleNameSyntax)current;
            return name.WithIdentifier(SyntaxFactory.Identifier(diagnostic.Properties["Wrapper"]!).WithTriviaFrom(name.Identifier));
        });
}
