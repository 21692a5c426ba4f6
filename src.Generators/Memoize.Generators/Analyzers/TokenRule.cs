using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>Callers can cancel their wait, but nobody can cancel the work.</summary>
internal static class TokenRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO033",
        "The core does not accept the cancellation token",
        "'{0}' has the token '{1}', but its core '{2}' accepts none, so that the work goes on when all callers have left: add 'CancellationToken {1}' to '{2}'",
        "The core gets a token that is cancelled when the last of its callers has left or the computation times out.");

    public static void Check(AnnotatedMethod method, Action<Diagnostic> report)
    {
        if (method.Core.Parameters.Any(IsToken))
            return;

        if (method.Method.Parameters.FirstOrDefault(IsToken) is { } token)
        {
            report(Diagnostic.Create(
                Descriptor, token.Locations.FirstOrDefault(), method.Core.Locations, method.Method.Name, token.Name, method.Core.Name));
        }

        bool IsToken(IParameterSymbol parameter) => method.KnownTypes.IsCancellationToken(parameter.Type);
    }
}
