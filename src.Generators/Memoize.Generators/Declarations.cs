using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators;

/// <summary>Tells whether an edit of a file leaves everything it declares as it was.</summary>
internal static class Declarations
{
    /// <summary>
    /// Whether two versions of a file declare the same: types, members, signatures, attributes, constants, usings. It may
    /// say no where yes would be right, never the other way round.
    /// </summary>
    /// <remarks>
    /// The comparison is the compiler's own; by it an IDE decides whether other projects have to look again. It passes over
    /// bodies, comments and initial values, and follows <c>#nullable</c>. What is added here is how such things can still
    /// reach a declaration.
    /// </remarks>
    public static bool AreSame(SyntaxTree before, SyntaxTree after, CancellationToken cancellationToken)
        => before.FilePath == after.FilePath // part of the identity of file-local types
            && before.Options.Equals(after.Options)
            && SyntaxFactory.AreEquivalent(before, after, topLevel: true)
            && HaveTheSameConstants(before, after, cancellationToken)
            && HaveTheSameBackingFields(before, after, cancellationToken)
            && HaveTheSameInitialValues(before, after, cancellationToken)
            && HaveTheSameEqualities(before, after, cancellationToken)
            && IsMarkedAsGenerated(before, cancellationToken) == IsMarkedAsGenerated(after, cancellationToken)
            && !SwitchesNullableInAnInitialValue(before, cancellationToken)
            && !SwitchesNullableInAnInitialValue(after, cancellationToken);

    // The compiler's comparison takes a constant for a field, and passes over its value, if it has a modifier beside "const". It
    // passes over the values of enums, too.
    private static bool HaveTheSameConstants(SyntaxTree before, SyntaxTree after, CancellationToken cancellationToken)
    {
        using var constants = Constants(before, cancellationToken).GetEnumerator();
        foreach (var constant in Constants(after, cancellationToken))
        {
            if (!constants.MoveNext() || !SyntaxFactory.AreEquivalent(constants.Current, constant, topLevel: false))
                return false;
        }

        return !constants.MoveNext();
    }

    private static IEnumerable<SyntaxNode> Constants(SyntaxTree tree, CancellationToken cancellationToken) => tree
        .GetRoot(cancellationToken)
        .DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or BaseTypeDeclarationSyntax)
        .Where(static node => node is EnumMemberDeclarationSyntax
            || (node is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.ConstKeyword)));

    // A property that says "field" in a body has a field that counts in the equality of a record; one that only returns a field shows
    // what a value holds.
    private static bool HaveTheSameBackingFields(SyntaxTree before, SyntaxTree after, CancellationToken cancellationToken)
        => FieldsOfProperties(before, cancellationToken).SequenceEqual(FieldsOfProperties(after, cancellationToken));

    private static IEnumerable<(string Property, string? Field)> FieldsOfProperties(SyntaxTree tree, CancellationToken cancellationToken)
    {
        foreach (var property in Members(tree, cancellationToken).OfType<PropertyDeclarationSyntax>())
        {
            if (property.DescendantTokens().Any(static token => token.Text == "field"))
                yield return (property.Identifier.ValueText, "field");
            else if (ReturnedField.Of(property) is { } returned)
                yield return (property.Identifier.ValueText, returned);
        }
    }

    // What a serializer does not write has its initial value when it is read: what an attribute keeps from being written, and what
    // has no setter.
    private static bool HaveTheSameInitialValues(SyntaxTree before, SyntaxTree after, CancellationToken cancellationToken)
    {
        using var values = InitialValues(before, cancellationToken).GetEnumerator();
        foreach (var value in InitialValues(after, cancellationToken))
        {
            if (!values.MoveNext() || !SyntaxFactory.AreEquivalent(values.Current, value, topLevel: false))
                return false;
        }

        return !values.MoveNext();
    }

    private static IEnumerable<SyntaxNode> InitialValues(SyntaxTree tree, CancellationToken cancellationToken) => Members(tree, cancellationToken)
        .SelectMany(static member => member switch
        {
            PropertyDeclarationSyntax { Initializer: { } value } property when property.AttributeLists.Count > 0 || !HasSetter(property) => [value],
            FieldDeclarationSyntax { AttributeLists.Count: > 0 } field => field.Declaration.Variables.Select(static variable => variable.Initializer).OfType<SyntaxNode>(),
            _ => Enumerable.Empty<SyntaxNode>(),
        });

    private static bool HasSetter(PropertyDeclarationSyntax property) => property.AccessorList?.Accessors.Any(static accessor => accessor.Keyword.Text is "set" or "init") == true;

    private static IEnumerable<MemberDeclarationSyntax> Members(SyntaxTree tree, CancellationToken cancellationToken) => tree
        .GetRoot(cancellationToken)
        .DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax)
        .OfType<MemberDeclarationSyntax>();

    // Whether a class compares by value depends on whether its Equals only calls that of object.
    private static bool HaveTheSameEqualities(SyntaxTree before, SyntaxTree after, CancellationToken cancellationToken)
    {
        using var equalities = Equalities(before, cancellationToken).GetEnumerator();
        foreach (var equality in Equalities(after, cancellationToken))
        {
            if (!equalities.MoveNext() || !SyntaxFactory.AreEquivalent(equalities.Current, equality, topLevel: false))
                return false;
        }

        return !equalities.MoveNext();
    }

    private static IEnumerable<SyntaxNode> Equalities(SyntaxTree tree, CancellationToken cancellationToken) => tree
        .GetRoot(cancellationToken)
        .DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax)
        .OfType<MethodDeclarationSyntax>()
        .Where(static method => method.Identifier.ValueText == "Equals" && method.Modifiers.Any(SyntaxKind.OverrideKeyword));

    // In a file that says so in its first comment, nullable annotations mean nothing.
    private static bool IsMarkedAsGenerated(SyntaxTree tree, CancellationToken cancellationToken)
    {
        foreach (var trivia in tree.GetRoot(cancellationToken).GetLeadingTrivia())
        {
            if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
                && trivia.ToString() is var comment
                && (comment.Contains("<auto-generated") || comment.Contains("<autogenerated")))
            {
                return true;
            }
        }

        return false;
    }

    // A #nullable between "=" and ";" of a field holds for what follows the field, and the compiler's comparison stops at "=".
    private static bool SwitchesNullableInAnInitialValue(SyntaxTree tree, CancellationToken cancellationToken)
    {
        for (var directive = tree.GetRoot(cancellationToken).GetFirstDirective(); directive is not null; directive = directive.GetNextDirective())
        {
            if (directive is NullableDirectiveTriviaSyntax
                && directive.ParentTrivia.Token.Parent?.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { Parent.Parent: BaseFieldDeclarationSyntax })
            {
                return true;
            }
        }

        return false;
    }
}
