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
    private readonly HashSet<ISymbol> _cores = new(SymbolEqualityComparer.Default);
    private readonly ValueFlow _flow;

    /// <param name="methods">The cached methods of the type.</param>
    public MethodBodies(IEnumerable<AnnotatedMethod> methods)
    {
        _flow = new(this);
        foreach (var method in methods)
            _cores.Add(Definition(method.Core));
    }

    public void Add(ISymbol owner, ImmutableArray<IOperation> blocks, CancellationToken cancellationToken)
        => _bodies[Definition(owner)] = MethodBody.Read(owner, blocks, cancellationToken);

    /// <summary>The body of a method or accessor, if it is one of this type.</summary>
    public MethodBody? Of(ISymbol method) => _bodies.TryGetValue(Definition(method), out var body) ? body : null;

    /// <summary>
    /// The body of a method and all that it reaches through calls within the type, each once and nearest first. What is called
    /// for a log or an exception alone is not among them.
    /// </summary>
    public IEnumerable<MethodBody> ReachedFrom(IMethodSymbol method)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { Definition(method) };
        var next = new Queue<ISymbol>(seen);
        while (next.Count > 0)
        {
            if (Of(next.Dequeue()) is not { } body)
                continue;

            yield return body;
            foreach (var (called, operation) in body.Calls)
            {
                var definition = Definition(called);
                if (!seen.Contains(definition) && !IsOnlyTold(operation) && seen.Add(definition))
                    next.Enqueue(definition);
            }
        }
    }

    /// <summary>What makes the key of a method: what that reads is in the key. Empty where its arguments are the key.</summary>
    public IEnumerable<MethodBody> ReachedFromKeyOf(AnnotatedMethod method)
        => method.KnownTypes.OwnKeyOf(method.Method.PartialDefinitionPart ?? method.Method) is { Method: { } ownKey } ? ReachedFrom(ownKey) : [];

    /// <summary>Whether a value is only logged, measured or thrown.</summary>
    public bool IsOnlyTold(IOperation value) => _flow.IsOnlyTold(value);

    /// <summary>Whether, besides that, a value may decide whether there is an exception.</summary>
    public bool IsOnlyToldOrGuarding(IOperation value) => _flow.IsOnlyToldOrGuarding(value);

    /// <summary>Whether the method computes what is kept.</summary>
    public bool IsCore(ISymbol method) => _cores.Contains(Definition(method));

    /// <summary>Where a local variable is read.</summary>
    public IEnumerable<IOperation> ReadsOf(ILocalSymbol local) => _bodies.Values.SelectMany(body => body.ReadsOf(local));

    /// <summary>The calls of a method within the type.</summary>
    public IReadOnlyList<IOperation> CallsOf(ISymbol method)
    {
        var definition = Definition(method);
        return [.. from body in _bodies.Values
                   from call in body.Calls
                   where SymbolEqualityComparer.Default.Equals(Definition(call.Method), definition)
                   select call.Operation];
    }

    /// <summary>The method that returns with this statement; <see langword="null"/> if it is a function within one.</summary>
    public ISymbol? ReturningMethod(IReturnOperation statement)
        => _bodies.Values.FirstOrDefault(body => body.Returns.Contains(statement))?.Owner;

    /// <summary>Both parts of a partial member, and all constructions of a generic one, are the same member.</summary>
    public static ISymbol Definition(ISymbol symbol)
        => symbol is IMethodSymbol { PartialDefinitionPart: { } defining } ? defining.OriginalDefinition : symbol.OriginalDefinition;
}

/// <summary>What one method does, as far as a rule asks.</summary>
internal sealed class MethodBody
{
    private readonly List<IOperation> _variableReads = [];

    private MethodBody(ISymbol owner) => Owner = owner;

    /// <summary>The method or accessor.</summary>
    public ISymbol Owner { get; }

    /// <summary>The methods and accessors that are called or made a delegate of, static or on the same instance.</summary>
    public List<(IMethodSymbol Method, IOperation Operation)> Calls { get; } = [];

    /// <summary>The calls among them.</summary>
    public List<IInvocationOperation> Invocations { get; } = [];

    /// <summary>The fields, properties and primary-constructor parameters of the same instance that are read.</summary>
    public List<(ISymbol Member, IOperation Operation)> StateReads { get; } = [];

