using Memoize.Generators.Model;

namespace Memoize.Generators.Emitting;

/// <summary>
/// Writes the call of the core as the runtime takes it: a static lambda, which is made once, and what it needs as its state.
/// <c>(self, symbol), static (call, token) =&gt; new(call.self.GetCoreAsync(call.symbol, token))</c>
/// </summary>
internal sealed class CoreCall
{
    private readonly CachedMethodModel _method;
    private readonly string _self;
    private readonly List<string> _items = [];
    private readonly TupleNames _tuple;
    private readonly string _key;

    public CoreCall(CachedMethodModel method, LocalNames locals, string self, string key)
    {
        _method = method;
        _self = self;
        _key = key;

        var core = method.Core;
        if (!core.IsStatic)
            _items.Add(self);
        _items.AddRange(core.Arguments
            .Where(static argument => argument.Parameter != CoreArgument.Token)
            .Select(argument => method.Wrapper.Parameters[argument.Parameter].Name));

        _tuple = new TupleNames(_items, _items.Count > 1 ? locals.Take("call") : "_", locals);
        Token = core.TakesToken ? locals.Take("token") : "_";

        // Without a token the runtime need not make one; on its caller's thread a core gets the caller's, which costs nothing.
        var hasToken = core.TakesToken || method.Wrapper.Return.Kind == ReturnKind.Value;
        Lambda = hasToken ? $"static ({_tuple.Parameter}, {Token}) => {Call()}" : $"static {_tuple.Parameter} => {Call()}";
    }

    private string Lambda { get; }

    private string Token { get; }

    /// <summary>
    /// The arguments that the runtime takes, one per line: state, lambda, the tags of the value, and the instance if a
    /// callback is called on it. The instance goes by the name <paramref name="self"/>, and what is in
    /// <paramref name="instead"/> by what it says.
    /// </summary>
    public IEnumerable<string> Arguments(string self, IReadOnlyDictionary<string, string>? instead = null)
    {
        // Where nothing is needed, the key stands in.
        yield return _items.Count == 0 ? _key : _tuple.Of(item => item == _self ? self : instead is not null && instead.TryGetValue(item, out var other) ? other : item);
        yield return Lambda;
        foreach (var argument in TagsAndOwner(_method, self))
            yield return argument;
    }

    /// <summary>The tags of a value, and the instance if a callback is called on it.</summary>
    public static IEnumerable<string> TagsAndOwner(CachedMethodModel method, string self)
    {
        if (method.Policy.Tags.Count > 0)
            yield return $"tags: [{string.Join(", ", method.Policy.Tags)}]";
        if (method.Policy.NeedsOwner)
            yield return $"owner: {self}";
    }

    private string Call()
    {
        var core = _method.Core;
        var arguments = core.Arguments.Select(argument =>
        {
            var text = argument.Parameter == CoreArgument.Token
                ? Token
                : _tuple.Access(_method.Wrapper.Parameters[argument.Parameter].Name);
            return argument.IsByReference ? $"in {text}" : text;
        });
        var target = core.IsStatic ? "" : _tuple.Access(_self) + ".";
        var call = $"{target}{core.Name}{_method.Wrapper.Generics.List}({string.Join(", ", arguments)})";
        return core.ReturnsTask ? $"new({call})" : call;
    }
}
