using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>What can be seen of the converters that attributes name.</summary>
internal static class JsonConverters
{
    /// <summary>Whether a type or member has a converter. What it does is its author's business.</summary>
    public static bool AreOn(ISymbol symbol) => JsonAttributes.Has(symbol, "JsonConverterAttribute");

    /// <summary>The type that a <c>JsonConverter&lt;T&gt;</c> is for; <see langword="null"/> for a factory, which decides that at run time.</summary>
    public static ITypeSymbol? ConvertedBy(INamedTypeSymbol? converter) => BaseOf(converter)?.TypeArguments[0];

    /// <summary>Whether dictionaries can surely not have such keys: their converter writes values, but no names of properties.</summary>
    public static bool CannotWriteNames(ITypeSymbol type)
    {
        // An attribute that is derived from JsonConverterAttribute makes its converter at run time.
        if (JsonAttributes.Find(type, "JsonConverterAttribute")?.ConstructorArguments.FirstOrDefault().Value is not INamedTypeSymbol converter || BaseOf(converter) is not { } known)
            return false;

        for (var declaring = converter; declaring is not null && !SymbolEqualityComparer.Default.Equals(declaring, known); declaring = declaring.BaseType)
        {
            if (declaring.GetMembers("WriteAsPropertyName").Any(static member => member.IsOverride) || FrameworkTypes.Contain(declaring))
                return false;
        }

        return true;
    }

    private static INamedTypeSymbol? BaseOf(INamedTypeSymbol? converter)
    {
        for (var declaring = converter; declaring is not null; declaring = declaring.BaseType)
        {
            if (declaring.Arity == 1 && FrameworkTypes.IsNamed(declaring, "System.Text.Json.Serialization.JsonConverter"))
                return declaring;
        }

        return null;
    }
}
