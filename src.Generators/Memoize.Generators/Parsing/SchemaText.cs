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

    /// <summary>The constructor that values are read with, if that is known: the marked one, or the only one, or one without parameters.</summary>
    public static IMethodSymbol? Constructor(INamedTypeSymbol type)
    {
        if (type.InstanceConstructors.FirstOrDefault(static constructor => Has(constructor, "JsonConstructorAttribute")) is { } marked)
            return marked;

        var constructors = type.InstanceConstructors.Where(static constructor => constructor.DeclaredAccessibility == Accessibility.Public).ToArray();
        return constructors.FirstOrDefault(static constructor => constructor.Parameters.IsEmpty && !constructor.IsImplicitlyDeclared)
            ?? constructors.FirstOrDefault(static constructor => constructor.Parameters.IsEmpty && constructor.ContainingType.IsReferenceType)
            ?? (constructors.Where(static constructor => !constructor.Parameters.IsEmpty).Take(2).ToArray() is { Length: 1 } only ? only[0] : null)
            ?? constructors.FirstOrDefault(static constructor => constructor.Parameters.IsEmpty);
    }

    /// <summary>Whether a symbol has an attribute of System.Text.Json.</summary>
    public static bool Has(ISymbol symbol, string attribute) => Find(symbol, attribute) is not null;

    /// <summary>An attribute of System.Text.Json.</summary>
    public static AttributeData? Find(ISymbol symbol, string attribute) => symbol.GetAttributes().FirstOrDefault(candidate =>
        candidate.AttributeClass is { } type && type.Name == attribute && Namespace(type).StartsWith("System.Text.Json", StringComparison.Ordinal));

    /// <summary>Whether it is a type of the framework, which is known by its name.</summary>
    public static bool IsOfFramework(ITypeSymbol type)
        => Namespace(type) is var name && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

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
        => (member.DeclaredAccessibility == Accessibility.Public || Has(member, "JsonIncludeAttribute"))
            && !(Find(member, "JsonIgnoreAttribute") is { } ignore && ignore.NamedArguments.All(static argument => argument is not { Key: "Condition", Value.Value: not 1 }));

    private static string Namespace(ITypeSymbol type) => type.ContainingNamespace is { IsGlobalNamespace: false } name ? name.ToDisplayString() : "";

    private SchemaText AddNamed(INamedTypeSymbol type)
    {
        // The name counts, too: a temperature in degrees Celsius has the shape of one in Fahrenheit.
        Add(CodeText.Readable(type.OriginalDefinition));
        if (type.TypeArguments.Length > 0)
            AddList("<", type.TypeArguments, ">");
        if (type.SpecialType != SpecialType.None || !_described.Add(type))
            return this;

        AddAttributes(type);
        if (type.TypeKind == TypeKind.Enum)
            return AddEnum(type);
        if (IsOfFramework(type) || type.TypeKind is TypeKind.Delegate or TypeKind.Error)
            return this;

        Add("{");
        if (Constructor(type) is { Parameters.Length: > 0 } constructor)
        {
            foreach (var parameter in constructor.Parameters)
                Add($"({parameter.Name}:{CodeText.Readable(parameter.Type)})");
        }

        foreach (var (member, memberType) in Members(type))
        {
            Add($"{member.Name}{(IsSettable(member) ? ":" : "=")}");
            AddAttributes(member);
            Add(memberType).Add(";");
        }

        foreach (var items in type.AllInterfaces.Where(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T))
            Add("[").Add(items.TypeArguments[0]).Add("]");
        return Add("}");
    }

    private static bool IsSettable(ISymbol member) => member switch
    {
        IPropertySymbol property => property.SetMethod is not null,
        IFieldSymbol field => !field.IsReadOnly,
        _ => false,
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
            .Where(static attribute => attribute.AttributeClass is { } type && Array.Exists(SerializerNamespaces, name => Namespace(type).StartsWith(name, StringComparison.Ordinal)))
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
