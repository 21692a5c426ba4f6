using System.Reflection;
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
        "'{0}' of type '{1}' {2}; {3}");

    public static readonly DiagnosticDescriptor CoreNotFound = Error(
        "MEMO006", "A cached partial method needs a core",
        "'{0}' has no method to compute with; write '{1}'");

    public static readonly DiagnosticDescriptor CoreMismatch = Error(
        "MEMO007", "The core has another signature",
        "'{0}' cannot be computed by '{1}' because its signature differs; write '{2}'");

    public static readonly DiagnosticDescriptor InvalidDuration = Error(
        "MEMO008", "This is not a duration",
        "'{0}' is not a positive duration for {1}: {2}");

    public static readonly DiagnosticDescriptor OptionOutOfRange = Error(
        "MEMO009", "An option is out of its range",
        "{0} is {1}; write {2}");

    public static readonly DiagnosticDescriptor NameTaken = Error(
        "MEMO010", "A generated member has the name of another member",
        "'{0}' already has a member '{1}', which is what the generated {2} would be called; rename it, or name the generated one with [CachedResponse({3} = \"…\")]");

    public static readonly DiagnosticDescriptor OptionsContradict = Error(
        "MEMO011", "Two options contradict each other",
        "'{0}' has options that contradict each other: {1}");

    public static readonly DiagnosticDescriptor CallbackNotFound = Error(
        "MEMO012", "The method that an option names must exist with the right signature",
        "{0} of '{1}' names '{2}', which {3}; write '{4}'");

    public static readonly DiagnosticDescriptor InvalidTag = Error(
        "MEMO013", "A tag must be a text whose placeholders name parameters",
        "The tag \"{0}\" of '{1}' {2}");

    public static readonly DiagnosticDescriptor TimeoutNeedsToken = Error(
        "MEMO014", "A time-out of a synchronous method needs a cancellation token",
        "'{0}' has a Timeout but '{1}' takes no CancellationToken, so that nothing could end it; add a CancellationToken parameter to '{1}'");

    public static readonly DiagnosticDescriptor ScopeNeedsInstance = Error(
        "MEMO015", "The scope Instance needs an object to belong to",
        "'{0}' has Scope = CacheScope.Instance but {1}; use CacheScope.Shared or an instance method of a class");

    public static readonly DiagnosticDescriptor InvalidName = Error(
        "MEMO016", "This is not a name",
        "'{0}' is not a name for {1}; write a C# identifier, or leave {1} out");

    public static readonly DiagnosticDescriptor InvalidStore = Error(
        "MEMO017", "A store must have a name",
        "'{0}' names no store; write the name of a store of the memoizer or CacheStores.MemoryOnly, or leave {1} out");

    public static readonly DiagnosticDescriptor InvalidCacheKey = Error(
        "MEMO018", "This [CacheKey] cannot work",
        "[CacheKey] on '{0}' cannot work because {1}");

    public static readonly DiagnosticDescriptor SingleUseResult = Error(
        "MEMO019", "The result is used up by its first caller",
        "'{0}' returns '{1}', which is used up or disposed by the first of the callers that share it; return what is read from it, for example a record or an array");

    public static readonly DiagnosticDescriptor NoStoredForm = Error(
        "MEMO020", "The key of a method with a store must have a stored form",
        "'{0}' of type '{1}' cannot be in the keys of a store, because {4}, and '{2}' has the store \"{3}\"; let the type implement IStorableKey, {5}, or write Store = CacheStores.MemoryOnly");

    public static readonly DiagnosticDescriptor StoreNeedsSharing = Error(
        "MEMO021", "Results of one object cannot be in a store",
        "'{0}' has Scope = CacheScope.Instance, so that its results are freed with their object, and the store \"{1}\", which outlives it; use CacheScope.Shared with [CacheKey] on what tells the objects apart, or leave Store out");

    public static readonly DiagnosticDescriptor OpenResult = Error(
        "MEMO022", "The result of a method with a store must have a known type",
        "'{0}' has the store \"{1}\", but its result '{2}' has a type parameter, so that no store could tell when its shape changes; return a type without one, or write Store = CacheStores.MemoryOnly");

    public static readonly DiagnosticDescriptor OwnKeyCannotWork = Error(
        "MEMO023", "This key cannot work",
        "{0} of '{1}' cannot work because {2}");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All =>
    [
        .. typeof(Diagnostics).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(static constant => constant.GetValue(null))
            .OfType<DiagnosticDescriptor>(),
    ];

    // Ids are written out: release tracking reads them from the source.
    private static DiagnosticDescriptor Error(string id, string title, string message) => new(
        id, title, message, "Memoize", DiagnosticSeverity.Error, isEnabledByDefault: true,
        helpLinkUri: $"https://github.com/memoize/memoize/blob/main/docs/diagnostics/{id}.md");
}
