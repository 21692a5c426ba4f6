using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>When two values of a type are the same in a key.</summary>
/// <param name="Content">
/// The expression of what compares them; <see langword="null"/> where their own equality sees all that a method can see.
/// </param>
/// <param name="HasOwnEquality">Whether they have a value equality of their own, which holds at least where <paramref name="Content"/> does.</param>
/// <param name="IsCopied">Whether they can change, so that a key that is kept needs a copy.</param>
/// <param name="Refusal">Why they cannot be in a key.</param>
internal sealed record KeyNotion(string? Content, bool HasOwnEquality, bool IsCopied, KeyRefusal? Refusal)
{
    /// <summary>Their own equality is all there is.</summary>
    public static KeyNotion Own { get; } = new(Content: null, HasOwnEquality: true, IsCopied: false, Refusal: null);

    /// <summary>Values whose equality ignores what a method can notice.</summary>
    public static KeyNotion Exact(string content) => new(content, HasOwnEquality: true, IsCopied: false, Refusal: null);

    /// <summary>Values that cannot be in a key.</summary>
    public static KeyNotion Refused(KeyRefusal refusal) => new(Content: null, HasOwnEquality: false, IsCopied: false, refusal);

    /// <summary>Values that cannot be in a key.</summary>
    public static KeyNotion Refused(ITypeSymbol culprit, string reason, string? wayOut = null) => Refused(new KeyRefusal(culprit, reason, wayOut));
}

/// <summary>Why a type cannot be in a key.</summary>
/// <param name="Culprit">The type that is at fault.</param>
/// <param name="Reason">What is wrong with it, as the end of a sentence about it.</param>
/// <param name="WayOut">What to do, if it is not what <see cref="ValueEquality.Advice"/> says of the culprit.</param>
/// <param name="Path">The member that is at fault: <c>Query.Source</c>; empty if it is the value itself or one of its items.</param>
internal sealed record KeyRefusal(ITypeSymbol Culprit, string Reason, string? WayOut = null, string Path = "")
{
    public const string ByReference = "compares by reference, so that equal arguments would miss";

    // Where the path begins: the outermost type that has a name.
    private string Root { get; init; } = "";

    /// <summary>The same, seen from what holds it in a member.</summary>
    public KeyRefusal In(INamedTypeSymbol holder, string member)
        => this with { Path = Path.Length == 0 ? member : $"{member}.{Path}", Root = holder.IsTupleType || holder.IsAnonymousType ? "" : holder.Name + "." };

    /// <summary>What is wrong with a value of the type, as the end of a sentence about it.</summary>
    public string About(ITypeSymbol type)
    {
        var culprit = CodeText.Signature(Culprit.WithNullableAnnotation(NullableAnnotation.None));
        if (Path.Length > 0)
            return $"holds '{Root}{Path}' of type '{culprit}', which {Reason}";
        return SymbolEqualityComparer.Default.Equals(Culprit, type) ? Reason : $"holds '{culprit}', which {Reason}";
    }
}
