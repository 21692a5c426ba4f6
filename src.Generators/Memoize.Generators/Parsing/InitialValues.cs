using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>
/// What a member has before anything is read into it. It stays where nothing was written.
/// </summary>
/// <remarks>Of the initial values in other files <see cref="Declarations"/> compares those of members with an attribute or without a setter, and these are the only ones that are read here.</remarks>
internal static class InitialValues
{
    /// <summary>The initial value of a member as it is written down, or the default of the constructor's parameter; <see langword="null"/> if there is none but the type's.</summary>
    public static string? Of(JsonMember member, JsonView view)
    {
        if (view.ParameterOf(member) is { } parameter)
            return parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: { } value } && !IsDefault(value) ? value.ToString() : null;
        return Of(member.Symbol);
    }

    /// <summary>The initial value of a member with an attribute, or without a setter, as it is written down.</summary>
    public static string? Of(ISymbol member) => Written(member) is { } value
        && value is not LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.DefaultLiteralExpression or (int)SyntaxKind.FalseLiteralExpression }
        && value is not PostfixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.DefaultLiteralExpression } }
        && value.ToString() != "0"
            ? value.WithoutTrivia().ToString()
            : null;

    /// <summary>Whether a member without a setter always has what its declaration says.</summary>
    public static bool IsConstant(JsonMember member) => member.Symbol is IPropertySymbol { SetMethod: null } property
        && Written(property) is { } value
        && IsConstant(value, property.Type)
        && property.ContainingType.InstanceConstructors.All(IsWithoutCode);

    /// <summary>
    /// Whether a member without a setter can only have been made by the one constructor, from what is read: then reading makes it
    /// again. It is written, so that a difference is seen when results are.
    /// </summary>
    public static bool IsMadeByConstructor(JsonMember member, JsonView view) => view.Constructor is { Parameters.Length: > 0 } constructor
        && member.Symbol is IPropertySymbol { SetMethod: null } or IFieldSymbol { IsReadOnly: true }
        && IsMadeByConstructor(member.Symbol, member.Type, constructor);

    /// <summary>Whether something that cannot change can only have been made by the one constructor, from what is read.</summary>
    public static bool IsMadeByConstructor(ISymbol member, ITypeSymbol type, IMethodSymbol constructor) => IsUnchangeable(type)
        && SymbolEqualityComparer.Default.Equals(member.ContainingType, constructor.ContainingType)
        && constructor.ContainingType.InstanceConstructors.All(other => SymbolEqualityComparer.Default.Equals(other, constructor) || other.IsImplicitlyDeclared);

    private static bool IsConstant(ExpressionSyntax value, ITypeSymbol type) => value switch
    {
        LiteralExpressionSyntax or PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax } => true,
        MemberAccessExpressionSyntax member => type.TypeKind == TypeKind.Enum ? member.Expression.ToString().EndsWith(type.Name, StringComparison.Ordinal) : value.ToString() == "string.Empty",
        _ => false,
    };

    // What nobody can change without its setter.
    private static bool IsUnchangeable(ITypeSymbol type) => JsonRoundTrip.IsValue(type)
        || (FrameworkTypes.Contain(type) && (type.Name.StartsWith("IReadOnly", StringComparison.Ordinal) || type.Name.StartsWith("Immutable", StringComparison.Ordinal)));

    // One that is not written, or the list of parameters after a type's name.
    private static bool IsWithoutCode(IMethodSymbol constructor) => constructor.IsImplicitlyDeclared
        || constructor.DeclaringSyntaxReferences.All(static reference => reference.GetSyntax() is TypeDeclarationSyntax);

    private static ExpressionSyntax? Written(ISymbol member) => member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
    {
        PropertyDeclarationSyntax property => property.Initializer?.Value,
        VariableDeclaratorSyntax field => field.Initializer?.Value,
        _ => null,
    };

    private static bool IsDefault(object value) => value is false or '\0' || (value is IConvertible and not (string or char or bool) && Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) == 0);
}
