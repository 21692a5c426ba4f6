using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>Decides what makes two calls the same call.</summary>
internal static class KeyParser
{
    /// <summary>Reads the key of a method: what is marked in its type, and its parameters.</summary>
    public static KeyModel? Parse(
        IMethodSymbol method, AttributeOptions? options, KnownTypes knownTypes, Reporter reporter)
    {
        var isValid = true;
        var shapes = options is { CanHaveStore: true } ? new KeyShapes(knownTypes, method.ContainingType) : null;
        var projections = knownTypes.KeysFor.Length == 0 ? null : new KeyProjections(knownTypes, method.ContainingType, [.. method.TypeParameters.Select(static parameter => parameter.Name), "Definition", "Key"]);
        var parts = new List<KeyPart>();
        var names = new HashSet<string>(method.Parameters.Select(static parameter => parameter.Name), StringComparer.Ordinal);
        foreach (var member in MarkedMembers(method, knownTypes))
            Add(member, NameOf(member.Name, names), MemberOf(member));

        if (knownTypes.OwnKeyOf(method) is { } ownKey)
        {
            if (ownKey.IsUsable(knownTypes, reporter))
                Add(ownKey.Method!, NameOf(ownKey.Name, names), ownKey.Call());
            else
                isValid = false;
        }
        else
        {
            foreach (var parameter in method.Parameters.Where(parameter => ParameterParser.Role(parameter, knownTypes) == ParameterRole.Key))
                Add(parameter, CodeText.Identifier(parameter.Name), KeyParameter.Instance);
        }

        if (!isValid)
            return null;

        var form = parts.Count switch
        {
            0 => KeyForm.None,
            1 when parts[0] is { Source: KeyParameter, Projection: null } && IsItsOwnKey(parts[0], method, knownTypes) => KeyForm.Parameter,
            _ => KeyForm.Struct,
        };
        var meaning = shapes?.Meaning ?? "";
        if (projections is { Meaning.Length: > 0 })
            meaning = StoredFormModel.Literal(Fingerprint.Of($"{meaning} of {projections.Meaning}"));
        return new(form, parts.ToEquatableArray(), (projections?.Methods ?? []).ToEquatableArray(), (shapes?.TypeParameters ?? []).ToEquatableArray(), meaning);

        void Add(ISymbol symbol, string name, KeySource source)
        {
            var type = KeyPartParser.TypeOf(symbol);
            var projected = knownTypes.CacheKey(symbol)?.NamedArguments.IsEmpty == false ? null : projections?.Of(type);
            if (projections?.Obstacle is { } obstacle)
            {
                reporter.OnKeyPart(symbol, Diagnostics.NoValueEquality, symbol.Name, CodeText.Signature(type), "holds values for which other keys stand", obstacle);
                isValid = false;
                return;
            }

            type = projected?.To ?? type;
            var part = KeyPartParser.Parse(symbol, type, name, source, method, shapes, knownTypes, reporter);
            isValid &= part is not null && HasStoredForm(symbol, part, method, options, shapes, reporter);
            if (part is null)
                return;

            parts.Add(part with { Projection = projected?.Method });
            shapes?.AddMeaning(part, type);
        }
    }

    /// <summary>
    /// The key with the type that the instance has at run time: what a method of the instance computes depends on what a derived
    /// class has overridden, anywhere in what it calls.
    /// </summary>
    public static KeyModel WithRuntimeType(KeyModel key, IMethodSymbol method, AttributeOptions options)
    {
        var names = new HashSet<string>(method.Parameters.Select(static parameter => parameter.Name).Concat(key.Parts.Select(static part => part.Name.TrimStart('@'))), StringComparer.Ordinal);
        var part = new KeyPart(
            NameOf("type", names),
            "global::System.Type",
            IsText: false,
            CanBeNull: false,
            KeyEquality.Operator,
            Comparer: null,
            ComparerType: null,
            Copy: null,
            Stored: options.CanHaveStore ? new SimpleShape("writer.Write({0})") : null,
            new RuntimeType(IsHidden: HidesGetType(method.ContainingType)),
            Projection: null);
        return key with
        {
            Form = KeyForm.Struct,
            Parts = key.Parts.Prepend(part).ToEquatableArray(),
            Meaning = options.CanHaveStore ? StoredFormModel.Literal(Fingerprint.Of($"type;{key.Meaning}")) : "",
        };
    }

    /// <summary>What is in the key of a method: marked members, then parameters or the user's own method.</summary>
    public static IEnumerable<ISymbol> SymbolsOf(IMethodSymbol method, KnownTypes knownTypes)
        => MarkedMembers(method, knownTypes).Concat(knownTypes.OwnKeyOf(method) is { Method: { } ownKey }
            ? [ownKey]
            : method.Parameters.Where(parameter => ParameterParser.Role(parameter, knownTypes) == ParameterRole.Key));

