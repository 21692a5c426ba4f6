using System.Text;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Reads tags: constants, or texts with parameters in braces. A parameter must be in the key: entries are found by key, and
/// one entry cannot have the tags of two calls. <c>{{</c> and <c>}}</c> stand for braces.
/// </summary>
internal static class TagParser
{
    /// <summary>Reads the tags as C# expressions.</summary>
    public static EquatableArray<string>? Parse(
        IMethodSymbol method, string[] tags, EquatableArray<ParameterModel>? parameters, KnownTypes knownTypes, Reporter reporter)
    {
        var isValid = true;
        var expressions = new List<string>();
        foreach (var tag in tags)
        {
            var expression = Expression(tag, method, parameters, knownTypes, out var obstacle);
            expressions.Add(expression);
            if (obstacle is null)
                continue;

            reporter.OnOption("Tags", Diagnostics.InvalidTag, tag, method.Name, obstacle);
            isValid = false;
        }

        return isValid ? expressions.ToEquatableArray() : null;
    }

    private static string Expression(
        string tag, IMethodSymbol method, EquatableArray<ParameterModel>? parameters, KnownTypes knownTypes, out string? obstacle)
    {
        obstacle = tag.Length == 0 ? "is empty; write a name" : null;
        var text = new StringBuilder();
        var isInterpolated = false;
        var dependsOnCulture = false;
        var position = 0;
        while (position < tag.Length && obstacle is null)
        {
            var character = tag[position];
            var isDoubled = position + 1 < tag.Length && tag[position + 1] == character;
            if (character is '{' or '}' && isDoubled)
            {
                text.Append(character, 2);
                position += 2;
            }
            else if (character == '{')
            {
                var end = tag.IndexOf('}', position);
                var name = end < 0 ? "" : tag.Substring(position + 1, end - position - 1);
                obstacle = end < 0 ? "has a brace that is not closed; write '}' after the parameter, or '{{' for a brace" : Obstacle(name);
                position = end + 1;
            }
            else if (character == '}')
            {
                obstacle = "has a closing brace without an opening one; write '}}' for a brace";
            }
            else
            {
                var literal = CodeText.Literal(character.ToString());
                text.Append(literal, 1, literal.Length - 2);
                position++;
            }
        }

        if (!isInterpolated)
            return CodeText.Literal(tag.Replace("{{", "{").Replace("}}", "}"));

        // Tags are compared as they are: they must not read differently under another culture.
        return dependsOnCulture
            ? $"string.Create(global::System.Globalization.CultureInfo.InvariantCulture, $\"{text}\")"
            : $"$\"{text}\"";

        string? Obstacle(string name)
        {
            for (var i = 0; i < method.Parameters.Length; i++)
            {
                var parameter = method.Parameters[i];
                if (parameter.Name != name.TrimStart('@'))
                    continue;
                if (parameters?[i].Role is not (null or ParameterRole.Key))
                    return $"has a placeholder for '{name}', which is not in the key; name a parameter that is, or leave it out";
                if (!HasText(parameter.Type))
                    return $"has a placeholder for '{name}', whose type '{CodeText.Readable(parameter.Type)}' has no text that would tell values apart; name a string, a number, an enum or a Guid";

                isInterpolated = true;
                dependsOnCulture |= parameter.Type.SpecialType is not (SpecialType.System_String or SpecialType.System_Char or SpecialType.System_Boolean)
                    && parameter.Type.TypeKind != TypeKind.Enum;
                text.Append('{').Append(CodeText.Identifier(parameter.Name)).Append('}');
                return null;
            }

            var candidates = method.Parameters
                .Where(parameter => ParameterParser.Role(parameter, knownTypes) == ParameterRole.Key)
                .Select(static parameter => $"{{{parameter.Name}}}")
                .ToArray();
            var others = candidates.Length == 0 ? "it has none" : "write " + string.Join(" or ", candidates);
            return $"has a placeholder '{{{name}}}' that names no parameter of '{method.Name}'; {others}, or '{{{{' for a brace";
        }
    }

    // What overrides ToString, or formats itself. Collections are a text of their type.
    private static bool HasText(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        { TypeKind: TypeKind.Enum } => true,
        { SpecialType: SpecialType.System_Object or SpecialType.System_ValueType } => false,
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => HasText(nullable.TypeArguments[0]),
        INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } named
            => named.SpecialType != SpecialType.None || named.IsRecord || OverridesToString(named),
        _ => false,
    };

    private static bool OverridesToString(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; declaring = declaring.BaseType)
        {
            if (declaring.GetMembers("ToString").Any(static member => member is IMethodSymbol { IsOverride: true, Parameters.IsEmpty: true }))
                return true;
        }

        return false;
    }
}
