using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Analyzers;

/// <summary>
/// Follows a value through the expressions, local variables, parameters and calls of one type, to see where it ends. What is
/// only logged, measured or thrown is in no result that is kept.
/// </summary>
internal sealed class ValueFlow(MethodBodies bodies)
{
    private static readonly string[] LoggingNamespaces = ["Serilog", "NLog", "log4net"];

    /// <summary>Whether the value only ends up in logs, metrics and exceptions, or decides what is logged and measured.</summary>
    public bool IsOnlyTold(IOperation value) => IsOnlyTold(value, mayGuard: false, new(SymbolEqualityComparer.Default));

    /// <summary>
    /// Whether, besides that, the value may decide whether there is an exception: failures are not kept, and without them it
    /// made no difference.
    /// </summary>
    public bool IsOnlyToldOrGuarding(IOperation value) => IsOnlyTold(value, mayGuard: true, new(SymbolEqualityComparer.Default));

    private bool IsOnlyTold(IOperation value, bool mayGuard, HashSet<ISymbol> followed)
    {
        for (var (child, parent) = (value, value.Parent); parent is not null; (child, parent) = (parent, parent.Parent))
        {
            switch (parent)
            {
                case IThrowOperation or INameOfOperation:
                    return true;
                case IObjectCreationOperation { Type: { } created } when IsException(created):
                    return true;
                case IInvocationOperation call when Tells(call, mayGuard):
                    return true;
                case IConditionalAccessOperation access when access.Operation == child && OnlyTells(access.WhenNotNull, mayGuard):
                    return true;
                case IArgumentOperation { Parameter: { } parameter, Parent: IInvocationOperation call } when !Tells(call, mayGuard) && bodies.Of(call.TargetMethod) is { } called:
                    return Follow(parameter.OriginalDefinition, called.ReadsOf(parameter));
                case IConditionalOperation { Type: null } condition:
                    return condition.Condition == child && OnlyTells(condition.WhenTrue, mayGuard) && (condition.WhenFalse is null || OnlyTells(condition.WhenFalse, mayGuard));
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }:
                    return Follow(local, bodies.ReadsOf(local));
                case IAssignmentOperation { Parent: IObjectOrCollectionInitializerOperation }:
                    continue;
                case IAssignmentOperation { Target: IDiscardOperation }:
                    return true;
                case IAssignmentOperation { Target: ILocalReferenceOperation { Local: var local }, Parent: IExpressionStatementOperation }:
                    return Follow(local, bodies.ReadsOf(local));
                case IReturnOperation returned:
                    return bodies.ReturningMethod(returned) is { } method && !bodies.IsCore(method) && bodies.CallsOf(method) is { Count: > 0 } calls && Follow(method, calls);
                case IAssignmentOperation or IExpressionStatementOperation or IBlockOperation or IAnonymousFunctionOperation
                    or ILocalFunctionOperation or ILoopOperation or ISwitchOperation or ISymbolInitializerOperation:
                    return false;
            }
        }

        return false;

        bool Follow(ISymbol symbol, IEnumerable<IOperation> reads) => !followed.Add(symbol) || reads.All(read => IsOnlyTold(read, mayGuard, followed));
    }

    private static bool OnlyTells(IOperation statement, bool mayGuard) => statement switch
    {
        IThrowOperation => mayGuard,
        IExpressionStatementOperation { Operation: var operation } => OnlyTells(operation, mayGuard),
        IConditionalAccessOperation { WhenNotNull: var operation } => OnlyTells(operation, mayGuard),
        IInvocationOperation call => Tells(call, mayGuard),
        IBlockOperation { Operations: { IsEmpty: false } statements } => statements.All(inner => OnlyTells(inner, mayGuard)),
        _ => false,
    };

    private static bool Tells(IInvocationOperation call, bool mayGuard)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke)
            return method.ReturnsVoid && call.Instance is IFieldReferenceOperation or IPropertyReferenceOperation or IParameterReferenceOperation;

        var type = method.ContainingType;
        return type.Name switch
        {
            "Console" => type.IsIn("System") && method.Name is "Write" or "WriteLine",
            "Debug" or "Trace" or "TraceSource" or "Activity" => type.IsIn("System.Diagnostics"),
            _ => IsLogger(type)
                || (method.IsExtensionMethod && method.Parameters[0].Type.WithBases().Any(IsLogger))
                || type.IsIn("System.Diagnostics.Metrics")
                || (mayGuard && method.IsStatic && method.Name.StartsWith("ThrowIf", StringComparison.Ordinal) && type.Name.EndsWith("Exception", StringComparison.Ordinal))
                || method.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name is "LoggerMessageAttribute" or "DoesNotReturnAttribute"),
        };
    }

    private static bool IsLogger(ITypeSymbol type)
        => type.IsNamed("ILogger", "Microsoft.Extensions.Logging") || Array.Exists(LoggingNamespaces, type.IsWithin);

    private static bool IsException(ITypeSymbol type) => type.WithBases().Any(static candidate => candidate.IsNamed("Exception", "System"));
}
