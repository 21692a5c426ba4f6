using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>Reads the types around a method and checks that members can be added to them.</summary>
internal static class HierarchyParser
{
    public static HierarchyInfo? Parse(IMethodSymbol method, KnownTypes knownTypes, Reporter reporter, CancellationToken cancellationToken)
    {
        var isValid = true;
        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (!IsPartial(type, cancellationToken))
            {
                reporter.At(type, Diagnostics.TypeNotPartial, type.Name);
                isValid = false;
            }
        }

        return isValid ? knownTypes.HierarchyOf(method.ContainingType) : null;
    }

    /// <summary>A type and those around it, all of which are partial.</summary>
    public static HierarchyInfo Read(INamedTypeSymbol containing)
    {
        var types = new Stack<TypeDeclarationInfo>();
        for (INamedTypeSymbol? type = containing; type is not null; type = type.ContainingType)
            types.Push(new("partial", Keyword(type), Name(type)));

        var @namespace = containing.ContainingNamespace is { IsGlobalNamespace: false } named ? CodeText.Namespace(named) : null;
        return new(@namespace, types.ToEquatableArray(), CodeText.Qualified(containing));
    }

    /// <summary>Why nothing can be generated for this member, whatever else is right about it.</summary>
    public static string? Obstacle(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.ExplicitInterfaceImplementation || !method.ExplicitInterfaceImplementations.IsEmpty)
            return "an explicit interface implementation";
        if (method.MethodKind != MethodKind.Ordinary)
            return "not an ordinary method";
        if (!method.ContainingType.CanBeReferencedByName)
            return "in an extension block";
        if (method.ContainingType.TypeKind is not (TypeKind.Class or TypeKind.Struct))
            return "not in a class or struct";

        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.IsFileLocal)
                return "in a file-local type, which generated code cannot reach";
            if (type.IsRefLikeType)
                return "in a ref struct";
        }

        return null;
    }

    /// <summary>Whether members can be added to a type.</summary>
    public static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration
                && declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                return true;
            }
        }

        return false;
    }

    // In the words of the declaration, so that kinds of types are right that no compiler knew when this was written: a union is
    // a struct to whoever asks what it is, but its parts must say "union".
    private static string Keyword(INamedTypeSymbol type)
    {
        var declaration = (TypeDeclarationSyntax)type.DeclaringSyntaxReferences[0].GetSyntax();
        return string.Join(" ", declaration.ChildTokens()
            .Where(token => token.SpanStart >= declaration.Keyword.SpanStart && token.SpanStart < declaration.Identifier.SpanStart)
            .Select(static token => token.Text));
    }

    private static string Name(INamedTypeSymbol type)
    {
        var name = CodeText.TypeIdentifier(type.Name);
        return type.TypeParameters.IsEmpty
            ? name
            : $"{name}<{string.Join(", ", type.TypeParameters.Select(static parameter => Variance(parameter) + CodeText.TypeIdentifier(parameter.Name)))}>";
    }

    private static string Variance(ITypeParameterSymbol parameter) => parameter.Variance switch
    {
        VarianceKind.In => "in ",
        VarianceKind.Out => "out ",
        _ => "",
    };
}
