using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Options of System.Text.Json that decide what comes back.</summary>
/// <param name="IncludesFields">Whether public fields are written.</param>
/// <param name="IgnoresReadOnlyProperties">Whether properties without a setter are not written.</param>
/// <param name="IgnoreCondition">When members that say nothing are not written: a <c>JsonIgnoreCondition</c>.</param>
internal sealed record JsonOptions(bool IncludesFields, bool IgnoresReadOnlyProperties, int IgnoreCondition)
{
    /// <summary>What a memoizer without a serializer of its own uses.</summary>
    public static JsonOptions Default { get; } = new(IncludesFields: false, IgnoresReadOnlyProperties: false, IgnoreCondition: 0);

    /// <summary>Types that have a converter in the options.</summary>
    public IReadOnlyList<ITypeSymbol> Converted { get; init; } = [];

    /// <summary>The options that a <c>JsonSerializerContext</c> declares.</summary>
    public static JsonOptions Of(INamedTypeSymbol context)
    {
        if (JsonAttributes.Find(context, "JsonSourceGenerationOptionsAttribute") is not { } options)
            return Default;

        return new(
            options.NamedArguments.Any(static argument => argument is { Key: "IncludeFields", Value.Value: true }),
            options.NamedArguments.Any(static argument => argument is { Key: "IgnoreReadOnlyProperties", Value.Value: true }),
            JsonAttributes.Number(options, "DefaultIgnoreCondition") ?? 0)
        {
            Converted = [.. options.NamedArguments
                .Where(static argument => argument is { Key: "Converters", Value.Kind: TypedConstantKind.Array, Value.IsNull: false })
                .SelectMany(static argument => argument.Value.Values)
                .Select(static converter => JsonConverters.ConvertedBy(converter.Value as INamedTypeSymbol))
                .OfType<ITypeSymbol>()],
        };
    }
}
