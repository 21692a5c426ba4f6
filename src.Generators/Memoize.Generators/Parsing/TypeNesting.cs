using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Where to end looking into types that have no end: a <c>Node&lt;T&gt;</c> with a <c>Node&lt;List&lt;T&gt;&gt;</c> in it is made of
/// ever new types, each deeper than the one before, so that remembering those that were met does not help.
/// </summary>
internal static class TypeNesting
{
    // Deeper than anybody writes a type. What types like that have in them is made of the same declarations at every depth.
    private const int Deepest = 8;

    /// <summary>Whether type arguments stand within each other deeper than in any type that is written by hand.</summary>
    public static bool IsTooDeep(ITypeSymbol type) => IsDeeperThan(type, Deepest);

    private static bool IsDeeperThan(ITypeSymbol type, int depth) => depth < 0 || type switch
    {
        IArrayTypeSymbol array => IsDeeperThan(array.ElementType, depth - 1),
        INamedTypeSymbol named => named.TypeArguments.Any(argument => IsDeeperThan(argument, depth - 1))
            || (named.ContainingType is { } containing && IsDeeperThan(containing, depth)),
        _ => false,
    };
}
