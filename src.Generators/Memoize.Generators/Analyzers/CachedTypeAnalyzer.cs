using System.Collections.Immutable;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Memoize.Generators.Analyzers;

/// <summary>
/// Looks for cached methods that will not do what their author expects. It reads the bodies of a type that has cached
/// methods while the type is analysed, and asks its rules at the end, when all calls within the type can be followed.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CachedTypeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        InstanceStateRule.Descriptor,
        AmbientInputRule.Descriptor,
        MutableResultRule.Descriptor,
        TokenRule.Descriptor,
        SelfCallRule.Descriptor,
        NeverExpiresRule.Descriptor,
        IdleOptionRule.Descriptor,
        StoredResultRule.Descriptor,
        TrimmedResultRule.Descriptor,
        MutableKeyRule.Descriptor,
        CultureRule.Descriptor,
        CallerDataRule.Descriptor,
        ScopedServiceRule.Descriptor,
        DeferredResultRule.Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownTypes.CachedResponseAttribute) is not null)
                start.RegisterSymbolStartAction(Analyze, SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolStartAnalysisContext start)
    {
        var methods = AnnotatedMethod.Of((INamedTypeSymbol)start.Symbol, start.Compilation, start.CancellationToken);
        if (methods.Count == 0)
            return;

        var bodies = new MethodBodies(methods);
        start.RegisterOperationBlockAction(block => bodies.Add(block.OwningSymbol, block.OperationBlocks, block.CancellationToken));
        start.RegisterSymbolEndAction(end =>
        {
            foreach (var method in methods)
            {
                end.CancellationToken.ThrowIfCancellationRequested();
                InstanceStateRule.Check(method, bodies, end.ReportDiagnostic);
                AmbientInputRule.Check(method, bodies, end.ReportDiagnostic);
                MutableResultRule.Check(method, end.ReportDiagnostic, end.CancellationToken);
                TokenRule.Check(method, end.ReportDiagnostic);
                SelfCallRule.Check(method, bodies, end.ReportDiagnostic);
                NeverExpiresRule.Check(method, end.ReportDiagnostic);
                IdleOptionRule.Check(method, end.ReportDiagnostic, end.CancellationToken);
                StoredResultRule.Check(method, end.ReportDiagnostic);
                TrimmedResultRule.Check(method, end.Options, end.ReportDiagnostic);
                MutableKeyRule.Check(method, end.ReportDiagnostic, end.CancellationToken);
                CultureRule.Check(method, bodies, end.Options.AnalyzerConfigOptionsProvider.GlobalOptions, end.ReportDiagnostic);
                CallerDataRule.Check(method, bodies, end.ReportDiagnostic);
                ScopedServiceRule.Check(method, bodies, end.ReportDiagnostic);
                DeferredResultRule.Check(method, bodies, end.ReportDiagnostic);
            }
        });
    }
}
