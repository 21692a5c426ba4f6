using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Decides what makes two calls the same call.</summary>
internal static class KeyParser
{
    public static KeyModel Parse(IMethodSymbol method, EquatableArray<ParameterModel> parameters)
    {
        var symbols = new List<IParameterSymbol>();
        var parts = new List<KeyPart>();
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].Role != ParameterRole.Key)
                continue;

            symbols.Add(method.Parameters[i]);
            parts.Add(new(parameters[i].Name, parameters[i].Type, EqualityOf(method.Parameters[i].Type)));
        }

        var form = symbols.Count switch
        {
            0 => KeyForm.None,
            1 when IsItsOwnKey(symbols[0].Type) => KeyForm.Parameter,
            _ => KeyForm.Struct,
        };
        return new(form, parts.ToEquatableArray());
    }

    /// <summary>
    /// Whether equal arguments are found again. A class that does not override <c>Equals</c> is admitted: it may be meant
    /// as an identity.
    /// </summary>
    public static bool HasValueEquality(ITypeSymbol type, KnownTypes knownTypes)
        => type.TypeKind is not (TypeKind.Array or TypeKind.Delegate) && !knownTypes.ComparesContentByReference(type);

    // A key must never be null, and must bring its own, unboxed equality. Only an annotated string promises the former.
    private static bool IsItsOwnKey(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_String)
            return type.NullableAnnotation == NullableAnnotation.NotAnnotated;

        return type is { IsValueType: true, TypeKind: TypeKind.Enum or TypeKind.Struct }
            && type.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T
            && (type.TypeKind == TypeKind.Enum || KnownTypes.IsEquatableToItself(type));
    }

    // Not for floating point: there, NaN would never be found again.
    private static KeyEquality EqualityOf(ITypeSymbol type)
    {
        var comparesWithOperator = type.TypeKind == TypeKind.Enum
            || type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_Decimal) or SpecialType.System_String;
        return comparesWithOperator ? KeyEquality.Operator : KeyEquality.Default;
    }
}
