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

        // Whether results come back depends on the serializer, which the program has yet to choose.
        var (_, value) = ReturnParser.Unwrap(method.ReturnType, knownTypes);
        return knownTypes.SchemaOf(value) is { } schema
            ? new(Fingerprint.Of($"{key.Meaning} => {schema}"), knownTypes.JsonLossOf(value) is { } loss ? CodeText.Literal(loss) : null, options.InvalidatesOnCodeChange, Code: null)
            : null;
    }

    /// <summary>Whether a store that the attribute names can tell results of another shape.</summary>
    public static bool HasKnownShape(IMethodSymbol method, AttributeOptions options, KnownTypes knownTypes, Reporter reporter)
    {
        var (_, value) = ReturnParser.Unwrap(method.ReturnType, knownTypes);
        if (options.NamedStore is not { } store || knownTypes.SchemaOf(value) is not null)
            return true;

        reporter.OnOption("Store", Diagnostics.OpenResult, method.Name, store, CodeText.Readable(value));
        return false;
    }
}
