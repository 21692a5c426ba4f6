using Memoize.Generators.Model;

namespace Memoize.Generators.Emitting;

/// <summary>Writes the handle: the typed access to what is kept for the method.</summary>
internal sealed class HandleEmitter
{
    private const string Token = "global::System.Threading.CancellationToken";
    private const string Tasks = "global::System.Threading.Tasks";

    private readonly IndentedTextWriter _writer;
    private readonly CachedMethodModel _method;
    private readonly MemberNames _names;
    private readonly WrapperModel _wrapper;
    private readonly string _cache;
    private readonly string _self;

    // The key of a look, and the key that is kept.
    private readonly string _key;
    private readonly string _keptKey;

    // What the methods take: what is in the key, and all that the core needs.
    private readonly string _keyParameters;
    private readonly ParameterModel[] _arguments;

    private HandleEmitter(IndentedTextWriter writer, CachedMethodModel method, MemberNames names)
    {
        _writer = writer;
        _method = method;
        _names = names;
        _wrapper = method.Wrapper;
        _arguments = _wrapper.Parameters.Where(static parameter => parameter.Role != ParameterRole.CallerToken).ToArray();
        _keyParameters = string.Join(", ", _wrapper.Parameters
            .Where(static parameter => parameter.Role == ParameterRole.Key)
            .Select(static parameter => $"{parameter.MeantType} {parameter.Name}"));

        var fields = Locals();
        _cache = fields.Take("_cache");
        _self = fields.Take("_self");
        _key = names.KeyOf(method, _self);
        _keptKey = method.Key.NeedsCopy ? $"{_key}.Copy()" : _key;
    }

    private bool IsAsync => _wrapper.Return.Kind != ReturnKind.Value;

    private bool HasInputs => _wrapper.Parameters.Any(static parameter => parameter.Role == ParameterRole.Key) || (_method.Key.OwnKey is not null && _arguments.Length > 0);

    private bool NeedsInstance
        => !_method.Core.IsStatic || _method.Policy.NeedsOwner || _method.Policy.IsPerInstance || (HasInputs && !_wrapper.IsStatic)
            || _method.Key.NeedsInstance;

    public static void Write(IndentedTextWriter writer, CachedMethodModel method, MemberNames names)
    {
        var emitter = new HandleEmitter(writer, method, names);
        emitter.WriteAccess();
        writer.WriteLine();
        emitter.WriteType();
    }

    private void WriteAccess()
    {
        var hides = _method.Names.HidesInherited ? " new" : "";
        var modifiers = _wrapper.Accessibility + (_wrapper.IsStatic ? " static" : "") + hides;
        var arguments = (NeedsInstance ? "this, " : "") + WrapperEmitter.MemoizerOf(_method);

        if (_method.Memoizer.NeedsAccessor)
        {
            _writer.WriteLine($"private global::Memoize.Memoizer {_method.Names.Memoizer} => {_method.Memoizer.Expression};");
            _writer.WriteLine();
        }

        foreach (var member in _method.Key.Parts.Select(static part => part.Source).OfType<KeyMember>().Where(static member => member.Captured is not null))
        {
            _writer.WriteLine($"private {member.Type} {_names.Accessor(member)} => {member.Captured};");
            _writer.WriteLine();
        }

        _writer.WriteLine($"""
            /// <summary>What is kept for <see cref="{_method.MethodCref}"/>: peek, set, invalidate, refresh, warm, explain, statistics.</summary>
            {CachedMethodEmitter.GeneratedCode}
            """);
        if (_wrapper.Generics.Names.Count == 0)
        {
            _writer.WriteLine($"{modifiers} {_names.HandleType} {_method.Names.Handle} => new({arguments});");
            return;
        }

        _writer.WriteLine($"{modifiers} {_names.HandleType} {_method.Names.Handle}{_wrapper.Generics.List}()");
        WrapperEmitter.WriteConstraints(_writer, _wrapper.Generics.Constraints);
        using (_writer.Indent())
            _writer.WriteLine($"=> new({arguments});");
    }

