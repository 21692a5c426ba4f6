using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Memoize.Generators.Parsing;

/// <summary>One <c>[assembly: CacheKeyFor(typeof(ChatMessage), typeof(ChatMessageKey))]</c>.</summary>
internal sealed class KeyFor
{
    private KeyFor(AttributeData attribute, ITypeSymbol type, INamedTypeSymbol key)
    {
        Attribute = attribute;
        Type = type;
        Key = key;
    }

    public AttributeData Attribute { get; }

    /// <summary>The type whose values the key stands for.</summary>
    public ITypeSymbol Type { get; }

    /// <summary>The type that has the method <c>Of</c>.</summary>
    public INamedTypeSymbol Key { get; }

    /// <summary>The method that makes the key; <see langword="null"/> if there is none that can be called.</summary>
    public IMethodSymbol? Method { get; private set; }

    /// <summary>Why the attribute cannot work, as the end of a sentence about it.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>The attributes of a project, in their order.</summary>
    public static KeyFor[] AllOf(KnownTypes knownTypes)
    {
        var found = new List<KeyFor>();
        foreach (var attribute in knownTypes.Compilation.Assembly.GetAttributes())
        {
            // What does not compile is the compiler's to report.
            if (!knownTypes.Is(attribute.AttributeClass, KnownTypes.CacheKeyForAttribute)
                || attribute.ConstructorArguments.Length != 2
                || attribute.ConstructorArguments[0].Value is not ITypeSymbol type
                || attribute.ConstructorArguments[1].Value is not INamedTypeSymbol key
                || type.TypeKind == TypeKind.Error
                || key.TypeKind == TypeKind.Error)
            {
                continue;
            }

            var entry = new KeyFor(attribute, type, key);
            entry.Obstacle = found.Exists(other => SymbolEqualityComparer.Default.Equals(other.Type, type))
                ? "another [CacheKeyFor] names the same type; keep one of them"
                : entry.FindMethod(knownTypes);
            found.Add(entry);
        }

        foreach (var entry in found)
            entry.CheckResult(found, knownTypes);
        return [.. found];
    }

    private string? FindMethod(KnownTypes knownTypes)
    {
        var name = Key.Name;
        var wanted = $"static TKey Of({CodeText.Signature(Type)} value)";
        if (Type is INamedTypeSymbol { IsUnboundGenericType: true } || Key.IsUnboundGenericType)
            return "a generic type must have its type arguments; write them, as in typeof(Box<int>)";
        if (Type.IsRefLikeType || Type.IsStatic || Type.SpecialType == SpecialType.System_Void || Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return $"no key can hold a '{CodeText.Readable(Type)}'; name the type of a value that can be null or not, without '?'";

        var named = Key.GetMembers("Of").OfType<IMethodSymbol>().ToArray();
        if (named.Length == 0)
            return $"'{name}' has no method 'Of'; write '{wanted}'";

        var fitting = named
            .Where(method => method is { IsStatic: true, Arity: 0, Parameters.Length: 1, ReturnsVoid: false, ReturnsByRef: false, ReturnsByRefReadonly: false }
                && method.Parameters[0].RefKind is RefKind.None or RefKind.In
                && Converts(method.Parameters[0].Type))
            .OrderByDescending(method => SymbolEqualityComparer.Default.Equals(method.Parameters[0].Type, Type))
            .ToArray();
        if (fitting.Length == 0)
            return $"'Of' of '{name}' has another signature; write '{wanted}'";

        var within = knownTypes.Compilation.Assembly;
        if (!knownTypes.Compilation.IsSymbolAccessibleWithin(fitting[0], within) || !knownTypes.Compilation.IsSymbolAccessibleWithin(Type, within))
            return $"'Of' of '{name}' cannot be called from everywhere in the project; make it and its types internal or public";

        Method = fitting[0];
        return null;

        bool Converts(ITypeSymbol to) => SymbolEqualityComparer.Default.Equals(Type, to)
            || knownTypes.Compilation.ClassifyConversion(Type, to) is { IsImplicit: true, IsReference: true, IsUserDefined: false };
    }

    // What it makes may be something that another key stands for.
    private void CheckResult(List<KeyFor> all, KnownTypes knownTypes)
    {
        if (Method is not { ReturnType: var result })
            return;

        var canBeKept = !result.IsRefLikeType && result.TypeKind is not (TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Error);
        if (canBeKept && (Mentions(result, all) || knownTypes.ValueEquality.Of(result).Refusal is null))
            return;

        Obstacle = $"'Of' of '{Key.Name}' returns '{CodeText.Readable(result)}', which has no value equality; return a string, a record or a tuple of such";
        Method = null;
    }

    private static bool Mentions(ITypeSymbol type, List<KeyFor> all) => type switch
    {
        IArrayTypeSymbol array => Mentions(array.ElementType, all),
        INamedTypeSymbol named => all.Exists(entry => SymbolEqualityComparer.Default.Equals(entry.Type, named)) || named.TypeArguments.Any(argument => Mentions(argument, all)),
        _ => false,
    };
}
