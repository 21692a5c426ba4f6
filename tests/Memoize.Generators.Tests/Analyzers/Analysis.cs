using System.Collections.Immutable;
using Memoize.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Memoize.Generators.Tests.Analyzers;

/// <summary>Analyses a project the way the compiler does: after the generator, generated files included.</summary>
internal static class Analysis
{
    /// <summary>What a project with implicit usings has.</summary>
    public const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Collections.Immutable;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Memoize;
        """;

    /// <summary>Among the rules to switch on, it stands for the property of the project.</summary>
    public const string InvariantGlobalization = nameof(InvariantGlobalization);

    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
        [new CachedMethodAnalyzer(), new CachedTypeAnalyzer(), new TypeArgumentAnalyzer(), new CacheKeyForAnalyzer(), new UncachedCallAnalyzer()];

    /// <summary>The descriptors of all rules, in the order of their ids.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> Rules { get; } =
    [
        .. Analyzers.SelectMany(static analyzer => analyzer.SupportedDiagnostics)
            .Distinct()
            .OrderBy(static rule => rule.Id, StringComparer.Ordinal),
    ];

    /// <summary>What the analyzers report, and the generator where it has to, in the order of the source.</summary>
    /// <param name="source">A file of the project.</param>
    /// <param name="enabled">Rules to switch on, as <c>.editorconfig</c> would.</param>
    public static async Task<IReadOnlyList<Diagnostic>> OfAsync(string source, params string[] enabled)
        => await OfAsync(Consumer.Project(Usings, source), enabled);

    public static async Task<IReadOnlyList<Diagnostic>> OfAsync(Compilation project, params string[] enabled)
    {
        var options = project.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default)
            .WithSpecificDiagnosticOptions(enabled.ToDictionary(static id => id, static _ => ReportDiagnostic.Warn, StringComparer.Ordinal));
        Consumer.Driver().RunGeneratorsAndUpdateCompilation(project.WithOptions(options), out var output, out var generated);

        // One rule is for projects that are trimmed; where it is switched on, the project is.
        AnalyzerOptions properties = new([], new BuildProperties(
        [
            .. enabled.Contains("MEMO039", StringComparer.Ordinal) ? new[] { "build_property.PublishAot" } : [],
            .. enabled.Contains(InvariantGlobalization, StringComparer.Ordinal) ? new[] { "build_property.InvariantGlobalization" } : [],
        ]));
        var reported = await output.WithAnalyzers(Analyzers, properties).GetAnalyzerDiagnosticsAsync();
        return [.. reported.Concat(generated).OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(static diagnostic => diagnostic.Id, StringComparer.Ordinal)];
    }

    /// <summary>What the analyzers alone report about a project in which the generator has run.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> WithoutGeneratorAsync(Compilation output) => await output.WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync();

    /// <summary>
    /// Checks that exactly what is marked is reported: <c>{|MEMO001:text|}</c>. Marks can be nested.
    /// </summary>
    /// <returns>The messages.</returns>
    public static async Task<string[]> MustReportAsync(string marked, params string[] enabled)
    {
        var (source, expected) = Marks.Read(marked);
        var reported = await OfAsync(source, enabled);
        var actual = reported.Select(diagnostic =>
            $"{diagnostic.Id} {source[diagnostic.Location.SourceSpan.Start..diagnostic.Location.SourceSpan.End]}");
        Assert.Equal(
            expected.OrderBy(static mark => mark.Start).ThenBy(static mark => mark.Id, StringComparer.Ordinal).Select(mark => $"{mark.Id} {source[mark.Start..mark.End]}"),
            actual,
            StringComparer.Ordinal);
        return [.. reported.Select(static diagnostic => diagnostic.GetMessage())];
    }

    /// <summary>What the build tells analyzers about the project.</summary>
    private sealed class BuildProperties(string[] set) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Properties(set);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Properties(string[] set) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
            {
                value = set.Contains(key, StringComparer.Ordinal) ? "true" : null;
                return value is not null;
            }
        }
    }
}
