using Memoize.Generators.Model;

namespace Memoize.Generators.Emitting;

/// <summary>Writes the handle: the typed access to what is kept for the method.</summary>
internal static class HandleEmitter
{
    private const string Token = "global::System.Threading.CancellationToken";
    private const string ValueTask = "global::System.Threading.Tasks.ValueTask";

    public static void Write(IndentedTextWriter writer, CachedMethodModel method, MemberNames names)
    {
        WriteAccess(writer, method, names);
        writer.WriteLine();
        WriteType(writer, method, names);
    }

    private static void WriteAccess(IndentedTextWriter writer, CachedMethodModel method, MemberNames names)
    {
        var wrapper = method.Wrapper;
        var modifiers = wrapper.Accessibility + (wrapper.IsStatic ? " static" : "") + (method.Names.HidesInherited ? " new" : "");
        var memoizer = WrapperEmitter.MemoizerOf(method);

        if (method.Memoizer.NeedsAccessor)
        {
            writer.WriteLine($"private global::Memoize.Memoizer {method.Names.Memoizer} => {method.Memoizer.Expression};");
            writer.WriteLine();
        }

        writer.WriteLine($"""/// <summary>What is kept for <see cref="{method.MethodCref}"/>: peek, set, invalidate, clear, statistics.</summary>""");
        writer.WriteLine(CachedMethodEmitter.GeneratedCode);
        if (wrapper.Generics.Names.Count == 0)
        {
            writer.WriteLine($"{modifiers} {names.HandleType} {method.Names.Handle} => new({memoizer});");
            return;
        }

        writer.WriteLine($"{modifiers} {names.HandleType} {method.Names.Handle}{wrapper.Generics.List}()");
        WrapperEmitter.WriteConstraints(writer, wrapper.Generics.Constraints);
        using (writer.Indent())
            writer.WriteLine($"=> new({memoizer});");
    }

    private static void WriteType(IndentedTextWriter writer, CachedMethodModel method, MemberNames names)
    {
        var wrapper = method.Wrapper;
        var parts = method.Key.Parts;
        var locals = new LocalNames([.. parts.Select(static part => part.Name), .. wrapper.Generics.Names, method.Names.Definition]);
        var value = locals.Take("value");
        var token = locals.Take("cancellationToken");

        var key = names.KeyOf(method);
        var keyParameters = string.Join(", ", parts.Select(static part => $"{part.Type} {part.Name}"));
        var keyThen = parts.Count == 0 ? "" : keyParameters + ", ";
        var valueType = wrapper.Return.ValueType;
        var maybeNull = wrapper.Return.CanBeNull ? "[global::System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] " : "";
        var hides = method.Names.HidesInherited ? " new" : "";

        writer.WriteLine($"""
            /// <summary>Typed access to what is kept for <see cref="{method.MethodCref}"/>. Safe for use by many threads.</summary>
            {CachedMethodEmitter.GeneratedCode}
            {wrapper.Accessibility}{hides} readonly struct {names.HandleType}
            """);
        WrapperEmitter.WriteConstraints(writer, wrapper.Generics.Constraints);

        using (writer.WriteBlock())
        {
            writer.WriteLine($"""
                private readonly {names.CacheType} _cache;

                internal {method.Names.HandleType}(global::Memoize.Memoizer memoizer)
                    => _cache = {names.Definition}.Definition.For(memoizer);

                /// <summary>Counts since the memoizer was made. A snapshot.</summary>
                public global::Memoize.MethodStatistics Statistics => _cache.Statistics;

                /// <summary>Reads the value for these arguments if it is kept and fresh. Computes nothing and counts nothing.</summary>
                public bool TryPeek({keyThen}{maybeNull}out {valueType} {value})
                    => _cache.TryPeek({key}, out {value});

                /// <summary>Keeps a value for these arguments, as if it had just been computed.</summary>
                public void Set({keyThen}{valueType} {value})
                    => _cache.Set({key}, {value});

                /// <summary>Keeps a value for these arguments, as if it had just been computed.</summary>
                public {ValueTask} SetAsync({keyThen}{valueType} {value}, {Token} {token} = default)
                    => _cache.SetAsync({key}, {value}, cancellationToken: {token});

                /// <summary>Forgets the value for these arguments. A computation under way is not stored.</summary>
                public void Invalidate({keyParameters})
                    => _cache.Invalidate({key});

                /// <summary>Forgets the value for these arguments. A computation under way is not stored.</summary>
                public {ValueTask} InvalidateAsync({keyThen}{Token} {token} = default)
                    => _cache.InvalidateAsync({key}, {token});

                /// <summary>Forgets everything kept for this method.</summary>
                public void Clear()
                    => _cache.Clear();

                /// <summary>Forgets everything kept for this method.</summary>
                public {ValueTask} ClearAsync({Token} {token} = default)
                    => _cache.ClearAsync({token});
                """);
        }
    }
}
