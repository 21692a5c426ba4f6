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
        var copies = new LocalNames([.. generics.Names, KeyStruct]);
        _copies = method.Key.Collections.ToDictionary(
            static part => part.Name,
            part => copies.Take("CopyOf" + Capitalized(part.Name.TrimStart('@'))),
            StringComparer.Ordinal);
        KeyTypeInDefinition = method.Key.Form == KeyForm.Struct ? KeyStruct : KeyType;
        CacheType = $"global::Memoize.CachedMethod<{KeyType}, {method.Wrapper.Return.ValueType}>";
    }

    /// <summary><c>GetQuoteMethod</c>, with type arguments for a generic method.</summary>
    public string Definition { get; }

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
        _ => $"new {KeyType}({string.Join(", ", method.Key.Parts.Select(part => part.Member is { } member ? Read(member, self) : part.Name))})",
    };

    /// <summary>The name of the property through which a captured parameter is read.</summary>
    public string Accessor(KeyMember member) => _definition + member.Name;

    /// <summary>The name of the key's method that copies a collection for the core.</summary>
    public string CopyOf(KeyPart part) => _copies[part.Name];

    /// <summary>The collections that the core gets instead of the caller's, by the parameter's name, from the key of that name.</summary>
    public IEnumerable<(string Name, string Copy)> CopiesForCore(CachedMethodModel method, string key)
    {
        foreach (var part in method.Key.Collections)
        {
            // Where [AllowNull] says more than the type, the key has the type that it means.
            var parameter = method.Wrapper.Parameters.First(parameter => parameter.Name == part.Name);
            yield return (part.Name, $"{key}.{CopyOf(part)}(){(parameter.Type == part.Type ? "" : "!")}");
        }
    }

    private static string Capitalized(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    private string Read(KeyMember member, string self)
        => $"{member.StaticType ?? self}.{(member.Captured is null ? member.Name : Accessor(member))}";
}
