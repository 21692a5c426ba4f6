using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>Makes the descriptors of the rules about code that works, but not as its author may think.</summary>
internal static class Rule
{
    /// <summary>Code that cannot work.</summary>
    public static DiagnosticDescriptor Error(string id, string title, string message, string description)
        => Create(id, title, message, description, DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <summary>Code that is likely to surprise.</summary>
    public static DiagnosticDescriptor Warning(string id, string title, string message, string description)
        => Create(id, title, message, description, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    /// <summary>Something to know, and no reason to stop.</summary>
    public static DiagnosticDescriptor Information(string id, string title, string message, string description)
        => Create(id, title, message, description, DiagnosticSeverity.Info, isEnabledByDefault: true);

    /// <summary>A rule that projects choose: off until <c>.editorconfig</c> gives it a severity.</summary>
    public static DiagnosticDescriptor OnDemand(string id, string title, string message, string description)
        => Create(id, title, message, description, DiagnosticSeverity.Warning, isEnabledByDefault: false);

    private static DiagnosticDescriptor Create(
        string id, string title, string message, string description, DiagnosticSeverity severity, bool isEnabledByDefault)
        => new(
            id, title, message, "Memoize", severity, isEnabledByDefault, description,
            helpLinkUri: $"https://github.com/memoize/memoize/blob/main/docs/diagnostics/{id}.md");
}
