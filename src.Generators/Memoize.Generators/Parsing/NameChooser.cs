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
    /// <summary>The name of the method that callers call.</summary>
    public static string WrapperName(IMethodSymbol method, KnownTypes knownTypes) => Named(method, knownTypes).Wrapper;

    /// <summary>Whether a base type has a wrapper of the same signature, generated or not.</summary>
    public static bool WrapperHidesInherited(IMethodSymbol method, string wrapperName, KnownTypes knownTypes)
    {
        for (var ancestor = method.ContainingType.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            var members = ancestor.GetMembers(wrapperName).OfType<IMethodSymbol>()
                .Concat(knownTypes.CachedMethods(ancestor).Where(cached => cached.Wrapper == wrapperName).Select(static cached => cached.Method));
            if (members.Any(member => HasSameParameters(member, method) && knownTypes.Compilation.IsSymbolAccessibleWithin(member, method.ContainingType)))
                return true;
        }

        return false;
    }

    /// <summary>Chooses the names of the members beside the wrapper.</summary>
    public static GeneratedNames? Choose(IMethodSymbol method, KnownTypes knownTypes, Reporter reporter)
    {
        var type = method.ContainingType;
        var own = Named(method, knownTypes);
        var others = knownTypes.CachedMethods(type).Where(other => other != own).ToArray();
        var isValid = true;

        if (WrapperClash(method, own.Wrapper) || others.Any(other => WrappersClash(own, other)))
            Report(own.Wrapper, "wrapper", "Name");
        if (own.HasAmbiguousHandle || IsTaken(type, own.Handle) || others.Any(other => other.Handle == own.Handle))
            Report(own.Handle, "handle", "Handle");
        else if (IsTaken(type, own.Handle + "Handle"))
            Report(own.Handle + "Handle", "type of the handle", "Handle");

        return isValid
            ? new(
                own.Handle,
                own.Handle + "Handle",
                Free(type, own.Stem + "Method"),
                Free(type, own.Stem + "Memoizer"),
                HidesInherited(type, own.Handle, knownTypes))
            : null;

        void Report(string name, string what, string option)
        {
            reporter.OnMethod(Diagnostics.NameTaken, type.Name, name, what, option);
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
        var isOverloaded = knownTypes.CachedMethods(method.ContainingType)
            .Any(other => !IsSame(other.Method, method) && string.Equals(other.Method.Name, method.Name, StringComparison.OrdinalIgnoreCase));
        if (isOverloaded)
            name.Append('(').Append(string.Join(",", NamedMethod.ParameterTypeNames(method, knownTypes))).Append(')');

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

    private static NamedMethod Named(IMethodSymbol method, KnownTypes knownTypes)
        => knownTypes.CachedMethods(method.ContainingType).First(named => IsSame(named.Method, method));

    private static bool IsSame(IMethodSymbol one, IMethodSymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

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

    private static bool WrappersClash(NamedMethod own, NamedMethod other)
        => !CachedMethodParser.IsImplementedByGenerator(own.Method)
            && own.Wrapper == other.Wrapper
            && HasSameParameters(own.Method, other.Method);

    // As overloads are told apart: by 'in' too, but not by the names of type parameters.
    private static bool HasSameParameters(IMethodSymbol one, IMethodSymbol other)
    {
        if (one.Arity != other.Arity || one.Parameters.Length != other.Parameters.Length)
            return false;
        if (one.Arity > 0)
            other = other.ConstructedFrom.Construct([.. one.TypeParameters]);

        for (var i = 0; i < one.Parameters.Length; i++)
        {
            var (left, right) = (one.Parameters[i], other.Parameters[i]);
            if ((left.RefKind == RefKind.None) != (right.RefKind == RefKind.None) || !SymbolEqualityComparer.Default.Equals(left.Type, right.Type))
                return false;
        }

        return true;
    }

    // Generated members of a base type in the same project cannot be seen here, but what makes them can.
    private static bool HidesInherited(INamedTypeSymbol type, string handle, KnownTypes knownTypes)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.GetMembers(handle).Any(member => knownTypes.Compilation.IsSymbolAccessibleWithin(member, type))
                || knownTypes.CachedMethods(ancestor).Any(method =>
                    method.Handle == handle && knownTypes.Compilation.IsSymbolAccessibleWithin(method.Method, type)))
            {
                return true;
            }
        }

        return false;
    }
}