    private void WriteType()
    {
        var hides = _method.Names.HidesInherited ? " new" : "";
        _writer.WriteLine($"""
            /// <summary>Typed access to what is kept for <see cref="{_method.MethodCref}"/>. Safe for use by many threads.</summary>
            {CachedMethodEmitter.GeneratedCode}
            {_wrapper.Accessibility}{hides} readonly struct {_names.HandleType}
            """);
        WrapperEmitter.WriteConstraints(_writer, _wrapper.Generics.Constraints);

        using (_writer.WriteBlock())
        {
            WriteConstruction();
            WriteReading();
            WriteSetting();
            WriteForgetting();
            WriteRefreshing();
            if (HasInputs)
                WriteWarming();
        }
    }

    private void WriteConstruction()
    {
        var instance = _method.Policy.IsPerInstance ? ", self" : "";
        _writer.WriteLine($"private readonly {_names.CacheType} {_cache};");
        if (NeedsInstance)
            _writer.WriteLine($"private readonly {_method.Hierarchy.SelfType} {_self};");

        _writer.WriteLine();
        _writer.WriteLine($"internal {_method.Names.HandleType}({(NeedsInstance ? $"{_method.Hierarchy.SelfType} self, " : "")}global::Memoize.Memoizer memoizer)");
        using (_writer.WriteBlock())
        {
            _writer.WriteLine($"{_cache} = {_names.Definition}.Definition.For(memoizer{instance});");
            if (NeedsInstance)
                _writer.WriteLine($"{_self} = self;");
        }
    }

    private void WriteReading()
    {
        var locals = Locals();
        var value = locals.Take("value");
        var maybeNull = _wrapper.Return.CanBeNull ? "[global::System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] " : "";
        _writer.WriteLine($"""

            /// <summary>Counts since the memoizer was made. A snapshot.</summary>
            public global::Memoize.MethodStatistics Statistics => {_cache}.Statistics;

            /// <summary>Reads the value for these arguments if it is kept and fresh. Computes nothing and counts nothing.</summary>
            public bool TryPeek({Parameters(_keyParameters, $"{maybeNull}out {_wrapper.Return.ValueType} {value}")})
                => {_cache}.TryPeek({_key}, out {value});

            /// <summary>Says whether a value is kept for these arguments, why not, and for how long. Computes nothing and counts nothing.</summary>
            public global::Memoize.EntryExplanation Explain({_keyParameters})
                => {_cache}.Explain({_key});
            """);
    }

    private void WriteSetting()
    {
        var locals = Locals();
        var value = locals.Take("value");
        var token = locals.Take("cancellationToken");
        var more = string.Concat(CoreCall.TagsAndOwner(_method, _self).Select(static argument => $", {argument}"));
        _writer.WriteLine($"""

            /// <summary>Keeps a value for these arguments, as if it had just been computed.</summary>
            public void Set({Parameters(_keyParameters, $"{_wrapper.Return.ValueType} {value}")})
                => {_cache}.Set({_keptKey}, {value}{more});

            /// <summary>Keeps a value for these arguments, as if it had just been computed.</summary>
            public {Tasks}.ValueTask SetAsync({Parameters(_keyParameters, $"{_wrapper.Return.ValueType} {value}, {Token} {token} = default")})
                => {_cache}.SetAsync({_keptKey}, {value}{more}, cancellationToken: {token});
            """);
    }

    private void WriteForgetting()
    {
        var token = Locals().Take("cancellationToken");
        _writer.WriteLine($"""

            /// <summary>Forgets the value for these arguments. A computation under way is not stored.</summary>
            public void Invalidate({_keyParameters})
                => {_cache}.Invalidate({_keptKey});

            /// <summary>Forgets the value for these arguments. A computation under way is not stored.</summary>
            public {Tasks}.ValueTask InvalidateAsync({Parameters(_keyParameters, $"{Token} {token} = default")})
                => {_cache}.InvalidateAsync({_keptKey}, {token});

            /// <summary>Forgets everything kept for this method.</summary>
            public void Clear()
                => {_cache}.Clear();

            /// <summary>Forgets everything kept for this method.</summary>
            public {Tasks}.ValueTask ClearAsync({Token} {token} = default)
                => {_cache}.ClearAsync({token});
            """);
    }

