using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Attributes of System.Text.Json, and those that people derive from them: both do the same.</summary>
internal static class JsonAttributes
{
    /// <summary>Whether a symbol has an attribute of System.Text.Json, or one that is derived from it.</summary>
    public static bool Has(ISymbol symbol, string attribute) => Find(symbol, attribute) is not null;

    /// <summary>An attribute of System.Text.Json, or one that is derived from it.</summary>
    public static AttributeData? Find(ISymbol symbol, string attribute) => All(symbol, attribute).FirstOrDefault();

    /// <summary>All attributes of this kind.</summary>
    public static IEnumerable<AttributeData> All(ISymbol symbol, string attribute)
        => symbol.GetAttributes() is { IsEmpty: false } attributes
            ? attributes.Where(candidate => SelfAndBases(candidate).Any(type => type.Name == attribute && IsOf(type, "System.Text.Json")))
            : [];

    /// <summary>Whether an attribute is of one of these namespaces, or derived from one that is.</summary>
    public static bool IsOfAny(AttributeData attribute, string[] namespaces)
        => SelfAndBases(attribute).Any(type => Array.Exists(namespaces, name => IsOf(type, name)));

    /// <summary>When a member is not written: the number of the <c>JsonIgnoreCondition</c>; 0 (never) if nothing is said.</summary>
    public static int IgnoreCondition(ISymbol member) => Find(member, "JsonIgnoreAttribute") is { } ignore
        ? ignore.NamedArguments.FirstOrDefault(static argument => argument.Key == "Condition").Value.Value as int? ?? Ignored.Always
        : Ignored.Never;

    /// <summary>A named or positional argument that is a number or an enum.</summary>
    public static int? Number(AttributeData? attribute, string? name = null)
        => (name is null
            ? attribute?.ConstructorArguments.FirstOrDefault().Value
            : attribute?.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value) as int?;

    private static IEnumerable<INamedTypeSymbol> SelfAndBases(AttributeData attribute)
    {
        for (var type = attribute.AttributeClass; type is { SpecialType: not SpecialType.System_Object }; type = type.BaseType)
            yield return type;
    }

    private static bool IsOf(INamedTypeSymbol type, string name)
    {
        var own = type.ContainingNamespace?.ToDisplayString() ?? "";
        return own.StartsWith(name, StringComparison.Ordinal) && (own.Length == name.Length || own[name.Length] == '.');
    }

    /// <summary>The values of <c>JsonIgnoreCondition</c>.</summary>
    internal static class Ignored
    {
        public const int Never = 0, Always = 1, WhenDefault = 2, WhenNull = 3, WhenWriting = 4, WhenReading = 5;
    }
}
