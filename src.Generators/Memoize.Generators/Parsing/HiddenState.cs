using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>
/// What a value holds and JSON does not see: fields that no property shows, or that are shown by a property which cannot be set.
/// Writing what was read once more does not bring it to light, so that it has to be seen here.
/// </summary>
/// <remarks>
/// A type with an equality of its own (a record, for one) tells the difference itself, when its first values are written. The compiler
/// shows private fields of this project's types, and of all structs.
/// </remarks>
internal static class HiddenState
{
    // What synchronises, or is made when it is asked for, is no part of a value.
    private static readonly string[] Machinery =
        ["System.Threading.Lock", "System.Threading.SemaphoreSlim", "System.Threading.ReaderWriterLockSlim", "System.Lazy", "System.WeakReference"];

    /// <summary>Whether a type can hold anything.</summary>
    public static bool CanBe(INamedTypeSymbol type) => JsonView.SelfAndBases(type).Any(static declaring => !IsOpen(declaring)
        || declaring.GetMembers().Any(static member => member is IFieldSymbol { IsStatic: false, IsConst: false })
        || HasCapturedParameters(declaring));

    /// <summary>What would be lost, as a sentence; <see langword="null"/> if nothing certainly is.</summary>
    public static string? Obstacle(JsonView view)
    {
        foreach (var declaring in JsonView.SelfAndBases(view.Type).Where(IsOpen))
        {
            var shown = Shown(declaring, view);
            foreach (var field in declaring.GetMembers().OfType<IFieldSymbol>().Where(static field => !field.IsStatic && !field.IsConst))
            {
                if (Obstacle(field, view, shown) is { } obstacle)
                    return $"'{CodeText.Readable(declaring)}.{NameOf(field)}' {obstacle}";
            }
        }

        return null;
    }

    private static bool IsOpen(INamedTypeSymbol type) => type.IsValueType || !type.DeclaringSyntaxReferences.IsEmpty;

    private static bool HasCapturedParameters(INamedTypeSymbol type) => !type.IsRecord && type.InstanceConstructors.Any(static constructor =>
        !constructor.Parameters.IsEmpty && constructor.DeclaringSyntaxReferences.Any(static reference => reference.GetSyntax() is TypeDeclarationSyntax));

    private static string? Obstacle(IFieldSymbol field, JsonView view, IPropertySymbol[] shown)
    {
        if (field.AssociatedSymbol is IEventSymbol || IsIgnored(field) || (field.AssociatedSymbol is { } owner && IsIgnored(owner)))
            return null;
        if (field.AssociatedSymbol is IPropertySymbol { SetMethod: null } computing && !JsonMember.IsAuto(computing))
            return null;
        if (AutoPropertyOf(field) is { } property)
            return ObstacleOfAuto(property, view);
        if (view.Members.Any(member => SymbolEqualityComparer.Default.Equals(member.Symbol, field)) || IsMachinery(field))
            return null;
        if (IsReadOnlyValue(field, view))
            return null;

        if (shown.FirstOrDefault(candidate => ReturnedFieldOf(candidate) == field.Name) is { } returning)
            return IsRestored(returning, view) ? null : $"is lost: '{returning.Name}' shows it, which cannot be set when the value is read; give that an init accessor, or a constructor parameter{(view.Type.IsValueType ? " and [JsonConstructor]" : "")}";

        // What computes more than that may keep a copy of what it has computed.
        if (shown.FirstOrDefault(candidate => string.Equals(candidate.Name, Trimmed(field.Name), StringComparison.OrdinalIgnoreCase)) is { } named)
            return IsRestored(named, view) || !named.DeclaringSyntaxReferences.IsEmpty ? null : $"is lost: '{named.Name}' cannot be set when the value is read; it needs a [JsonConverter]";

        // So may what is null at first.
        var mayBeNull = field.NullableAnnotation == NullableAnnotation.Annotated || (field.NullableAnnotation == NullableAnnotation.None && field.Type.IsReferenceType);
        return mayBeNull || HasEqualityOfItsOwn(view.Type) || shown.Any(IsOverUnknownField)
            ? null
            : "is private, and what it holds is not written; make it a property that can be set, or mark it with [JsonIgnore] if it may be lost";
    }

