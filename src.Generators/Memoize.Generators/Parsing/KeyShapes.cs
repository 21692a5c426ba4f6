using System.Globalization;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Decides how the parts of a key are written for stores: as their equality in the key has it. What compares in a way that
/// cannot be seen from here has no stored form, and <see cref="Obstacle"/> says why.
/// </summary>
/// <remarks>
/// What a shape writes is a prefix code: no value writes the beginning of what another one writes, so that one can follow the
/// other without anything in between.
/// </remarks>
internal sealed class KeyShapes(KnownTypes knownTypes, INamedTypeSymbol within)
{
    private const string Write = "writer.Write({0})";

    // For numbers that would fit several of the writer's methods equally well.
    private const string Widened = "writer.Write((long){0})";

    // Types that the writer knows.
    private static readonly Dictionary<SpecialType, string> SpecialTypes = new()
    {
        [SpecialType.System_Boolean] = Write,
        [SpecialType.System_SByte] = Widened,
        [SpecialType.System_Byte] = Widened,
        [SpecialType.System_Int16] = Write,
        [SpecialType.System_UInt16] = Widened,
        [SpecialType.System_Int32] = Write,
        [SpecialType.System_UInt32] = Widened,
        [SpecialType.System_Int64] = Write,
        [SpecialType.System_UInt64] = Write,
        [SpecialType.System_IntPtr] = Widened,
        [SpecialType.System_UIntPtr] = "writer.Write((ulong){0})",
        [SpecialType.System_Char] = Write,
        [SpecialType.System_Single] = Write,
        [SpecialType.System_Double] = Write,
        [SpecialType.System_Decimal] = Write,
        [SpecialType.System_String] = Write,
    };

    private static readonly string[] NamedTypes =
    [
        "System.Guid", "System.DateOnly", "System.TimeOnly", "System.TimeSpan", "System.Uri", "System.Version", "System.Type", "System.Half",
        "System.Int128", "System.UInt128", "System.Numerics.BigInteger",
    ];

    private readonly Stack<ITypeSymbol> _around = new();
    private readonly SchemaText _meaning = new();
    private readonly HashSet<string> _typeParameters = new(StringComparer.Ordinal);

    /// <summary>Why the last one has no stored form, as the end of a sentence about it.</summary>
    public string Obstacle { get; private set; } = "";

    /// <summary>The type parameters that are in a shape.</summary>
    public IEnumerable<string> TypeParameters => _typeParameters.OrderBy(static name => name, StringComparer.Ordinal);

    /// <summary>A part of a key that is compared by its type's equality or by its content.</summary>
    public KeyShape? OfPart(ITypeSymbol type) => OfContent(type, datesAreExact: true);

    /// <summary>Adds a part to what the key means.</summary>
    public void AddMeaning(KeyPart part, ITypeSymbol type)
    {
        _meaning.Add($"{part.Name}:");
        if (IsStorable(type))
            _meaning.Add(CodeText.Readable(type));
        else
            _meaning.Add(type);
        _meaning.Add(part.Equality == KeyEquality.Comparer ? "~;" : ";");
    }

    /// <summary>
    /// The fingerprint of what the parts so far mean: the same bytes mean something else when parameters change places, members
    /// their names, or enums their values.
    /// </summary>
    public string Meaning => StoredFormModel.Literal(Fingerprint.Of(_meaning.ToString()));

    /// <summary>A string of which case does not count.</summary>
    public static KeyShape OfTextWithoutCase() => new SimpleShape("writer.WriteIgnoringCase({0})");

    // Collections that a key compares by what they hold are only found at the top of a part and in each other.
    private KeyShape? OfContent(ITypeSymbol type, bool datesAreExact)
    {
        if (knownTypes.ValueEquality.CollectionOf(type) is not { } collection)
            return Of(type, datesAreExact);
        if (collection.Kind == CollectionKind.Set)
            return Of(collection.Item, datesAreExact: false) is { } member ? new CollectionShape("WriteSet", "{0}", member, MapValue: null) : null;
        if (OfContent(collection.Item, datesAreExact: knownTypes.ValueEquality.IsDate(collection.Item)) is not { } item)
            return null;
        if (collection.Key is null)
            return OfSequence(type, collection.Item, item);
        return Of(collection.Key, datesAreExact: false) is { } key ? new CollectionShape("WriteMap", "{0}", key, item) : null;
    }

