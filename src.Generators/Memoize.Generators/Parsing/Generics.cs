using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>Reads type parameters and writes their constraint clauses.</summary>
internal static class Generics
{
    public static GenericsModel Of(IMethodSymbol method, CancellationToken cancellationToken)
    {
        if (method.TypeParameters.IsEmpty)
            return new(default, default, default);

        var written = WrittenClauses(method, cancellationToken);
        var names = method.TypeParameters.Select(static parameter => CodeText.TypeIdentifier(parameter.Name)).ToEquatableArray();
        var constraints = method.TypeParameters
            .Select(parameter => Clause(parameter, AllowsRefStruct(parameter, written)))
            .OfType<string>()
            .ToEquatableArray();

        // An override may only say which type parameters are classes and structs, and what it says are keywords: no name
        // in it needs qualifying.
        var ofWrapper = method.IsOverride
            ? written.Select(static clause => clause.NormalizeWhitespace().ToString()).ToEquatableArray()
            : constraints;
        return new(names, constraints, ofWrapper);
    }

    /// <summary>Whether the type parameter admits ref structs, which cannot be part of a key.</summary>
    public static bool AllowsRefStruct(ITypeParameterSymbol parameter, CancellationToken cancellationToken)
        => parameter.DeclaringMethod is { } method && AllowsRefStruct(parameter, WrittenClauses(method, cancellationToken));

    private static TypeParameterConstraintClauseSyntax[] WrittenClauses(IMethodSymbol method, CancellationToken cancellationToken)
        => method.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellationToken))
            .OfType<MethodDeclarationSyntax>()
            .SelectMany(static declaration => declaration.ConstraintClauses)
            .ToArray();

    private static string? Clause(ITypeParameterSymbol parameter, bool allowsRefStruct)
    {
        var constraints = new List<string>();
        if (parameter.HasUnmanagedTypeConstraint)
            constraints.Add("unmanaged");
        else if (parameter.HasValueTypeConstraint)
            constraints.Add("struct");
        else if (parameter.HasReferenceTypeConstraint)
            constraints.Add(parameter.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.Annotated ? "class?" : "class");
        else if (parameter.HasNotNullConstraint)
            constraints.Add("notnull");

        constraints.AddRange(parameter.ConstraintTypes.Select(CodeText.Qualified));

        if (parameter.HasConstructorConstraint)
            constraints.Add("new()");
        if (allowsRefStruct)
            constraints.Add("allows ref struct");

        return constraints.Count == 0
            ? null
            : $"where {CodeText.TypeIdentifier(parameter.Name)} : {string.Join(", ", constraints)}";
    }

    // The compiler we build against does not know this constraint yet; the one we run in may. Hence the text.
    private static bool AllowsRefStruct(ITypeParameterSymbol parameter, TypeParameterConstraintClauseSyntax[] clauses)
    {
        foreach (var clause in clauses)
        {
            if (clause.Name.Identifier.ValueText == parameter.Name
                && clause.Constraints.Any(static constraint => constraint.ToString().StartsWith("allows", StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
