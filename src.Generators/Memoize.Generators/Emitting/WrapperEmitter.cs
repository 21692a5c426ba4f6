using Memoize.Generators.Model;

namespace Memoize.Generators.Emitting;

/// <summary>Writes the method that callers call: look, and on a miss lock, look again, compute.</summary>
/// <remarks>
/// A hit must not allocate, so everything that needs a state machine or a closure is in a static local function that only
/// a miss enters, and the core is called through a static lambda with its arguments as state.
/// </remarks>
internal sealed class WrapperEmitter
{
    private const string CancellationToken = "global::System.Threading.CancellationToken";

    // As names of tuple elements these have a meaning of their own, or are what tuples inherit.
    private static readonly HashSet<string> ReservedElementNames = new(StringComparer.Ordinal)
    {
        "Rest", "CompareTo", "Deconstruct", "Equals", "GetHashCode", "GetType", "ToString",
    };

    private readonly IndentedTextWriter _writer;
    private readonly CachedMethodModel _method;
    private readonly MemberNames _names;
    private readonly WrapperModel _wrapper;
    private readonly LocalNames _locals;
    private readonly string _cache;
    private readonly string _self;
    private readonly string _key;
    private readonly string _miss;
    private readonly string _callerToken;

    private WrapperEmitter(IndentedTextWriter writer, CachedMethodModel method, MemberNames names)
    {
        _writer = writer;
        _method = method;
        _names = names;
        _wrapper = method.Wrapper;

        _locals = new LocalNames(
        [
            .. _wrapper.Parameters.Select(static parameter => parameter.Name),
            .. _wrapper.Generics.Names,
            method.Core.Name,
            method.Names.Definition,
            method.Memoizer.Expression.Split('?')[0].Trim(),
        ]);
        _cache = _locals.Take("cache");
        _self = _locals.Take("self");
        _key = method.Key.Form == KeyForm.Parameter ? method.Key.Parts[0].Name : _locals.Take("key");
        _miss = _locals.Take(IsAsync ? "MissAsync" : "Miss");
        _callerToken = _wrapper.Parameters.FirstOrDefault(static parameter => parameter.Role == ParameterRole.CallerToken)?.Name
            ?? $"{CancellationToken}.None";
    }

    private bool IsAsync => _wrapper.Return.Kind != ReturnKind.Value;

    public static void Write(IndentedTextWriter writer, CachedMethodModel method, MemberNames names)
        => new WrapperEmitter(writer, method, names).Write();

    /// <summary>Where the member of the instance or type finds its memoizer.</summary>
    public static string MemoizerOf(CachedMethodModel method)
        => method.Memoizer.NeedsAccessor ? $"this.{method.Names.Memoizer}" : method.Memoizer.Expression;

    private void Write()
    {
        // The user documents a partial method at its declaration; a comment here would replace that.
        if (!_wrapper.IsPartialImplementation)
            _writer.WriteLine($"""/// <inheritdoc cref="{_method.MethodCref}"/>""");
        _writer.WriteLine(CachedMethodEmitter.GeneratedCode);

        var parameters = _wrapper.Parameters.Select(static parameter =>
            $"{parameter.Modifiers}{parameter.Type} {parameter.Name}{(parameter.Default is { } value ? $" = {value}" : "")}");
        _writer.WriteLine($"{_wrapper.Modifiers} {_wrapper.Return.Type} {_wrapper.Name}{_wrapper.Generics.List}({string.Join(", ", parameters)})");
        WriteConstraints(_writer, _wrapper.Generics.WrapperConstraints);

        using (_writer.WriteBlock())
        {
            WriteLook();
            _writer.WriteLine();
            WriteMiss();
        }
    }

    /// <summary>Writes one constraint clause per line, indented.</summary>
    public static void WriteConstraints(IndentedTextWriter writer, EquatableArray<string> constraints)
    {
        using (writer.Indent())
        {
            foreach (var constraint in constraints)
                writer.WriteLine(constraint);
        }
    }

    private void WriteLook()
    {
        var hit = _locals.Take("hit");
        var (look, answer) = _wrapper.Return.Kind switch
        {
            ReturnKind.Task => ("TryGetTask", hit),
            ReturnKind.ValueTask => ("TryGet", $"new({hit})"),
            _ => ("TryGet", hit),
        };

        _writer.WriteLine($"var {_cache} = {_names.Definition}.Definition.For({MemoizerOf(_method)});");
        if (_method.Key.Form != KeyForm.Parameter)
            _writer.WriteLine($"var {_key} = {_names.KeyOf(_method)};");

        _writer.WriteLine($"""

            // Look: a fresh value costs one dictionary read and no allocation.
            if ({_cache}.{look}({_key}, out var {hit})) return {answer};

            return {_miss}({string.Join(", ", MissParameters().Select(static parameter => parameter.Argument))});
            """);
    }