    /// <summary>The members and primary constructor parameters that are marked: base types first, in the order in which they are declared.</summary>
    public static IEnumerable<ISymbol> MarkedMembers(INamedTypeSymbol type, KnownTypes knownTypes)
    {
        var chain = new Stack<INamedTypeSymbol>();
        for (INamedTypeSymbol? declaring = type; declaring is not null; declaring = declaring.BaseType)
            chain.Push(declaring);

        foreach (var declaring in chain)
        {
            foreach (var member in declaring.GetMembers())
            {
                if (member is (IFieldSymbol or IPropertySymbol) and { CanBeReferencedByName: true }
                    && knownTypes.HasCacheKey(member)
                    && knownTypes.Compilation.IsSymbolAccessibleWithin(member, type))
                {
                    yield return member;
                }
            }
        }

        foreach (var parameter in PrimaryConstructorParameters(type))
        {
            if (!knownTypes.HasCacheKey(parameter))
                continue;

            var holder = Holder(parameter, type);
            if (holder is null || !knownTypes.HasCacheKey(holder))
                yield return holder ?? parameter;
        }
    }

    // "_tenant" is the part "tenant".
    private static string NameOf(string name, HashSet<string> taken)
    {
        var trimmed = name.TrimStart('_');
        name = trimmed.Length == 0 || !char.IsLetter(trimmed[0]) ? "member" : char.ToLowerInvariant(trimmed[0]) + trimmed.Substring(1);
        while (!taken.Add(name))
            name += "OfType";
        return CodeText.Identifier(name);
    }

    private static bool HidesGetType(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not SpecialType.System_Object }; declaring = declaring.BaseType)
        {
            if (!declaring.GetMembers("GetType").IsEmpty)
                return true;
        }

        return false;
    }

    // Without a store by name, a method whose key cannot be stored keeps its results in memory, and that is all.
    private static bool HasStoredForm(
        ISymbol symbol, KeyPart part, IMethodSymbol method, AttributeOptions? options, KeyShapes? shapes, Reporter reporter)
    {
        if (part.Stored is not null || shapes is null || options?.NamedStore is not { } store)
            return true;

        var obstacle = part.Equality == KeyEquality.Comparer ? "it is compared in a way that only this program knows" : shapes.Obstacle;
        var wayOut = symbol switch
        {
            IMethodSymbol => "return a type that has a stored form",
            IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } } => $"leave '{symbol.Name}' out of the key with [CacheKeyIgnore]",
            _ => "take [CacheKey] away",
        };
        reporter.OnKeyPart(symbol, Diagnostics.NoStoredForm, symbol.Name, part.Type.Replace("global::", ""), method.Name, store, obstacle, wayOut);
        return false;
    }

    private static KeyMember MemberOf(ISymbol member)
    {
        var name = CodeText.Identifier(member.Name);
        var type = CodeText.Qualified(KeyPartParser.TypeOf(member));
        return member switch
        {
            IParameterSymbol => new("KeyPart" + char.ToUpperInvariant(member.Name[0]) + member.Name.Substring(1), type, StaticType: null, Captured: name),
            { IsStatic: true } => new(name, type, CodeText.Qualified(member.ContainingType), Captured: null),
            _ => new(name, type, StaticType: null, Captured: null),
        };
    }

    // A static method sees static members only.
    private static IEnumerable<ISymbol> MarkedMembers(IMethodSymbol method, KnownTypes knownTypes)
        => knownTypes.KeyMembersOf(method.ContainingType).Where(member => member.IsStatic || !method.IsStatic);

    private static IEnumerable<IParameterSymbol> PrimaryConstructorParameters(INamedTypeSymbol type)
        => type.InstanceConstructors
            .Where(constructor => constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax)
            .SelectMany(static constructor => constructor.Parameters);

    // A positional record has a property for its parameter, and others may keep it in a member: then it must not be captured, too.
    private static ISymbol? Holder(IParameterSymbol parameter, INamedTypeSymbol type)
        => type.GetMembers().FirstOrDefault(member => member is (IPropertySymbol or IFieldSymbol) and { IsStatic: false, CanBeReferencedByName: true }
            && (member.Name == parameter.Name
                || member.DeclaringSyntaxReferences.Any(reference => Initializer(reference.GetSyntax()) == parameter.Name)));

    private static string? Initializer(SyntaxNode declaration)
    {
        var initializer = declaration switch
        {
            VariableDeclaratorSyntax variable => variable.Initializer,
            PropertyDeclarationSyntax property => property.Initializer,
            _ => null,
        };
        return (initializer?.Value as IdentifierNameSyntax)?.Identifier.ValueText;
    }

    // A key must never be null, and must bring its own, unboxed equality. A string, null or not, converts to one that does.
    private static bool IsItsOwnKey(KeyPart part, IMethodSymbol method, KnownTypes knownTypes)
    {
        if (part.Equality is KeyEquality.Comparer or KeyEquality.Content)
            return false;

        var type = ParameterParser.TypeOf(method.Parameters.First(parameter => ParameterParser.Role(parameter, knownTypes) == ParameterRole.Key));
        if (part.IsText)
            return true;

        return type is { IsValueType: true, TypeKind: TypeKind.Enum or TypeKind.Struct }
            && type.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T
            && (type.TypeKind == TypeKind.Enum || KnownTypes.IsEquatableToItself(type));
    }
}
