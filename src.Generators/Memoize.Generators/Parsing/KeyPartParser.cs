using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Decides how one part of a key is compared: as <c>[CacheKey]</c> says, by its content, or by its own equality.</summary>
internal static class KeyPartParser
{
    private static readonly string[] StringComparers =
        ["CurrentCulture", "CurrentCultureIgnoreCase", "InvariantCulture", "InvariantCultureIgnoreCase", "Ordinal", "OrdinalIgnoreCase"];

    private const int Ordinal = 4;
    private const int OrdinalIgnoreCase = 5;

    /// <summary>Reads the part that a parameter or member is, or what the user's own method returns.</summary>
    /// <param name="symbol">The parameter, member or method.</param>
    /// <param name="type">The type of what is in the key.</param>
    /// <param name="name">The name of the part.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="method">The cached method.</param>
    /// <param name="shapes">What decides how it is written for stores; <see langword="null"/> if it never is.</param>
    /// <param name="knownTypes">The types to recognise.</param>
    /// <param name="reporter">Gets what is wrong.</param>
    public static KeyPart? Parse(
        ISymbol symbol, ITypeSymbol type, string name, KeySource source, IMethodSymbol method, KeyShapes? shapes, KnownTypes knownTypes, Reporter reporter)
    {
        if (symbol is IPropertySymbol { GetMethod: null } or IPropertySymbol { IsIndexer: true })
        {
            reporter.At(symbol, Diagnostics.InvalidCacheKey, symbol.Name, "it cannot be read; give it a get accessor");
            return null;
        }

        var comparison = Ordinal;
        INamedTypeSymbol? comparer = null;
        foreach (var argument in knownTypes.CacheKey(symbol)?.NamedArguments.ToArray() ?? [])
        {
            if (argument is { Key: "Comparison", Value.Value: int chosen })
                comparison = chosen;
            else if (argument is { Key: "Comparer", Value.Value: INamedTypeSymbol named })
                comparer = named;
        }

        if (Obstacle(type, comparison, comparer, method, knownTypes) is { } obstacle)
        {
            reporter.At(symbol, Diagnostics.InvalidCacheKey, symbol.Name, obstacle);
            return null;
        }

        var part = new KeyPart(
            name,
            CodeText.Qualified(type),
            IsText: type.SpecialType == SpecialType.System_String,
            CanBeNull: !type.IsValueType || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T,
            Equality: EqualityOf(type),
            Comparer: null,
            ComparerType: null,
            Copy: null,
            Stored: null,
            source,
            Projection: null);

        if (comparer is not null)
        {
            var compared = CodeText.Qualified(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated));
            var copies = knownTypes.CopyingComparerOf(type) is { } copying && knownTypes.Compilation.HasImplicitConversion(comparer, copying);
            return part with
            {
                Equality = KeyEquality.Comparer,
                Comparer = $"new {CodeText.Qualified(comparer)}()",
                ComparerType = copies
                    ? $"global::Memoize.ICacheKeyComparer<{compared}>"
                    : $"global::System.Collections.Generic.IEqualityComparer<{compared}>",
                Copy = copies
                    ? type.IsValueType ? KeyCopy.ByComparer : new($"{{0}} is null ? null{(type.NullableAnnotation == NullableAnnotation.Annotated ? "" : "!")} : {{1}}.Copy({{0}})")
                    : knownTypes.ValueEquality.CopierOf(type) is { } copier ? new("{1}.Copy({0})", copier) : KeyCopies.CopyOf(type, knownTypes),
            };
        }

        if (comparison != Ordinal)
        {
            return part with
            {
                Equality = KeyEquality.Comparer,
                Comparer = $"global::System.StringComparer.{StringComparers[comparison]}",
                Stored = comparison == OrdinalIgnoreCase ? KeyShapes.OfTextWithoutCase() : null,
            };
        }

        var notion = knownTypes.ValueEquality.Of(type);
        if (notion.Refusal is { } refusal)
        {
            reporter.OnKeyPart(
                symbol, Diagnostics.NoValueEquality, symbol.Name, CodeText.Signature(type), refusal.About(type), refusal.WayOut ?? knownTypes.ValueEquality.Advice(refusal.Culprit, symbol));
            return null;
        }

        if (notion.Content is null)
            return part with { Copy = KeyCopies.CopyOf(type, knownTypes), Stored = shapes?.OfPart(type) };

        return part with
        {
            Equality = KeyEquality.Content,
            Comparer = notion.Content,
            ComparerType = $"global::Memoize.KeyContent<{part.Type}>",
            Copy = notion.IsCopied ? KeyCopy.ByComparer : KeyCopies.CopyOf(type, knownTypes),
            Stored = shapes?.OfPart(type),
        };
    }

    /// <summary>The type of a parameter or member, or of what the user's own method returns.</summary>
    public static ITypeSymbol TypeOf(ISymbol symbol) => symbol switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        IMethodSymbol ownKey => ownKey.ReturnType,
        _ => ParameterParser.TypeOf((IParameterSymbol)symbol),
    };

    private static string? Obstacle(
        ITypeSymbol type, int comparison, INamedTypeSymbol? comparer, IMethodSymbol method, KnownTypes knownTypes)
    {
        if (comparison != Ordinal)
        {
            if (type.SpecialType != SpecialType.System_String)
                return $"a Comparison is for strings, and it is of type '{CodeText.Signature(type)}'; use Comparer";
            if (comparison < 0 || comparison >= StringComparers.Length)
                return "its Comparison does not exist; write for example StringComparison.OrdinalIgnoreCase";
            if (comparison < 2)
                return "the current culture can differ from call to call; use StringComparison.OrdinalIgnoreCase or InvariantCulture";
            if (comparer is not null)
                return "it has a Comparison and a Comparer; leave one of them out";
        }

        if (comparer is null)
            return null;

        var wanted = knownTypes.EqualityComparerOf(type);
        if (wanted is null || comparer.IsUnboundGenericType || !knownTypes.Compilation.HasImplicitConversion(comparer, wanted))
            return $"its Comparer '{comparer.Name}' does not compare '{CodeText.Signature(type)}'; implement IEqualityComparer<{CodeText.Signature(type)}>";

        var canBeMade = !comparer.IsAbstract
            && knownTypes.Compilation.IsSymbolAccessibleWithin(comparer, method.ContainingType)
            && comparer.InstanceConstructors.Any(constructor =>
                constructor.Parameters.IsEmpty && knownTypes.Compilation.IsSymbolAccessibleWithin(constructor, method.ContainingType));
        return canBeMade ? null : $"its Comparer '{comparer.Name}' cannot be made; give it an accessible constructor without parameters";
    }

    private static KeyEquality EqualityOf(ITypeSymbol type)
        => type.TypeKind == TypeKind.Enum || type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_UInt64) or SpecialType.System_String
            ? KeyEquality.Operator
            : KeyEquality.Default;
}
