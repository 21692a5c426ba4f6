using System.Collections.Concurrent;
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
internal sealed class SuppressedWarnings(KnownTypes knownTypes)
{
    private const string Used = "The method's own declaration uses what is obsolete or experimental, and its author is told there.";
    private const string Awaited = "ConfigureAwait(false) is not for grains, whose code must go on where it was; none of it runs after an await in this file.";

    private static readonly string[] Callbacks = ["When", "DurationFrom", "Size", "Key", "OnRemoved", "StaleOnErrorWhen"];

    private static readonly string[] None = [];

    private readonly ConcurrentDictionary<ITypeSymbol, string[]> _ofNamedTypes = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, string[]> _ofKeys = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, string[]> _ofMembers = new(SymbolEqualityComparer.Default);

    /// <summary>Those of the file of a method.</summary>
    /// <param name="method">The method.</param>
    /// <param name="core">The method that computes; <see langword="null"/> if the file has a stub only.</param>
    /// <param name="options">What the attribute says; <see langword="null"/> if the file has a stub only.</param>
    public EquatableArray<SuppressedWarning> Of(IMethodSymbol method, CoreModel? core = null, AttributeOptions? options = null)
    {
        // Almost always there are none, and nothing is allocated.
        HashSet<string>? ids = null;
        Add(ref ids, OfNamed(method.ReturnType));
        foreach (var parameter in method.Parameters)
            Add(ref ids, OfNamed(parameter.Type));
        foreach (var parameter in method.TypeParameters)
        {
            foreach (var constraint in parameter.ConstraintTypes)
                Add(ref ids, OfNamed(constraint));
        }

        if (core is not null && options is not null)
            AddWhatIsCalled(ref ids, method, core, options);

        var isAwaitedInGrain = core is not null && ReturnParser.Unwrap(method.ReturnType, knownTypes).Kind != ReturnKind.Value && IsInGrain(method);
        if (ids is null && !isAwaitedInGrain)
            return default;

        var warnings = (ids ?? []).OrderBy(static id => id, StringComparer.Ordinal).Select(static id => new SuppressedWarning(id, Used));
        return (isAwaitedInGrain ? warnings.Append(new("ORLEANS0014", Awaited)) : warnings).ToEquatableArray();
    }

    private void AddWhatIsCalled(ref HashSet<string>? ids, IMethodSymbol method, CoreModel core, AttributeOptions options)
    {
        // Which of the overloads computes takes a while to find out, and hardly ever matters.
        var name = core.Name.TrimStart('@');
        if (CachedMethodParser.IsImplementedByGenerator(method)
            && Inherited(method.ContainingType).SelectMany(type => type.GetMembers(name)).Any(static candidate => OfAttributes(candidate).Length > 0)
            && CoreFinder.FindSymbol(method, core, knownTypes) is { } computing)
        {
            Add(ref ids, OfAttributes(computing));
        }

        foreach (var option in Callbacks)
        {
            if (options.Text(option) is not { } named)
                continue;

            foreach (var callback in Inherited(method.ContainingType).SelectMany(type => type.GetMembers(named)))
                Add(ref ids, OfAttributes(callback));
        }

        foreach (var parameter in method.Parameters)
        {
            Add(ref ids, OfPart(parameter, parameter.Type));
            if (DefaultOf(parameter) is { } constant)
                Add(ref ids, OfAttributes(constant));
        }

        Add(ref ids, _ofMembers.GetOrAdd(method.ContainingType, OfMembers));
    }

    // The file reads the members of the type that are in the key, and the one that holds the memoizer.
    private string[] OfMembers(INamedTypeSymbol containing)
    {
        HashSet<string>? ids = null;
        foreach (var member in Inherited(containing).SelectMany(static type => type.GetMembers()))
        {
            var type = member switch
            {
                IFieldSymbol field => field.Type,
                IPropertySymbol property => property.Type,
                _ => null,
            };
            if (type is not null && (knownTypes.IsMemoizer(type) || knownTypes.HasCacheKey(member)))
            {
                Add(ref ids, OfAttributes(member));
                Add(ref ids, OfNamed(type));
                Add(ref ids, OfPart(member, type));
            }
            else if (member is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor)
            {
                foreach (var parameter in constructor.Parameters.Where(knownTypes.HasCacheKey))
                {
                    Add(ref ids, OfNamed(parameter.Type));
                    Add(ref ids, OfPart(parameter, parameter.Type));
                }
            }
        }

        return ids?.ToArray() ?? None;
    }

    // What is in a key is compared and written member by member, or by a comparer.
    private string[] OfPart(ISymbol symbol, ITypeSymbol type)
    {
        var ofKey = type.SpecialType != SpecialType.None ? None : _ofKeys.GetOrAdd(type, static type =>
        {
            HashSet<string>? ids = null;
            AddMembers(ref ids, type, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default));
            return ids?.ToArray() ?? None;
        });
        if (knownTypes.CacheKey(symbol) is not { NamedArguments.IsEmpty: false } attribute)
            return ofKey;

        return
        [
            .. ofKey,
            .. attribute.NamedArguments
                .Select(static argument => argument.Value is { Kind: TypedConstantKind.Type, Value: ITypeSymbol comparer } ? comparer : null)
                .OfType<ITypeSymbol>()
                .SelectMany(OfNamed),
        ];
    }

    private static void AddMembers(ref HashSet<string>? ids, ITypeSymbol type, ISet<ITypeSymbol> seen)
    {
        var parts = new List<INamedTypeSymbol>();
        MentionedTypes.Find(type, part =>
        {
            if (part is INamedTypeSymbol { SpecialType: SpecialType.None } named && (named.IsRecord || named.IsValueType) && !TypeNesting.IsTooDeep(named) && seen.Add(named))
                parts.Add(named);
            return false;
        });

        foreach (var member in parts.SelectMany(static part => part.GetMembers()))
        {
            var of = member switch
            {
                IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false } field => field.Type,
                IPropertySymbol { IsStatic: false, IsImplicitlyDeclared: false } property => property.Type,
                _ => null,
            };
            if (of is null)
                continue;

            Add(ref ids, OfAttributes(member));
            AddMembers(ref ids, of, seen);
        }
    }

    private string[] OfNamed(ITypeSymbol type) => type.SpecialType != SpecialType.None ? None : _ofNamedTypes.GetOrAdd(type, static type =>
    {
        HashSet<string>? ids = null;
        MentionedTypes.Find(type, part =>
        {
            Add(ref ids, OfAttributes(part.OriginalDefinition));
            if (part.ContainingAssembly is { } assembly)
                Add(ref ids, OfAttributes(assembly));
            if (part.ContainingModule is { } module)
                Add(ref ids, OfAttributes(module));
            return false;
        });
        return ids?.ToArray() ?? None;
    });

    private static string[] OfAttributes(ISymbol symbol) => symbol.GetAttributes() is { IsEmpty: false } attributes
        ? [.. attributes.Select(IdOf).OfType<string>().Where(SyntaxFacts.IsValidIdentifier)]
        : None;

    private static void Add(ref HashSet<string>? ids, string[] more)
    {
        if (more.Length > 0)
            (ids ??= new(StringComparer.Ordinal)).UnionWith(more);
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
        => parameter is { Type: { TypeKind: TypeKind.Enum } type, HasExplicitDefaultValue: true }
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
