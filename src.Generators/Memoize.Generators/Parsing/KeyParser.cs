using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>Decides what makes two calls the same call.</summary>
internal static class KeyParser
{
    /// <summary>Reads the key of a method: what is marked in its type, and its parameters.</summary>
    public static KeyModel? Parse(
        IMethodSymbol method, AttributeOptions? options, KnownTypes knownTypes, Reporter reporter, CancellationToken cancellationToken)
    {
        var isValid = true;
        var shapes = options is { CanHaveStore: true } ? new KeyShapes(knownTypes, method.ContainingType) : null;
        var parts = new List<KeyPart>();
        var names = new HashSet<string>(method.Parameters.Select(static parameter => parameter.Name), StringComparer.Ordinal);
        foreach (var member in MarkedMembers(method, knownTypes, cancellationToken))
            Add(member, NameOf(member), MemberOf(member));

        foreach (var parameter in method.Parameters)
        {
            if (ParameterParser.Role(parameter, knownTypes) == ParameterRole.Key)
                Add(parameter, CodeText.Identifier(parameter.Name), member: null);
        }

        if (!isValid)
            return null;

        var form = parts.Count switch
        {
            0 => KeyForm.None,
            1 when parts[0].Member is null && IsItsOwnKey(parts[0], method, knownTypes) => KeyForm.Parameter,
            _ => KeyForm.Struct,
        };
        return new(form, parts.ToEquatableArray(), (shapes?.TypeParameters ?? []).ToEquatableArray(), shapes?.Meaning ?? "");

        void Add(ISymbol symbol, string name, KeyMember? member)
        {
            var part = KeyPartParser.Parse(symbol, name, member, method, shapes, knownTypes, reporter);
            isValid &= part is not null && HasStoredForm(symbol, part, method, options, shapes, reporter);
            if (part is null)
                return;

            parts.Add(part);
            shapes?.AddMeaning(part, KeyPartParser.TypeOf(symbol));
        }

        // "_tenant" is the part "tenant".
        string NameOf(ISymbol member)
        {
            var trimmed = member.Name.TrimStart('_');
            var name = trimmed.Length == 0 || !char.IsLetter(trimmed[0]) ? "member" : char.ToLowerInvariant(trimmed[0]) + trimmed.Substring(1);
            while (!names.Add(name))
                name += "OfType";
            return CodeText.Identifier(name);
        }
    }

    // Without a store by name, a method whose key cannot be stored keeps its results in memory, and that is all.
    private static bool HasStoredForm(
        ISymbol symbol, KeyPart part, IMethodSymbol method, AttributeOptions? options, KeyShapes? shapes, Reporter reporter)
    {
        if (part.Stored is not null || shapes is null || options?.NamedStore is not { } store)
            return true;

        var obstacle = part.Equality == KeyEquality.Comparer ? "it is compared in a way that only this program knows" : shapes.Obstacle;
        reporter.At(symbol, Diagnostics.NoStoredForm, symbol.Name, part.Type.Replace("global::", ""), method.Name, store, obstacle);
        return false;
    }

    private static KeyMember MemberOf(ISymbol member)
    {
        var name = CodeText.Identifier(member.Name);
        return member switch
        {
            IParameterSymbol => new("KeyPart" + char.ToUpperInvariant(member.Name[0]) + member.Name.Substring(1), StaticType: null, Captured: name),
            { IsStatic: true } => new(name, CodeText.Qualified(member.ContainingType), Captured: null),
            _ => new(name, StaticType: null, Captured: null),
        };
    }

    // Base types first, in the order in which they are declared. A static method sees static members only.
    private static IEnumerable<ISymbol> MarkedMembers(IMethodSymbol method, KnownTypes knownTypes, CancellationToken cancellationToken)
    {
        var type = method.ContainingType;
        var chain = new Stack<INamedTypeSymbol>();
        for (INamedTypeSymbol? declaring = type; declaring is not null; declaring = declaring.BaseType)
            chain.Push(declaring);

        foreach (var declaring in chain)
        {
            foreach (var member in declaring.GetMembers())
            {
                if (member is (IFieldSymbol or IPropertySymbol) and { CanBeReferencedByName: true }
                    && (member.IsStatic || !method.IsStatic)
                    && knownTypes.HasCacheKey(member)
                    && knownTypes.Compilation.IsSymbolAccessibleWithin(member, type))
                {
                    yield return member;
                }
            }
        }

        foreach (var parameter in PrimaryConstructorParameters(type, cancellationToken))
        {
            if (!knownTypes.HasCacheKey(parameter))
                continue;

            var holder = Holder(parameter, type, cancellationToken);
            if (!method.IsStatic && (holder is null || !knownTypes.HasCacheKey(holder)))
                yield return holder ?? parameter;
        }
    }

    private static IEnumerable<IParameterSymbol> PrimaryConstructorParameters(INamedTypeSymbol type, CancellationToken cancellationToken)
        => type.InstanceConstructors
            .Where(constructor => constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is TypeDeclarationSyntax)
            .SelectMany(static constructor => constructor.Parameters);

    // A positional record has a property for its parameter, and others may keep it in a member: then it must not be captured, too.
    private static ISymbol? Holder(IParameterSymbol parameter, INamedTypeSymbol type, CancellationToken cancellationToken)
        => type.GetMembers().FirstOrDefault(member => member is (IPropertySymbol or IFieldSymbol) and { IsStatic: false, CanBeReferencedByName: true }
            && (member.Name == parameter.Name
                || member.DeclaringSyntaxReferences.Any(reference => Initializer(reference.GetSyntax(cancellationToken)) == parameter.Name)));

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
