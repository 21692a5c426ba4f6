using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>Reads what a method returns and whether that can be kept.</summary>
internal static class ReturnParser
{
    // What can be read, awaited or enumerated once, or runs anew for each caller, without being disposable: these types, and
    // whatever implements or derives from one of them.
    private static readonly string[] SingleUseTypes =
    [
        "System.Collections.Generic.IAsyncEnumerable`1",
        "System.Collections.Generic.IAsyncEnumerator`1",
        "System.Runtime.CompilerServices.ConfiguredCancelableAsyncEnumerable`1",
        "System.Collections.Generic.IEnumerator`1",
        "System.Collections.IEnumerator",
        "System.Linq.IQueryable",
        "System.Linq.IQueryable`1",
        "System.Linq.IOrderedEnumerable`1",
        "System.Linq.ParallelQuery",
        "System.Linq.ParallelQuery`1",
        "System.Threading.Tasks.ValueTask",
        "System.Threading.Tasks.ValueTask`1",
        "System.Threading.Tasks.Task",
        "System.Threading.Tasks.Task`1",
        "System.Threading.Channels.ChannelReader`1",
        "System.IO.Pipelines.PipeReader",
    ];

    public static ReturnModel? Parse(IMethodSymbol method, KnownTypes knownTypes, Reporter reporter, CancellationToken cancellationToken)
    {
        var type = method.ReturnType;
        if (method.ReturnsVoid
            || method.ReturnsByRef
            || method.ReturnsByRefReadonly
            || knownTypes.IsTask(type)
            || knownTypes.IsValueTask(type))
        {
            return Refuse(Diagnostics.NoResult);
        }

        var (kind, value) = Unwrap(type, knownTypes);
        if (value.IsRefLikeType
            || value.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Error
            || (value is ITypeParameterSymbol parameter && Generics.AllowsRefStruct(parameter, cancellationToken)))
        {
            return Refuse(Diagnostics.NoResult);
        }

        return knownTypes.IsSingleUse(value)
            ? Refuse(Diagnostics.SingleUseResult)
            : new(kind, CodeText.Qualified(type), KeptType(value), CanBeNull(value));

        ReturnModel? Refuse(DiagnosticDescriptor descriptor)
        {
            reporter.OnMethod(descriptor, method.Name, CodeText.Readable(type));
            return null;
        }
    }

    /// <summary>Whether what <paramref name="core"/> returns is a value: an iterator would run once for each caller, and each time anew.</summary>
    public static bool CanBeShared(IMethodSymbol core, IMethodSymbol method, Reporter reporter, CancellationToken cancellationToken)
    {
        var definition = core.PartialImplementationPart ?? core;
        var isIterator = definition.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellationToken))
            .OfType<MethodDeclarationSyntax>()
            .Where(static declaration => declaration.Body is not null)
            .SelectMany(static declaration => declaration.Body!.DescendantNodes(static node =>
                node is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax or ExpressionSyntax)))
            .Any(static node => node is YieldStatementSyntax);
        if (isIterator)
            reporter.OnMethod(Diagnostics.SingleUseResult, method.Name, CodeText.Readable(method.ReturnType));
        return !isIterator;
    }

    /// <summary>How the value comes, and its type.</summary>
    public static (ReturnKind Kind, ITypeSymbol Value) Unwrap(ITypeSymbol type, KnownTypes knownTypes) => type switch
    {
        INamedTypeSymbol named when knownTypes.IsTaskOfT(named) => (ReturnKind.Task, named.TypeArguments[0]),
        INamedTypeSymbol named when knownTypes.IsValueTaskOfT(named) => (ReturnKind.ValueTask, named.TypeArguments[0]),
        _ => (ReturnKind.Value, type),
    };

    /// <summary>Whether a result can be used once only: whoever gets a disposable one first disposes it under the hands of the others.</summary>
    public static bool IsSingleUse(ITypeSymbol type, KnownTypes knownTypes)
    {
        if (type is ITypeParameterSymbol parameter)
            return parameter.ConstraintTypes.Any(constraint => IsSingleUse(constraint, knownTypes));

        // A tuple gives each caller the same elements, and what is made lazily is the same for all.
        if (type is INamedTypeSymbol named && (named.IsTupleType || knownTypes.Is(named.OriginalDefinition, "System.Lazy`1") || knownTypes.Is(named.OriginalDefinition, "System.Nullable`1")))
            return (named.IsTupleType ? named.TupleElements.Select(static element => element.Type) : named.TypeArguments).Any(element => IsSingleUse(element, knownTypes));

        return SelfAndBases(type).Concat(type.AllInterfaces).Any(candidate =>
            knownTypes.IsDisposable(candidate) || Array.Exists(SingleUseTypes, name => knownTypes.Is(candidate.OriginalDefinition, name)));
    }

    private static IEnumerable<ITypeSymbol> SelfAndBases(ITypeSymbol type)
    {
        for (ITypeSymbol? candidate = type; candidate is not null; candidate = candidate.BaseType)
            yield return candidate;
    }

    // A call with a dynamic argument is bound at run time, and those of generated code are not to be.
    private static string KeptType(ITypeSymbol type)
        => type.TypeKind != TypeKind.Dynamic ? CodeText.Qualified(type) : type.NullableAnnotation == NullableAnnotation.Annotated ? "object?" : "object";

    // Types that say so themselves (string?, int?) need no attribute to tell the compiler.
    private static bool CanBeNull(ITypeSymbol type)
        => !type.IsValueType && type.NullableAnnotation != NullableAnnotation.Annotated;
}
