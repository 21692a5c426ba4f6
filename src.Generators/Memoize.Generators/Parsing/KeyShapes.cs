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
        [SpecialType.System_DateTime] = Write,
    };

    private static readonly string[] NamedTypes =
    [
        "System.Guid", "System.DateOnly", "System.TimeOnly", "System.TimeSpan", "System.Uri", "System.Version", "System.Type", "System.Half",
        "System.Int128", "System.UInt128", "System.Numerics.BigInteger", "System.DateTimeOffset", "System.Net.Http.HttpMethod", "System.Text.StringBuilder",
        "System.Text.Json.JsonElement",
    ];

    private readonly Stack<ITypeSymbol> _around = new();
    private readonly SchemaText _meaning = new();
    private readonly HashSet<string> _typeParameters = new(StringComparer.Ordinal);

    /// <summary>Why the last one has no stored form, as the end of a sentence about it.</summary>
    public string Obstacle { get; private set; } = "";

    /// <summary>The type parameters that are in a shape.</summary>
    public IEnumerable<string> TypeParameters => _typeParameters.OrderBy(static name => name, StringComparer.Ordinal);

    /// <summary>A part of a key that is compared by its type's equality or by its content.</summary>
    public KeyShape? OfPart(ITypeSymbol type) => Of(type);

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

    private KeyShape? OfCollection(ITypeSymbol type, CollectionContent collection)
    {
        if (Of(collection.Item) is not { } item)
            return null;

        switch (collection.Kind)
        {
            case CollectionKind.Set:
                return new CollectionShape("WriteSet", "{0}", item, MapValue: null);
            case CollectionKind.Any:
                return new CollectionShape("WriteCollection", "{0}", item, MapValue: null);
            case CollectionKind.Map or CollectionKind.OrderedMap:
                return Of(collection.Key!) is { } key
                    ? new CollectionShape(collection.Kind == CollectionKind.Map ? "WriteMap" : "WriteOrderedMap", "{0}", key, item)
                    : null;
            default:
                return OfSequence(type, collection.Item, item);
        }
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

    private KeyShape? Of(ITypeSymbol type)
    {
        if (Simple(type) is { } simple)
            return simple;
        if (type is ITypeParameterSymbol parameter)
            return OfTypeParameter(parameter);
        if (knownTypes.ValueEquality.CollectionOf(type) is { } collection)
            return OfCollection(type, collection);
        if (type is not INamedTypeSymbol named)
            return Refuse(type, "is compared by reference there");

        if (named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return Of(named.TypeArguments[0]) is { } value ? new NullableShape(value, IsMarked: value is not SimpleShape) : null;

        // Of types that refer to themselves nobody can say how deep they go.
        if (_around.Contains(type, SymbolEqualityComparer.Default) || TypeNesting.IsTooDeep(type))
            return Refuse(type, "refers to itself");

        _around.Push(type);
        var members = named.IsTupleType
            ? Members(named, named.TupleElements.Select(static (element, index) => ($"{{0}}.Item{Text(index + 1)}", element.Type)))
            : OfMembers(named);
        _around.Pop();
        return members;
    }

    private SimpleShape? Simple(ITypeSymbol type)
    {
        if (SpecialTypes.TryGetValue(type.SpecialType, out var call))
            return new(call);
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType.SpecialType: var underlying })
            return new(underlying == SpecialType.System_UInt64 ? "writer.Write((ulong){0})" : Widened);
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
        if (!(type.IsRecord || type.IsValueType) || !StateMember.AreCompared(type) || HasPrimaryConstructor(type))
            return Hide("compares in a way of its own");

        var state = StateMember.Of(type);
        return state.Find(static member => !member.IsReadable) is { } hidden
            ? Hide($"holds '{hidden.Name}', which cannot be read from '{within.Name}'")
            : [.. state.Select(static member => ($"{{0}}.{CodeText.Identifier(member.Name)}", member.Type))];

        IReadOnlyList<(string, ITypeSymbol)>? Hide(string obstacle)
        {
            Refuse(type, obstacle);
            return null;
        }
    }

    private MembersShape? Members(INamedTypeSymbol type, IEnumerable<(string Read, ITypeSymbol Type)> members)
    {
        var shapes = new List<ShapeMember>();
        foreach (var member in members)
        {
            if (Of(member.Type) is not { } shape)
                return null;

            shapes.Add(new(member.Read, shape));
        }

        return new MembersShape(shapes.ToEquatableArray(), IsReference: type.IsReferenceType);
    }

    // What the methods of such a struct use of its parameters is kept in fields that nobody sees.
    private static bool HasPrimaryConstructor(INamedTypeSymbol type) => !type.IsRecord && type.InstanceConstructors.Any(static constructor =>
        constructor.DeclaringSyntaxReferences.Any(static reference => reference.GetSyntax() is TypeDeclarationSyntax));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private KeyShape? Refuse(ITypeSymbol type, string obstacle)
    {
        Obstacle = $"'{CodeText.Readable(type)}' {obstacle}";
        return null;
    }
}
