using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// The types that the parser recognises, and what it has learnt about the types of cached methods: looked up when first asked
/// for, and kept for as long as the compilation lives. Thread-safe.
/// </summary>
internal sealed class KnownTypes
{
    public const string CachedResponseAttribute = "Memoize.CachedResponseAttribute";

    public const string CacheKeyForAttribute = "Memoize.CacheKeyForAttribute";

    private static readonly ConditionalWeakTable<Compilation, KnownTypes> OfCompilations = new();

    private readonly ConcurrentDictionary<string, INamedTypeSymbol?> _found = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<INamedTypeSymbol, NamedMethod[]> _cachedMethods = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, HierarchyInfo> _hierarchies = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ISymbol[]> _keyMembers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _singleUse = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, string?> _schemas = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, string?> _jsonLosses = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, OwnKey?> _ownKeys = new(SymbolEqualityComparer.Default);
    private IReadOnlyDictionary<ITypeSymbol, JsonOptions>? _jsonSerializableTypes;
    private KeyFor[]? _keysFor;

    public KnownTypes(Compilation compilation)
    {
        Compilation = compilation;
        ValueEquality = new ValueEquality(this);
        SuppressedWarnings = new SuppressedWarnings(this);
    }

    public Compilation Compilation { get; }

    /// <summary>The known types of a compilation. They live as long as the compilation.</summary>
    public static KnownTypes Of(Compilation compilation)
        => OfCompilations.GetValue(compilation, static compilation => new KnownTypes(compilation));

    /// <summary>The cached methods of a type with the names of what is generated for them.</summary>
    public NamedMethod[] CachedMethods(INamedTypeSymbol type)
        => _cachedMethods.GetOrAdd(type, declaring => NamedMethod.AllOf(declaring, this));

    /// <summary>A type with what is around it, as a declaration of more of its members.</summary>
    public HierarchyInfo HierarchyOf(INamedTypeSymbol type) => _hierarchies.GetOrAdd(type, HierarchyParser.Read);

    /// <summary>The members and primary constructor parameters of a type that are part of the keys of its methods.</summary>
    public ISymbol[] KeyMembersOf(INamedTypeSymbol type)
        => _keyMembers.GetOrAdd(type, declaring => [.. KeyParser.MarkedMembers(declaring, this)]);

    /// <summary>Whether a result of the type can be used once only.</summary>
    public bool IsSingleUse(ITypeSymbol type) => _singleUse.GetOrAdd(type, result => ReturnParser.IsSingleUse(result, this));

    /// <summary>The fingerprint of the shape of results; <see langword="null"/> if that depends on type arguments that only the program knows.</summary>
    public string? SchemaOf(ITypeSymbol type) => _schemas.GetOrAdd(type, static type =>
        new SchemaText().Add(type) is { IsOpen: false } text ? StoredFormModel.Literal(Fingerprint.Of(text.ToString())) : null);

    /// <summary>Why System.Text.Json does not give a value of the type back as it was; <see langword="null"/> if it does.</summary>
    public string? JsonLossOf(ITypeSymbol type) => _jsonLosses.GetOrAdd(type, static type => JsonRoundTrip.Obstacle(type));

    /// <summary>The types that <c>JsonSerializerContext</c>s of the project list, with the options of the first that does.</summary>
    public IReadOnlyDictionary<ITypeSymbol, JsonOptions> JsonSerializableTypes => _jsonSerializableTypes ??= Serializable(Compilation.Assembly.GlobalNamespace);

    /// <summary>Which types can be part of a key.</summary>
    public ValueEquality ValueEquality { get; }

    /// <summary>Which warnings generated files switch off.</summary>
    public SuppressedWarnings SuppressedWarnings { get; }

    /// <summary>The <c>[CachedResponse]</c> of a method.</summary>
    public AttributeData? CachedResponse(IMethodSymbol method)
        => method.GetAttributes().FirstOrDefault(attribute => Is(attribute.AttributeClass, CachedResponseAttribute));

    /// <summary>The method that makes the key of a cached method, if its attribute names one.</summary>
    public OwnKey? OwnKeyOf(IMethodSymbol method) => _ownKeys.GetOrAdd(method, cached => OwnKey.Of(cached, this));

    /// <summary>The <c>[CacheKeyFor]</c> of the project.</summary>
    public KeyFor[] KeysFor => _keysFor ??= Parsing.KeyFor.AllOf(this);

    /// <summary>What stands in keys for values of this type, if not they themselves: what its nearest base class says that says anything.</summary>
    public KeyFor? KeyFor(ITypeSymbol type)
    {
        if (KeysFor.Length == 0)
            return null;

        // Everything is an object: a key for that stands for what is declared as one.
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType is { SpecialType: SpecialType.System_Object or SpecialType.System_ValueType } ? null : candidate.BaseType)
        {
            foreach (var entry in KeysFor)
            {
                if (entry.Method is not null && SymbolEqualityComparer.Default.Equals(entry.Type, candidate))
                    return entry;
            }
        }

