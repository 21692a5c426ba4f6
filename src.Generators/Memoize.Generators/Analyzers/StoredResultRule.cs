using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>What is read back from a store must be what was written to it.</summary>
internal static class StoredResultRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO038",
        "The result does not come back from a store as it was",
        "'{0}' has the store \"{1}\", but as JSON its result '{2}' does not come back as it was: {3}",
        "Without a Store in the attribute such results stay in memory. A serializer of your own may do what JSON does not.");

    public static void Check(AnnotatedMethod method, Action<Diagnostic> report)
    {
        var (_, value) = ReturnParser.Unwrap(method.Method.ReturnType, method.KnownTypes);
        if (method.NamedStore is not { } store)
            return;

        // Who lists a type in a context means it to be written with that context's options.
        var options = method.KnownTypes.JsonSerializableTypes.TryGetValue(value, out var listed) ? listed : JsonOptions.Default;
        if (JsonRoundTrip.Obstacle(value, options) is { } obstacle)
            report(Diagnostic.Create(Descriptor, method.Method.Locations.FirstOrDefault(), method.Method.Name, store, CodeText.Readable(value), obstacle));
    }
}
