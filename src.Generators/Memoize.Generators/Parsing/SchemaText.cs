using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Describes the shape of a type as far as serialized values depend on it: names and types of what is serialized, names and
/// values of enums, what constructs it, and what attributes of serializers say. The order of declarations, methods,
/// comments and files make no difference; each type is described once and referred to by its name after that.
/// </summary>
/// <remarks>
/// Fingerprints in stores are made from this text: a change of it makes every entry a miss. It only reads declarations
/// (<see cref="ParsedMethods"/> rests on that).
/// </remarks>
internal sealed class SchemaText
{
    private static readonly string[] SerializerNamespaces =
        ["System.Text.Json", "System.Runtime.Serialization", "Newtonsoft.Json", "MessagePack", "MemoryPack", "ProtoBuf"];

    private static readonly string[] PositionalNamespaces = ["MessagePack", "MemoryPack", "ProtoBuf"];

    private readonly StringBuilder _text = new();
    private readonly HashSet<ITypeSymbol> _described = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the text depends on type arguments that only the program knows.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Adds a text.</summary>
    public SchemaText Add(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>Adds a type.</summary>
    public SchemaText Add(ITypeSymbol type)
    {
        switch (type)
        {
            case ITypeParameterSymbol parameter:
                IsOpen = true;
                return Add(parameter.Name);
            case IArrayTypeSymbol array:
                return Add(array.ElementType).Add($"[{new string(',', array.Rank - 1)}]");
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable:
                return Add(nullable.TypeArguments[0]).Add("?");
            case INamedTypeSymbol { IsTupleType: true } tuple:
                return AddList("(", tuple.TupleElements.Select(static element => element.Type), ")");
            case INamedTypeSymbol named:
                return AddNamed(named);
            default:
                return Add(CodeText.Readable(type));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>The members that a value of the type may be serialized by, those of base types too, in the order of their names.</summary>
    public static IEnumerable<(ISymbol Member, ITypeSymbol Type)> Members(INamedTypeSymbol type)
    {
        var members = new SortedDictionary<string, (ISymbol, ITypeSymbol)>(StringComparer.Ordinal);
        foreach (var declaring in SelfAndBases(type))
        {
            foreach (var member in declaring.GetMembers())
            {
                var memberType = member switch
                {
                    IPropertySymbol { IsStatic: false, IsIndexer: false, GetMethod: not null } property => property.Type,
                    IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false } field => field.Type,
                    _ => null,
                };
                if (memberType is not null && IsSerialized(member) && !members.ContainsKey(member.Name))
                    members.Add(member.Name, (member, memberType));
            }
        }

        return members.Values;
    }

    private static IEnumerable<INamedTypeSymbol> SelfAndBases(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; declaring = declaring.BaseType)
            yield return declaring;
        if (type.TypeKind != TypeKind.Interface)
            yield break;
        foreach (var inherited in type.AllInterfaces)
            yield return inherited;
    }

    private static bool IsSerialized(ISymbol member)
        => (member.DeclaredAccessibility == Accessibility.Public || JsonAttributes.Has(member, "JsonIncludeAttribute"))
            && JsonAttributes.IgnoreCondition(member) != JsonAttributes.Ignored.Always;

    private SchemaText AddNamed(INamedTypeSymbol type)
    {
        // The name counts, too: a temperature in degrees Celsius has the shape of one in Fahrenheit.
        Add(CodeText.Readable(type.OriginalDefinition));
        if (type.TypeArguments.Length > 0)
            AddList("<", type.TypeArguments, ">");
        if (type.SpecialType != SpecialType.None || TypeNesting.IsTooDeep(type) || !_described.Add(type))
            return this;

        AddAttributes(type);
        if (type.TypeKind == TypeKind.Enum)
            return AddEnum(type);
        if (FrameworkTypes.Contain(type) || type.TypeKind is TypeKind.Delegate or TypeKind.Error)
            return this;

        Add("{");
        if (JsonView.ConstructorOf(type) is { Parameters.Length: > 0 } constructor)
        {
            foreach (var parameter in constructor.Parameters)
                Add($"({parameter.Name}:{CodeText.Readable(parameter.Type)})");
        }

        foreach (var (member, memberType) in Members(type))
        {
            Add($"{member.Name}{Settable(member)}");
            AddAttributes(member);
            Add(memberType).Add(";");
        }

        foreach (var member in MembersInOrder(type))
            Add($"#{member.Name}:").Add(((member as IPropertySymbol)?.Type ?? ((IFieldSymbol)member).Type)).Add(";");
        foreach (var (member, value) in UnwrittenValues(type))
            Add($"{member}={value};");

        foreach (var items in type.AllInterfaces.Where(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T))
            Add("[").Add(items.TypeArguments[0]).Add("]");
        return Add("}");
    }

    // Serializers that write no names know members by their places, and private ones as well.
    private static IEnumerable<ISymbol> MembersInOrder(INamedTypeSymbol type) => type.GetAttributes().Any(static attribute => JsonAttributes.IsOfAny(attribute, PositionalNamespaces))
        ? SelfAndBases(type).SelectMany(static declaring => declaring.GetMembers()).Where(static member => member is IPropertySymbol { IsStatic: false, IsIndexer: false } or IFieldSymbol { IsStatic: false, IsConst: false, IsImplicitlyDeclared: false })
        : [];

    // What is not written has its initial value after reading: another one would be a value that no old entry had.
    private static IEnumerable<(string Member, string Value)> UnwrittenValues(INamedTypeSymbol type) => SelfAndBases(type)
        .SelectMany(static declaring => declaring.GetMembers())
        .Where(static member => JsonAttributes.IgnoreCondition(member) != JsonAttributes.Ignored.Never)
        .Select(static member => (member.Name, Value: InitialValues.Of(member)))
        .Where(static member => member.Value is not null)
        .OrderBy(static member => member.Name, StringComparer.Ordinal)
        .Select(static member => (member.Name, member.Value!));

    // JSON sets what is public, other serializers may set more.
    private static string Settable(ISymbol member) => member switch
    {
        IPropertySymbol { SetMethod.DeclaredAccessibility: Accessibility.Public } or IFieldSymbol { IsReadOnly: false } => ":",
        IPropertySymbol { SetMethod: not null } => "~",
        _ => "=",
    };

    private SchemaText AddEnum(INamedTypeSymbol type)
    {
        Add($"{{{CodeText.Readable(type.EnumUnderlyingType!)}:");
        foreach (var value in type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).OrderBy(static field => field.Name, StringComparer.Ordinal))
        {
            Add($"{value.Name}={Convert.ToString(value.ConstantValue, CultureInfo.InvariantCulture)};");
            AddAttributes(value);
        }

        return Add("}");
    }