    private void WriteMiss()
    {
        var turn = _locals.Take("turn");
        var value = _locals.Take("value");
        var parameters = string.Join(",\n", MissParameters().Select(static parameter => $"{parameter.Type} {parameter.Name}"));
        var (state, call, usesToken) = CoreCall();

        _writer.WriteLine($"static {(IsAsync ? "async " : "")}{_wrapper.Return.Type} {_miss}(");
        using (_writer.Indent())
            _writer.WriteLine(parameters + ")");

        using (_writer.WriteBlock())
        {
            var enter = IsAsync
                ? $"await {_cache}.EnterAsync({_key}, {_callerToken}).ConfigureAwait(false)"
                : $"{_cache}.Enter({_key}, {_callerToken})";
            var compute = (IsAsync, usesToken) switch
            {
                (true, true) => "Compute: the value belongs to all its callers, so the core gets a token of its own.",
                (true, false) => "Compute: the value belongs to all its callers.",
                (false, true) => "Compute: on this caller's thread and with its token.",
                (false, false) => "Compute: on this caller's thread.",
            };

            _writer.WriteLine($"""
                // Lock: one caller per key computes, the others wait on the key's SemaphoreSlim.
                using var {turn} = {enter};

                // Look again: whoever held the lock may have stored the value.
                if ({turn}.TryGet(out var {value})) return {value};

                // {compute}
                return {(IsAsync ? "await " : "")}{turn}.Compute{(IsAsync ? "Async" : "")}(
                    {state},
                    {call}){(IsAsync ? ".ConfigureAwait(false)" : "")};
                """);
        }
    }

    // The instance is only handed on when the core needs it.
    private IEnumerable<(string Type, string Name, string Argument)> MissParameters()
    {
        if (!_method.Core.IsStatic)
            yield return (_method.Hierarchy.SelfType, _self, "this");
        yield return (_names.CacheType, _cache, _cache);
        if (_method.Key.Form != KeyForm.Parameter)
            yield return (_names.KeyType, _key, _key);

        var passed = _method.Core.Arguments.Select(static argument => argument.Parameter).ToArray();
        for (var i = 0; i < _wrapper.Parameters.Count; i++)
        {
            var parameter = _wrapper.Parameters[i];
            var isUsed = passed.Contains(i) || parameter.Name == _callerToken || parameter.Name == _key;
            if (isUsed)
                yield return (parameter.Type, parameter.Name, parameter.Name);
        }
    }

    // The state and the lambda: "(self, symbol)" and "static (call, token) => new(call.self.GetCoreAsync(call.symbol, token))".
    private (string State, string Call, bool UsesToken) CoreCall()
    {
        var core = _method.Core;
        var state = new List<string>();
        if (!core.IsStatic)
            state.Add(_self);
        state.AddRange(core.Arguments
            .Where(static argument => argument.Parameter != CoreArgument.Token)
            .Select(argument => _wrapper.Parameters[argument.Parameter].Name));

        var usesToken = core.Arguments.Any(static argument => argument.Parameter == CoreArgument.Token);
        var token = usesToken ? _locals.Take("token") : "_";
        var (stateArgument, stateParameter, access) = State(state);

        var arguments = core.Arguments.Select(argument =>
        {
            var text = argument.Parameter == CoreArgument.Token ? token : access(_wrapper.Parameters[argument.Parameter].Name);
            return argument.IsByReference ? $"in {text}" : text;
        });
        var target = core.IsStatic ? "" : access(_self) + ".";
        var call = $"{target}{core.Name}{_wrapper.Generics.List}({string.Join(", ", arguments)})";
        if (core.ReturnsTask)
            call = $"new({call})";
        return (stateArgument, $"static ({stateParameter}, {token}) => {call}", usesToken);
    }

    // One item needs no tuple, and none is what the key can stand in for.
    private (string Argument, string Parameter, Func<string, string> Access) State(List<string> items)
    {
        if (items.Count == 0)
            return (_key, "_", static name => name);

        if (items.Count == 1)
        {
            // A lone "_" would be a discard.
            var only = items[0] == "_" ? _locals.Take("argument") : items[0];
            return (items[0], only, _ => only);
        }

        var call = _locals.Take("call");
        var elementNames = new LocalNames(items);
        var elements = items.ToDictionary(
            static name => name,
            name => IsReservedElementName(name) ? elementNames.Take("argument") : name,
            StringComparer.Ordinal);
        var tuple = items.Select(name => elements[name] == name ? name : $"{elements[name]}: {name}");
        return ($"({string.Join(", ", tuple)})", call, name => $"{call}.{elements[name]}");
    }

    private static bool IsReservedElementName(string name)
        => ReservedElementNames.Contains(name) || name.StartsWith("Item", StringComparison.Ordinal);
}
