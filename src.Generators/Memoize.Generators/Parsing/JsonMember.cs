using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>A property or field as System.Text.Json sees it.</summary>
/// <param name="Symbol">The property or field.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsWritten">Whether its value gets into the JSON.</param>
/// <param name="CanBeSet">Whether it is set when the JSON is read.</param>
internal sealed record JsonMember(ISymbol Symbol, ITypeSymbol Type, bool IsWritten, bool CanBeSet)
{
    /// <summary>Its name in JSON.</summary>
    public string JsonName => JsonAttributes.Find(Symbol, "JsonPropertyNameAttribute")?.ConstructorArguments.FirstOrDefault().Value as string ?? Symbol.Name;

    /// <summary>Whether it has no value of its own: it is computed from others whenever it is asked for.</summary>
    public bool IsComputed => Symbol is IPropertySymbol property && !IsAuto(property);

    /// <summary>A member of a type; <see langword="null"/> for what System.Text.Json never looks at.</summary>
    public static JsonMember? Of(ISymbol symbol, JsonOptions options)
    {
        var isIncluded = JsonAttributes.Has(symbol, "JsonIncludeAttribute");
        switch (symbol)
        {
            case IPropertySymbol { IsStatic: false, IsIndexer: false } property:
                var isWritten = IsSeen(property.GetMethod, isIncluded);
                var canBeSet = IsSeen(property.SetMethod, isIncluded);
                if (!isWritten && !canBeSet)
                    return null;
                return new(property, property.Type, isWritten && !(property.SetMethod is null && options.IgnoresReadOnlyProperties && !isIncluded), canBeSet);
            case IFieldSymbol { IsStatic: false, IsConst: false, IsImplicitlyDeclared: false } field when isIncluded || field.DeclaredAccessibility == Accessibility.Public:
                var isSeen = isIncluded || options.IncludesFields;
                return new(field, field.Type, isSeen, isSeen && !field.IsReadOnly);
            default:
                return null;
        }
    }

    /// <summary>Whether a property is its own backing field, and no code of its accessors decides what it returns.</summary>
    public static bool IsAuto(IPropertySymbol property)
    {
        if (property.DeclaringSyntaxReferences.IsEmpty)
            return property.GetMethod?.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute") == true;

        return property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property))
            && property.DeclaringSyntaxReferences.All(static reference => reference.GetSyntax() is not PropertyDeclarationSyntax { AccessorList: { } accessors }
                || accessors.Accessors.All(static accessor => accessor.Keyword.Text != "get" || (accessor.Body is null && accessor.ExpressionBody is null)));
    }

    private static bool IsSeen(IMethodSymbol? accessor, bool isIncluded) => accessor is not null && (isIncluded || accessor.DeclaredAccessibility == Accessibility.Public);
}
