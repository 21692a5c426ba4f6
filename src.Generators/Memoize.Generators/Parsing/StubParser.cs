using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>Reads a partial method that cannot be cached, so that it can be implemented all the same, whatever its signature is.</summary>
internal static class StubParser
{
    /// <summary>Whether another file can hold the implementing part of a partial method.</summary>
    public static bool CanImplement(IMethodSymbol method, CancellationToken cancellationToken)
    {
        if (!method.ExplicitInterfaceImplementations.IsEmpty || Declaration(method, cancellationToken).ExplicitInterfaceSpecifier is not null)
            return false;

        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (!type.CanBeReferencedByName || type.IsFileLocal || !HierarchyParser.IsPartial(type, cancellationToken))
                return false;
        }

        return MentionedTypes.Find(method, static type => Tellers.IsUnknown(type) || type is INamedTypeSymbol { IsFileLocal: true }) is null;
    }

    /// <summary>Reads the method, or says with <see langword="null"/> that it needs no implementation or can have none.</summary>
    /// <param name="method">The defining part.</param>
    /// <param name="found">What the parser found.</param>
    /// <param name="knownTypes">The types to recognise.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    public static StubModel? Parse(IMethodSymbol method, IReadOnlyCollection<Diagnostic> found, KnownTypes knownTypes, CancellationToken cancellationToken)
    {
        if (!CachedMethodParser.IsImplementedByGenerator(method)
            || !NeedsImplementation(method, cancellationToken)
            || !CanImplement(method, cancellationToken))
        {
            return null;
        }

        return new(
            method.GetDocumentationCommentId()!,
            NameChooser.FileName(method, knownTypes),
            Hierarchy(method, knownTypes, cancellationToken),
            Signature(method, cancellationToken),
            Generics.Of(method, cancellationToken).WrapperConstraints,
            Reason(method, found),
            knownTypes.SuppressedWarnings.Of(method));
    }

    /// <summary>Whether an implementing part is such a stub: nothing else that is generated does nothing but throw.</summary>
    public static bool IsStub(IMethodSymbol? implementation, CancellationToken cancellationToken)
        => implementation is not null
            && implementation.IsGenerated()
            && Declaration(implementation, cancellationToken).Body?.Statements.FirstOrDefault() is ThrowStatementSyntax;

    // Without an accessibility a partial method may be left out if it returns nothing, and the compiler asks for one if it does.
    private static bool NeedsImplementation(IMethodSymbol method, CancellationToken cancellationToken)
        => Declaration(method, cancellationToken).Modifiers.Any(static modifier => modifier.Kind()
            is SyntaxKind.PublicKeyword or SyntaxKind.ProtectedKeyword or SyntaxKind.InternalKeyword or SyntaxKind.PrivateKeyword);

    // Where a type is unsafe, the pointers in a signature need no such modifier of their own.
    private static HierarchyInfo Hierarchy(IMethodSymbol method, KnownTypes knownTypes, CancellationToken cancellationToken)
    {
        var hierarchy = knownTypes.HierarchyOf(method.ContainingType);
        var unsafeTypes = Declaration(method, cancellationToken).Ancestors()
            .OfType<TypeDeclarationSyntax>()
            .Select(static type => type.Modifiers.Any(SyntaxKind.UnsafeKeyword))
            .Reverse();
        return hierarchy with
        {
            Types = hierarchy.Types.Zip(unsafeTypes, static (type, isUnsafe) => isUnsafe ? type with { Modifiers = "unsafe partial" } : type).ToEquatableArray(),
        };
    }

    // Modifiers as they are written, types as they are meant: the other file has usings of its own.
    private static string Signature(IMethodSymbol method, CancellationToken cancellationToken)
    {
        var declaration = Declaration(method, cancellationToken);
        var modifiers = CachedMethodParser.WrittenModifiers(method, cancellationToken);
        var reference = method.ReturnsByRef ? "ref " : method.ReturnsByRefReadonly ? "ref readonly " : "";
        var typeParameters = Generics.Of(method, cancellationToken).List;
        var parameters = method.Parameters.Zip(declaration.ParameterList.Parameters, static (parameter, written) =>
            string.Concat(written.Modifiers.Select(static modifier => modifier.Text + " ")) + $"{CodeText.Qualified(parameter.Type)} {CodeText.Identifier(parameter.Name)}");
        return $"{modifiers} {reference}{CodeText.Qualified(method.ReturnType)} {CodeText.Identifier(method.Name)}{typeParameters}({string.Join(", ", parameters)})";
    }

    private static string Reason(IMethodSymbol method, IReadOnlyCollection<Diagnostic> found)
    {
        var rules = found.Select(static diagnostic => $"{diagnostic.Id} ({diagnostic.Descriptor.Title})").Distinct(StringComparer.Ordinal).OrderBy(static rule => rule, StringComparer.Ordinal).ToArray();
        return $"'{method.ContainingType.Name}.{method.Name}' cannot be cached: "
            + (rules.Length == 0 ? "its attribute does not compile." : $"{string.Join(", ", rules)}. The build says what to do about it.");
    }

    private static MethodDeclarationSyntax Declaration(IMethodSymbol method, CancellationToken cancellationToken)
        => (MethodDeclarationSyntax)method.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken);
}
