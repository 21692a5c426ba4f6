using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>The types that a declaration names, in whatever they stand.</summary>
internal static class MentionedTypes
{
    /// <summary>Those in the signature of a method: its result, parameters and constraints.</summary>
    public static IEnumerable<ITypeSymbol> OfSignature(IMethodSymbol method) => method.Parameters
        .Select(static parameter => parameter.Type)
        .Prepend(method.ReturnType)
        .Concat(method.TypeParameters.SelectMany(static parameter => parameter.ConstraintTypes))
        .SelectMany(In);

    /// <summary>The type itself, what it is made of, and the types that it is nested in.</summary>
    public static IEnumerable<ITypeSymbol> In(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => In(array.ElementType),
        IPointerTypeSymbol pointer => In(pointer.PointedAtType),
        IFunctionPointerTypeSymbol function => OfSignature(function.Signature),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.SelectMany(static element => In(element.Type)),
        INamedTypeSymbol { ContainingType: { } outer } named => In(outer).Concat(named.TypeArguments.SelectMany(In)).Prepend(named),
        INamedTypeSymbol named => named.TypeArguments.SelectMany(In).Prepend(named),
        _ => [type],
    };
}
