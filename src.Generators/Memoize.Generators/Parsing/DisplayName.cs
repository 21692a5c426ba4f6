using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Writes the name that a cached method has in statistics, logs and messages, as a C# expression. For generic methods and
/// types it is interpolated: each set of type arguments has entries of its own, and a name of its own with them.
/// </summary>
internal static class DisplayName
{
    public static string Of(IMethodSymbol method, KnownTypes knownTypes)
    {
        var types = new Stack<string>();
        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
            types.Push(type.Name + TypeArguments(type.TypeParameters));

        var containing = string.Join(".", types);
        if (method.ContainingNamespace is { IsGlobalNamespace: false } @namespace)
            containing = $"{CodeText.ReadableNamespace(@namespace)}.{containing}";

        var parameters = method.Parameters
            .Where(parameter => !knownTypes.IsCancellationToken(parameter.Type))
            .Select(static parameter => CodeText.Readable(parameter.Type));
        var name = $"{containing}.{method.Name}{TypeArguments(method.TypeParameters)}({string.Join(", ", parameters)})";
        return name.Contains('{') ? $"$\"{name}\"" : $"\"{name}\"";
    }

    private static string TypeArguments(IEnumerable<ITypeParameterSymbol> parameters)
    {
        var holes = parameters.Select(static parameter => $"{{typeof({CodeText.TypeIdentifier(parameter.Name)})}}").ToArray();
        return holes.Length == 0 ? "" : $"<{string.Join(", ", holes)}>";
    }
}
