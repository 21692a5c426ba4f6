using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>An option that is for the other form of cached methods, or for methods with a store.</summary>
internal static class IdleOptionRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO037",
        "This option has no effect on this kind of method",
        "'{0}' of '{1}' has no effect: {2}",
        "Name is for ordinary methods, whose wrapper needs a name; Core is for partial methods, which need a method to compute with. InvalidateOnCodeChange is for methods that may have a store.");

    public static void Check(AnnotatedMethod method, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        if (CachedMethodParser.IsImplementedByGenerator(method.Method))
            ReportIfSet("Name", "a partial method is its own wrapper; rename the method, or remove the option");
        else
            ReportIfSet("Core", "an ordinary method computes its results itself; make the method partial, or remove the option");
        if (method.IsMemoryOnly || method.IsScopedToInstance)
            ReportIfSet("InvalidateOnCodeChange", "its results are in memory only, and gone when there is other code; leave them to a store, or remove the option");

        void ReportIfSet(string option, string reason)
        {
            if (method.LocationOf(option, cancellationToken) is { } location)
                report(Diagnostic.Create(Descriptor, location, option, method.Method.Name, reason));
        }
    }
}
