using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Tells the generator's own members from the user's. The generator never meets them, but the analyzer runs after it: to the
/// analyzer every wrapper is implemented and the name of every handle is taken, by the very members that it asks about.
/// </summary>
internal static class GeneratedMembers
{
    private static readonly string Folder = typeof(CachedResponseGenerator).FullName;

    /// <summary>Whether all of the symbol comes from this generator.</summary>
    public static bool IsGenerated(this ISymbol symbol)
        => !symbol.DeclaringSyntaxReferences.IsEmpty
            && symbol.DeclaringSyntaxReferences.All(static reference => reference.SyntaxTree.FilePath.Contains(Folder));

    /// <summary>The members of this name that the user wrote.</summary>
    public static IEnumerable<ISymbol> GetWrittenMembers(this INamedTypeSymbol type, string name)
        => type.GetMembers(name).Where(static member => !member.IsGenerated());
}
