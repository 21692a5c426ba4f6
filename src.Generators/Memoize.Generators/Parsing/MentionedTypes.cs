using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>The types that a declaration names, in whatever they stand.</summary>
internal static class MentionedTypes
{
    /// <summary>The first of those in the signature of a method (its result, parameters and constraints) that is so.</summary>
    public static ITypeSymbol? Find(IMethodSymbol method, Func<ITypeSymbol, bool> isSo)
    {
        var found = Find(method.ReturnType, isSo);
        foreach (var parameter in method.Parameters)
            found ??= Find(parameter.Type, isSo);
        foreach (var parameter in method.TypeParameters)
        {
            foreach (var constraint in parameter.ConstraintTypes)
                found ??= Find(constraint, isSo);
        }

        return found;
    }

    /// <summary>The first that is so of the type itself, what it is made of, and the types that it is nested in.</summary>
    /// <remarks>Every cached method is looked at this way, so it allocates nothing.</remarks>
    public static ITypeSymbol? Find(ITypeSymbol type, Func<ITypeSymbol, bool> isSo)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return Find(array.ElementType, isSo);
            case IPointerTypeSymbol pointer:
                return Find(pointer.PointedAtType, isSo);
            case IFunctionPointerTypeSymbol function:
                return Find(function.Signature, isSo);
            case INamedTypeSymbol { IsTupleType: true } tuple:
                foreach (var element in tuple.TupleElements)
                {
                    if (Find(element.Type, isSo) is { } found)
                        return found;
                }

                return null;
        }

        if (isSo(type))
            return type;
        if (type is not INamedTypeSymbol named)
            return null;

        foreach (var argument in named.TypeArguments)
        {
            if (Find(argument, isSo) is { } found)
                return found;
        }

        return named.ContainingType is { } outer ? Find(outer, isSo) : null;
    }
}
