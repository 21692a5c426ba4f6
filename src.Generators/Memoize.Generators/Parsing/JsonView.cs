using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// What System.Text.Json sees of a class or struct that is no collection: the constructor that it reads values with, and the
/// members that it writes, reads, or both.
/// </summary>
internal sealed class JsonView
{
    private JsonView(INamedTypeSymbol type, JsonOptions options)
    {
        Type = type;
        Constructor = ConstructorOf(type);
        Members = [.. MembersOf(type, options)];
    }

    public INamedTypeSymbol Type { get; }

    /// <summary>The constructor that values are read with; <see langword="null"/> if none can be chosen.</summary>
    public IMethodSymbol? Constructor { get; }

    /// <summary>The members, those of base types too; of those that hide each other, the hiding one. Without <c>[JsonIgnore]</c>.</summary>
    public IReadOnlyList<JsonMember> Members { get; }

    public static JsonView Of(INamedTypeSymbol type, JsonOptions options) => new(type, options);

    /// <summary>
    /// The constructor that values are read with, as System.Text.Json chooses it: the marked one, else one without parameters,
    /// else the only public one. A struct has always one without parameters.
    /// </summary>
    public static IMethodSymbol? ConstructorOf(INamedTypeSymbol type)
    {
        var marked = type.InstanceConstructors.FirstOrDefault(static constructor => JsonAttributes.Has(constructor, "JsonConstructorAttribute"));
        if (marked is not null)
            return marked;

        var constructors = type.InstanceConstructors.Where(static constructor => constructor.DeclaredAccessibility == Accessibility.Public).ToArray();
        return type.IsValueType && IsPair(type) ? constructors.First(static constructor => constructor.Parameters.Length == 2)
            : constructors.FirstOrDefault(static constructor => constructor.Parameters.IsEmpty) ?? (constructors.Length == 1 ? constructors[0] : null);
    }

    /// <summary>A type and its bases, as far as they can hold something.</summary>
    public static IEnumerable<INamedTypeSymbol> SelfAndBases(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; declaring = declaring.BaseType)
            yield return declaring;
    }

    /// <summary>The constructor's parameter that a member is read through.</summary>
    public IParameterSymbol? ParameterOf(JsonMember member) => Constructor?.Parameters.FirstOrDefault(parameter =>
        IsNamed(member, parameter) && SymbolEqualityComparer.Default.Equals(member.Type, parameter.Type));

    public static bool IsNamed(JsonMember member, IParameterSymbol parameter)
        => string.Equals(member.Symbol.Name, parameter.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a value that was read has the member as it was written: through its setter, the constructor, or by filling what is there.</summary>
    public bool IsRestored(JsonMember member) => member.CanBeSet || ParameterOf(member) is not null || IsFilled(member);

    /// <summary>Whether the member's own object is filled when it is read, instead of being replaced.</summary>
    public bool IsFilled(JsonMember member)
        => (JsonAttributes.Find(member.Symbol, "JsonObjectCreationHandlingAttribute") ?? JsonAttributes.Find(Type, "JsonObjectCreationHandlingAttribute")) is { } handling
            && JsonAttributes.Number(handling) == 1
            && (JsonAttributes.Has(member.Symbol, "JsonObjectCreationHandlingAttribute") || !member.Type.IsValueType);

    private static bool IsPair(INamedTypeSymbol type) => FrameworkTypes.IsNamed(type, "System.Collections.Generic.KeyValuePair");

    private static IEnumerable<JsonMember> MembersOf(INamedTypeSymbol type, JsonOptions options)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var declaring in SelfAndBases(type))
        {
            foreach (var symbol in declaring.GetMembers())
            {
                if (JsonMember.Of(symbol, options) is { } member && names.Add(symbol.Name) && JsonAttributes.IgnoreCondition(symbol) != JsonAttributes.Ignored.Always)
                    yield return member;
            }
        }
    }
}
