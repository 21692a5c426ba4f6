using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Parsing;

/// <summary>
/// The code that a method runs as far as it is of this project: its own body and, from there on, the methods, constructors,
/// accessors and operators that are called by name or sign, and the initial values of the fields that are read. Tokens count,
/// comments and white space do not.
/// </summary>
/// <remarks>
/// What is decided at run time is not followed: of a virtual method or one of an interface, only the body that the call names
/// counts, and of a delegate, the place where it was made. A call of a cached method leads to its core.
/// </remarks>
internal sealed class ReachedCode(Compilation compilation, CancellationToken cancellationToken)
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];
    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly Queue<ISymbol> _next = new();

    /// <summary>The code, member by member in the order in which they are reached.</summary>
    public string Text => _text.ToString();

    /// <summary>The files that it stands in.</summary>
    public IReadOnlyCollection<SyntaxTree> Files => _models.Keys;

    /// <summary>Adds what a method runs.</summary>
    public void Follow(IMethodSymbol method)
    {
        Reach(method);
        while (_next.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var part in Parts(_next.Dequeue()))
                Add(part);
        }
    }

    private void Reach(ISymbol? symbol)
    {
        // The body of a cached partial method is not written yet; its core is.
        if (symbol is IMethodSymbol { IsPartialDefinition: true, PartialImplementationPart: null } wrapper)
            symbol = CoreOf(wrapper) ?? symbol;
        if (symbol is IMethodSymbol { PartialImplementationPart: { } implementation })
            symbol = implementation;
        if (symbol is IMethodSymbol { ReducedFrom: { } extension })
            symbol = extension;

        symbol = symbol?.OriginalDefinition;
        if (symbol is null or IMethodSymbol { MethodKind: MethodKind.LocalFunction or MethodKind.AnonymousFunction } || !_seen.Add(symbol))
            return;

        if (symbol is IFieldSymbol { HasConstantValue: true } constant)
            Append($"{constant.Name}={Convert.ToString(constant.ConstantValue, CultureInfo.InvariantCulture)}");
        else if (SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly))
            _next.Enqueue(symbol);
    }

    private IMethodSymbol? CoreOf(IMethodSymbol wrapper)
    {
        var knownTypes = KnownTypes.Of(compilation);
        return knownTypes.CachedResponse(wrapper) is { } attribute
            && CachedMethodParser.Parse(wrapper, attribute, knownTypes, report: null, cancellationToken) is { } model
                ? CoreFinder.FindSymbol(wrapper, model.Core, knownTypes)
                : null;
    }

    private IEnumerable<SyntaxNode> Parts(ISymbol symbol)
    {
        var declarations = symbol.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken));
        return symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor
            ? declarations.SelectMany(Parts).Concat(InitialValues(constructor.ContainingType))
            : declarations.SelectMany(Parts);
    }

    private static IEnumerable<SyntaxNode> Parts(SyntaxNode declaration) => declaration switch
    {
        ConstructorDeclarationSyntax constructor => Present(constructor.ParameterList, constructor.Initializer, constructor.Body, constructor.ExpressionBody),
        MethodDeclarationSyntax method => Present(method.ReturnType, method.ParameterList, method.Body, method.ExpressionBody),
        BaseMethodDeclarationSyntax method => Present(method.ParameterList, method.Body, method.ExpressionBody),
        AccessorDeclarationSyntax accessor => Present(accessor.Body, accessor.ExpressionBody),
        ArrowExpressionClauseSyntax getter => [getter],
        PropertyDeclarationSyntax property => Present(property.Initializer),
        VariableDeclaratorSyntax field => Present(field.Initializer),
        TypeDeclarationSyntax { ParameterList: { } parameters } type
            => Present(parameters, type.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault()),
        _ => [],
    };

    // A constructor begins with them.
    private IEnumerable<SyntaxNode> InitialValues(INamedTypeSymbol type) => type.GetMembers()
        .Where(static member => member is { IsStatic: false } and (IFieldSymbol or IPropertySymbol))
        .SelectMany(member => member.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken)))
        .Select(static declaration => declaration switch
        {
            PropertyDeclarationSyntax property => property.Initializer,
            VariableDeclaratorSyntax field => field.Initializer,
            _ => null,
        })
        .OfType<SyntaxNode>();

    private static IEnumerable<SyntaxNode> Present(params SyntaxNode?[] parts) => parts.OfType<SyntaxNode>();

    private void Add(SyntaxNode part)
    {
        foreach (var token in part.DescendantTokens(static node => node is not AttributeListSyntax))
            Append(token.Text);

        if (!_models.TryGetValue(part.SyntaxTree, out var model))
            _models[part.SyntaxTree] = model = compilation.GetSemanticModel(part.SyntaxTree);
        foreach (var inner in model.GetOperation(part, cancellationToken)?.DescendantsAndSelf() ?? [])
        {
            foreach (var called in Called(inner))
                Reach(called);
        }
    }

    private static IEnumerable<ISymbol?> Called(IOperation operation) => operation switch
    {
        IInvocationOperation call => [call.TargetMethod],
        IObjectCreationOperation creation => [creation.Constructor],
        IMethodReferenceOperation reference => [reference.Method],
        IPropertyReferenceOperation { Property: var property } => [property, property.GetMethod, property.SetMethod],
        IFieldReferenceOperation { Field: var field } => [field],
        IEventReferenceOperation { Event: var @event } => [@event.AddMethod, @event.RemoveMethod],
        IBinaryOperation binary => [binary.OperatorMethod],
        IUnaryOperation unary => [unary.OperatorMethod],
        ICompoundAssignmentOperation assignment => [assignment.OperatorMethod],
        IIncrementOrDecrementOperation increment => [increment.OperatorMethod],
        IConversionOperation conversion => [conversion.OperatorMethod],
        _ => [],
    };

    // No character of C# code is a control character, but those of strings that are written so.
    private void Append(string token) => _text.Append(token).Append('\u001F');
}
