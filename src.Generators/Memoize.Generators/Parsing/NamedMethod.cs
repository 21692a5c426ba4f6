using System.Globalization;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>A cached method of a type, and what the members that are generated for it are called.</summary>
/// <remarks>Found for all methods of a type at once: what one is called depends on what the others are called.</remarks>
internal sealed class NamedMethod
{
    private const string Async = "Async";

    // The stem before anything was added to it.
    private readonly string _shortest;

    private NamedMethod(IMethodSymbol method, AttributeData attribute)
    {
        Method = method;
        GivenHandle = Text(attribute, "Handle");
        var isPartial = CachedMethodParser.IsImplementedByGenerator(method);
        var givenName = isPartial ? null : Text(attribute, "Name");
        Wrapper = isPartial ? method.Name : givenName ?? WrapperName(method.Name);
        Stem = _shortest = WithoutAsync(givenName ?? method.Name);
    }

    public IMethodSymbol Method { get; }

    /// <summary>The name of the method that callers call.</summary>
    public string Wrapper { get; }

    /// <summary>What the generated names have in common: "GetQuote" in GetQuoteCache, GetQuoteMethod.</summary>
    public string Stem { get; private set; }

    /// <summary>The name of the handle.</summary>
    public string Handle => GivenHandle ?? Stem + "Cache";

    /// <summary>Whether nothing that can be put into a name tells the handle from that of another method.</summary>
    public bool HasAmbiguousHandle { get; private set; }

    private string? GivenHandle { get; }

    /// <summary>The cached methods of a type.</summary>
    public static NamedMethod[] AllOf(INamedTypeSymbol type, KnownTypes knownTypes)
    {
        var methods = new List<NamedMethod>();
        foreach (var member in type.GetMembers())
        {
            if (member is IMethodSymbol method && knownTypes.CachedResponse(method) is { } attribute)
                methods.Add(new(method, attribute));
        }

        TellApart([.. methods], knownTypes);
        return [.. methods];
    }

    /// <summary>The types of the parameters in the key, or of all parameters, as they are put into names.</summary>
    public static IEnumerable<string> ParameterTypeNames(IMethodSymbol method, KnownTypes knownTypes, bool all = false) =>
    [
        .. method.TypeParameters.Select(static parameter => parameter.Name),
        .. method.Parameters
            .Where(parameter => ParameterParser.Role(parameter, knownTypes) is var role
                && (role == ParameterRole.Key || (all && role == ParameterRole.Passed)))
            .Select(static parameter => TypeName(parameter.Type)),
    ];

    // Step by step, so that names only get longer where they must: what the method is called, what is in its key, what it
    // takes, whether it is asynchronous.
    private static void TellApart(NamedMethod[] methods, KnownTypes knownTypes)
    {
        if (Clashing().Length == 0)
            return;

        Lengthen(method => method.Stem + string.Concat(ParameterTypeNames(method.Method, knownTypes)), keep: static _ => false);
        Lengthen(method => method._shortest + string.Concat(ParameterTypeNames(method.Method, knownTypes, all: true)), keep: static _ => false);
        Lengthen(static method => method.Stem + Async, keep: static method => !IsAsync(method.Method.Name));

        foreach (var group in Clashing())
        {
            var number = 1;
            foreach (var method in group)
            {
                method.HasAmbiguousHandle = method.GivenHandle is null;
                method.Stem += number++.ToString(CultureInfo.InvariantCulture);
            }
        }

        void Lengthen(Func<NamedMethod, string> longer, Func<NamedMethod, bool> keep)
        {
            foreach (var method in Clashing().SelectMany(static group => group))
            {
                if (!keep(method))
                    method.Stem = longer(method);
            }
        }

        IGrouping<string, NamedMethod>[] Clashing()
            => [.. methods.GroupBy(static method => method.Stem, StringComparer.Ordinal).Where(static group => group.Skip(1).Any())];
    }

    private static string WrapperName(string name) => IsAsync(name) ? WithoutAsync(name) + "CachedAsync" : name + "Cached";

    /// <summary>A type as it is put into a name: <c>ListInt32</c>.</summary>
    public static string TypeName(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => TypeName(array.ElementType) + "Array",
        INamedTypeSymbol { IsTupleType: true } tuple => string.Concat(tuple.TupleElements.Select(static element => TypeName(element.Type))),
        INamedTypeSymbol named => named.Name + string.Concat(named.TypeArguments.Select(TypeName)),
        _ => type.Name,
    };

    private static string? Text(AttributeData attribute, string option)
        => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == option).Value is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;

    private static bool IsAsync(string name) => name.EndsWith(Async, StringComparison.Ordinal) && name.Length > Async.Length;

    private static string WithoutAsync(string name) => IsAsync(name) ? name.Substring(0, name.Length - Async.Length) : name;
}
