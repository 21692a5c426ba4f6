using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace Memoize.CodeFixes;

/// <summary>Writes attributes of this library, no longer than the file's usings ask for.</summary>
internal static class OwnAttribute
{
    public static MemberDeclarationSyntax AddTo(MemberDeclarationSyntax member, string name)
    {
        var list = List(name).WithLeadingTrivia(member.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed);
        return member
            .WithoutLeadingTrivia()
            .WithAttributeLists(member.WithoutLeadingTrivia().AttributeLists.Insert(0, list))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }

    public static ParameterSyntax AddTo(ParameterSyntax parameter, string name)
    {
        var list = List(name).WithLeadingTrivia(parameter.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.Space);
        parameter = parameter.WithoutLeadingTrivia();
        return parameter.WithAttributeLists(parameter.AttributeLists.Insert(0, list));
    }

    private static AttributeListSyntax List(string name)
        => SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(
            SyntaxFactory.Attribute(SyntaxFactory.ParseName("global::Memoize." + name).WithAdditionalAnnotations(Simplifier.Annotation))));
}
