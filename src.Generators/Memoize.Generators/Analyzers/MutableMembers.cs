using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Analyzers;

/// <summary>
/// Looks for what callers could change in a result: members that can be set, and collections that can be changed, at any depth.
/// What the framework declares is trusted, except for the types that are known to change.
/// </summary>
internal sealed class MutableMembers
{
    private const int DeepestMember = 8;

    private readonly HashSet<ITypeSymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly CancellationToken _cancellationToken;

    private MutableMembers(CancellationToken cancellationToken) => _cancellationToken = cancellationToken;

    /// <summary>What can be changed, and the way out, as a sentence; <see langword="null"/> if there is nothing.</summary>
    public static string? Of(ITypeSymbol result, CancellationToken cancellationToken)
        => IsChangingCollection(result) ? "return a collection that cannot be changed" : new MutableMembers(cancellationToken).OfContent(result, path: "", depth: 0);

    /// <summary>The type to return instead of one that is itself changed by its methods.</summary>
    public static string? Alternative(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
            return array.Rank == 1 ? $"ImmutableArray<{Short(array.ElementType)}>" : "a record";
        if (type is not INamedTypeSymbol named)
            return null;

        var arguments = string.Join(", ", named.TypeArguments.Select(Short));
        return (named.Name, named.ContainingNamespace?.ToDisplayString()) switch
        {
            ("List" or "IList" or "ICollection" or "LinkedList" or "Queue" or "Stack", "System.Collections.Generic") => $"IReadOnlyList<{arguments}>",
            ("PriorityQueue", "System.Collections.Generic") => $"IReadOnlyList<({arguments})>",
            ("Collection" or "ObservableCollection", "System.Collections.ObjectModel") => $"IReadOnlyList<{arguments}>",
            ("ConcurrentBag" or "ConcurrentQueue" or "ConcurrentStack", "System.Collections.Concurrent") => $"IReadOnlyList<{arguments}>",
            ("HashSet" or "ISet" or "SortedSet", "System.Collections.Generic") => $"IReadOnlySet<{arguments}>",
            ("Dictionary" or "IDictionary" or "SortedDictionary" or "SortedList" or "OrderedDictionary", "System.Collections.Generic") => $"IReadOnlyDictionary<{arguments}>",
            ("ConcurrentDictionary", "System.Collections.Concurrent") => $"IReadOnlyDictionary<{arguments}>",
            ("ArrayList" or "IList" or "ICollection", "System.Collections") => "IReadOnlyList<object>",
            ("Hashtable" or "IDictionary", "System.Collections") => "IReadOnlyDictionary<object, object>",
            ("BitArray", "System.Collections") => "ImmutableArray<bool>",
            ("NameValueCollection", "System.Collections.Specialized") => "IReadOnlyDictionary<string, string>",
            ("Memory" or "ArraySegment", "System") => $"ReadOnlyMemory<{arguments}>",
            ("StringBuilder", "System.Text") => "string",
            ("JsonNode" or "JsonObject" or "JsonArray", "System.Text.Json.Nodes") => "JsonElement",
            ("XDocument" or "XElement" or "XContainer" or "XNode" or "XAttribute", "System.Xml.Linq") => "a record with what callers need of it",
            ("XmlDocument" or "XmlElement" or "XmlNode", "System.Xml") => "a record with what callers need of it",
            ("ExpandoObject", "System.Dynamic") => "a record",
            ("ClaimsPrincipal" or "ClaimsIdentity", "System.Security.Claims") => "a record with what callers need of it",
            _ => null,
        };
    }

    public static string Short(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    // What a value of the type gives access to. Of the path there is nothing yet at the result itself, and in the lists of it.
    private string? OfContent(ITypeSymbol type, string path, int depth)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (depth > DeepestMember || type is not INamedTypeSymbol { TypeKind: not (TypeKind.Enum or TypeKind.Delegate) } named)
            return null;

        if (named.IsTupleType)
        {
            foreach (var element in named.TupleElements)
            {
                if (OfMember(element.Type, path.Length == 0 ? element.Name : $"{path}.{element.Name}", depth) is { } found)
                    return found;
            }

            return null;
        }

        if (IsTrusted(named))
            return OfArguments(named, path, depth);
        return _seen.Add(named) ? OfMembers(named, path.Length == 0 ? named.Name : path, depth) : null;
    }

