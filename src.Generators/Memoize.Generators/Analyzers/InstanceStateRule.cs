using System.ComponentModel;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

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
        told.UnionWith(bodies.ReachedFromKeyOf(method).SelectMany(static body => body.StateReads).Select(static read => read.Member.OriginalDefinition));
        foreach (var body in bodies.ReachedFrom(method.Core))
        {
            foreach (var (member, operation) in body.StateReads)
            {
                if (told.Contains(member.OriginalDefinition) || !IsData(member, bodies) || bodies.IsOnlyToldOrGuarding(operation))
                    continue;

                told.Add(member.OriginalDefinition);

                // Where the code fixes go: the declaration of what is read, and the attribute.
                Location?[] elsewhere = [member.Locations.FirstOrDefault(), method.Location];
                report(Diagnostic.Create(
                    Descriptor, operation.Syntax.GetLocation(), elsewhere.OfType<Location>(), method.Method.ContainingType.Name, method.Method.Name, member.Name));
            }
        }
    }

    /// <summary>Whether a property has a body of its own. What that reads is what counts; it is among the bodies that were reached.</summary>
    public static bool IsComputed(IPropertySymbol property, MethodBodies bodies)
        => property.GetMethod is { } getter
            && bodies.Of(getter) is not null
            && !property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field =>
                SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    private static bool IsData(ISymbol member, MethodBodies bodies)
    {
        if (member.IsGenerated() || IsInKey(member) || IsAlwaysTheSame(member))
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

    // What is written where it is declared, and nowhere else, is no other in another instance.
    private static bool IsAlwaysTheSame(ISymbol member)
    {
        if (member is not (IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null, IsVirtual: false, IsOverride: false })
            || member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } declared)
        {
            return false;
        }

        var written = declared switch
        {
            VariableDeclaratorSyntax field => field.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value,
            _ => null,
        };
        return written is LiteralExpressionSyntax && !member.ContainingType.DeclaringSyntaxReferences
            .SelectMany(static part => part.GetSyntax().DescendantNodes())
            .Where(static node => node is ConstructorDeclarationSyntax or AccessorDeclarationSyntax { RawKind: (int)SyntaxKind.InitAccessorDeclaration })
            .SelectMany(static writer => writer.DescendantNodes().OfType<IdentifierNameSyntax>())
            .Any(name => name.Identifier.ValueText == member.Name);
    }

    // The property of a positional record is in the key with its parameter.
    private static bool IsInKey(ISymbol member)
        => AnnotatedMethod.Has(member, "CacheKeyAttribute")
            || (member is IPropertySymbol { ContainingType: { IsRecord: true } record }
                && record.InstanceConstructors
                    .SelectMany(static constructor => constructor.Parameters)
                    .Any(parameter => parameter.Name == member.Name && AnnotatedMethod.Has(parameter, "CacheKeyAttribute")));

    private static bool IsNeverData(ITypeSymbol type)
        => type.TypeKind == TypeKind.Delegate
            || type.IsNamed("Memoizer", "Memoize")
            || type.IsNamed("CancellationToken", "System.Threading")
            || ScopedServices.Include(type)
            || type.WithBases().Any(static candidate => candidate.IsNamed("ILogger", "Microsoft.Extensions.Logging"));

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
            && type.WithBases().Any(static candidate => candidate.IsNamed("IEnumerable", "System.Collections.Generic"));

    private static bool OverridesEquals(ITypeSymbol type)
    {
        // What has to be disposed is worked with, whatever it says about equality.
        if (type.AllInterfaces.Any(static candidate => candidate.SpecialType == SpecialType.System_IDisposable || candidate.IsNamed("IAsyncDisposable", "System")))
            return false;

        for (var declaring = type; declaring is { SpecialType: not SpecialType.System_Object }; declaring = declaring.BaseType)
        {
            if (declaring.GetMembers("Equals").Any(static member => member is IMethodSymbol { IsOverride: true, Parameters.Length: 1 } && !IsHidden(member)))
                return true;
        }

        return false;
    }

    // Builders and contexts override Equals only to keep it out of completion lists.
    private static bool IsHidden(ISymbol member) => member.GetAttributes().Any(static attribute =>
        attribute.AttributeClass.IsNamed("EditorBrowsableAttribute", "System.ComponentModel")
        && attribute.ConstructorArguments.Length == 1
        && attribute.ConstructorArguments[0].Value is (int)EditorBrowsableState.Never);
}
