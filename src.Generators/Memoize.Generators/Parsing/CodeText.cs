using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Memoize.Generators.Parsing;

/// <summary>Symbols as they are written in emitted code and in messages.</summary>
internal static class CodeText
{
    private static readonly SymbolDisplayFormat QualifiedFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat ReadableFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    private static readonly SymbolDisplayFormat SignatureFormat = ReadableFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat EscapedNamespaceFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>Means the same wherever it stands: <c>global::System.Collections.Generic.List&lt;string?&gt;</c>.</summary>
    public static string Qualified(ITypeSymbol type) => type.ToDisplayString(QualifiedFormat);

    /// <summary>For people: <c>System.Collections.Generic.List&lt;string&gt;</c>.</summary>
    public static string Readable(ITypeSymbol type) => type.ToDisplayString(ReadableFormat);

    /// <summary>For messages that show what to write: <c>System.Collections.Generic.List&lt;string?&gt;</c>.</summary>
    public static string Signature(ITypeSymbol type) => type.ToDisplayString(SignatureFormat);

    /// <summary>For declaring: <c>Shop.@event</c>.</summary>
    public static string Namespace(INamespaceSymbol symbol) => symbol.ToDisplayString(EscapedNamespaceFormat);

    /// <summary>For people and files: <c>Shop.event</c>.</summary>
    public static string ReadableNamespace(INamespaceSymbol symbol) => symbol.ToDisplayString(ReadableFormat);

    /// <summary>A name that can be declared and used as an identifier, in asynchronous methods too.</summary>
    public static string Identifier(string name)
        => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || name == "await" ? "@" + name : name;

    /// <summary>A name that can be declared as a type; more words are reserved there, <c>record</c> for one.</summary>
    public static string TypeIdentifier(string name)
        => SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : Identifier(name);

    /// <summary>A string literal with quotes and escapes.</summary>
    public static string Literal(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    /// <summary>A duration as an expression, in the largest unit that is exact: the way the user is likely to have written it.</summary>
    public static string TimeSpan(long ticks)
    {
        var (method, unit) = ticks switch
        {
            _ when ticks % System.TimeSpan.TicksPerDay == 0 => ("FromDays", System.TimeSpan.TicksPerDay),
            _ when ticks % System.TimeSpan.TicksPerHour == 0 => ("FromHours", System.TimeSpan.TicksPerHour),
            _ when ticks % System.TimeSpan.TicksPerMinute == 0 => ("FromMinutes", System.TimeSpan.TicksPerMinute),
            _ when ticks % System.TimeSpan.TicksPerSecond == 0 => ("FromSeconds", System.TimeSpan.TicksPerSecond),
            _ when ticks % System.TimeSpan.TicksPerMillisecond == 0 => ("FromMilliseconds", System.TimeSpan.TicksPerMillisecond),
            _ => ("FromTicks", 1),
        };
        return $"global::System.TimeSpan.{method}({(ticks / unit).ToString(CultureInfo.InvariantCulture)})";
    }

    public static string Accessibility(Accessibility accessibility) => accessibility switch
    {
        Microsoft.CodeAnalysis.Accessibility.Public => "public",
        Microsoft.CodeAnalysis.Accessibility.Internal => "internal",
        Microsoft.CodeAnalysis.Accessibility.Protected => "protected",
        Microsoft.CodeAnalysis.Accessibility.ProtectedOrInternal => "protected internal",
        Microsoft.CodeAnalysis.Accessibility.ProtectedAndInternal => "private protected",
        _ => "private",
    };
}
