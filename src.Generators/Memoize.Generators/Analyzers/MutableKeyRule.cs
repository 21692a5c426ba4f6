using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>What is kept as a key is the caller's object: once that changes, the entry is not found, or found for another value.</summary>
internal static class MutableKeyRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO040",
        "The key can change after it is kept",
        "'{0}' of type '{1}' is kept in the key of '{2}', but '{3}' can change in it: make that init-only, name a [CacheKey(Comparer = typeof(…))] that implements ICacheKeyComparer<{1}>, or make the key with Key = nameof(…)",
        "An entry is found by a key that is kept with it. If that is an object that its caller changes, the entry is lost, or is found for what the object has become.");

    public static void Check(AnnotatedMethod method, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        foreach (var symbol in KeyParser.SymbolsOf(method.Method, method.KnownTypes))
        {
            // What stands for a value in the key is made for it.
            var type = KeyPartParser.TypeOf(symbol);
            if (method.KnownTypes.KeyFor(KnownTypes.WithoutNullable(type)) is not null || CopiesItself(symbol, type, method.KnownTypes))
                continue;

            if (KeyCopies.Changing(type, method.KnownTypes) is not { } change)
                continue;

            var location = symbol is IMethodSymbol ? method.LocationOf("Key", cancellationToken) : symbol.Locations.FirstOrDefault();
            report(Diagnostic.Create(
                Descriptor, location, symbol.Name, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), method.Method.Name, change.Name));
        }
    }

    private static bool CopiesItself(ISymbol symbol, ITypeSymbol type, KnownTypes knownTypes)
        => knownTypes.CacheKey(symbol)?.NamedArguments.FirstOrDefault(static argument => argument.Key == "Comparer").Value.Value is INamedTypeSymbol comparer
            && knownTypes.CopyingComparerOf(type) is { } copying
            && knownTypes.Compilation.HasImplicitConversion(comparer, copying);
}
