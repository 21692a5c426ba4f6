using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>What the parser can find wrong. Every message names the way out.</summary>
internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor TypeNotPartial = Error(
        1, "The type of a cached method must be partial",
        "'{0}' has a cached method and must be partial: write 'partial' in its declaration");

    public static readonly DiagnosticDescriptor UnsupportedMember = Error(
        2, "This member cannot be cached",
        "'{0}' cannot be cached because it is {1}; move the work to an ordinary method of a partial class or struct");

    public static readonly DiagnosticDescriptor NoResult = Error(
        3, "A cached method must return a value",
        "'{0}' returns '{1}', which holds no value that could be kept; return T, Task<T> or ValueTask<T>");

    public static readonly DiagnosticDescriptor UnsupportedParameter = Error(
        4, "This parameter cannot be part of a cached method",
        "Parameter '{0}' cannot be kept in a key because it is {1}; pass an ordinary value");

    public static readonly DiagnosticDescriptor NoValueEquality = Error(
        5, "This parameter has no value equality",
        "'{0}' of type '{1}' compares by reference, so that equal arguments would miss; {2}");

    public static readonly DiagnosticDescriptor CoreNotFound = Error(
        6, "A cached partial method needs a core",
        "'{0}' has no method to compute with; write '{1}'");

    public static readonly DiagnosticDescriptor CoreMismatch = Error(
        7, "The core has another signature",
        "'{0}' cannot be computed by '{1}' because its signature differs; write '{2}'");

    public static readonly DiagnosticDescriptor InvalidDuration = Error(
        8, "This is not a duration",
        "'{0}' is not a positive duration for {1}: {2}");

    public static readonly DiagnosticDescriptor OptionOutOfRange = Error(
        9, "An option is out of its range",
        "{0} is {1}; write {2}");

    public static readonly DiagnosticDescriptor NameTaken = Error(
        10, "A generated member has the name of another member",
        "'{0}' already has a member '{1}', which is what the generated {2} would be called; rename it, or name the generated one with [CachedResponse({3} = \"…\")]");

    public static readonly DiagnosticDescriptor OptionsContradict = Error(
        11, "Two options contradict each other",
        "'{0}' has options that contradict each other: {1}");

    public static readonly DiagnosticDescriptor CallbackNotFound = Error(
        12, "The method that an option names must exist with the right signature",
        "{0} of '{1}' names '{2}', which {3}; write '{4}'");

    public static readonly DiagnosticDescriptor InvalidTag = Error(
        13, "A tag must be a text whose placeholders name parameters",
        "The tag \"{0}\" of '{1}' {2}");

    public static readonly DiagnosticDescriptor TimeoutNeedsToken = Error(
        14, "A time-out of a synchronous method needs a cancellation token",
        "'{0}' has a Timeout but '{1}' takes no CancellationToken, so that nothing could end it; add a CancellationToken parameter to '{1}'");

    public static readonly DiagnosticDescriptor ScopeNeedsInstance = Error(
        15, "The scope Instance needs an object to belong to",
        "'{0}' has Scope = CacheScope.Instance but {1}; use CacheScope.Shared or an instance method of a class");

    public static readonly DiagnosticDescriptor InvalidName = Error(
        16, "This is not a name",
        "'{0}' is not a name for {1}; write a C# identifier, or leave {1} out");

    public static readonly DiagnosticDescriptor InvalidStore = Error(
        17, "A store must have a name",
        "'{0}' names no store; write the name of a store of the memoizer or CacheStores.MemoryOnly, or leave {1} out");

    public static readonly DiagnosticDescriptor InvalidCacheKey = Error(
        18, "This [CacheKey] cannot work",
        "[CacheKey] on '{0}' cannot work because {1}");

    public static readonly DiagnosticDescriptor SingleUseResult = Error(
        19, "The result is used up by its first caller",
        "'{0}' returns '{1}', which is used up or disposed by the first of the callers that share it; return what is read from it, for example a record or an array");

    private static DiagnosticDescriptor Error(int number, string title, string message)
    {
        var id = "MEMO" + number.ToString("000", CultureInfo.InvariantCulture);
        return new(
            id, title, message, "Memoize", DiagnosticSeverity.Error, isEnabledByDefault: true,
            helpLinkUri: $"https://github.com/memoize/memoize/blob/main/docs/diagnostics/{id}.md");
    }
}