    /// <summary>What is read of the surroundings, as it is written: <c>DateTime.Now</c>.</summary>
    public List<(string Input, IOperation Operation)> AmbientReads { get; } = [];

    /// <summary>What depends on the current culture without naming it.</summary>
    public List<CultureUse> CultureUses { get; } = [];

    /// <summary>What is read of the current caller from a service.</summary>
    public List<CallerRead> CallerReads { get; } = [];

    /// <summary>The statements with which the method itself returns.</summary>
    public List<IReturnOperation> Returns { get; } = [];

    /// <summary>The values that local variables get, in their declarations and later.</summary>
    public Dictionary<ISymbol, List<IOperation>> LocalValues { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The parameters that do not keep the value that they came with.</summary>
    public HashSet<ISymbol> AssignedParameters { get; } = new(SymbolEqualityComparer.Default);

    public static MethodBody Read(ISymbol owner, ImmutableArray<IOperation> blocks, CancellationToken cancellationToken)
    {
        var body = new MethodBody(owner);
        foreach (var block in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var operation in block.DescendantsAndSelf())
                body.Add(operation);
        }

        return body;
    }

    /// <summary>Where a local variable is read.</summary>
    public IEnumerable<IOperation> ReadsOf(ILocalSymbol local)
        => _variableReads.Where(read => read is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local));

    /// <summary>Where a parameter of this method is read. The two parts of a partial method have parameters of their own.</summary>
    public IEnumerable<IOperation> ReadsOf(IParameterSymbol parameter)
        => _variableReads.Where(read => read is IParameterReferenceOperation { Parameter: var own }
            && own.Ordinal == parameter.Ordinal
            && SymbolEqualityComparer.Default.Equals(MethodBodies.Definition(own.ContainingSymbol), MethodBodies.Definition(parameter.ContainingSymbol)));

    private void Add(IOperation operation)
    {
        if (AmbientInputs.Name(operation) is { } input && !IsOnlyNamed(operation))
            AmbientReads.Add((input, operation));
        if (CultureInputs.Of(operation) is { } use)
            CultureUses.Add(use);
        if (CallerData.Of(operation) is { } read)
            CallerReads.Add(read);

        switch (operation)
        {
            case IInvocationOperation call when IsOwn(call.Instance):
                Calls.Add((call.TargetMethod, call));
                Invocations.Add(call);
                break;
            case IMethodReferenceOperation reference when IsOwn(reference.Instance) && !IsOnlyNamed(reference):
                Calls.Add((reference.Method, reference));
                break;
            case IPropertyReferenceOperation property when IsOwn(property.Instance) && IsRead(property):
                // The value of a property in the key is an input of the method, whatever it is made from.
                if (property.Property.GetMethod is { } getter && !AnnotatedMethod.Has(property.Property, "CacheKeyAttribute"))
                    Calls.Add((getter, property));
                if (property.Instance is not null)
                    StateReads.Add((property.Property, property));
                break;
            case IFieldReferenceOperation { Instance: not null } field when IsOwn(field.Instance) && IsRead(field):
                StateReads.Add((field.Field, field));
                break;
            case IParameterReferenceOperation { Parameter: var parameter } reference:
                if (IsTarget(reference))
                    AssignedParameters.Add(parameter);
                else
                    _variableReads.Add(reference);
                if (parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } && IsRead(reference))
                    StateReads.Add((parameter, reference));
                break;
            case ILocalReferenceOperation reference:
                if (reference.Parent is IAssignmentOperation assignment && assignment.Target == reference)
                    AddValue(reference.Local, assignment.Value);
                else
                    _variableReads.Add(reference);
                break;
            case IVariableDeclaratorOperation { Symbol: var local, Initializer.Value: { } value }:
                AddValue(local, value);
                break;
            case IReturnOperation statement when !IsInFunction(statement):
                Returns.Add(statement);
                break;
        }
    }

    private void AddValue(ILocalSymbol local, IOperation value)
    {
        if (!LocalValues.TryGetValue(local, out var values))
            LocalValues.Add(local, values = []);
        values.Add(value);
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
        _ => !IsOnlyNamed(operation),
    };

    private static bool IsInFunction(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return true;
        }

        return false;
    }

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
