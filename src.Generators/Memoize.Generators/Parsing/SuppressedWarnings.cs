using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Finds the warnings that a generated file switches off: those that its author could do nothing about, by id, and only where
/// they concern the file. A pragma of the user's does not reach into a generated file.
/// </summary>
/// <remarks>
/// Of the analyzers of hosts that look into generated files, only that of Orleans has something to say about ours. xUnit1030, which
/// does not like <c>ConfigureAwait(false)</c> either, is about test methods, and VSTHRD111 asks for what is there.
/// </remarks>
internal static class SuppressedWarnings
{
    private const string Used = "The method's own declaration uses what is obsolete or experimental, and its author is told there.";
    private const string Awaited = "ConfigureAwait(false) is not for grains, whose code must go on where it was; none of it runs after an await in this file.";

    private static readonly string[] Callbacks = ["When", "DurationFrom", "Size", "Key", "OnRemoved", "StaleOnErrorWhen"];

    /// <summary>Those of the file of a method.</summary>
    /// <param name="method">The method.</param>
    /// <param name="core">The method that computes; <see langword="null"/> if the file has a stub only.</param>
    /// <param name="options">What the attribute says; <see langword="null"/> if the file has a stub only.</param>
    /// <param name="knownTypes">The types to recognise.</param>
    public static EquatableArray<SuppressedWarning> Of(IMethodSymbol method, CoreModel? core, AttributeOptions? options, KnownTypes knownTypes)
    {
        var ids = new SortedSet<string>(StringComparer.Ordinal);
        AddTypes(ids, MentionedTypes.OfSignature(method));
        if (core is null || options is null)
            return Warnings().ToEquatableArray();

        foreach (var named in Callbacks.Select(options.Text).OfType<string>().SelectMany(name => Inherited(method.ContainingType).SelectMany(type => type.GetMembers(name))))
            Add(ids, named);
        if (CachedMethodParser.IsImplementedByGenerator(method) && CoreFinder.FindSymbol(method, core, knownTypes) is { } computing)
            Add(ids, computing);

        foreach (var parameter in method.Parameters)
        {
            AddPart(ids, parameter, parameter.Type, knownTypes);
            if (DefaultOf(parameter) is { } constant)
                Add(ids, constant);
        }

        foreach (var member in Inherited(method.ContainingType).SelectMany(static type => type.GetMembers()))
            AddMember(ids, member, knownTypes);
        return Warnings().ToEquatableArray();

        IEnumerable<SuppressedWarning> Warnings()
        {
            foreach (var id in ids)
                yield return new(id, Used);
            if (core is not null && IsInGrain(method) && ReturnParser.Unwrap(method.ReturnType, knownTypes).Kind != ReturnKind.Value)
                yield return new("ORLEANS0014", Awaited);
        }
    }

    // The file reads the members of the type that are in the key, and the one that holds the memoizer.
    private static void AddMember(SortedSet<string> ids, ISymbol member, KnownTypes knownTypes)
    {
        var type = member switch
        {
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            _ => null,
        };
        if (type is not null && (knownTypes.IsMemoizer(type) || knownTypes.HasCacheKey(member)))
        {
            Add(ids, member);
            AddTypes(ids, MentionedTypes.In(type));
            AddPart(ids, member, type, knownTypes);
        }
        else if (member is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor)
        {
            foreach (var parameter in constructor.Parameters.Where(knownTypes.HasCacheKey))
            {
                AddTypes(ids, MentionedTypes.In(parameter.Type));
                AddPart(ids, parameter, parameter.Type, knownTypes);
            }
        }
    }

    // What is in a key is compared and written member by member, or by a comparer.
    private static void AddPart(SortedSet<string> ids, ISymbol symbol, ITypeSymbol type, KnownTypes knownTypes)
    {
        foreach (var argument in knownTypes.CacheKey(symbol)?.NamedArguments.ToArray() ?? [])
        {
            if (argument.Value.Kind == TypedConstantKind.Type && argument.Value.Value is ITypeSymbol comparer)
                AddTypes(ids, MentionedTypes.In(comparer));
        }

        AddMembers(ids, type, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default));
    }

    private static void AddMembers(SortedSet<string> ids, ITypeSymbol type, ISet<ITypeSymbol> seen)
    {
        foreach (var named in MentionedTypes.In(type).OfType<INamedTypeSymbol>())
        {
            if (!(named.IsRecord || named.IsValueType) || named.SpecialType != SpecialType.None || !seen.Add(named))
                continue;

            foreach (var member in named.GetMembers())
            {
                var of = member switch
                {
                    IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false } field => field.Type,
                    IPropertySymbol { IsStatic: false, IsImplicitlyDeclared: false } property => property.Type,
                    _ => null,
                };
                if (of is null)
                    continue;

                Add(ids, member);
                AddMembers(ids, of, seen);
            }
        }
    }

    private static void AddTypes(SortedSet<string> ids, IEnumerable<ITypeSymbol> types)
    {
        foreach (var type in types)
        {
            if (type.SpecialType != SpecialType.None)
                continue;

            Add(ids, type.OriginalDefinition);
            if (type.ContainingAssembly is { } assembly)
                Add(ids, assembly);
            if (type.ContainingModule is { } module)
                Add(ids, module);
        }
    }

    private static void Add(SortedSet<string> ids, ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (IdOf(attribute) is { } id && SyntaxFacts.IsValidIdentifier(id))
                ids.Add(id);
        }
    }

    // What is obsolete as an error cannot be switched off.
    private static string? IdOf(AttributeData attribute) => attribute switch
    {
        { AttributeClass: { Name: "ObsoleteAttribute", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } }
            => attribute.ConstructorArguments.Any(static argument => argument.Value is true) ? null
                : attribute.NamedArguments.FirstOrDefault(static argument => argument.Key == "DiagnosticId").Value.Value as string
                ?? (attribute.ConstructorArguments.FirstOrDefault().Value is string ? "CS0618" : "CS0612"),
        { AttributeClass: { Name: "ExperimentalAttribute", ContainingNamespace: { Name: "CodeAnalysis", ContainingNamespace.Name: "Diagnostics" } } }
            => attribute.ConstructorArguments.FirstOrDefault().Value as string,
        _ => null,
    };

    private static IFieldSymbol? DefaultOf(IParameterSymbol parameter)
        => parameter is { HasExplicitDefaultValue: true, Type: { TypeKind: TypeKind.Enum } type }
            ? type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(constant => Equals(constant.ConstantValue, parameter.ExplicitDefaultValue))
            : null;

    private static IEnumerable<INamedTypeSymbol> Inherited(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is not null; declaring = declaring.BaseType)
            yield return declaring;
    }

    // The analyzer of Orleans looks at the type that the code stands in.
    private static bool IsInGrain(IMethodSymbol method)
    {
        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.AllInterfaces.Any(static @interface => CodeText.Readable(@interface) is "Orleans.Runtime.IAddressable" or "Orleans.IGrainBase"))
                return true;
        }

        return false;
    }
}
