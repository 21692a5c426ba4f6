using Memoize.Generators.Model;

namespace Memoize.Generators.Emitting;

/// <summary>Writes what is fixed about a cached method: its name, its policy and its key.</summary>
internal static class DefinitionEmitter
{
    public static void Write(IndentedTextWriter writer, CachedMethodModel method, MemberNames names)
    {
        writer.WriteLine($"""
            /// <summary>What is fixed about <see cref="{method.MethodCref}"/>: its name, its policy and its key.</summary>
            {CachedMethodEmitter.GeneratedCode}
            private static class {names.Definition}
            """);
        WrapperEmitter.WriteConstraints(writer, method.Wrapper.Generics.Constraints);

        using (writer.WriteBlock())
        {
            var type = $"global::Memoize.CachedMethodDefinition<{names.KeyTypeInDefinition}, {method.Wrapper.Return.ValueType}>";
            writer.WriteLine($"internal static readonly {type} Definition = new(");
            using (writer.Indent())
            {
                writer.WriteLine($"{method.DisplayName},");
                WritePolicy(writer, method, names);
            }

            if (method.Key.Form == KeyForm.Struct)
            {
                writer.WriteLine();
                WriteKey(writer, method.Key.Parts, names.KeyStruct);
            }
        }
    }

    private static void WritePolicy(IndentedTextWriter writer, CachedMethodModel method, MemberNames names)
    {
        var options = method.Policy.Options.Select(static option => $"{option.Name} = {option.Value}").ToList();
        if (method.Policy.When is { } when)
            options.Add($"When = {Callback(when, method, names)}");
        if (method.Policy.DurationFrom is { } durationFrom)
            options.Add($"DurationFrom = {Callback(durationFrom, method, names)}");

        if (options.Count == 0)
        {
            writer.WriteLine("new());");
            return;
        }

        if (options.Sum(static option => option.Length) <= 100)
        {
            writer.WriteLine($"new() {{ {string.Join(", ", options)} }});");
            return;
        }

        writer.WriteLine("new()");
        writer.WriteLine("{");
        using (writer.Indent())
        {
            foreach (var option in options)
                writer.WriteLine($"{option},");
        }

        writer.WriteLine("});");
    }

    // The user's method is called by its bare name if nothing in between has that name, too.
    private static string Callback(CallbackModel callback, CachedMethodModel method, MemberNames names)
    {
        var locals = new LocalNames([callback.Name]);
        var value = locals.Take("value");
        var argument = callback.ForgivesNull ? value + "!" : value;
        if (!callback.IsStatic)
        {
            var owner = locals.Take("owner");
            return $"static ({owner}, {value}) => (({method.Hierarchy.SelfType}){owner}!).{callback.Name}({argument})";
        }

        var isHidden = callback.Name is "Definition" or "Equals" or "ReferenceEquals"
            || callback.Name == names.KeyStruct
            || method.Wrapper.Generics.Names.Contains(callback.Name, StringComparer.Ordinal);
        return $"static (_, {value}) => {(isHidden ? method.Hierarchy.SelfType + "." : "")}{callback.Name}({argument})";
    }

    private static void WriteKey(IndentedTextWriter writer, EquatableArray<KeyPart> parts, string name)
    {
        var parameters = string.Join(", ", parts.Select(static part => $"{part.Type} {part.Name}"));

        writer.WriteLine($"internal readonly struct {name} : global::System.IEquatable<{name}>");
        using (writer.WriteBlock())
        {
            foreach (var part in parts)
                writer.WriteLine($"private readonly {part.Type} {Field(part)};");

            writer.WriteLine();
            writer.WriteLine($"internal {name}({parameters})");
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
        }
    }

    private static void WriteGetHashCode(IndentedTextWriter writer, EquatableArray<KeyPart> parts)
    {
        // HashCode.Combine takes eight values at most.
        if (parts.Count <= 8)
        {
            writer.WriteLine($"public override int GetHashCode() => global::System.HashCode.Combine({string.Join(", ", parts.Select(Field))});");
            return;
        }

        writer.WriteLine("public override int GetHashCode()");
        using (writer.WriteBlock())
        {
            writer.WriteLine("var hash = new global::System.HashCode();");
            foreach (var part in parts)
                writer.WriteLine($"hash.Add({Field(part)});");
            writer.WriteLine("return hash.ToHashCode();");
        }
    }

    private static string Comparison(KeyPart part) => part.Equality == KeyEquality.Operator
        ? $"{Field(part)} == other.{Field(part)}"
        : $"global::System.Collections.Generic.EqualityComparer<{part.Type}>.Default.Equals({Field(part)}, other.{Field(part)})";

    // A prefix keeps fields apart from our own members, and makes a keyword an ordinary name.
    private static string Field(KeyPart part) => "_" + part.Name.TrimStart('@');
}
