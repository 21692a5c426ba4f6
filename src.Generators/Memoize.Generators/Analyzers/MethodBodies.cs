using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Analyzers;

/// <summary>
/// What the members of one type do, member by member. Filled by many threads while the type is analysed, read at its end.
/// </summary>
internal sealed class MethodBodies
{
    private readonly ConcurrentDictionary<ISymbol, MethodBody> _bodies = new(SymbolEqualityComparer.Default);

    public void Add(ISymbol owner, ImmutableArray<IOperation> blocks, CancellationToken cancellationToken)
        => _bodies[Definition(owner)] = MethodBody.Read(blocks, cancellationToken);

    /// <summary>The body of a method or accessor, if it is one of this type.</summary>
    public MethodBody? Of(ISymbol method) => _bodies.TryGetValue(Definition(method), out var body) ? body : null;

    /// <summary>The body of a method and all that it reaches through calls within the type, each once and nearest first.</summary>
    public IEnumerable<MethodBody> ReachedFrom(IMethodSymbol method)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { Definition(method) };
        var next = new Queue<ISymbol>(seen);
        while (next.Count > 0)
        {
            if (Of(next.Dequeue()) is not { } body)
                continue;

            yield return body;
            foreach (var called in body.Calls.Select(Definition))
            {
                if (seen.Add(called))
                    next.Enqueue(called);
            }
        }
    }

    /// <summary>Both parts of a partial member, and all constructions of a generic one, are the same member.</summary>
    public static ISymbol Definition(ISymbol symbol)
        => symbol is IMethodSymbol { PartialDefinitionPart: { } defining } ? defining.OriginalDefinition : symbol.OriginalDefinition;
}

/// <summary>What one method does, as far as a rule asks.</summary>
internal sealed class MethodBody
{
    private MethodBody()
    {
    }

    /// <summary>The methods and accessors that are called or made a delegate of, static or on the same instance.</summary>
    public List<IMethodSymbol> Calls { get; } = [];

    /// <summary>The calls among them.</summary>
    public List<IInvocationOperation> Invocations { get; } = [];

    /// <summary>The fields, properties and primary-constructor parameters of the same instance that are read.</summary>
    public List<(ISymbol Member, Location Location)> StateReads { get; } = [];

    /// <summary>What is read of the surroundings, as it is written: <c>DateTime.Now</c>.</summary>
    public List<(string Input, Location Location)> AmbientReads { get; } = [];

    /// <summary>The parameters that do not keep the value that they came with.</summary>
    public HashSet<ISymbol> AssignedParameters { get; } = new(SymbolEqualityComparer.Default);

    public static MethodBody Read(ImmutableArray<IOperation> blocks, CancellationToken cancellationToken)
    {
        var body = new MethodBody();
        foreach (var block in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var operation in block.DescendantsAndSelf())
                body.Add(operation);
        }

        return body;
    }

    private void Add(IOperation operation)
    {
        if (AmbientInputs.Name(operation) is { } input && !IsOnlyNamed(operation))
            AmbientReads.Add((input, operation.Syntax.GetLocation()));

        switch (operation)
        {
            case IInvocationOperation call when IsOwn(call.Instance):
                Calls.Add(call.TargetMethod);
                Invocations.Add(call);
                break;
            case IMethodReferenceOperation reference when IsOwn(reference.Instance) && !IsOnlyNamed(reference):
                Calls.Add(reference.Method);
                break;
            case IPropertyReferenceOperation property when IsOwn(property.Instance) && IsRead(property):
                if (property.Property.GetMethod is { } getter)
                    Calls.Add(getter);
                if (property.Instance is not null)
                    StateReads.Add((property.Property, property.Syntax.GetLocation()));
                break;
            case IFieldReferenceOperation { Instance: not null } field when IsOwn(field.Instance) && IsRead(field):
                StateReads.Add((field.Field, field.Syntax.GetLocation()));
                break;
            case IParameterReferenceOperation { Parameter: var parameter } reference:
                if (IsTarget(reference))
                    AssignedParameters.Add(parameter);
                else if (parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } && IsRead(reference))
                    StateReads.Add((parameter, reference.Syntax.GetLocation()));
                break;
        }
    }

    private static bool IsOwn(IOperation? instance)
        => instance is null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance };

    private static bool IsTarget(IOperation operation) => operation.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == operation,
        IIncrementOrDecrementOperation => true,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => true,
        _ => false,
    };

    // A counter that is only ever increased does not take part in the result.
    private static bool IsRead(IOperation operation) => operation.Parent switch
    {
        ISimpleAssignmentOperation assignment => assignment.Target != operation,
        ICompoundAssignmentOperation { Parent: IExpressionStatementOperation } assignment => assignment.Target != operation,
        IIncrementOrDecrementOperation { Parent: IExpressionStatementOperation } => false,
        IArgumentOperation { Parameter.RefKind: RefKind.Out } => false,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref, Parent: IInvocationOperation { Parent: IExpressionStatementOperation } call }
            => call.TargetMethod.ContainingType is not { Name: "Interlocked" or "Volatile" },
        _ => !IsOnlyNamed(operation) && !IsOnlyGuarding(operation),
    };

    // What only decides whether the method throws is in no result: failures are not kept, and without them it made no difference.
    private static bool IsOnlyGuarding(IOperation operation)
    {
        for (var (child, parent) = (operation, operation.Parent); parent is not null; (child, parent) = (parent, parent.Parent))
        {
            switch (parent)
            {
                case IConditionalOperation { WhenFalse: null } condition:
                    return condition.Condition == child && IsThrow(condition.WhenTrue);
                case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { IsStatic: true } guard } }:
                    return guard.Name.StartsWith("ThrowIf", StringComparison.Ordinal) && guard.ContainingType.Name.EndsWith("Exception", StringComparison.Ordinal);
                case IBinaryOperation or IUnaryOperation or IConversionOperation or IIsPatternOperation or IIsTypeOperation:
                    continue;
                default:
                    return false;
            }
        }

        return false;
    }

    private static bool IsThrow(IOperation statement) => statement switch
    {
        IThrowOperation => true,
        IExpressionStatementOperation { Operation: IThrowOperation } => true,
        IBlockOperation { Operations: { Length: 1 } only } => IsThrow(only[0]),
        _ => false,
    };

    private static bool IsOnlyNamed(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is INameOfOperation)
                return true;
        }

        return false;
    }
}
