using System.Collections.Immutable;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Memoize.Generators.Analyzers;

/// <summary>Tells why a <c>[CacheKeyFor]</c> cannot work, at the attribute: cached methods take it for not being there.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CacheKeyForAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Parsing.Diagnostics.OwnKeyCannotWork);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownTypes.CacheKeyForAttribute) is null)
                return;

            var entries = new Lazy<KeyFor[]>(() => new KnownTypes(start.Compilation).KeysFor);
            start.RegisterSyntaxNodeAction(node => Analyze(node, entries), SyntaxKind.AttributeList);
        });
    }

    private static void Analyze(SyntaxNodeAnalysisContext context, Lazy<KeyFor[]> entries)
    {
        var list = (AttributeListSyntax)context.Node;
        if (list.Target?.Identifier.IsKind(SyntaxKind.AssemblyKeyword) != true)
            return;

        foreach (var attribute in list.Attributes)
        {
            var entry = entries.Value.FirstOrDefault(candidate =>
                candidate.Attribute.ApplicationSyntaxReference is { } written && written.SyntaxTree == attribute.SyntaxTree && written.Span == attribute.Span);
            if (entry is { Obstacle: { } obstacle })
                context.ReportDiagnostic(Diagnostic.Create(Parsing.Diagnostics.OwnKeyCannotWork, attribute.GetLocation(), "[CacheKeyFor]", entry.Type.Name, obstacle));
        }
    }
}
