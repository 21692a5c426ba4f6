using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>A computation belongs to all its callers and may outlive the one that started it; what it works with must not end before.</summary>
internal static class ScopedServiceRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO043",
        "A cached method works with a service that may be disposed before it ends",
        "'{0}' works with '{1}', a {2} that ends with the request or scope of one caller, while the computation may go on for others who joined it, or run later as a refresh; {3}",
        "A computation belongs to all callers that wait for it. It goes on when the one that started it has left, and refreshes run in the background.");

    public static void Check(AnnotatedMethod method, MethodBodies bodies, Action<Diagnostic> report)
    {
        // All callers of one instance are within its scope, and when the last of them has left, the computation is cancelled.
        // A refresh is nobody's.
        if (method.IsScopedToInstance && !method.Sets("RefreshAfter") && !method.Sets("SoftTimeout"))
            return;

        var told = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var body in bodies.ReachedFrom(method.Core))
        {
            foreach (var (member, operation) in body.StateReads)
            {
                if (!told.Contains(member.OriginalDefinition) && TypeOf(member, bodies) is { } type && ScopedServices.Include(type) && !bodies.IsOnlyToldOrGuarding(operation))
                {
                    told.Add(member.OriginalDefinition);
                    Report(member.Name, type, operation.Syntax.GetLocation());
                }
            }
        }

        foreach (var parameter in method.Method.Parameters)
        {
            if (ScopedServices.Include(parameter.Type) && !method.KeyParameters.Contains(parameter, SymbolEqualityComparer.Default))
                Report(parameter.Name, parameter.Type, parameter.Locations.FirstOrDefault());
        }

        void Report(string name, ITypeSymbol type, Location? location)
        {
            var wayOut = ScopedServices.AreOfARequest(type)
                ? "read what is needed of it in the caller, and make that a parameter"
                : $"take {ScopedServices.FactoryOf(type)} instead, and make and dispose an instance inside the computation";
            report(Diagnostic.Create(
                Descriptor, location, method.Method.Name, name, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), wayOut));
        }
    }

    // A property with a body of its own is told by what it reads; it may as well make a new instance.
    private static ITypeSymbol? TypeOf(ISymbol member, MethodBodies bodies) => member switch
    {
        IFieldSymbol { AssociatedSymbol: null } field => field.Type,
        IPropertySymbol property when !InstanceStateRule.IsComputed(property, bodies) => property.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => null,
    };
}
