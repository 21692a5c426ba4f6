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
                KeyEmitter.Write(writer, method.Key, names);
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
        if (method.Policy.Size is { } size)
            options.Add($"Size = {Callback(size, method, names)}");

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
}