    // Lists, dictionaries and whatever else holds values of the types that it is made for.
    private string? OfArguments(INamedTypeSymbol type, string path, int depth)
    {
        foreach (var argument in type.TypeArguments)
        {
            var inner = path.Length == 0 ? "" : path + "[]";
            var found = inner.Length == 0 && Alternative(argument) is { } alternative
                ? $"'{Short(argument)}' in it can be changed; hold '{alternative}' instead"
                : OfMember(argument, inner, depth);
            if (found is not null)
                return found;
        }

        return null;
    }

    private string? OfMember(ITypeSymbol type, string path, int depth)
        => Alternative(type) is { } alternative && path.Length > 0
            ? $"'{path}' can be changed; give it the type '{alternative}'"
            : IsChangingCollection(type)
                ? $"'{(path.Length == 0 ? Short(type) : path)}' can be changed; give it the type of a collection that cannot"
                : OfContent(type, path, depth + 1);

    private string? OfMembers(INamedTypeSymbol type, string path, int depth)
    {
        var members = Members(type).ToArray();
        foreach (var member in members)
        {
            if (CanBeSet(member, type))
                return $"'{path}.{member.Name}' can be set; {Unset(member)}";
        }

        foreach (var member in members)
        {
            if (Held(member) is { } held && OfMember(held, $"{path}.{member.Name}", depth) is { } found)
                return found;
        }

        return null;
    }

    // A struct is copied to each caller: only what it refers to is shared.
    private static bool CanBeSet(ISymbol member, INamedTypeSymbol type) => !type.IsValueType && member switch
    {
        IPropertySymbol { SetMethod: { IsInitOnly: false, DeclaredAccessibility: Accessibility.Public } } => true,
        IFieldSymbol { IsReadOnly: false, IsConst: false } => true,
        _ => false,
    };

    private static string Unset(ISymbol member)
    {
        if (member.DeclaringSyntaxReferences.IsEmpty)
            return "return a record of your own with what callers need";

        return member is IFieldSymbol
            ? "make it readonly, or a property with an init accessor"
            : member.ContainingType.TypeKind == TypeKind.Interface ? "leave the set accessor out of the interface" : "give it an init accessor";
    }

    // The type of what is the same object for every caller; a property that computes gives each one its own.
    private static ITypeSymbol? Held(ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol { GetMethod.DeclaredAccessibility: Accessibility.Public } property when !IsComputed(property) => property.Type,
        _ => null,
    };

    private static bool IsComputed(IPropertySymbol property)
        => property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is PropertyDeclarationSyntax declaration
            && (declaration.ExpressionBody?.Expression ?? declaration.AccessorList?.Accessors.FirstOrDefault(static accessor => accessor.IsKind(SyntaxKind.GetAccessorDeclaration))?.ExpressionBody?.Expression) is { } body
            && body is not (IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax })
            && body.ToString() != "field"; // an expression of its own only in newer compilers

    private static IEnumerable<ISymbol> Members(INamedTypeSymbol type)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        IEnumerable<INamedTypeSymbol> declaring = type.TypeKind == TypeKind.Interface ? [type, .. type.AllInterfaces] : type.WithBases().OfType<INamedTypeSymbol>().Where(static candidate => candidate.TypeKind != TypeKind.Interface);
        return declaring
            .Where(static candidate => !IsTrusted(candidate))
            .SelectMany(static candidate => candidate.GetMembers())
            .Where(member => member is { IsStatic: false, DeclaredAccessibility: Accessibility.Public } and (IPropertySymbol or IFieldSymbol) && names.Add(member.Name));
    }

    // Whose package it is does not matter: what can be added to is changed.
    private static bool IsChangingCollection(ITypeSymbol type)
        => type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Interface } named
            && !IsTrusted(named)
            && named.AllInterfaces.Any(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_ICollection_T)
            && (named.TypeKind == TypeKind.Interface || named.WithBases().Any(static candidate => candidate.TypeKind != TypeKind.Interface
                && candidate.GetMembers("Add").Any(static member => member.DeclaredAccessibility == Accessibility.Public)));

    private static bool IsTrusted(INamedTypeSymbol type) => type.IsWithin("System") && type.DeclaringSyntaxReferences.IsEmpty;
}
