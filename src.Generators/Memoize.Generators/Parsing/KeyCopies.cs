using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// How a value with an equality of its own is copied, so that the key that is kept stays what it is and the core does not see
/// what the caller does to the value later.
/// </summary>
internal static class KeyCopies
{
    // They have members that can be set, which nobody does, or the runtime copies them.
    private static readonly string[] NeverChanged =
    [
        "System.Net.IPAddress", "System.Globalization.CultureInfo", "System.Globalization.RegionInfo", "System.Globalization.CompareInfo",
        "System.Text.Encoding", "System.Type", "System.Reflection.MemberInfo", "System.Reflection.Assembly", "System.TimeZoneInfo",
        "System.Uri", "System.Version", "System.Net.Http.HttpMethod", "System.Delegate", "System.Text.StringBuilder",
    ];

    /// <summary>What changes a value of the type; <see langword="null"/> if nothing does, or if a copy of it is known to be one.</summary>
    public static ISymbol? Changing(ITypeSymbol type, KnownTypes knownTypes)
        => CopyOf(type, knownTypes) is null ? FirstChange(type, knownTypes, depth: 0) : null;

    /// <summary>How a copy is made, if one is needed and known.</summary>
    public static KeyCopy? CopyOf(ITypeSymbol type, KnownTypes knownTypes)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class } named || FirstChange(named, knownTypes, depth: 0) is not { } change)
            return null;

        var written = CodeText.Qualified(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated));
        if (named.AllInterfaces.FirstOrDefault(candidate => IsDeepCloneable(candidate, named)) is { } cloneable)
            return new($"(({CodeText.Qualified(cloneable)}?){{0}})?.Clone(){Forgive()}");
        if (!named.IsRecord)
            return null;
        if (named.AllInterfaces.Any(candidate => knownTypes.Is(candidate, "System.ICloneable")))
            return new($"({written}{(Forgive().Length == 0 ? "?" : "")})((global::System.ICloneable?){{0}})?.Clone(){Forgive()}");

        // A copy of a record shares what its members refer to.
        return IsOwnChange(change, named) && State(named).All(field => FirstChange(field.Type, knownTypes, depth: 1) is null)
            ? new($"{{0}} is null ? null{Forgive()} : {{0}} with {{{{ }}}}")
            : null;

        string Forgive() => type.NullableAnnotation == NullableAnnotation.Annotated ? "" : "!";
    }

    private static bool IsDeepCloneable(INamedTypeSymbol candidate, INamedTypeSymbol type)
        => candidate is { Name: "IDeepCloneable", Arity: 1 }
            && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type)
            && candidate.GetMembers("Clone").Any(member => member is IMethodSymbol { Parameters.IsEmpty: true } clone && SymbolEqualityComparer.Default.Equals(clone.ReturnType, type));

    // The first member by which a value can change, also in what it refers to. Collections in keys are copied with what they hold.
    private static ISymbol? FirstChange(ITypeSymbol type, KnownTypes knownTypes, int depth)
    {
        type = KnownTypes.WithoutNullable(type);
        if (type is not INamedTypeSymbol named || depth > 4 || IsNeverChanged(named, knownTypes) || knownTypes.KeyFor(named) is not null)
            return null;

        if (knownTypes.ValueEquality.CollectionOf(named) is { } collection)
            return FirstChange(collection.Item, knownTypes, depth + 1) ?? (collection.Key is null ? null : FirstChange(collection.Key, knownTypes, depth + 1));
        if (named.IsTupleType)
            return named.TupleElements.Select(element => FirstChange(element.Type, knownTypes, depth + 1)).FirstOrDefault(static change => change is not null);

        // A struct is a copy itself.
        if (named.TypeKind is TypeKind.Class or TypeKind.Interface && Members(named).FirstOrDefault(CanBeSet) is { } settable)
            return settable;
        return IsOfThisProject(named, knownTypes)
            ? State(named).Select(field => FirstChange(field.Type, knownTypes, depth + 1)).FirstOrDefault(static change => change is not null)
            : null;
    }

    private static bool IsOwnChange(ISymbol change, INamedTypeSymbol type) => Members(type).Contains(change, SymbolEqualityComparer.Default);

    private static IEnumerable<IFieldSymbol> State(INamedTypeSymbol type) => Members(type).OfType<IFieldSymbol>().Where(static field => !field.IsConst);

    private static IEnumerable<ISymbol> Members(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: SpecialType.None }; declaring = declaring.BaseType)
        {
            foreach (var member in declaring.GetMembers())
            {
                if (member is IPropertySymbol { IsStatic: false, IsIndexer: false } or IFieldSymbol { IsStatic: false })
                    yield return member;
            }
        }
    }

    private static bool CanBeSet(ISymbol member) => member switch
    {
        IPropertySymbol { DeclaredAccessibility: Accessibility.Public, SetMethod: { IsInitOnly: false, DeclaredAccessibility: Accessibility.Public } } => true,
        IFieldSymbol { DeclaredAccessibility: Accessibility.Public, IsReadOnly: false } => true,
        _ => false,
    };

    private static bool IsNeverChanged(INamedTypeSymbol type, KnownTypes knownTypes)
    {
        if (type.SpecialType != SpecialType.None || type.TypeKind is TypeKind.Enum or TypeKind.Delegate)
            return true;

        for (var declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            if (Array.Exists(NeverChanged, name => knownTypes.Is(declaring, name)))
                return true;
        }

        return false;
    }

    private static bool IsOfThisProject(INamedTypeSymbol type, KnownTypes knownTypes)
        => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, knownTypes.Compilation.Assembly);
}
