using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Analyzers;

/// <summary>Every caller gets the same object; if it can be changed, then one caller changes it for all.</summary>
internal static class MutableResultRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO032",
        "A cached method returns an object that callers can change",
        "'{0}' gives the same '{1}' to every caller, so that what one changes all others see; return '{2}' instead",
        "The memory store keeps a reference, not a copy. Return a type without members that change it.");

    public static void Check(AnnotatedMethod method, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        var (_, value) = ReturnParser.Unwrap(method.Method.ReturnType, method.KnownTypes);
        if (Alternative(value) is not { } alternative)
            return;

        var declaration = method.Method.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken) as MethodDeclarationSyntax;
        var location = declaration?.ReturnType.GetLocation() ?? method.Method.Locations.FirstOrDefault();
        report(Diagnostic.Create(Descriptor, location, method.Method.Name, Short(value), alternative));
    }

    private static string? Alternative(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
            return array.Rank == 1 ? $"ImmutableArray<{Short(array.ElementType)}>" : "a record";
        if (type is not INamedTypeSymbol named)
            return null;

        var arguments = string.Join(", ", named.TypeArguments.Select(Short));
        return (named.Name, named.ContainingNamespace?.ToDisplayString()) switch
        {
            ("List" or "IList" or "ICollection" or "LinkedList" or "Queue" or "Stack", "System.Collections.Generic") => $"IReadOnlyList<{arguments}>",
            ("Collection" or "ObservableCollection", "System.Collections.ObjectModel") => $"IReadOnlyList<{arguments}>",
            ("ConcurrentBag" or "ConcurrentQueue" or "ConcurrentStack", "System.Collections.Concurrent") => $"IReadOnlyList<{arguments}>",
            ("HashSet" or "ISet" or "SortedSet", "System.Collections.Generic") => $"IReadOnlySet<{arguments}>",
            ("Dictionary" or "IDictionary" or "SortedDictionary" or "SortedList", "System.Collections.Generic") => $"IReadOnlyDictionary<{arguments}>",
            ("ConcurrentDictionary", "System.Collections.Concurrent") => $"IReadOnlyDictionary<{arguments}>",
            ("ArrayList", "System.Collections") => "IReadOnlyList<object>",
            ("Hashtable", "System.Collections") => "IReadOnlyDictionary<object, object>",
            ("Memory" or "ArraySegment", "System") => $"ReadOnlyMemory<{arguments}>",
            ("StringBuilder", "System.Text") => "string",
            ("JsonNode" or "JsonObject" or "JsonArray", "System.Text.Json.Nodes") => "JsonElement",
            _ => null,
        };
    }

    private static string Short(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
}