    private static KeyShape OfSequence(ITypeSymbol type, ITypeSymbol item, KeyShape itemShape)
    {
        var isBytes = item.SpecialType == SpecialType.System_Byte;
        var sequence = new CollectionShape("WriteSequence", "{0}", itemShape, MapValue: null);
        return type switch
        {
            IArrayTypeSymbol => isBytes ? new GuardedShape("{0} is null", new SimpleShape(Write)) : sequence,
            { Name: "Memory" or "ReadOnlyMemory" } => isBytes
                ? new SimpleShape("writer.Write({0}.Span)")
                : sequence with { Items = $"global::System.Runtime.InteropServices.MemoryMarshal.ToEnumerable<{CodeText.Qualified(item)}>({{0}})" },
            { Name: "ImmutableArray" } => new GuardedShape("{0}.IsDefault", sequence),
            { Name: "ArraySegment" } => new GuardedShape("{0}.Array is null", sequence),
            _ => sequence,
        };
    }

    private KeyShape? Of(ITypeSymbol type, bool datesAreExact)
    {
        if (Simple(type, datesAreExact) is { } simple)
            return simple;
        if (type is ITypeParameterSymbol parameter)
            return OfTypeParameter(parameter);
        if (type is not INamedTypeSymbol named || knownTypes.ValueEquality.CollectionOf(type) is not null)
            return Refuse(type, "is compared by reference there");

        if (named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return Of(named.TypeArguments[0], datesAreExact) is { } value ? new NullableShape(value, IsMarked: value is not SimpleShape) : null;

        // Of types that refer to themselves nobody can say how deep they go.
        if (_around.Contains(type, SymbolEqualityComparer.Default))
            return Refuse(type, "refers to itself");

        _around.Push(type);
        var members = named.IsTupleType
            ? Members(named, named.TupleElements.Select(static (element, index) => ($"{{0}}.Item{Text(index + 1)}", element.Type)), datesAreExact)
            : OfMembers(named);
        _around.Pop();
        return members;
    }

    private SimpleShape? Simple(ITypeSymbol type, bool datesAreExact)
    {
        if (SpecialTypes.TryGetValue(type.SpecialType, out var call))
            return new(call);
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType.SpecialType: var underlying })
            return new(underlying == SpecialType.System_UInt64 ? "writer.Write((ulong){0})" : Widened);
        if (type.SpecialType == SpecialType.System_DateTime)
            return new(datesAreExact ? Write : "writer.Write({0}.Ticks)");
        if (knownTypes.Is(type, "System.DateTimeOffset"))
            return new(datesAreExact ? Write : "writer.Write({0}.UtcTicks)");
        if (Array.Exists(NamedTypes, name => knownTypes.Is(type, name)))
            return new(Write);
        return IsStorable(type) ? new("writer.Write((global::Memoize.IStorableKey?){0})") : null;
    }

    // The framework's types are not, and its numbers have so many interfaces that asking for them takes the compiler a while.
    private bool IsStorable(ITypeSymbol type)
        => !FrameworkTypes.Contain(type) && (knownTypes.Is(type, "Memoize.IStorableKey") || type.AllInterfaces.Any(candidate => knownTypes.Is(candidate, "Memoize.IStorableKey")));

    private SimpleShape OfTypeParameter(ITypeParameterSymbol parameter)
    {
        var name = CodeText.TypeIdentifier(parameter.Name);
        _typeParameters.Add(name);
        return new("writer.WriteValue({0})", name);
    }

    private KeyShape? OfMembers(INamedTypeSymbol type)
    {
        if (knownTypes.Is(type.OriginalDefinition, "System.Collections.Generic.KeyValuePair`2"))
            return Members(type, [("{0}.Key", type.TypeArguments[0]), ("{0}.Value", type.TypeArguments[1])]);
        if (type is { Name: "Tuple", Arity: > 0, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
            return Members(type, type.TypeArguments.Select(static (argument, index) => (index < 7 ? $"{{0}}.Item{Text(index + 1)}" : "{0}.Rest", argument)));

        // Of a type in another assembly the compiler does not show what is private.
        if (!SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, knownTypes.Compilation.Assembly))
            return Refuse(type, "is not of this project, so that how it compares cannot be seen");
        if (type.IsAbstract)
            return Refuse(type, "is abstract");

        return MembersOf(type) is { } members ? Members(type, members) : null;
    }

    /// <summary>How the members are read that the equality of a type of this project compares; <see langword="null"/> if that cannot be seen.</summary>
    public IReadOnlyList<(string Read, ITypeSymbol Type)>? MembersOf(INamedTypeSymbol type)
    {
        var members = new List<(string, ITypeSymbol)>();
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; declaring = declaring.BaseType)
        {
            if (!ComparesItsMembers(declaring))
                return Hide("compares in a way of its own");
            if (declaring.GetMembers().FirstOrDefault(member => IsState(member) && !IsReadable(member, type)) is { } hidden)
                return Hide($"holds '{NameOf(hidden)}', which cannot be read from '{within.Name}'");

            // By name: the order in which they are declared is no part of the key.
            members.InsertRange(0, declaring.GetMembers().OfType<IFieldSymbol>().Where(IsState)
                .OrderBy(NameOf, StringComparer.Ordinal)
                .Select(static field => ($"{{0}}.{CodeText.Identifier(NameOf(field))}", field.Type)));
        }

        return members;

        IReadOnlyList<(string, ITypeSymbol)>? Hide(string obstacle)
        {
            Refuse(type, obstacle);
            return null;
        }
    }

    private MembersShape? Members(INamedTypeSymbol type, IEnumerable<(string Read, ITypeSymbol Type)> members, bool datesAreExact = false)
    {
        var shapes = new List<ShapeMember>();
        foreach (var member in members)
        {
            if (Of(member.Type, datesAreExact) is not { } shape)
                return null;

            shapes.Add(new(member.Read, shape));
        }

        return new MembersShape(shapes.ToEquatableArray(), IsReference: type.IsReferenceType);
    }

    // Records do, unless they say otherwise, and so do structs that say nothing about it.
    private static bool ComparesItsMembers(INamedTypeSymbol type) => type switch
    {
        { IsRecord: true } => type.GetMembers("Equals").OfType<IMethodSymbol>().All(static equals => equals.IsImplicitlyDeclared)
            && type.GetMembers("EqualityContract").All(static contract => contract.IsImplicitlyDeclared),
        { IsValueType: true } => type.GetMembers("Equals").OfType<IMethodSymbol>().All(static equals => !equals.IsOverride) && !KnownTypes.IsEquatableToItself(type)
            && !HasPrimaryConstructor(type),
        _ => false,
    };

    // What the methods of such a struct use of its parameters is kept in fields that nobody sees.
    private static bool HasPrimaryConstructor(INamedTypeSymbol type) => type.InstanceConstructors.Any(static constructor =>
        constructor.DeclaringSyntaxReferences.Any(static reference => reference.GetSyntax() is TypeDeclarationSyntax));

    private static bool IsState(ISymbol member) => member is IFieldSymbol { IsStatic: false, IsConst: false } or IEventSymbol { IsStatic: false };

    private bool IsReadable(ISymbol state, INamedTypeSymbol type)
    {
        var read = state is IFieldSymbol { AssociatedSymbol: { } property } ? property : state;
        return read switch
        {
            IFieldSymbol { IsFixedSizeBuffer: false } field => CanReach(field) && !IsHidden(field),
            IPropertySymbol { GetMethod: { } getter, IsVirtual: false, IsOverride: false } auto => IsAuto(auto) && CanReach(getter) && CanReach(auto) && !IsHidden(auto),
            _ => false,
        };

        bool IsHidden(ISymbol member)
        {
            for (var derived = type; !SymbolEqualityComparer.Default.Equals(derived, member.ContainingType); derived = derived.BaseType!)
            {
                if (derived.GetMembers(member.Name).Length > 0)
                    return true;
            }

            return false;
        }
    }

    // Marked members cost the caller a warning that generated code should not have.
    private bool CanReach(ISymbol member)
        => knownTypes.Compilation.IsSymbolAccessibleWithin(member, within)
            && !member.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name is "ObsoleteAttribute" or "ExperimentalAttribute");

    // What its getter returns is what its field holds.
    private static bool IsAuto(IPropertySymbol property) => property.DeclaringSyntaxReferences.All(static reference => reference.GetSyntax() switch
    {
        ParameterSyntax => true,
        PropertyDeclarationSyntax { AccessorList: { } accessors } => accessors.Accessors.All(static accessor =>
            accessor.Keyword.Text != "get" || (accessor.Body is null && accessor.ExpressionBody is null)),
        _ => false,
    });

    private static string NameOf(ISymbol state) => state is IFieldSymbol { AssociatedSymbol: { } property } ? property.Name : state.Name;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private KeyShape? Refuse(ITypeSymbol type, string obstacle)
    {
        Obstacle = $"'{CodeText.Readable(type)}' {obstacle}";
        return null;
    }
}