    private void WriteRefreshing()
    {
        var locals = Locals();
        var token = locals.Take("cancellationToken");
        var key = _method.Key.Form == KeyForm.Parameter ? _method.Key.Parts[0].Name : locals.Take("key");
        var turn = locals.Take("turn");
        var value = locals.Take("value");
        var core = new CoreCall(_method, locals, locals.Take("self"), key);
        var (modifier, suffix, wait, afterwards) = IsAsync ? ("async ", "Async", "await ", ".ConfigureAwait(false)") : ("", "", "", "");
        var parameters = Parameters(
            string.Join(", ", _arguments.Select(static parameter => $"{parameter.MeantType} {parameter.Name}")),
            $"{Token} {token} = default");

        _writer.WriteLine($"""

            /// <summary>Computes the value for these arguments now, whatever is kept, and keeps it.</summary>
            """);
        WriteAttributes();
        _writer.WriteLine($"""
            public {modifier}{_wrapper.Return.Type} Refresh{suffix}({parameters})
            """);
        using (_writer.WriteBlock())
        {
            if (_method.Key.Form != KeyForm.Parameter)
                _writer.WriteLine($"var {key} = {_keptKey};");
            foreach (var (name, copy) in _names.OwnCopiesForCore(_method))
                _writer.WriteLine($"{name} = {copy};");
            _writer.WriteLine($"""
                using var {turn} = {wait}{_cache}.EnterToRefresh{suffix}({key}, {token}){afterwards};

                // Another caller may have begun the same after this one asked for it.
                if ({turn}.TryGet(out var {value})) return {value};

                """);
            foreach (var (name, copy) in _names.CopiesForCore(_method, key))
                _writer.WriteLine($"{name} = {copy};");
            _writer.WriteCall($"return {wait}{turn}.Compute{suffix}", core.Arguments(_self), afterwards + ";");
        }
    }

    private void WriteWarming()
    {
        var locals = Locals();
        var items = new TupleNames(_arguments.Select(static parameter => parameter.Name).ToArray(), locals.Take("input"), locals);
        var types = _arguments.ToDictionary(static parameter => parameter.Name, static parameter => parameter.MeantType, StringComparer.Ordinal);
        var token = _wrapper.Parameters.Any(static parameter => parameter.Role == ParameterRole.CallerToken) ? locals.Take("token") : "_";
        var self = _wrapper.IsStatic ? _method.Hierarchy.SelfType : locals.Take("self");

        var arguments = _wrapper.Parameters.Select(parameter => parameter.Role == ParameterRole.CallerToken
            ? token
            : (parameter.Modifiers.Contains("in ") || parameter.Modifiers.Contains("ref readonly ") ? "in " : "") + items.Access(parameter.Name));
        var call = $"{self}.{_wrapper.Name}{_wrapper.Generics.List}({string.Join(", ", arguments)})";
        var lambda = IsAsync
            ? $"async ({items.Parameter}, {token}) => await {call}.ConfigureAwait(false)"
            : $"({items.Parameter}, {token}) => {{ {call}; return default; }}";

        _writer.WriteLine($"""

            /// <summary>Calls the method for each input, so that later calls find its value.</summary>
            /// <param name="inputs">The arguments.</param>
            /// <param name="parallelism">How many calls run at once at most; 0 for one per processor.</param>
            /// <param name="progress">Is told how many inputs are done.</param>
            /// <param name="cancellationToken">Ends the warming: no further call starts.</param>
            """);
        WriteAttributes();
        _writer.WriteLine($"""
            public {Tasks}.Task WarmAsync(
                global::System.Collections.Generic.IEnumerable<{items.Type(name => types[name])}> inputs,
                int parallelism = 0,
                global::System.IProgress<int>? progress = null,
                {Token} cancellationToken = default)
            """);
        using (_writer.WriteBlock())
        {
            if (!_wrapper.IsStatic)
                _writer.WriteLine($"var {self} = {_self};");
            _writer.WriteCall($"return {_cache}.WarmAsync", ["inputs", lambda, "parallelism", "progress", "cancellationToken"], ";");
        }
    }

    // What calls the method concerns its callers as the method does.
    private void WriteAttributes()
    {
        foreach (var attribute in _wrapper.Attributes)
            _writer.WriteLine(attribute);
    }

    private static string Parameters(string first, string then) => first.Length == 0 ? then : $"{first}, {then}";

    // Names that parameters and what is called by a bare name have.
    private LocalNames Locals() => new(
    [
        .. _arguments.Select(static parameter => parameter.Name),
        .. _wrapper.Generics.Names,
        _method.Names.Definition,
        _method.Core.Name,
        .. _method.Key.OwnKey is { } own ? [own.Name] : Array.Empty<string>(),
    ]);
}
