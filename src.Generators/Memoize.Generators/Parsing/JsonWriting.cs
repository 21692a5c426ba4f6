using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// What System.Text.Json refuses to write. A member that is computed is not read, but it is written, and one that cannot be makes
/// the whole value fail.
/// </summary>
internal sealed class JsonWriting(JsonOptions options)
{
    private readonly HashSet<ITypeSymbol> _seen = new(SymbolEqualityComparer.Default);

    /// <summary>Why a member keeps its type from being written, as the end of a sentence about the member.</summary>
    public string? Obstacle(JsonMember member)
    {
        if (member.Symbol is IPropertySymbol { RefKind: not RefKind.None })
            return "returns a reference, and JSON refuses types with such properties; make it a method, or mark it with [JsonIgnore]";
        if (!IsEndless(member) && Obstacle(member.Type) is not { } type)
            return null;
        return IsEndless(member)
            ? "is of the type that it is a member of, and is computed anew for each: writing it never ends; make it a method, or mark it with [JsonIgnore]"
            : $"keeps the value from being written: JSON refuses {Obstacle(member.Type)}; make it a method, or mark it with [JsonIgnore]";
    }

    /// <summary>What about a type itself is refused.</summary>
    public static string? Refuses(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { IsSZArray: false } => "arrays of several dimensions",
        { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } or { TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => "pointers",
        { TypeKind: TypeKind.Delegate } or { SpecialType: SpecialType.System_Delegate or SpecialType.System_MulticastDelegate } => "delegates",
        { IsRefLikeType: true } => $"a '{CodeText.Readable(type)}'",
        INamedTypeSymbol named when IsRefusedClass(named) => $"a '{CodeText.Readable(type)}'",
        _ => null,
    };

    private string? Obstacle(ITypeSymbol type)
    {
        type = KnownTypes.WithoutNullable(type);
        if (Refuses(type) is { } refused)
            return refused;
        if (type is IArrayTypeSymbol array)
            return Obstacle(array.ElementType);
        if (type is not INamedTypeSymbol named || JsonRoundTrip.IsValue(type) || JsonConverters.AreOn(type) || TypeNesting.IsTooDeep(type) || !_seen.Add(type))
            return null;
        if (FrameworkTypes.Contain(type))
            return named.TypeArguments.Select(Obstacle).FirstOrDefault(static obstacle => obstacle is not null);

        return JsonView.Of(named, options).Members
            .Where(static member => member.IsWritten && !JsonConverters.AreOn(member.Symbol))
            .Select(member => Obstacle(member.Type))
            .FirstOrDefault(static obstacle => obstacle is not null);
    }

    private static bool IsEndless(JsonMember member) => member is { IsComputed: true, CanBeSet: false, Symbol: IPropertySymbol { IsStatic: false, NullableAnnotation: not NullableAnnotation.Annotated } }
        && member.Symbol.ContainingType is { IsAbstract: false } type
        && SymbolEqualityComparer.Default.Equals(member.Type, type);

    private static bool IsRefusedClass(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            if (FrameworkTypes.IsNamed(declaring, "System.Reflection.MemberInfo") || FrameworkTypes.IsNamed(declaring, "System.Runtime.Serialization.SerializationInfo"))
                return true;
        }

        return FrameworkTypes.IsNamed(type, "System.Collections.Generic.IAsyncEnumerable")
            || type.AllInterfaces.Any(static candidate => candidate.Name == "IAsyncEnumerable" && FrameworkTypes.Contain(candidate));
    }
}
