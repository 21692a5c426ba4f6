using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>Recognises types by their names: those that the rules know mostly come from packages that a project may not have.</summary>
internal static class TypeNames
{
    /// <summary>Whether the type has this name in this namespace, whatever its type arguments.</summary>
    public static bool IsNamed(this ITypeSymbol? type, string name, string @namespace)
        => type is not null && type.Name == name && type.IsIn(@namespace);

    /// <summary>Whether the type is declared in this namespace itself.</summary>
    public static bool IsIn(this ITypeSymbol type, string @namespace) => type.ContainingNamespace?.ToDisplayString() == @namespace;

    /// <summary>Whether the type is declared in this namespace or below it.</summary>
    public static bool IsWithin(this ITypeSymbol type, string root)
    {
        for (var current = type.ContainingNamespace; current is { IsGlobalNamespace: false }; current = current.ContainingNamespace)
        {
            if (current.Name == root && current.ContainingNamespace.IsGlobalNamespace)
                return true;
        }

        return false;
    }

    /// <summary>The type, what it derives from and what it implements.</summary>
    public static IEnumerable<ITypeSymbol> WithBases(this ITypeSymbol type)
    {
        for (ITypeSymbol? current = type; current is { SpecialType: not SpecialType.System_Object }; current = current.BaseType)
            yield return current;
        foreach (var implemented in type.AllInterfaces)
            yield return implemented;
    }

}
