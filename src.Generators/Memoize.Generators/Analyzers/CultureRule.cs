using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Memoize.Generators.Analyzers;

/// <summary>The first caller's culture formats, reads or sorts for all callers; a refresh has that of the process.</summary>
internal static class CultureRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO041",
        "A cached method depends on the current culture",
        "'{1}' in '{0}' depends on the current culture, which is not in the key: later callers get it in that of the first one; {2}, or take a CultureInfo as a parameter",
        "The culture flows with the caller and is no argument of the call. A refresh runs in the background, with the culture of the process.");

    public static void Check(AnnotatedMethod method, MethodBodies bodies, AnalyzerConfigOptions options, Action<Diagnostic> report)
    {
        // There is one culture only.
        if (options.TryGetValue("build_property.InvariantGlobalization", out var invariant) && string.Equals(invariant, "true", StringComparison.OrdinalIgnoreCase))
            return;

        // The user's own key names it.
        if (bodies.ReachedFromKeyOf(method).Any(static body => body.AmbientReads.Exists(static read => read.Input == "CultureInfo.CurrentCulture")))
            return;

        foreach (var body in bodies.ReachedFrom(method.Core))
        {
            foreach (var use in body.CultureUses)
            {
                if (!bodies.IsOnlyTold(use.Operation))
                    report(Diagnostic.Create(Descriptor, use.Code.Location, method.Method.Name, use.Code.Text, use.WayOut));
            }
        }
    }
}
