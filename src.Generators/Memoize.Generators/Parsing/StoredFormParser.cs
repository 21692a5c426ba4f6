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

        // A store that was not asked for must not give anybody a damaged value.
        var (_, value) = ReturnParser.Unwrap(method.ReturnType, knownTypes);
        if (knownTypes.SchemaOf(value) is not { } schema || (options.NamedStore is null && !knownTypes.ComesBackFromJson(value)))
            return null;

        return new(Fingerprint.Of($"{key.Meaning} => {schema}"), options.InvalidatesOnCodeChange, Code: null);
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
