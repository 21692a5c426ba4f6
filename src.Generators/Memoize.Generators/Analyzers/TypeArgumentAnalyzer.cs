using System.Collections.Immutable;
using Memoize.Generators.Model;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Analyzers;

/// <summary>
/// Looks at what stands for the type parameters in the key of a cached method. The method itself cannot know it; whoever calls it
/// with a type that compares by reference is told, where it says so.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TypeArgumentAnalyzer : DiagnosticAnalyzer
{
    internal static readonly DiagnosticDescriptor Descriptor = Rule.Error(
        "MEMO024",
        "This type argument has no value equality",
        "'{0}' stands for '{1}' in the key of '{2}' and {3}; {4}",
        "A call with such an argument would not find the result of another, or would find the one for what the object has been before it changed. At run time it throws.");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownTypes.CachedResponseAttribute) is null)
                return;

            var knownTypes = KnownTypes.Of(start.Compilation);
            start.RegisterOperationAction(context => AnalyzeUse(context, knownTypes), OperationKind.Invocation, OperationKind.MethodReference);
        });
    }

    private static void AnalyzeUse(OperationAnalysisContext context, KnownTypes knownTypes)
    {
        var called = context.Operation switch
        {
            IInvocationOperation call => call.TargetMethod,
            IMethodReferenceOperation { Parent: not INameOfOperation } reference => reference.Method,
            _ => null,
        };
        if (called is not { ContainingType: { } type } || !(called.IsGenericMethod || IsGeneric(type)) || CachedBy(called, knownTypes) is not { } method)
            return;

        var told = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var inKey in InKey(method, knownTypes))
        {
            foreach (var typeParameter in TypeParameters(inKey))
            {
                if (!told.Add(typeParameter) || Argument(typeParameter, called) is not { } argument || knownTypes.ValueEquality.RefusalAsArgument(argument) is not { } refusal)
                    continue;

                context.ReportDiagnostic(Diagnostic.Create(
                    Descriptor,
                    context.Operation.Syntax.GetLocation(),
                    CodeText.Signature(argument),
                    typeParameter.Name,
                    method.Name,
                    refusal.About(argument),
                    refusal.WayOut ?? knownTypes.ValueEquality.Advice(refusal.Culprit, asArgument: true)));
            }
        }
    }

    // What a method of the user's makes is the key, and then its parameters are not.
    private static IEnumerable<ITypeSymbol> InKey(IMethodSymbol method, KnownTypes knownTypes)
        => knownTypes.OwnKeyOf(method) is { Method: { } ownKey }
            ? [ownKey.ReturnType]
            : method.Parameters
                .Where(parameter => ParameterParser.Role(parameter, knownTypes) == ParameterRole.Key && !knownTypes.HasCacheKey(parameter))
                .Select(static parameter => parameter.Type);

    // The wrapper of a partial method is the method; that of another one has a name of its own.
    private static IMethodSymbol? CachedBy(IMethodSymbol called, KnownTypes knownTypes)
    {
        var definition = (called.ReducedFrom ?? called).OriginalDefinition;
        return knownTypes.CachedMethods(definition.ContainingType)
            .FirstOrDefault(cached => cached.Wrapper == definition.Name && HasTheSameParameters(cached.Method, definition))?.Method;
    }

    private static bool HasTheSameParameters(IMethodSymbol method, IMethodSymbol wrapper)
        => method.Arity == wrapper.Arity
            && method.Parameters.Length == wrapper.Parameters.Length
            && method.Parameters.Zip(wrapper.Parameters, static (one, other) => CodeText.Readable(one.Type) == CodeText.Readable(other.Type)).All(static same => same);

    private static bool IsGeneric(INamedTypeSymbol? type) => type is not null && (type.IsGenericType || IsGeneric(type.ContainingType));

    private static IEnumerable<ITypeParameterSymbol> TypeParameters(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => [parameter],
        IArrayTypeSymbol array => TypeParameters(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.SelectMany(TypeParameters),
        _ => [],
    };

    private static ITypeSymbol? Argument(ITypeParameterSymbol parameter, IMethodSymbol called)
    {
        if (parameter.TypeParameterKind == TypeParameterKind.Method)
            return called.TypeArguments[parameter.Ordinal];

        for (var type = called.ContainingType; type is not null; type = type.ContainingType)
        {
            if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, parameter.ContainingSymbol))
                return type.TypeArguments[parameter.Ordinal];
        }

        return null;
    }
}