    // The derived types that attributes name are part of the shape.
    private void AddAttributes(ISymbol symbol)
    {
        var attributes = symbol.GetAttributes()
            .Where(static attribute => JsonAttributes.IsOfAny(attribute, SerializerNamespaces))
            .OrderBy(Text, StringComparer.Ordinal);
        foreach (var attribute in attributes)
        {
            Add($"@{Text(attribute)}");
            if (attribute is { AttributeClass.Name: "JsonDerivedTypeAttribute", ConstructorArguments.Length: > 0 } && attribute.ConstructorArguments[0].Value is INamedTypeSymbol derived)
                Add(derived);
        }
    }

    private static string Text(AttributeData attribute)
    {
        var arguments = attribute.ConstructorArguments.Select(Text);
        var named = attribute.NamedArguments.OrderBy(static argument => argument.Key, StringComparer.Ordinal).Select(static argument => $"{argument.Key}={Text(argument.Value)}");
        return $"{attribute.AttributeClass!.Name}({string.Join(",", arguments.Concat(named))})";
    }

    private static string Text(TypedConstant constant) => constant.Kind switch
    {
        TypedConstantKind.Array => constant.IsNull ? "null" : string.Join(" ", constant.Values.Select(Text)),
        TypedConstantKind.Type => constant.Value is ITypeSymbol type ? CodeText.Readable(type) : "null",
        _ => Convert.ToString(constant.Value, CultureInfo.InvariantCulture) is { } text ? CodeText.Literal(text) : "null",
    };

    private SchemaText AddList(string before, IEnumerable<ITypeSymbol> types, string after)
    {
        Add(before);
        foreach (var type in types)
            Add(type).Add(",");
        return Add(after);
    }
}
