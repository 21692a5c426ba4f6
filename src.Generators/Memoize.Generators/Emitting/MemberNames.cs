using System.Globalization;
using Memoize.Generators.Model;

namespace Memoize.Generators.Emitting;

/// <summary>How the parts of one generated file refer to each other.</summary>
internal sealed class MemberNames
{
    private readonly string _definition;
    private readonly Dictionary<string, string> _copies;

    public MemberNames(CachedMethodModel method)
    {
        _definition = method.Names.Definition;
        var generics = method.Wrapper.Generics;
        Definition = method.Names.Definition + generics.List;
        HandleType = method.Names.HandleType + generics.List;

        // Inside the definition class, a type parameter of the same name would be hidden.
        KeyStruct = new LocalNames(generics.Names).Take("Key");
        KeyType = method.Key.Form switch
        {
            KeyForm.None => "global::Memoize.NoKey",
            KeyForm.Parameter when method.Key.Parts[0].IsText => "global::Memoize.TextKey",
            KeyForm.Parameter => method.Key.Parts[0].Type,
            _ => $"{Definition}.{KeyStruct}",
        };
        var copies = new LocalNames([.. generics.Names, KeyStruct, .. method.Key.Projections.Select(static projection => projection.Name)]);
        _copies = method.Key.Copied.Select(static part => part.Name).Concat(CopiedOnTheirOwn(method).Select(static parameter => parameter.Name)).ToDictionary(
            static name => name,
            name => copies.Take("CopyOf" + Capitalized(name.TrimStart('@'))),
            StringComparer.Ordinal);
        InDefinition = [KeyStruct, "Definition", "Equals", "ReferenceEquals", .. method.Key.Projections.Select(static projection => projection.Name), .. _copies.Values, .. generics.Names];
        KeyTypeInDefinition = method.Key.Form == KeyForm.Struct ? KeyStruct : KeyType;
        CacheType = $"global::Memoize.CachedMethod<{KeyType}, {method.Wrapper.Return.ValueType}>";
    }

    /// <summary><c>GetQuoteMethod</c>, with type arguments for a generic method.</summary>
    public string Definition { get; }

    /// <summary>The names that mean something else in the definition class than around it.</summary>
    public HashSet<string> InDefinition { get; }

    /// <summary><c>GetQuoteCacheHandle</c>, with type arguments for a generic method.</summary>
    public string HandleType { get; }

    /// <summary>The simple name of the key struct.</summary>
    public string KeyStruct { get; }

    /// <summary>The type of the key, as wrapper and handle write it.</summary>
    public string KeyType { get; }

    /// <summary>The type of the key, as the definition class writes it.</summary>
    public string KeyTypeInDefinition { get; }

    /// <summary>The runtime's view of the method: <c>CachedMethod&lt;Key, Quote&gt;</c>.</summary>
    public string CacheType { get; }

    /// <summary>
    /// The key of a call whose key parameters are at hand under their own names, and the instance as <paramref name="self"/>.
    /// </summary>
    public string KeyOf(CachedMethodModel method, string self) => method.Key.Form switch
    {
        KeyForm.None => $"default({KeyType})",
        KeyForm.Parameter => method.Key.Parts[0].Name,
        _ => $"new {KeyType}({string.Join(", ", method.Key.Parts.Select(part => part.Projection is null ? Read(part, self) : $"{Definition}.{part.Projection}({Read(part, self)})"))})",
    };

    /// <summary>The name of the property through which a captured parameter is read.</summary>
    public string Accessor(KeyMember member) => _definition + member.Name;

    /// <summary>The name of the method that copies a parameter for the core.</summary>
    public string CopyOf(string parameter) => _copies[parameter];

    /// <summary>The parameters that are copied although they are not in the key as they are.</summary>
    public static IEnumerable<ParameterModel> CopiedOnTheirOwn(CachedMethodModel method)
        => method.Wrapper.Parameters.Where(static parameter => parameter.Copier is not null);

    /// <summary>What the core gets instead of the caller's collections that are not in the key, by the parameter's name.</summary>
    public IEnumerable<(string Name, string Copy)> OwnCopiesForCore(CachedMethodModel method)
        => CopiedOnTheirOwn(method).Select(parameter => (parameter.Name, $"{Definition}.{CopyOf(parameter.Name)}({parameter.Name})"));

    /// <summary>What the core gets instead of the caller's values that can change, by the parameter's name, from the key of that name.</summary>
    public IEnumerable<(string Name, string Copy)> CopiesForCore(CachedMethodModel method, string key)
    {
        foreach (var part in method.Key.Copied)
        {
            // Where [AllowNull] says more than the type, the key has the type that it means.
            var parameter = method.Wrapper.Parameters.First(parameter => parameter.Name == part.Name);
            yield return (part.Name, $"{key}.{CopyOf(part.Name)}(){(parameter.Type == part.Type ? "" : "!")}");
        }
    }

    private static string Capitalized(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    private string Read(KeyPart part, string self) => part.Source switch
    {
        KeyMember member => $"{member.StaticType ?? self}.{(member.Captured is null ? member.Name : Accessor(member))}",
        OwnKeyCall own => string.Format(CultureInfo.InvariantCulture, own.Call, self),
        RuntimeType { IsHidden: true } => $"((object){self}).GetType()",
        RuntimeType => $"{self}.GetType()",
        _ => part.Name,
    };
}
