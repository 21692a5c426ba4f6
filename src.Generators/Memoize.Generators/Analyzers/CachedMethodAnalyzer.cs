using System.Collections.Immutable;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Memoize.Generators.Analyzers;

/// <summary>
/// Tells why a method cannot be cached. It runs the parser of the generator, with a reporter: what one accepts the other
/// implements, and what one refuses the other explains.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CachedMethodAnalyzer : DiagnosticAnalyzer
{
    // By now all is in order, but the generator found otherwise.
    private const string Unseen = "declared with something that another source generator makes, of which this one sees nothing";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = Parsing.Diagnostics.All.ToImmutableArray();

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownTypes.CachedResponseAttribute) is null)
                return;

            start.RegisterSymbolAction(AnalyzeMember, SymbolKind.Method);
            start.RegisterSyntaxNodeAction(
                AnalyzeFunction,
                SyntaxKind.LocalFunctionStatement,
                SyntaxKind.ParenthesizedLambdaExpression,
                SyntaxKind.SimpleLambdaExpression);
        });
    }

    private static void AnalyzeMember(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (method.PartialDefinitionPart is not null || AnnotatedMethod.Attribute(method) is not { } attribute)
            return;

        var knownTypes = new KnownTypes(context.Compilation);
        var model = CachedMethodParser.Parse(method, attribute, knownTypes, Report, context.CancellationToken);
        if (model is not null && StubParser.IsStub(method.PartialImplementationPart, context.CancellationToken))
            context.ReportDiagnostic(Diagnostic.Create(Parsing.Diagnostics.UnsupportedMember, method.Locations.FirstOrDefault(), method.Name, Unseen));

        void Report(Diagnostic diagnostic)
        {
            if (!Tellers.IsGeneratorFor(method, knownTypes, context.CancellationToken)
                && !Tellers.IsToldAtAnotherMethod(diagnostic, method, knownTypes, context.CancellationToken))
            {
                context.ReportDiagnostic(diagnostic);
            }
        }
    }

    // The parser of the generator only ever sees members, but the attribute can also stand here.
    private static void AnalyzeFunction(SyntaxNodeAnalysisContext context)
    {
        var symbol = context.Node.IsKind(SyntaxKind.LocalFunctionStatement)
            ? context.SemanticModel.GetDeclaredSymbol(context.Node, context.CancellationToken)
            : context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken).Symbol;
        if (symbol is not IMethodSymbol function || AnnotatedMethod.Attribute(function) is not { } attribute)
            return;

        var isLambda = function.MethodKind == MethodKind.AnonymousFunction;
        context.ReportDiagnostic(Diagnostic.Create(
            Parsing.Diagnostics.UnsupportedMember,
            attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation(),
            isLambda ? "lambda expression" : function.Name,
            isLambda ? "a lambda expression" : "a local function"));
    }
}
