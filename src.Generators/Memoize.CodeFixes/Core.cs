using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Memoize.CodeFixes;

/// <summary>Writes the core of a partial method: private, without defaults, otherwise of the same signature.</summary>
internal static class Core
{
    /// <summary>The method without body, which the caller adds.</summary>
    public static MethodDeclarationSyntax Of(MethodDeclarationSyntax method)
        => SyntaxFactory.MethodDeclaration(method.ReturnType.WithoutTrivia(), SyntaxFactory.Identifier(Name(method)))
            .WithModifiers(Modifiers(method))
            .WithTypeParameterList(method.TypeParameterList?.WithoutTrivia())
            .WithParameterList(SyntaxFactory.ParameterList(SyntaxFactory.SeparatedList(method.ParameterList.Parameters.Select(Parameter))))
            .WithConstraintClauses(method.ConstraintClauses)
            .WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>The name that the attribute gives, or the one that follows from the method's.</summary>
    public static string Name(MethodDeclarationSyntax method)
    {
        var name = method.Identifier.ValueText;
        return Option(method, "Core") switch
        {
            LiteralExpressionSyntax literal => literal.Token.ValueText,
            InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments }
                => arguments[0].Expression.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Last().Identifier.ValueText,
            _ when name.EndsWith("Async", StringComparison.Ordinal) && name.Length > "Async".Length
                => name.Substring(0, name.Length - "Async".Length) + "CoreAsync",
            _ => name + "Core",
        };
    }

    /// <summary>The value of an option of <c>[CachedResponse]</c>.</summary>
    public static ExpressionSyntax? Option(MethodDeclarationSyntax method, string option)
        => Attribute(method)?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == option)?.Expression;

    /// <summary>The attribute <c>[CachedResponse]</c>, as far as it can be told from its name.</summary>
    public static AttributeSyntax? Attribute(MethodDeclarationSyntax method)
        => method.AttributeLists.SelectMany(static list => list.Attributes)
            .FirstOrDefault(static attribute => attribute.Name.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Last()
                .Identifier.ValueText is "CachedResponse" or "CachedResponseAttribute");

    private static SyntaxTokenList Modifiers(MethodDeclarationSyntax method)
    {
        var kept = method.Modifiers
            .Select(static modifier => modifier.Kind())
            .Where(static kind => kind is SyntaxKind.StaticKeyword or SyntaxKind.UnsafeKeyword or SyntaxKind.ReadOnlyKeyword or SyntaxKind.AsyncKeyword);
        return SyntaxFactory.TokenList(kept.Prepend(SyntaxKind.PrivateKeyword).Select(SyntaxFactory.Token));
    }

    private static ParameterSyntax Parameter(ParameterSyntax parameter)
        => parameter
            .WithAttributeLists(default)
            .WithDefault(null)
            .WithModifiers(SyntaxFactory.TokenList(parameter.Modifiers
                .Where(static modifier => modifier.Kind() is not (SyntaxKind.ThisKeyword or SyntaxKind.ParamsKeyword))
                .Select(static modifier => SyntaxFactory.Token(modifier.Kind()))))
            .WithoutTrivia();
}
