using System.Collections.Immutable;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Analyzers;

/// <summary>
/// Finds uses of a method that has a cached wrapper beside it. Off by default: both calls are right in their place, and a
/// project decides whether the uncached one needs a reason.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UncachedCallAnalyzer : DiagnosticAnalyzer
{
    internal const string WrapperProperty = "Wrapper";

    internal static readonly DiagnosticDescriptor Descriptor = Rule.OnDemand(
        "MEMO036",
        "The uncached method is called although it has a cached wrapper",
        "'{0}' computes at every call; call '{1}' to share its results",
        "The rule is off by default. It is meant for projects in which calling the method itself is the exception.");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownTypes.CachedResponseAttribute) is not null)
                start.RegisterOperationAction(AnalyzeUse, OperationKind.Invocation, OperationKind.MethodReference);
        });
    }

    private static void AnalyzeUse(OperationAnalysisContext context)
    {
        var called = context.Operation switch
        {
            IInvocationOperation call => call.TargetMethod.OriginalDefinition,
            IMethodReferenceOperation { Parent: not INameOfOperation } reference => reference.Method.OriginalDefinition,
            _ => null,
        };
        if (called is null
            || AnnotatedMethod.Attribute(called) is null
            || Wrapper(called, new(context.Compilation)) is not { } wrapper
            || SymbolEqualityComparer.Default.Equals(context.ContainingSymbol.OriginalDefinition, called))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            Descriptor,
            context.Operation.Syntax.GetLocation(),
            ImmutableDictionary<string, string?>.Empty.Add(WrapperProperty, wrapper),
            called.Name,
            wrapper));
    }

    // Where the generator ran there is a wrapper, be it in this project or in a referenced one. A partial method has no sibling.
    private static string? Wrapper(IMethodSymbol method, KnownTypes knownTypes)
    {
        var name = knownTypes.CachedMethods(method.ContainingType)
            .FirstOrDefault(cached => SymbolEqualityComparer.Default.Equals(cached.Method, method))?.Wrapper;
        return name is not null && name != method.Name && method.ContainingType.GetMembers(name).OfType<IMethodSymbol>()
            .Any(candidate => candidate.Parameters.Length == method.Parameters.Length && candidate.Arity == method.Arity)
                ? name
                : null;
    }
}
