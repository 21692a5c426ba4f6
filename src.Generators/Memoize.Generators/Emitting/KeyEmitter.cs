using System.Globalization;
using Memoize.Generators.Model;

namespace Memoize.Generators.Emitting;

/// <summary>Writes the struct that is the key of a method.</summary>
internal static class KeyEmitter
{
    public static void Write(IndentedTextWriter writer, KeyModel key, bool isStored, MemberNames names)
    {
        var name = names.KeyStruct;
        var parts = key.Parts;
        writer.WriteLine($"internal readonly struct {name} : global::System.IEquatable<{name}>");
        using (writer.WriteBlock())
        {
            WriteFields(writer, parts);

            writer.WriteLine();
            writer.WriteLine($"internal {name}({string.Join(", ", parts.Select(static part => $"{part.Type} {part.Name}"))})");
            using (writer.WriteBlock())
            {
                foreach (var part in parts)
                    writer.WriteLine($"{Field(part)} = {part.Name};");
            }

            writer.WriteLine();
            writer.WriteLine($"public bool Equals({name} other) =>");
            using (writer.Indent())
                writer.WriteLine(string.Join("\n&& ", parts.Select(Comparison)) + ";");

            writer.WriteLine();
            writer.WriteLine($"public override bool Equals(object? obj) => obj is {name} other && Equals(other);");
            writer.WriteLine();
            WriteGetHashCode(writer, parts);
            writer.WriteLine();
            WriteToString(writer, parts);

            if (key.NeedsCopy)
            {
                writer.WriteLine();
                writer.WriteLine("// Shares nothing with the caller that could change.");
                writer.WriteLine($"internal {name} Copy() => new({string.Join(", ", parts.Select(Copy))});");
            }

            if (isStored)
            {
                writer.WriteLine();
                writer.WriteLine("// For stores: equal keys write the same, and others do not.");
                writer.WriteLine("internal void WriteTo(global::Memoize.StoreKeyWriter writer)");
                using (writer.WriteBlock())
                {
                    var locals = new LocalNames(["writer"]);
                    foreach (var statement in parts.SelectMany(part => KeyShapeEmitter.Statements(part.Stored!, Field(part), locals)))
                        writer.WriteLine(statement);
                }
            }

            foreach (var part in key.Copied)
            {
                writer.WriteLine();
                writer.WriteLine("// For the core, which may change what it is given: the key must stay what it is.");
                writer.WriteLine($"internal {part.Type} {names.CopyOf(part.Name)}() => {Copy(part)};");
            }
        }
    }

    private static void WriteFields(IndentedTextWriter writer, EquatableArray<KeyPart> parts)
    {
        var comparers = parts.Where(static part => part.ComparerType is not null).ToArray();
        foreach (var part in comparers)
            writer.WriteLine($"private static readonly {part.ComparerType} {ComparerField(part)} = {part.Comparer};");
        var copiers = parts.Where(static part => part.Copy?.Copier is not null).ToArray();
        foreach (var part in copiers)
            writer.WriteLine($"private static readonly global::Memoize.KeyContent<{part.Type}> {CopierField(part)} = {part.Copy!.Copier};");
        if (comparers.Length + copiers.Length > 0)
            writer.WriteLine();

        foreach (var part in parts)
            writer.WriteLine($"private readonly {part.Type} {Field(part)};");
    }

    private static void WriteGetHashCode(IndentedTextWriter writer, EquatableArray<KeyPart> parts)
    {
        // Most objects are of one type, and the hash of a type is good as it is: mixing it in would cost more than the rest.
        if (parts.Count is > 1 and <= 9 && parts[0].Source is RuntimeType)
        {
            var others = parts.Skip(1).Select(Hash).ToArray();
            var hash = parts.Count == 2 && parts[1] is { IsText: true, Equality: KeyEquality.Operator } ? $"{others[0]}.GetHashCode()" : $"global::System.HashCode.Combine({string.Join(", ", others)})";
            writer.WriteLine($"public override int GetHashCode() => unchecked((global::System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode({Field(parts[0])}) * -1521134295) + {hash});");
            return;
        }

        // HashCode.Combine takes eight values at most.
        if (parts.Count <= 8)
        {
            writer.WriteLine($"public override int GetHashCode() => global::System.HashCode.Combine({string.Join(", ", parts.Select(Hash))});");
            return;
        }

        writer.WriteLine("public override int GetHashCode()");
        using (writer.WriteBlock())
        {
            writer.WriteLine("var hash = new global::System.HashCode();");
            foreach (var part in parts)
                writer.WriteLine($"hash.Add({Hash(part)});");
            writer.WriteLine("return hash.ToHashCode();");
        }
    }

    // For messages; it must not read differently under another culture.
    private static void WriteToString(IndentedTextWriter writer, EquatableArray<KeyPart> parts)
    {
        var text = string.Join(", ", parts.Select(static part => $"{{{(part.Equality == KeyEquality.Content ? $"{ComparerField(part)}.Describe({Field(part)})" : Field(part))}}}"));
        writer.WriteLine(parts.All(static part => part.IsText || part.Equality == KeyEquality.Content)
            ? $"public override string ToString() => $\"{text}\";"
            : $"public override string ToString() => string.Create(global::System.Globalization.CultureInfo.InvariantCulture, $\"{text}\");");
    }

    private static string Comparison(KeyPart part) => part.Equality switch
    {
        KeyEquality.Operator => $"{Field(part)} == other.{Field(part)}",
        KeyEquality.Default => $"global::System.Collections.Generic.EqualityComparer<{part.Type}>.Default.Equals({Field(part)}, other.{Field(part)})",
        _ => $"{ComparerOf(part)}.Equals({Field(part)}, other.{Field(part)})",
    };

    // Comparers of users need not take null, and StringComparer does not.
    private static string Hash(KeyPart part) => part.Equality switch
    {
        KeyEquality.Content => $"{ComparerOf(part)}.GetHashCode({Field(part)})",
        KeyEquality.Comparer when part.CanBeNull => $"{Field(part)} is null ? 0 : {ComparerOf(part)}.GetHashCode({Field(part)})",
        KeyEquality.Comparer => $"{ComparerOf(part)}.GetHashCode({Field(part)})",

        // A string's own hash costs as much as the rest of a hit.
        _ when part.IsText => $"new global::Memoize.TextKey({Field(part)})",
        _ => Field(part),
    };

    private static string Copy(KeyPart part)
        => part.Copy is { } copy ? string.Format(CultureInfo.InvariantCulture, copy.Call, Field(part), copy.Copier is null ? ComparerField(part) : CopierField(part)) : Field(part);

    private static string ComparerOf(KeyPart part) => part.ComparerType is null ? part.Comparer! : ComparerField(part);

    // Prefixes keep fields apart from our own members, and make a keyword an ordinary name.
    private static string Field(KeyPart part) => "_" + part.Name.TrimStart('@');

    private static string CopierField(KeyPart part) => $"{ComparerField(part)}Copier";

    private static string ComparerField(KeyPart part) => "s_" + part.Name.TrimStart('@');
}
