using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Writes the default value of a parameter as a C# expression. The compiler's own formatting is for people: it leaves out
/// suffixes and casts, and knows no <c>double.NaN</c>.
/// </summary>
internal static class DefaultValue
{
    // A default of type DateTime can only be written as an attribute, which is taken over with the other attributes.
    public static string? Of(IParameterSymbol parameter)
        => parameter.HasExplicitDefaultValue && parameter.ExplicitDefaultValue is not DateTime
            ? Format(parameter.Type, parameter.ExplicitDefaultValue)
            : null;

    /// <summary>An argument of an attribute.</summary>
    public static string Of(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Array } => $"new[] {{ {string.Join(", ", constant.Values.Select(Of))} }}",
        { Value: ITypeSymbol type } => $"typeof({CodeText.Qualified(type)})",
        { Value: null } => "null",
        _ => Format(constant.Type!, constant.Value),
    };

    private static string Format(ITypeSymbol type, object? value)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = value is null ? type : nullable.TypeArguments[0];

        // Generated files are nullable-enabled, the user's need not be: there, "string text = null" is in order.
        if (value is null)
        {
            var admitsNull = type.IsValueType || type.NullableAnnotation == NullableAnnotation.Annotated;
            return (type.IsReferenceType ? "null" : "default") + (admitsNull ? "" : "!");
        }

        return type.TypeKind == TypeKind.Enum ? Enum((INamedTypeSymbol)type, value) : Constant(value);
    }

    private static string Enum(INamedTypeSymbol type, object value)
    {
        var name = CodeText.Qualified(type);
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { HasConstantValue: true } field && field.ConstantValue.Equals(value))
                return $"{name}.{CodeText.Identifier(field.Name)}";
        }

        return $"({name})({Constant(value)})";
    }

    private static string Constant(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string text => CodeText.Literal(text),
        char character => SymbolDisplay.FormatLiteral(character, quote: true),
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        float number => Invariant(number, "R") + "F",
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        double number => Invariant(number, "R") + "D",
        decimal number => Invariant(number, null) + "M",
        uint number => Invariant(number, null) + "U",
        long number => Invariant(number, null) + "L",
        ulong number => Invariant(number, null) + "UL",
        IFormattable number => Invariant(number, null),
        _ => "default",
    };

    private static string Invariant(IFormattable number, string? format) => number.ToString(format, CultureInfo.InvariantCulture);
}
