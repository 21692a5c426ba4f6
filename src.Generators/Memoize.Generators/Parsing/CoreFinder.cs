using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Finds the method that computes. For an ordinary method that is the method itself; for a partial one it is the core: the
/// same parameters in the same order, where only a cancellation token may be on one side and not on the other.
/// </summary>
internal static class CoreFinder
{
    public static CoreModel? Find(IMethodSymbol method, AttributeOptions options, KnownTypes knownTypes, Reporter reporter, CancellationToken cancellationToken)
    {
        if (!CachedMethodParser.IsImplementedByGenerator(method))
            return ReturnParser.CanBeShared(method, method, reporter, cancellationToken) ? Match(method, method, knownTypes) : null;

        var name = options.Core ?? DefaultName(method.Name);
        var candidates = Candidates(method, name, knownTypes).ToArray();
        foreach (var candidate in candidates)
        {
            if (Match(method, candidate, knownTypes) is { } core)
                return ReturnParser.CanBeShared(candidate, method, reporter, cancellationToken) ? core : null;
        }

        if (candidates.Length == 0)
            reporter.OnMethod(Diagnostics.CoreNotFound, method.Name, ExpectedSignature(method, name));
        else
            reporter.At(candidates[0], Diagnostics.CoreMismatch, method.Name, name, ExpectedSignature(method, name));
        return null;
    }

    /// <summary>Finds the core again as a symbol, which the model of it must not hold.</summary>
    public static IMethodSymbol? FindSymbol(IMethodSymbol method, CoreModel core, KnownTypes knownTypes)
    {
        if (!CachedMethodParser.IsImplementedByGenerator(method))
            return method;

        var name = core.Name.TrimStart('@');
        for (var type = method.ContainingType; type is not null; type = type.BaseType)
        {
            foreach (var candidate in type.GetMembers(name).OfType<IMethodSymbol>())
            {
                if (candidate.Arity == method.Arity
                    && candidate.Parameters.Length == core.Arguments.Count
                    && !SymbolEqualityComparer.Default.Equals(candidate, method)
                    && TypesWithoutTokens(candidate).SequenceEqual(TypesWithoutTokens(method), StringComparer.Ordinal))
                {
                    return candidate;
                }
            }
        }

        return null;

        // As text: the type parameters of two generic methods are never the same symbols.
        IEnumerable<string> TypesWithoutTokens(IMethodSymbol some)
            => (some.Arity == 0 ? some : some.Construct([.. method.TypeParameters])).Parameters
                .Where(parameter => !knownTypes.IsCancellationToken(parameter.Type))
                .Select(static parameter => parameter.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat));
    }

    private static string DefaultName(string name)
        => name.EndsWith("Async", StringComparison.Ordinal) && name.Length > "Async".Length
            ? name.Substring(0, name.Length - "Async".Length) + "CoreAsync"
            : name + "Core";

    private static IEnumerable<IMethodSymbol> Candidates(IMethodSymbol method, string name, KnownTypes knownTypes)
    {
        for (var type = method.ContainingType; type is not null; type = type.BaseType)
        {
            foreach (var member in type.GetMembers(name))
            {
                if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary } candidate
                    && !SymbolEqualityComparer.Default.Equals(candidate, method)
                    && knownTypes.Compilation.IsSymbolAccessibleWithin(candidate, method.ContainingType))
                {
                    yield return candidate;
                }
            }
        }
    }

    private static CoreModel? Match(IMethodSymbol method, IMethodSymbol core, KnownTypes knownTypes)
    {
        if (core.Arity != method.Arity || (method.IsStatic && !core.IsStatic))
            return null;

        var name = CodeText.Identifier(core.Name);
        var isStatic = core.IsStatic;

        // Read the core's signature in terms of the wrapper's type parameters.
        if (core.Arity > 0)
            core = core.Construct([.. method.TypeParameters]);

        var arguments = new List<CoreArgument>();
        var next = 0;
        foreach (var parameter in core.Parameters)
        {
            if (parameter.RefKind is RefKind.Ref or RefKind.Out)
                return null;

            if (knownTypes.IsCancellationToken(parameter.Type))
            {
                // A token becomes one that may be absent, but not by reference.
                var isNullable = parameter.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
                if (isNullable && parameter.RefKind == RefKind.RefReadOnlyParameter)
                    return null;

                arguments.Add(new(CoreArgument.Token, !isNullable && IsByReference(parameter)));
                continue;
            }

            SkipTokens();
            if (next == method.Parameters.Length
                || !SymbolEqualityComparer.Default.Equals(method.Parameters[next].Type, parameter.Type))
            {
                return null;
            }

            arguments.Add(new(next++, IsByReference(parameter)));
        }

        SkipTokens();
        return next == method.Parameters.Length && ReturnsTheSame(method, core, knownTypes)
            ? new(name, isStatic, ReturnParser.Unwrap(core.ReturnType, knownTypes).Kind == ReturnKind.Task, arguments.ToEquatableArray())
            : null;

        void SkipTokens()
        {
            while (next < method.Parameters.Length && knownTypes.IsCancellationToken(method.Parameters[next].Type))
                next++;
        }
    }

    private static bool IsByReference(IParameterSymbol parameter)
        => parameter.RefKind is RefKind.In or RefKind.RefReadOnlyParameter;

    // An asynchronous wrapper takes a core with either kind of task.
    private static bool ReturnsTheSame(IMethodSymbol method, IMethodSymbol core, KnownTypes knownTypes)
    {
        var (wrapperKind, wrapperValue) = ReturnParser.Unwrap(method.ReturnType, knownTypes);
        var (coreKind, coreValue) = ReturnParser.Unwrap(core.ReturnType, knownTypes);
        return (wrapperKind == ReturnKind.Value) == (coreKind == ReturnKind.Value)
            && !core.ReturnsByRef
            && !core.ReturnsByRefReadonly
            && SymbolEqualityComparer.Default.Equals(wrapperValue, coreValue);
    }

    private static string ExpectedSignature(IMethodSymbol method, string name)
    {
        var modifiers = method.IsStatic ? "private static" : "private";
        var generics = method.Arity == 0 ? "" : $"<{string.Join(", ", method.TypeParameters.Select(static type => type.Name))}>";
        var parameters = method.Parameters.Select(static parameter => $"{CodeText.Signature(parameter.Type)} {parameter.Name}");
        return $"{modifiers} {CodeText.Signature(method.ReturnType)} {name}{generics}({string.Join(", ", parameters)})";
    }
}
