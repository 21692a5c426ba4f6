using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>
/// The field that a property's getter returns, if that is all it does: <c>=> _lines</c>, or <c>=> _lines.AsReadOnly()</c>.
/// </summary>
/// <remarks><see cref="Declarations"/> compares this of other files, so that the parser may ask for it though it is in a body.</remarks>
internal static class ReturnedField
{
    public static string? Of(PropertyDeclarationSyntax property)
    {
        var getter = property.AccessorList?.Accessors.FirstOrDefault(static accessor => accessor.Keyword.Text == "get");
        var returned = property.ExpressionBody?.Expression
            ?? getter?.ExpressionBody?.Expression
            ?? (getter?.Body?.Statements.FirstOrDefault() as ReturnStatementSyntax)?.Expression;
        return NameOf(returned);
    }

    private static string? NameOf(ExpressionSyntax? expression) => expression switch
    {
        IdentifierNameSyntax name when name.Identifier.Text != "field" => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: IdentifierNameSyntax name } => name.Identifier.ValueText,
        ParenthesizedExpressionSyntax inner => NameOf(inner.Expression),
        InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax } call } => NameOf(call.Expression),
        _ => null,
    };
}
