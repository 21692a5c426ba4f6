using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>What a service says about the current caller is an input that no argument carries: the next caller gets the answer of the first.</summary>
internal static class CallerDataRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO042",
        "A cached method reads who its caller is from a service",
        "'{0}' reads '{1}' of the service '{2}', which looks like a value of the current caller and is not in the key, so that one caller gets the answer of another: make the value a parameter, or a property of '{3}' with [CacheKey]",
        "A service is no data, but what it says about the current user, tenant or request is.");

    public static void Check(AnnotatedMethod method, MethodBodies bodies, Action<Diagnostic> report)
    {
        if (method.IsScopedToInstance)
            return;

        var told = new HashSet<ISymbol>(bodies.ReachedFromKeyOf(method).SelectMany(static body => body.CallerReads).Select(static read => read.Member), SymbolEqualityComparer.Default);
        foreach (var body in bodies.ReachedFrom(method.Core))
        {
            foreach (var read in body.CallerReads)
            {
                if (told.Contains(read.Member) || AmbientInputs.Name(read.Operation) is not null || IsInKey(read, method.Method.ContainingType, bodies) || bodies.IsOnlyTold(read.Operation))
                    continue;

                told.Add(read.Member);
                report(Diagnostic.Create(
                    Descriptor, read.Operation.Syntax.GetLocation(), method.Method.Name, read.Member.Name, read.Service.Name, method.Method.ContainingType.Name));
            }
        }
    }

    // The service itself is in the key, or a property that is reads the same from it.
    private static bool IsInKey(CallerRead read, INamedTypeSymbol type, MethodBodies bodies)
        => AnnotatedMethod.Has(read.Service, "CacheKeyAttribute")
            || type.GetMembers().OfType<IPropertySymbol>()
                .Where(static property => property.GetMethod is not null && AnnotatedMethod.Has(property, "CacheKeyAttribute"))
                .Select(property => bodies.Of(property.GetMethod!))
                .Any(getter => getter?.CallerReads.Exists(known => SymbolEqualityComparer.Default.Equals(known.Member, read.Member)) == true);
}
