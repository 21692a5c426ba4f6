using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Analyzers;

/// <summary>A computation that asks the cache for its own key can only wait for itself.</summary>
internal static class SelfCallRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO034",
        "A cached method calls its own wrapper with the same arguments",
        "'{0}' waits for itself when it calls '{1}' with its own arguments, which throws a CacheRecursionException: call it with other arguments, or do the work here",
        "The wrapper finds that the key is being computed, by the very computation that asks.");

    public static void Check(AnnotatedMethod method, MethodBodies bodies, Action<Diagnostic> report)
    {
        if (bodies.Of(method.Core) is not { } body)
            return;

        foreach (var call in body.Invocations)
        {
            if (IsWrapper(call.TargetMethod, method) && HasSameArguments(call, method, body))
                report(Diagnostic.Create(Descriptor, call.Syntax.GetLocation(), method.Core.Name, call.TargetMethod.Name));
        }
    }

    private static bool IsWrapper(IMethodSymbol called, AnnotatedMethod method)
    {
        if (CachedMethodParser.IsImplementedByGenerator(method.Method))
            return SymbolEqualityComparer.Default.Equals(MethodBodies.Definition(called), MethodBodies.Definition(method.Method));

        return called.Name == method.Model.Wrapper.Name.TrimStart('@')
            && called.IsGenerated()
            && called.OriginalDefinition.Parameters.Length == method.Method.Parameters.Length
            && SymbolEqualityComparer.Default.Equals(called.ContainingType.OriginalDefinition, method.Method.ContainingType.OriginalDefinition);
    }

    // Tokens may be on one side only; the other parameters of core and wrapper come in the same order.
    private static bool HasSameArguments(IInvocationOperation call, AnnotatedMethod method, MethodBody body)
    {
        if (!method.Core.TypeParameters.SequenceEqual<ISymbol>(call.TargetMethod.TypeArguments, SymbolEqualityComparer.Default))
            return false;

        var own = WithoutTokens(method.Core).ToArray();
        var wrapper = WithoutTokens(method.Method).ToArray();
        foreach (var key in method.KeyParameters)
        {
            var index = Array.FindIndex(wrapper, parameter => parameter.Ordinal == key.Ordinal);
            var argument = call.Arguments.FirstOrDefault(candidate => candidate.Parameter?.Ordinal == key.Ordinal);
            if (argument?.Value is not IParameterReferenceOperation { Parameter: var passed }
                || !SymbolEqualityComparer.Default.Equals(Defining(passed), own[index])
                || body.AssignedParameters.Contains(passed))
            {
                return false;
            }
        }

        return true;

        IEnumerable<IParameterSymbol> WithoutTokens(IMethodSymbol some)
            => some.Parameters.Where(parameter => !method.KnownTypes.IsCancellationToken(parameter.Type));
    }

    private static IParameterSymbol Defining(IParameterSymbol parameter)
        => parameter.ContainingSymbol is IMethodSymbol { PartialDefinitionPart: { } defining }
            ? defining.Parameters[parameter.Ordinal]
            : parameter;
}
