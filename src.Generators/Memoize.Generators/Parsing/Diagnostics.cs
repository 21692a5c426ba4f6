using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>What the parser can find wrong. Every message names the way out.</summary>
internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor TypeNotPartial = Error(
        "MEMO001", "The type of a cached method must be partial",
        "'{0}' has a cached method and must be partial: write 'partial' in its declaration");

    public static readonly DiagnosticDescriptor UnsupportedMember = Error(
        "MEMO002", "This member cannot be cached",
        "'{0}' cannot be cached because it is {1}; move the work to an ordinary method of a partial class or struct");

    public static readonly DiagnosticDescriptor NoResult = Error(
        "MEMO003", "A cached method must return a value",
        "'{0}' returns '{1}', which holds no value that could be kept; return T, Task<T> or ValueTask<T>");

    public static readonly DiagnosticDescriptor UnsupportedParameter = Error(
        "MEMO004", "This parameter cannot be part of a cached method",
        "Parameter '{0}' cannot be kept in a key because it is {1}; pass an ordinary value");

    public static readonly DiagnosticDescriptor NoValueEquality = Error(
        "MEMO005", "This parameter has no value equality",
        "Parameter '{0}' of type '{1}' compares by reference, so that equal arguments would miss; pass a type with value equality");

    public static readonly DiagnosticDescriptor CoreNotFound = Error(
        "MEMO006", "A cached partial method needs a core",
        "'{0}' has no method to compute with; write '{1}'");

    public static readonly DiagnosticDescriptor CoreMismatch = Error(
        "MEMO007", "The core has another signature",
        "'{0}' cannot be computed by '{1}' because its signature differs; write '{2}'");

    public static readonly DiagnosticDescriptor InvalidDuration = Error(
        "MEMO008", "This is not a duration",
        "'{0}' is not a positive duration; write for example \"250ms\", \"30s\", \"5m\", \"1h30m\", \"2d\" or \"00:05:00\"");

    public static readonly DiagnosticDescriptor InvalidCapacity = Error(
        "MEMO009", "The capacity must be positive",
        "The capacity {0} leaves no room for a result; write 1 or more");

    public static readonly DiagnosticDescriptor NameTaken = Error(
        "MEMO010", "A generated member has the name of another member",
        "'{0}' already has a member '{1}', which is what the generated {2} would be called; rename it");

    // Ids are written out: release tracking reads them from the source.
    private static DiagnosticDescriptor Error(string id, string title, string message) => new(
        id, title, message, "Memoize", DiagnosticSeverity.Error, isEnabledByDefault: true,
        helpLinkUri: $"https://github.com/memoize/memoize/blob/main/docs/diagnostics/{id}.md");
}
