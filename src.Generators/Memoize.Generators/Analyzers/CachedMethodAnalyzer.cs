using System.Collections.Immutable;
using System.Reflection;
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
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = typeof(Parsing.Diagnostics)
        .GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(static constant => constant.GetValue(null))
        .OfType<DiagnosticDescriptor>()
        .ToImmutableArray();

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

        CachedMethodParser.Parse(method, attribute, new(context.Compilation), Report, context.CancellationToken);

        void Report(Diagnostic diagnostic)
        {
            if (!IsToldElsewhere(diagnostic, method))
                context.ReportDiagnostic(diagnostic);
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

    // A type with three cached methods is one thing to correct, not three.
    private static bool IsToldElsewhere(Diagnostic diagnostic, IMethodSymbol method)
    {
        if (diagnostic.Descriptor.Id != Parsing.Diagnostics.TypeNotPartial.Id)
            return false;

        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.Locations.FirstOrDefault() == diagnostic.Location)
                return !SymbolEqualityComparer.Default.Equals(FirstCachedMethod(type), method);
        }

        return false;
    }

    private static IMethodSymbol? FirstCachedMethod(INamedTypeSymbol type)
    {
        foreach (var member in type.GetMembers())
        {
            var found = member switch
            {
                IMethodSymbol method when AnnotatedMethod.Attribute(method) is not null => method,
                INamedTypeSymbol nested => FirstCachedMethod(nested),
                _ => null,
            };
            if (found is not null)
                return found;
        }

        return null;
    }
}
