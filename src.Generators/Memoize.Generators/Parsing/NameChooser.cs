using System.Globalization;
using System.Text;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Names what is generated. The names follow from the method alone as long as no other cached method of the type would get
/// the same; overloads get their parameter types put in.
/// </summary>
internal static class NameChooser
{
    private const string Async = "Async";

    /// <summary>The name of the method that callers call.</summary>
    public static string WrapperName(IMethodSymbol method, string? givenName)
    {
        if (CachedMethodParser.IsImplementedByGenerator(method))
            return method.Name;
        if (givenName is not null)
            return givenName;
        return IsAsync(method.Name) ? WithoutAsync(method.Name) + "CachedAsync" : method.Name + "Cached";
    }

    /// <summary>Whether a base type has a wrapper of the same signature, generated or not.</summary>
    public static bool WrapperHidesInherited(IMethodSymbol method, string wrapperName, KnownTypes knownTypes)
    {
        for (var ancestor = method.ContainingType.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            foreach (var member in ancestor.GetMembers().OfType<IMethodSymbol>())
            {
                var name = Attribute(member, knownTypes) is { } attribute && !CachedMethodParser.IsImplementedByGenerator(member)
                    ? WrapperName(member, GivenName(attribute))
                    : member.Name;
                if (name == wrapperName
                    && HasSameParameters(member, method)
                    && knownTypes.Compilation.IsSymbolAccessibleWithin(member, method.ContainingType))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Chooses the names of the members beside the wrapper.</summary>
    public static GeneratedNames? Choose(IMethodSymbol method, AttributeOptions options, KnownTypes knownTypes, Reporter reporter)
    {
        var type = method.ContainingType;
        var stem = Stem(method, knownTypes);
        var handle = options.Handle ?? stem + "Cache";
        var isValid = true;

        var wrapper = WrapperName(method, options.Name);
        if (WrapperClash(method, wrapper))
            Report(wrapper, "wrapper");
        foreach (var name in new[] { handle, handle + "Handle" })
        {
            if (IsTaken(type, name))
                Report(name, "handle");
        }

        return isValid
            ? new(
                handle,
                handle + "Handle",
                Free(type, stem + "Method"),
                Free(type, stem + "Memoizer"),
                HidesInherited(type, handle, knownTypes))
            : null;

        void Report(string name, string what)
        {
            reporter.OnMethod(Diagnostics.NameTaken, type.Name, name, what);
            isValid = false;
        }
    }

    /// <summary>A readable name for the generated file, without extension.</summary>
    public static string FileName(IMethodSymbol method, KnownTypes knownTypes)
    {
        var name = new StringBuilder();
        if (method.ContainingNamespace is { IsGlobalNamespace: false } @namespace)
            name.Append(CodeText.ReadableNamespace(@namespace)).Append('.');
        AppendTypes(method.ContainingType);
        name.Append(method.Name);

        // Not the name of the handle, which may be told apart without being called the same as the method.
        var isOverloaded = CachedMethods(method.ContainingType, knownTypes)
            .Any(other => !IsSame(other, method) && string.Equals(other.Name, method.Name, StringComparison.OrdinalIgnoreCase));
        if (isOverloaded)
            name.Append('(').Append(string.Join(",", ParameterTypeNames(method, knownTypes))).Append(')');

        // The compiler takes fewer characters in names of files than in identifiers. Clashes are sorted out later.
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsLetterOrDigit(name[i]) && "._`(),".IndexOf(name[i]) < 0)
                name[i] = '_';
        }

        return name.ToString();

        void AppendTypes(INamedTypeSymbol type)
        {
            if (type.ContainingType is { } outer)
                AppendTypes(outer);
            name.Append(type.MetadataName).Append('.');
        }
    }

    // What the generated names have in common: "GetQuote" in GetQuoteCache, GetQuoteMethod.
    private static string Stem(IMethodSymbol method, KnownTypes knownTypes)
    {
        var others = CachedMethods(method.ContainingType, knownTypes).Where(other => !IsSame(other, method)).ToArray();
        var own = BaseName(method, knownTypes);
        if (!others.Any(other => BaseName(other, knownTypes) == own))
            return own;

        var typed = TypedName(method, own, knownTypes);
        if (!others.Any(other => TypedName(other, BaseName(other, knownTypes), knownTypes) == typed))
            return typed;

        // Get(string) and GetAsync(string): the longer name is what is left to tell them apart.
        return IsAsync(method.Name) ? typed + Async : typed;
    }

    private static string BaseName(IMethodSymbol method, KnownTypes knownTypes)
    {
        var isPartial = CachedMethodParser.IsImplementedByGenerator(method);
        var given = isPartial || Attribute(method, knownTypes) is not { } attribute ? null : GivenName(attribute);
        return WithoutAsync(given ?? method.Name);
    }

    private static string? GivenName(AttributeData attribute)
        => attribute.NamedArguments.FirstOrDefault(static argument => argument.Key == "Name").Value.Value as string;

    private static string TypedName(IMethodSymbol method, string name, KnownTypes knownTypes)
        => name + string.Concat(ParameterTypeNames(method, knownTypes));

    private static IEnumerable<string> ParameterTypeNames(IMethodSymbol method, KnownTypes knownTypes) =>
    [
        .. method.TypeParameters.Select(static parameter => parameter.Name),
        .. method.Parameters
            .Where(parameter => ParameterParser.Role(parameter, knownTypes) == ParameterRole.Key)
            .Select(static parameter => TypeName(parameter.Type)),
    ];

    private static string TypeName(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => TypeName(array.ElementType) + "Array",
        INamedTypeSymbol { IsTupleType: true } tuple => string.Concat(tuple.TupleElements.Select(static element => TypeName(element.Type))),
        INamedTypeSymbol named => named.Name + string.Concat(named.TypeArguments.Select(TypeName)),
        _ => type.Name,
    };

    private static IEnumerable<IMethodSymbol> CachedMethods(INamedTypeSymbol type, KnownTypes knownTypes) => type
        .GetMembers()
        .OfType<IMethodSymbol>()
        .Where(method => Attribute(method, knownTypes) is not null);

    private static AttributeData? Attribute(IMethodSymbol method, KnownTypes knownTypes)
    {
        foreach (var attribute in method.GetAttributes())
        {
            if (knownTypes.IsCachedResponseAttribute(attribute.AttributeClass))
                return attribute;
        }

        return null;
    }

    private static bool IsSame(IMethodSymbol one, IMethodSymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

    private static bool IsAsync(string name) => name.EndsWith(Async, StringComparison.Ordinal) && name.Length > Async.Length;

    private static string WithoutAsync(string name) => IsAsync(name) ? name.Substring(0, name.Length - Async.Length) : name;

    private static bool IsTaken(INamedTypeSymbol type, string name)
        => type.Name == name || type.GetWrittenMembers(name).Any() || type.TypeParameters.Any(parameter => parameter.Name == name);

    // Private members step aside by themselves: nobody writes their names.
    private static string Free(INamedTypeSymbol type, string name)
    {
        var free = name;
        for (var number = 2; IsTaken(type, free); number++)
            free = name + number.ToString(CultureInfo.InvariantCulture);
        return free;
    }

    private static bool WrapperClash(IMethodSymbol method, string name)
    {
        if (CachedMethodParser.IsImplementedByGenerator(method))
            return false;

        return method.ContainingType.Name == name || method.ContainingType.GetWrittenMembers(name).Any(member =>
            member is not IMethodSymbol other
            || HasSameParameters(other, method));
    }

    private static bool HasSameParameters(IMethodSymbol one, IMethodSymbol other)
        => one.Arity == other.Arity
            && one.Parameters.Select(static parameter => parameter.Type)
                .SequenceEqual(other.Parameters.Select(static parameter => parameter.Type), SymbolEqualityComparer.Default);

    // Generated members of a base type in the same project cannot be seen here, but what makes them can.
    private static bool HidesInherited(INamedTypeSymbol type, string handle, KnownTypes knownTypes)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.GetMembers(handle).Any(member => knownTypes.Compilation.IsSymbolAccessibleWithin(member, type))
                || CachedMethods(ancestor, knownTypes).Any(method =>
                    knownTypes.Compilation.IsSymbolAccessibleWithin(method, type) && Stem(method, knownTypes) + "Cache" == handle))
            {
                return true;
            }
        }

        return false;
    }
}
