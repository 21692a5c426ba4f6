using System.Globalization;
using Memoize.Generators.Model;

namespace Memoize.Generators.Emitting;

/// <summary>Writes the statements that write a key, or a part of one, for stores.</summary>
internal static class KeyShapeEmitter
{
    /// <summary>The statements that write a value.</summary>
    public static IEnumerable<string> Statements(KeyShape shape, string value, LocalNames locals)
    {
        switch (shape)
        {
            case NullableShape nullable:
                var local = locals.Take(LocalFor(value));
                return If($"{value} is {{ }} {local}", [.. Mark(nullable), .. Statements(nullable.Value, local, locals)], ["writer.WriteNull();"]);
            case GuardedShape guarded:
                return If(With(guarded.IsAbsent, value), ["writer.WriteNull();"], Statements(guarded.Value, value, locals));
            case MembersShape { IsReference: false } members:
                return members.Members.SelectMany(member => Statements(member.Shape, With(member.Read, value), locals));
            default:
                return [Call(shape, value) + ";"];
        }
    }

    /// <summary>A function that writes a value, in as few lines as it takes.</summary>
    public static string Lambda(string parameter, IEnumerable<string> statements)
    {
        var lines = statements.ToArray();
        return lines.Length == 1 && IsCall(lines[0])
            ? $"static ({parameter}, writer) => {lines[0].TrimEnd(';')}"
            : $"static ({parameter}, writer) =>\n{Block(lines)}";
    }

    private static string Call(KeyShape shape, string value) => shape switch
    {
        SimpleShape simple => With(simple.Call, value),
        CollectionShape { MapValue: { } mapValue } map
            => $"writer.{map.Method}({With(map.Items, value)}, {Lambda(map.Item, "key")}, {Lambda(mapValue, "value")})",
        CollectionShape collection => $"writer.{collection.Method}({With(collection.Items, value)}, {Lambda(collection.Item, "item")})",
        MembersShape record => $"writer.WriteRecord({value}, {Lambda(record with { IsReference = false }, LocalFor(value))})",
        _ => throw new ArgumentOutOfRangeException(nameof(shape)),
    };

    private static string Lambda(KeyShape shape, string parameter)
        => Lambda(parameter, Statements(shape, parameter, new(["writer", parameter])));

    private static IEnumerable<string> Mark(NullableShape shape) => shape.IsMarked ? ["writer.Write(true);"] : [];

    private static IEnumerable<string> If(string condition, IEnumerable<string> then, IEnumerable<string> otherwise)
    {
        string[] first = [.. then], second = [.. otherwise];
        return first.Length == 1 && second.Length == 1 && IsShort(first[0]) && IsShort(second[0])
            ? [$"if ({condition}) {first[0]}", $"else {second[0]}"]
            : [$"if ({condition})", Block(first), "else", Block(second)];
    }

    private static bool IsCall(string statement) => statement.StartsWith("writer.", StringComparison.Ordinal);

    private static bool IsShort(string statement) => IsCall(statement) && !statement.Contains('\n');

    private static string Block(IEnumerable<string> statements)
        => $"{{\n{string.Join("\n", statements.SelectMany(static statement => statement.Split('\n')).Select(static line => "    " + line))}\n}}";

    // "_pair.Item2" is called "item2", and "key.Limit" is called "limit".
    private static string LocalFor(string value)
    {
        var name = value.Substring(value.LastIndexOf('.') + 1).TrimStart('_', '@');
        return name.Length == 0 || !char.IsLetter(name[0])
            ? "part"
            : Parsing.CodeText.Identifier(char.ToLowerInvariant(name[0]) + name.Substring(1));
    }

    private static string With(string format, string value) => string.Format(CultureInfo.InvariantCulture, format, value);
}
