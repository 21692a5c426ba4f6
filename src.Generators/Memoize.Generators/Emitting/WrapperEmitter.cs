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
    private readonly CoreCall _core;

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
            .. method.Key.OwnKey is { } own ? [own.Name] : Array.Empty<string>(),
        ]);
        _cache = _locals.Take("cache");
        _self = _locals.Take("self");
        _key = method.Key.Form == KeyForm.Parameter ? method.Key.Parts[0].Name : _locals.Take("key");
        _miss = _locals.Take(IsAsync ? "MissAsync" : "Miss");
        _callerToken = _wrapper.Parameters.FirstOrDefault(static parameter => parameter.Role == ParameterRole.CallerToken)?.Token
            ?? $"{CancellationToken}.None";
        _core = new CoreCall(method, _locals, _self, _key);
    }

    // What the user promises about nulls, the compiler cannot see here.
    private string Forgiven => _wrapper.ReturnAttributes.Count > 0 && !IsAsync ? "!" : "";

    private string KeptKey => _method.Key.NeedsCopy ? $"{_key}.Copy()" : _key;

    private bool NeedsInstance => !_method.Core.IsStatic || _method.Policy.NeedsOwner;

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
        if (!_wrapper.IsPartialImplementation)
        {
            foreach (var attribute in _wrapper.Attributes.Concat(_wrapper.ReturnAttributes))
                _writer.WriteLine(attribute);
        }

        var parameters = _wrapper.Parameters.Select(static parameter =>
            $"{parameter.Attributes}{parameter.Modifiers}{parameter.Type} {parameter.Name}{(parameter.Default is { } value ? $" = {value}" : "")}");
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
            _ => ("TryGet", hit + Forgiven),
        };

        var instance = _method.Policy.IsPerInstance ? ", this" : "";
        _writer.WriteLine($"var {_cache} = {_names.Definition}.Definition.For({MemoizerOf(_method)}{instance});");
        if (_method.Key.Form != KeyForm.Parameter)
            _writer.WriteLine($"var {_key} = {_names.KeyOf(_method, "this")};");

        _writer.WriteLine();
        _writer.WriteLine(_method.Key.OwnKey is null && _method.Key.Projections.Count == 0
            ? "// Look: a fresh value costs one dictionary read and no allocation."
            : "// Look: a fresh value costs one dictionary read, beside what makes the key.");
        if (_method.Policy.RefreshesInBackground)
            WriteLookAndRefresh(look, hit, answer);
        else
            _writer.WriteLine($"if ({_cache}.{look}({_key}, out var {hit})) return {answer};");

        _writer.WriteLine();
        if (_method.Key.NeedsCopy)
            _writer.WriteLine("// A key that is kept must stay what it is when the caller changes its arguments.");
        _writer.WriteLine($"return {_miss}({string.Join(", ", MissParameters().Select(static parameter => parameter.Argument))}){Forgiven};");
    }

    private void WriteLookAndRefresh(string look, string hit, string answer)
    {
        var refresh = _locals.Take("refresh");
        _writer.WriteLine($"if ({_cache}.{look}({_key}, out var {hit}, out var {refresh}))");
        using (_writer.WriteBlock())
        {
            _writer.WriteLine($"""
                // Refresh: the value has some age; one caller starts its replacement, and all are served meanwhile.
                if ({refresh})
                """);
            using (_writer.WriteBlock())
            {
                if (_method.Key.NeedsCopy)
                {
                    _writer.WriteLine("// The hit returns before the core runs: after that, the caller may change its arguments.");
                    _writer.WriteLine($"{_key} = {KeptKey};");
                }

                var copies = _names.CopiesForCore(_method, _key).Concat(_names.OwnCopiesForCore(_method)).ToDictionary(static copy => copy.Name, static copy => copy.Copy, StringComparer.Ordinal);
                _writer.WriteCall($"{_cache}.StartRefresh{(IsAsync ? "Async" : "")}", [_key, .. _core.Arguments("this", copies)], ";");
            }

            _writer.WriteLine();
            _writer.WriteLine($"return {answer};");
        }
    }

    private void WriteMiss()
    {
        var turn = _locals.Take("turn");
        var value = _locals.Take("value");
        var parameters = string.Join(",\n", MissParameters().Select(static parameter => $"{parameter.Type} {parameter.Name}"));

        _writer.WriteLine($"static {(IsAsync ? "async " : "")}{_wrapper.Return.Type} {_miss}(");
        using (_writer.Indent())
            _writer.WriteLine(parameters + ")");

        using (_writer.WriteBlock())
        {
            var enter = IsAsync
                ? $"await {_cache}.EnterAsync({_key}, {_callerToken}).ConfigureAwait(false)"
                : $"{_cache}.Enter({_key}, {_callerToken})";
            var compute = (IsAsync, _method.Core.TakesToken) switch
            {
                (true, true) => "Compute: the value belongs to all its callers, so the core gets a token of its own.",
                (true, false) => "Compute: the value belongs to all its callers.",
                (false, true) => "Compute: on this caller's thread and with its token.",
                (false, false) => "Compute: on this caller's thread.",
            };

            var copies = _method.Key.Copied.Any() ? " What a caller could change meanwhile is the core's own." : "";

            _writer.WriteLine($"""
                // Lock: one caller per key computes, the others wait on the key's SemaphoreSlim.
                using var {turn} = {enter};

                // Look again: whoever held the lock may have stored the value.
                if ({turn}.TryGet(out var {value})) return {value};

                // {compute}{copies}
                """);
            foreach (var (name, copy) in _names.CopiesForCore(_method, _key))
                _writer.WriteLine($"var {name} = {copy};");
            _writer.WriteCall(
                $"return {(IsAsync ? "await " : "")}{turn}.Compute{(IsAsync ? "Async" : "")}",
                _core.Arguments(_self),
                IsAsync ? ".ConfigureAwait(false);" : ";");
        }
    }

    // The instance is only handed on when something is called on it.
    private IEnumerable<(string Type, string Name, string Argument)> MissParameters()
    {
        if (NeedsInstance)
            yield return (_method.Hierarchy.SelfType, _self, "this");
        yield return (_names.CacheType, _cache, _cache);
        if (_method.Key.Form != KeyForm.Parameter)
            yield return (_names.KeyType, _key, KeptKey);

        var passed = _method.Core.Arguments.Select(static argument => argument.Parameter).ToArray();
        var copies = _names.OwnCopiesForCore(_method).ToDictionary(static copy => copy.Name, static copy => copy.Copy, StringComparer.Ordinal);
        for (var i = 0; i < _wrapper.Parameters.Count; i++)
        {
            var parameter = _wrapper.Parameters[i];
            var isInKey = _method.Key.Copied.Any(part => part.Name == parameter.Name);
            var isUsed = (passed.Contains(i) && !isInKey) || parameter.Token == _callerToken || parameter.Name == _key;
            if (isUsed)
                yield return (parameter.MeantType, parameter.Name, copies.TryGetValue(parameter.Name, out var copy) ? copy : parameter.Name);
        }
    }
}