        return null;
    }

    public bool IsMemoizer(ITypeSymbol type) => Is(type, "Memoize.Memoizer");

    /// <summary>Whether it is a token, or one that may be absent.</summary>
    public bool IsCancellationToken(ITypeSymbol type) => Is(WithoutNullable(type), "System.Threading.CancellationToken");

    public bool IsTask(ITypeSymbol type) => Is(type, "System.Threading.Tasks.Task");

    public bool IsTaskOfT(ITypeSymbol type) => Is(type.OriginalDefinition, "System.Threading.Tasks.Task`1");

    public bool IsValueTask(ITypeSymbol type) => Is(type, "System.Threading.Tasks.ValueTask");

    public bool IsValueTaskOfT(ITypeSymbol type) => Is(type.OriginalDefinition, "System.Threading.Tasks.ValueTask`1");

    public bool IsDisposable(ITypeSymbol type) => Is(type, "System.IDisposable") || Is(type, "System.IAsyncDisposable");

    /// <summary>The <c>[CacheKey]</c> of a parameter or member.</summary>
    public AttributeData? CacheKey(ISymbol symbol)
        => symbol.GetAttributes().FirstOrDefault(attribute => Is(attribute.AttributeClass, "Memoize.CacheKeyAttribute"));

    public bool HasCacheKey(ISymbol symbol) => CacheKey(symbol) is not null;

    public bool HasCacheKeyIgnore(ISymbol symbol)
        => symbol.GetAttributes().Any(attribute => Is(attribute.AttributeClass, "Memoize.CacheKeyIgnoreAttribute"));

    /// <summary><c>IEqualityComparer&lt;type&gt;</c>.</summary>
    public INamedTypeSymbol? EqualityComparerOf(ITypeSymbol type)
        => Compilation.GetTypeByMetadataName("System.Collections.Generic.IEqualityComparer`1")?.Construct(type);

    /// <summary><c>ICacheKeyComparer&lt;type&gt;</c>.</summary>
    public INamedTypeSymbol? CopyingComparerOf(ITypeSymbol type)
        => Compilation.GetTypeByMetadataName("Memoize.ICacheKeyComparer`1")?.Construct(type);

    /// <summary>Whether a parameter of this type says how a call is carried out and not what it asks for.</summary>
    public bool IsNeverInKey(ITypeSymbol type)
        => type.SpecialType == SpecialType.None && (IsProgressOrLogger(type) || type.AllInterfaces.Any(IsProgressOrLogger));

    /// <summary>Whether a type compares by value through <c>IEquatable&lt;itself&gt;</c>.</summary>
    public static bool IsEquatableToItself(ITypeSymbol type)
    {
        foreach (var candidate in type.AllInterfaces)
        {
            if (candidate is { Name: "IEquatable", Arity: 1, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }
                && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The <c>T</c> of a <c>T?</c> that is a value type; other types as they are.</summary>
    public static ITypeSymbol WithoutNullable(ITypeSymbol type)
        => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;

    private static Dictionary<ITypeSymbol, JsonOptions> Serializable(INamespaceSymbol project)
    {
        var types = new Dictionary<ITypeSymbol, JsonOptions>(SymbolEqualityComparer.Default);
        foreach (var context in Contexts(project))
        {
            var options = JsonOptions.Of(context);
            foreach (var attribute in context.GetAttributes().Where(static attribute => attribute.AttributeClass?.Name == "JsonSerializableAttribute"))
            {
                if (attribute.ConstructorArguments.FirstOrDefault().Value is ITypeSymbol type && !types.ContainsKey(type))
                    types.Add(type, options);
            }
        }

        return types;
    }

    private static IEnumerable<INamedTypeSymbol> Contexts(INamespaceOrTypeSymbol container) => container.GetMembers()
        .OfType<INamespaceOrTypeSymbol>()
        .SelectMany(static member => Contexts(member).Concat(member is INamedTypeSymbol { BaseType.Name: "JsonSerializerContext" } context ? [context] : []));

    private bool IsProgressOrLogger(ITypeSymbol type)
        => Is(type.OriginalDefinition, "System.IProgress`1") || Is(type, "Microsoft.Extensions.Logging.ILogger");

    /// <summary>Whether the type is the one with this name.</summary>
    public bool Is(ITypeSymbol? type, string metadataName)
    {
        // To look a type up, the compiler goes through all references. Almost always the name says no.
        if (type is null || !IsNameOf(type, metadataName))
            return false;

        var known = _found.GetOrAdd(metadataName, Compilation.GetTypeByMetadataName);
        return known is not null && SymbolEqualityComparer.Default.Equals(type, known);
    }

    private static bool IsNameOf(ITypeSymbol type, string metadataName)
    {
        var name = type.Name;
        var end = metadataName.Length;
        if (metadataName[end - 2] == '`')
            end -= 2;
        var start = end - name.Length;
        return start > 0 && metadataName[start - 1] == '.' && string.CompareOrdinal(metadataName, start, name, 0, name.Length) == 0;
    }
}