    private static string? ObstacleOfAuto(IPropertySymbol property, JsonView view)
    {
        var member = MemberOf(property, view);
        if (member is null)
        {
            var hiding = JsonView.SelfAndBases(view.Type).SelectMany(declaring => declaring.GetMembers(property.Name))
                .TakeWhile(candidate => !SymbolEqualityComparer.Default.Equals(candidate, property)).FirstOrDefault();
            if (hiding is not null && IsIgnored(hiding))
                return null;
            if (hiding is not null)
                return $"is lost: '{CodeText.Readable(hiding.ContainingType)}.{hiding.Name}' hides it";
            return property.SetMethod is null && view.Constructor is { Parameters.Length: > 0 } constructor && InitialValues.IsMadeByConstructor(property, property.Type, constructor)
                ? null
                : "is lost: it is not public; mark it with [JsonInclude], or with [JsonIgnore] if it may be";
        }

        // An override without a setter leaves the base's value unset.
        return !SymbolEqualityComparer.Default.Equals(member.Symbol, property) && !view.IsRestored(member)
            ? $"is lost: '{CodeText.Readable(member.Symbol.ContainingType)}.{member.Symbol.Name}' overrides it, and cannot be set when the value is read"
            : null;
    }

    // The view's member for a property or for what overrides it.
    private static JsonMember? MemberOf(IPropertySymbol property, JsonView view) => view.Members.FirstOrDefault(member =>
    {
        for (var candidate = member.Symbol as IPropertySymbol; candidate is not null; candidate = candidate.OverriddenProperty)
        {
            if (SymbolEqualityComparer.Default.Equals(candidate, property))
                return true;
        }

        return false;
    });

    private static IPropertySymbol? AutoPropertyOf(IFieldSymbol field)
    {
        if (field.AssociatedSymbol is IPropertySymbol property)
            return property;

        // The compiler forgets whose they are when it has written them to an assembly.
        return field.Name.StartsWith("<", StringComparison.Ordinal) && field.Name.EndsWith(">k__BackingField", StringComparison.Ordinal)
            ? field.ContainingType.GetMembers(field.Name.Substring(1, field.Name.IndexOf('>') - 1)).OfType<IPropertySymbol>().FirstOrDefault()
            : null;
    }

    // The properties with code that may return a field, as far as JSON sees them or was told not to.
    private static IPropertySymbol[] Shown(INamedTypeSymbol type, JsonView view) =>
    [
        .. type.GetMembers().OfType<IPropertySymbol>().Where(property => property is { IsStatic: false, IsIndexer: false, GetMethod: not null }
            && !JsonMember.IsAuto(property)
            && (IsIgnored(property) || MemberOf(property, view) is not null)),
    ];

    private static string? ReturnedFieldOf(IPropertySymbol property)
        => property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is PropertyDeclarationSyntax syntax ? ReturnedField.Of(syntax) : null;

    private static bool IsRestored(IPropertySymbol property, JsonView view)
        => IsIgnored(property) || (MemberOf(property, view) is { } member && view.IsRestored(member));

    // Which field it sets, only its body says.
    private static bool IsOverUnknownField(IPropertySymbol property) => property.SetMethod is not null
        && ReturnedFieldOf(property) is null
        && !property.ContainingType.GetMembers().Any(field => field is IFieldSymbol && string.Equals(Trimmed(field.Name), property.Name, StringComparison.OrdinalIgnoreCase));

    private static string Trimmed(string field) => (field.StartsWith("m_", StringComparison.Ordinal) ? field.Substring(2) : field).TrimStart('_');

    private static bool IsIgnored(ISymbol member) => JsonAttributes.IgnoreCondition(member) == JsonAttributes.Ignored.Always
        || member.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "NonSerializedAttribute");

    private static bool IsMachinery(IFieldSymbol field) => (field.IsReadOnly && field.Type.SpecialType == SpecialType.System_Object)
        || Array.Exists(Machinery, name => FrameworkTypes.IsNamed(field.Type, name));

    private static bool IsReadOnlyValue(IFieldSymbol field, JsonView view) => field.IsReadOnly
        && view.Constructor is { Parameters.Length: > 0 } constructor
        && InitialValues.IsMadeByConstructor(field, field.Type, constructor);

    private static bool HasEqualityOfItsOwn(INamedTypeSymbol type) => type.IsRecord
        || JsonView.SelfAndBases(type).Any(static declaring => declaring.GetMembers("Equals").OfType<IMethodSymbol>().Any(static equals => equals is { IsOverride: true, IsImplicitlyDeclared: false }));

    private static string NameOf(IFieldSymbol field) => AutoPropertyOf(field)?.Name ?? field.Name;
}
