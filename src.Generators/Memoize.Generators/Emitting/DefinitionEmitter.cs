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
                WritePolicy(writer, method, names, end: method.StoredForm is null ? ");" : ",");
                if (method.StoredForm is { } storedForm)
                    WriteStoredForm(writer, storedForm, method.Key);
            }

            if (method.Key.Form == KeyForm.Struct)
            {
                writer.WriteLine();
                KeyEmitter.Write(writer, method.Key, isStored: method.StoredForm is not null, names);
            }
        }
    }

    private static void WritePolicy(IndentedTextWriter writer, CachedMethodModel method, MemberNames names, string end)
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
            writer.WriteLine($"new(){end}");
            return;
        }

        if (options.Sum(static option => option.Length) <= 100)
        {
            writer.WriteLine($"new() {{ {string.Join(", ", options)} }}{end}");
            return;
        }

        writer.WriteLine("new()");
        writer.WriteLine("{");
        using (writer.Indent())
        {
            foreach (var option in options)
                writer.WriteLine($"{option},");
        }

        writer.WriteLine($"}}{end}");
    }

    // What a type parameter stands for may be a type that no store can tell apart.
    private static void WriteStoredForm(IndentedTextWriter writer, StoredFormModel storedForm, KeyModel key)
    {
        List<string> members = [$"WriteKey = {WriteKey(key)}", $"Schema = {StoredFormModel.Literal(storedForm.Schema)}"];
        if (storedForm.JsonLoss is { } loss)
            members.Add($"JsonLoss = {loss}");
        if (storedForm.Code is { } code)
            members.Add($"Code = {StoredFormModel.Literal(code)}");

        var made = members[0].Contains('\n')
            ? $"new()\n{{\n{string.Join("\n", members.SelectMany(static member => (member + ",").Split('\n')).Select(static line => "    " + line))}\n}}"
            : $"new() {{ {string.Join(", ", members)} }}";
        var condition = string.Join(" && ", key.TypeParameters.Select(static name => $"global::Memoize.StoreKeyWriter.CanWrite<{name}>()"));
        writer.WriteLine(condition.Length == 0 ? $"{made});" : $"{condition}\n    ? {made.Replace("\n", "\n    ")}\n    : null);");
    }

    private static string WriteKey(KeyModel key) => key.Form switch
    {
        KeyForm.None => "static (_, _) => { }",
        KeyForm.Parameter when key.Parts[0].IsText => "static (key, writer) => writer.Write(key)",
        KeyForm.Parameter => KeyShapeEmitter.Lambda("key", KeyShapeEmitter.Statements(key.Parts[0].Stored!, "key", new(["key", "writer"]))),
        _ => "static (key, writer) => key.WriteTo(writer)",
    };

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
