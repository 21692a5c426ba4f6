using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Finds the methods that options name: <c>When = nameof(IsGood)</c>, <c>DurationFrom = nameof(LifeOf)</c>, <c>Size = nameof(SizeOf)</c>.</summary>
internal static class CallbackFinder
{
    /// <summary>Finds the method that an option names.</summary>
    /// <param name="option">The option.</param>
    /// <param name="returnType">What the method must return.</param>
    /// <param name="method">The cached method.</param>
    /// <param name="options">What the attribute says.</param>
    /// <param name="knownTypes">The types to recognise.</param>
    /// <param name="reporter">Gets what is wrong.</param>
    /// <param name="callback">The method; <see langword="null"/> if the option is not set.</param>
    /// <returns>False if the option names a method that cannot be called.</returns>
    public static bool TryFind(
        string option,
        string returnType,
        IMethodSymbol method,
        AttributeOptions options,
        KnownTypes knownTypes,
        Reporter reporter,
        out CallbackModel? callback)
    {
        callback = null;
        if (options.Text(option) is not { } name)
            return true;

        var value = ReturnParser.Unwrap(method.ReturnType, knownTypes).Value;
        var obstacle = "does not exist";
        foreach (var candidate in Candidates(method.ContainingType, name, knownTypes))
        {
            if (Match(candidate, method, value, returnType) is not { } match)
            {
                obstacle = "has another signature";
                continue;
            }

            if (match.IsStatic || !method.IsStatic)
            {
                callback = match;
                return true;
            }

            obstacle = "needs an instance, but the cached method is static";
        }

        var isStatic = method.IsStatic ? "static " : "";
        var generics = method.Arity > 0 && Mentions(value) ? $"<{string.Join(", ", method.TypeParameters.Select(static type => type.Name))}>" : "";
        var signature = $"private {isStatic}{returnType} {name}{generics}({CodeText.Signature(value)} value)";
        reporter.OnOption(option, Diagnostics.CallbackNotFound, option, method.Name, name, obstacle, signature);
        return false;
    }

    /// <summary>The methods of a name that the type can call, its own first.</summary>
    public static IEnumerable<IMethodSymbol> Candidates(INamedTypeSymbol type, string name, KnownTypes knownTypes)
    {
        for (INamedTypeSymbol? declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            foreach (var candidate in declaring.GetMembers(name).OfType<IMethodSymbol>())
            {
                if (knownTypes.Compilation.IsSymbolAccessibleWithin(candidate, type))
                    yield return candidate;
            }
        }
    }

    private static CallbackModel? Match(IMethodSymbol callback, IMethodSymbol method, ITypeSymbol value, string returnType)
    {
        var name = CodeText.Identifier(callback.Name);
        if (callback.Arity > 0)
        {
            if (callback.Arity != method.Arity)
                return null;
            callback = callback.Construct([.. method.TypeParameters]);
            name += $"<{string.Join(", ", method.TypeParameters.Select(static type => CodeText.TypeIdentifier(type.Name)))}>";
        }

        if (callback.Parameters.Length != 1
            || callback.Parameters[0].RefKind is not (RefKind.None or RefKind.In)
            || callback.ReturnsByRef
            || callback.ReturnsByRefReadonly
            || CodeText.Readable(callback.ReturnType) != returnType
            || !SymbolEqualityComparer.Default.Equals(callback.Parameters[0].Type, value))
        {
            return null;
        }

        // Null results reach the callback, too.
        var taken = callback.Parameters[0].Type;
        if (value.NullableAnnotation == NullableAnnotation.Annotated && taken.NullableAnnotation == NullableAnnotation.NotAnnotated)
            return null;

        return new(name, callback.IsStatic, ForgivesNull: !SymbolEqualityComparer.IncludeNullability.Equals(taken, value));
    }

    private static bool Mentions(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => parameter.DeclaringMethod is not null,
        IArrayTypeSymbol array => Mentions(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(Mentions),
        _ => false,
    };
}
