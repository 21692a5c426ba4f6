using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Decides how the keys and results of a method are told apart in stores.</summary>
internal static class StoredFormParser
{
    /// <summary>The stored form of a method; <see langword="null"/> if it has none.</summary>
    public static StoredFormModel? Parse(IMethodSymbol method, KeyModel key, AttributeOptions options, KnownTypes knownTypes)
    {
        if (!options.CanHaveStore || !key.CanBeStored)
            return null;

        var (_, value) = ReturnParser.Unwrap(method.ReturnType, knownTypes);
        return knownTypes.SchemaOf(value) is { } schema
            ? new(Fingerprint.Of($"{key.Meaning} => {schema}"), options.InvalidatesOnCodeChange, Code: null)
            : null;
    }
}
