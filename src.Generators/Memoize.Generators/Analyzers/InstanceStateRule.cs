using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>
/// All instances share the entries of a method, and yet the method reads data of its own instance: the first instance that
/// computes decides for all.
/// </summary>
internal static class InstanceStateRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO030",
        "A cached method reads instance state that is not in its key",
        "All instances of '{0}' share the results of '{1}', but it reads '{2}', which is not in the key: mark it with [CacheKey], make it a parameter of '{1}', or set Scope = CacheScope.Instance",
        "The first instance that computes decides for all others. Services that the method works with, such as an HttpClient, do not count as data.");

    public static void Check(AnnotatedMethod method, MethodBodies bodies, Action<Diagnostic> report)
    {
        if (method.Core.IsStatic || method.IsScopedToInstance)
            return;

        // What the user's own method makes the key of is in the key.
        var told = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        if (method.KnownTypes.OwnKeyOf(method.Method.PartialDefinitionPart ?? method.Method) is { Method: { } ownKey })
            told.UnionWith(bodies.ReachedFrom(ownKey).SelectMany(static body => body.StateReads).Select(static read => read.Member.OriginalDefinition));
        foreach (var body in bodies.ReachedFrom(method.Core))
        {
            foreach (var (member, location) in body.StateReads)
            {
                if (!IsData(member, bodies) || !told.Add(member.OriginalDefinition))
                    continue;

                // Where the code fixes go: the declaration of what is read, and the attribute.
                Location?[] elsewhere = [member.Locations.FirstOrDefault(), method.Location];
                report(Diagnostic.Create(
                    Descriptor, location, elsewhere.OfType<Location>(), method.Method.ContainingType.Name, method.Method.Name, member.Name));
            }
        }
    }

    private static bool IsData(ISymbol member, MethodBodies bodies)
    {
        if (member.IsGenerated() || IsInKey(member))
            return false;

        return member switch
        {
            IFieldSymbol { AssociatedSymbol: IPropertySymbol property } => IsData(property, bodies),
            IFieldSymbol field => !IsNeverData(field.Type) && (!field.IsReadOnly || IsDataType(field.Type)),
            IPropertySymbol property when IsComputed(property, bodies) => false,
            IPropertySymbol property => !IsNeverData(property.Type) && (property.SetMethod is { IsInitOnly: false } || IsDataType(property.Type)),
            IParameterSymbol parameter => !IsNeverData(parameter.Type) && IsDataType(parameter.Type),
            _ => false,
        };
    }

    // The property of a positional record is in the key with its parameter.
    private static bool IsInKey(ISymbol member)
        => AnnotatedMethod.Has(member, "CacheKeyAttribute")
            || (member is IPropertySymbol { ContainingType: { IsRecord: true } record }
                && record.InstanceConstructors
                    .SelectMany(static constructor => constructor.Parameters)
                    .Any(parameter => parameter.Name == member.Name && AnnotatedMethod.Has(parameter, "CacheKeyAttribute")));

    // What it computes from is what counts; its accessor is among the bodies that were reached.
    private static bool IsComputed(IPropertySymbol property, MethodBodies bodies)
        => property.GetMethod is { } getter
            && bodies.Of(getter) is not null
            && !property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field =>
                SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    private static bool IsNeverData(ITypeSymbol type)
        => type.TypeKind == TypeKind.Delegate
            || Is(type, "Memoizer", "Memoize")
            || Is(type, "CancellationToken", "System.Threading")
            || Is(type, "ILogger", "Microsoft.Extensions.Logging")
            || type.AllInterfaces.Any(static candidate => Is(candidate, "ILogger", "Microsoft.Extensions.Logging"));

    // Data is what compares by value: two services are never equal, two addresses are. Collections hold data.
    private static bool IsDataType(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => parameter.HasValueTypeConstraint || parameter.HasUnmanagedTypeConstraint,
        { IsValueType: true } or { SpecialType: SpecialType.System_String } or { TypeKind: TypeKind.Array } => true,
        INamedTypeSymbol { IsRecord: true } => true,
        { TypeKind: TypeKind.Interface or TypeKind.Class } when IsCollection(type) => true,
        { TypeKind: TypeKind.Class } => OverridesEquals(type),
        _ => false,
    };

    private static bool IsCollection(ITypeSymbol type)
        => type.ContainingNamespace?.ToDisplayString() is "System.Collections.Generic" or "System.Collections.Immutable" or "System.Collections.Frozen"
            && (Is(type, "IEnumerable", "System.Collections.Generic")
                || type.AllInterfaces.Any(static candidate => Is(candidate, "IEnumerable", "System.Collections.Generic")));

    private static bool OverridesEquals(ITypeSymbol type)
    {
        for (var declaring = type; declaring is { SpecialType: not SpecialType.System_Object }; declaring = declaring.BaseType)
        {
            if (declaring.GetMembers("Equals").Any(static member => member is IMethodSymbol { IsOverride: true, Parameters.Length: 1 }))
                return true;
        }

        return false;
    }

    private static bool Is(ITypeSymbol type, string name, string @namespace)
        => type.Name == name && type.ContainingNamespace?.ToDisplayString() == @namespace;
}
