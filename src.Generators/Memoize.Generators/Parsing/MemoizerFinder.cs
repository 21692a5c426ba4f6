using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Finds the memoizer of a type: an instance field, a property, or a parameter of its primary constructor, in this order.
/// A field comes before the parameter it was initialised from, so that the parameter is not kept twice.
/// </summary>
internal static class MemoizerFinder
{
    private const string Default = "global::Memoize.Memoizer.Default";

    public static MemoizerModel Find(IMethodSymbol method, KnownTypes knownTypes, CancellationToken cancellationToken)
    {
        var type = method.ContainingType;
        if (!method.IsStatic)
        {
            if (Member(type, isStatic: false, knownTypes) is { } member)
                return new(OrDefault("this." + CodeText.Identifier(member.Name), MemoizerType(member), type), NeedsAccessor: false);

            if (PrimaryConstructorParameter(type, knownTypes, cancellationToken) is { } parameter)
            {
                var hidden = method.Parameters.Any(own => own.Name == parameter.Name)
                    || method.TypeParameters.Any(own => own.Name == parameter.Name);
                return new(OrDefault(CodeText.Identifier(parameter.Name), parameter.Type, type), NeedsAccessor: hidden);
            }
        }
        else if (Member(type, isStatic: true, knownTypes) is { } member)
        {
            var expression = $"{CodeText.Qualified(member.ContainingType)}.{CodeText.Identifier(member.Name)}";
            return new(OrDefault(expression, MemoizerType(member), type), NeedsAccessor: false);
        }

        return new(Default, NeedsAccessor: false);
    }

    private static ISymbol? Member(INamedTypeSymbol type, bool isStatic, KnownTypes knownTypes)
    {
        for (INamedTypeSymbol? declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            var members = declaring.GetMembers();
            var found = members.FirstOrDefault(member => member is IFieldSymbol && IsUsable(member))
                ?? members.FirstOrDefault(member => member is IPropertySymbol { IsIndexer: false, GetMethod: not null } && IsUsable(member));
            if (found is not null)
                return found;
        }

        return null;

        bool IsUsable(ISymbol member)
            => member.IsStatic == isStatic
                && member.CanBeReferencedByName // not the field behind an automatic property
                && knownTypes.IsMemoizer(MemoizerType(member))
                && knownTypes.Compilation.IsSymbolAccessibleWithin(member, type);
    }

    private static ITypeSymbol MemoizerType(ISymbol member)
        => member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type;

    private static IParameterSymbol? PrimaryConstructorParameter(
        INamedTypeSymbol type, KnownTypes knownTypes, CancellationToken cancellationToken)
    {
        foreach (var constructor in type.InstanceConstructors)
        {
            foreach (var parameter in constructor.Parameters)
            {
                // A primary constructor is declared by the type's own declaration.
                if (knownTypes.IsMemoizer(parameter.Type)
                    && parameter.RefKind == RefKind.None
                    && constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is TypeDeclarationSyntax)
                {
                    return parameter;
                }
            }
        }

        return null;
    }

    // A struct can come into being without its constructor, and a nullable member says that it may be empty.
    private static string OrDefault(string expression, ITypeSymbol memoizer, INamedTypeSymbol type)
        => type.IsValueType || memoizer.NullableAnnotation == NullableAnnotation.Annotated ? $"{expression} ?? {Default}" : expression;
}
