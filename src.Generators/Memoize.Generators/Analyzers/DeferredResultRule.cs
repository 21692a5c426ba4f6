using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Analyzers;

/// <summary>A query that nobody has run yet is no result: each caller would run it again, on what the data is by then.</summary>
internal static class DeferredResultRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO044",
        "A cached method returns a query that has not run",
        "'{0}' returns the query '{1}', which runs again for every caller, on what its data is by then: end it with ToArray() or ToImmutableArray()",
        "What is kept is the query, not what it finds.");

    public static void Check(AnnotatedMethod method, MethodBodies bodies, Action<Diagnostic> report)
    {
        var (_, value) = ReturnParser.Unwrap(method.Method.ReturnType, method.KnownTypes);
        if (!CanHoldQuery(value) || bodies.Of(method.Core) is not { } body)
            return;

        var followed = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var query in body.Returns.SelectMany(statement => Queries(statement.ReturnedValue, body, bodies, followed)))
        {
            var code = Excerpt.Of(query.Syntax);
            report(Diagnostic.Create(Descriptor, code.Location, method.Method.Name, code.Text));
        }
    }

    private static bool CanHoldQuery(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Collections_IEnumerable } => true,
        { OriginalDefinition.SpecialType: SpecialType.System_Collections_Generic_IEnumerable_T } => true,
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(static element => CanHoldQuery(element.Type)),
        INamedTypeSymbol { IsRecord: true } record => record.GetMembers().OfType<IPropertySymbol>().Any(static property =>
            property.Type.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T),
        _ => false,
    };

    // The queries that a returned value may be or hold.
    private static IEnumerable<IOperation> Queries(IOperation? value, MethodBody body, MethodBodies bodies, HashSet<ISymbol> followed)
    {
        return value switch
        {
            null => [],
            IConversionOperation conversion => Of(conversion.Operand),
            IParenthesizedOperation inner => Of(inner.Operand),
            ITranslatedQueryOperation query => Of(query.Operation).Select(_ => value),
            IConditionalOperation { WhenFalse: var otherwise } choice => Of(choice.WhenTrue).Concat(Of(otherwise)),
            ICoalesceOperation choice => Of(choice.Value).Concat(Of(choice.WhenNull)),
            ISwitchExpressionOperation choice => choice.Arms.SelectMany(arm => Of(arm.Value)),
            ITupleOperation tuple => tuple.Elements.SelectMany(Of),
            IObjectCreationOperation { Type: INamedTypeSymbol type } creation when type.IsRecord || type.IsNamed("ValueTask", "System.Threading.Tasks")
                => creation.Arguments.Where(static argument => argument.Parameter is { } parameter && MayBeQuery(parameter)).SelectMany(argument => Of(argument.Value)),
            ILocalReferenceOperation { Local: var local } => followed.Add(local) && body.LocalValues.TryGetValue(local, out var values) ? values.SelectMany(Of) : [],
            IInvocationOperation call => OfCall(call),
            { Type: { } type } when IsQueryable(type) => [value],
            _ => [],
        };

        IEnumerable<IOperation> Of(IOperation? inner) => Queries(inner, body, bodies, followed);

        IEnumerable<IOperation> OfCall(IInvocationOperation call)
        {
            var method = call.TargetMethod;
            if (method.Name == "FromResult" && method.ContainingType.Name is "Task" or "ValueTask")
                return Of(call.Arguments[0].Value);
            if (call.Type is { } type && IsQueryable(type))
                return [call];
            if (method.ContainingType.IsNamed("Enumerable", "System.Linq"))
            {
                // A sequence of numbers is the same whenever it runs; casting and hiding change nothing about what they are given.
                return method.Name switch
                {
                    "Empty" or "Range" or "Repeat" => [],
                    "AsEnumerable" => Of(call.Arguments[0].Value),
                    _ when call.Type is INamedTypeSymbol { TypeKind: TypeKind.Interface } result && IsDeferred(result) => [call],
                    _ => [],
                };
            }

            var definition = MethodBodies.Definition(method);
            return bodies.Of(method) is { } called && !bodies.IsCore(method) && followed.Add(definition)
                && called.Returns.Any(statement => statement.Kind == OperationKind.YieldReturn || Queries(statement.ReturnedValue, called, bodies, followed).Any())
                    ? [call]
                    : [];
        }
    }

    private static bool MayBeQuery(IParameterSymbol parameter)
        => parameter.ContainingType.Name == "ValueTask" || CanHoldQuery(parameter.Type);

    private static bool IsDeferred(INamedTypeSymbol type)
        => type.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T || type.IsNamed("IOrderedEnumerable", "System.Linq");

    private static bool IsQueryable(ITypeSymbol type) => type.WithBases().Any(static candidate => candidate.IsNamed("IQueryable", "System.Linq"));
}
