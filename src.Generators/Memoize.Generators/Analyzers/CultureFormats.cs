using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>Knows which values are written, read and ordered in another way in another culture.</summary>
internal static class CultureFormats
{
    /// <summary>A format that is not known while compiling.</summary>
    public const string Unknown = "?";

    private const int DeepestMember = 4;

    /// <summary>
    /// Whether the text of a value depends on the culture. Whole numbers only count where the format gives them separators: what
    /// else differs is the sign of negative ones, in a few cultures.
    /// </summary>
    /// <param name="type">The type of the value.</param>
    /// <param name="format">The format; <see langword="null"/> for none.</param>
    public static bool IsWrittenByCulture(ITypeSymbol? type, string? format) => IsWrittenByCulture(type, format, depth: 0);

    /// <summary>Whether what a text means depends on the culture.</summary>
    /// <param name="type">The type that reads the text.</param>
    /// <param name="styles">What is allowed in the text of a number; <see langword="null"/> for what is allowed by default.</param>
    public static bool IsReadByCulture(ITypeSymbol type, NumberStyles? styles)
        => IsWholeNumber(type)
            ? (styles & (NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint | NumberStyles.AllowCurrencySymbol)) > 0
            : IsWrittenByCulture(type, format: null);

    /// <summary>Whether the default order of a type depends on the culture.</summary>
    public static bool IsOrderedByCulture(ITypeSymbol? type) => type switch
    {
        { SpecialType: SpecialType.System_String } => true,
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(static element => IsOrderedByCulture(element.Type)),
        _ => false,
    };

    private static bool IsWrittenByCulture(ITypeSymbol? type, string? format, int depth)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        if (type is not INamedTypeSymbol { TypeKind: not TypeKind.Enum } named)
            return false;
        if (named.SpecialType is SpecialType.System_Decimal or SpecialType.System_Double or SpecialType.System_Single)
            return true;
        if (IsWholeNumber(named))
            return HasSeparators(format);

        return (named.Name, named.ContainingNamespace?.ToDisplayString()) switch
        {
            ("Half", "System") or ("Complex", "System.Numerics") or ("FormattableString", "System") => true,
            ("DateTime" or "DateTimeOffset" or "DateOnly" or "TimeOnly", "System") => format is not ("O" or "o" or "R" or "r" or "s" or "u"),
            ("TimeSpan", "System") => format is "g" or "G",
            (_, "NodaTime") => named.WithBases().Any(static candidate => candidate.IsNamed("IFormattable", "System")),
            _ => depth < DeepestMember && Members(named).Any(member => IsWrittenByCulture(member, format: null, depth + 1)),
        };
    }

    // What writes its members one by one: tuples, and records and anonymous types with the ToString of the compiler.
    private static IEnumerable<ITypeSymbol> Members(INamedTypeSymbol type)
    {
        if (type.IsTupleType)
            return type.TupleElements.Select(static element => element.Type);
        if (!type.IsAnonymousType && (!type.IsRecord || !IsWrittenByCompiler(type)))
            return [];

        return type.GetMembers()
            .Where(static member => member is { IsStatic: false, DeclaredAccessibility: Accessibility.Public })
            .Select(static member => (member as IPropertySymbol)?.Type ?? (member as IFieldSymbol)?.Type)
            .OfType<ITypeSymbol>();
    }

    private static bool IsWrittenByCompiler(INamedTypeSymbol record)
        => record.GetMembers("ToString").OfType<IMethodSymbol>().Where(static method => method.Parameters.IsEmpty).All(static method => method.IsImplicitlyDeclared);

    private static bool IsWholeNumber(ITypeSymbol type)
        => type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64 or SpecialType.System_IntPtr or SpecialType.System_UIntPtr
            || type.IsNamed("Int128", "System") || type.IsNamed("UInt128", "System") || type.IsNamed("BigInteger", "System.Numerics");

    private static bool HasSeparators(string? format)
    {
        if (string.IsNullOrEmpty(format) || format == Unknown)
            return false;

        var isStandard = char.IsLetter(format![0]) && format.Skip(1).All(char.IsDigit);
        return isStandard ? "NCPEF".IndexOf(char.ToUpperInvariant(format[0])) >= 0 : format.IndexOfAny([',', '.', '%', '‰']) >= 0;
    }
}
