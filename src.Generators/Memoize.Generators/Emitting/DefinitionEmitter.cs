using System.Globalization;
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
                writer.WriteLine($"new(){Policy(method.Policy)});");
            }

            if (method.Key.Form == KeyForm.Struct)
            {
                writer.WriteLine();
                WriteKey(writer, method.Key.Parts, names.KeyStruct);
            }
        }
    }

    private static string Policy(PolicyModel policy)
    {
        var options = new List<string>();
        if (policy.DurationTicks is { } ticks)
            options.Add($"Duration = {TimeSpanOf(ticks)}");
        if (policy.Capacity is { } capacity)
            options.Add($"Capacity = {capacity.ToString(CultureInfo.InvariantCulture)}");
        return options.Count == 0 ? "" : $" {{ {string.Join(", ", options)} }}";
    }

    // In the largest unit that is exact, the way the user is likely to have written it.
    private static string TimeSpanOf(long ticks)
    {
        var (method, unit) = ticks switch
        {
            _ when ticks % TimeSpan.TicksPerDay == 0 => ("FromDays", TimeSpan.TicksPerDay),
            _ when ticks % TimeSpan.TicksPerHour == 0 => ("FromHours", TimeSpan.TicksPerHour),
            _ when ticks % TimeSpan.TicksPerMinute == 0 => ("FromMinutes", TimeSpan.TicksPerMinute),
            _ when ticks % TimeSpan.TicksPerSecond == 0 => ("FromSeconds", TimeSpan.TicksPerSecond),
            _ when ticks % TimeSpan.TicksPerMillisecond == 0 => ("FromMilliseconds", TimeSpan.TicksPerMillisecond),
            _ => ("FromTicks", 1),
        };
        return $"global::System.TimeSpan.{method}({(ticks / unit).ToString(CultureInfo.InvariantCulture)})";
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
