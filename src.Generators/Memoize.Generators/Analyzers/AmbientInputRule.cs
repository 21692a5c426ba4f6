using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>A cached method reads the clock, chance, the environment or its caller: none of them is part of the key.</summary>
internal static class AmbientInputRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO031",
        "A cached method reads an ambient input",
        "'{0}' reads '{1}', which is not in the key: later callers get what it was for the first one; read it in the caller and make it a parameter",
        "A result is kept under the arguments of the call. What else went into it is the same for all callers until the result expires.");

    public static void Check(AnnotatedMethod method, MethodBodies bodies, Action<Diagnostic> report)
    {
        var told = new HashSet<string>(bodies.ReachedFromKeyOf(method).SelectMany(static body => body.AmbientReads).Select(static read => read.Input), StringComparer.Ordinal);
        foreach (var body in bodies.ReachedFrom(method.Core))
        {
            foreach (var (input, operation) in body.AmbientReads)
            {
                if (!told.Contains(input) && !bodies.IsOnlyTold(operation) && told.Add(input))
                    report(Diagnostic.Create(Descriptor, operation.Syntax.GetLocation(), method.Method.Name, input));
            }
        }
    }
}
