using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Memoize.Generators.Analyzers;

/// <summary>A trimmed or natively compiled program only writes results that a <c>JsonSerializerContext</c> knows.</summary>
internal static class TrimmedResultRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO039",
        "A trimmed program needs a JsonSerializerContext for what it stores",
        "'{0}' has the store \"{1}\", but no JsonSerializerContext of this project lists its result, and a trimmed program has no reflection to do without; add [JsonSerializable(typeof({2}))] to one, and make the memoizer's Serializer a JsonCacheSerializer with it",
        "Reported in projects with PublishTrimmed, PublishAot, IsTrimmable or IsAotCompatible.");

    private static readonly string[] Properties = ["PublishTrimmed", "PublishAot", "IsTrimmable", "IsAotCompatible"];

    public static void Check(AnnotatedMethod method, AnalyzerOptions options, Action<Diagnostic> report)
    {
        if (method.NamedStore is not { } store || !IsTrimmed(options.AnalyzerConfigOptionsProvider.GlobalOptions))
            return;

        var (_, value) = ReturnParser.Unwrap(method.Method.ReturnType, method.KnownTypes);
        if (!method.KnownTypes.JsonSerializableTypes.ContainsKey(value))
            report(Diagnostic.Create(Descriptor, method.Method.Locations.FirstOrDefault(), method.Method.Name, store, value.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)));
    }

    private static bool IsTrimmed(AnalyzerConfigOptions options) => Array.Exists(Properties, property =>
        options.TryGetValue($"build_property.{property}", out var value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));
}
