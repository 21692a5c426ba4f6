using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.Formatting;

namespace Memoize.CodeFixes;

/// <summary>
/// Turns an ordinary cached method into the partial form: the method itself becomes the wrapper, its body moves to the core.
/// Calls of the wrapper beside it, which is no more, become calls of the method.
/// </summary>
[ExportCodeRefactoringProvider(LanguageNames.CSharp, Name = nameof(UsePartialFormRefactoring)), Shared]
public sealed class UsePartialFormRefactoring : CodeRefactoringProvider
{
    /// <inheritdoc/>
    public override async Task ComputeRefactoringsAsync(CodeRefactoringContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var method = root?.FindNode(context.Span).FirstAncestorOrSelf<MethodDeclarationSyntax>();
        if (method is null
            || method.ParameterList.FullSpan.End < context.Span.Start // in the body other things are offered
            || Core.Attribute(method) is null
            || method.ExplicitInterfaceSpecifier is not null
            || method.Modifiers.Any(SyntaxKind.PartialKeyword)
            || method.Modifiers.Any(SyntaxKind.AbstractKeyword)
            || (method.Body is null && method.ExpressionBody is null)
            || method.Parent is not (ClassDeclarationSyntax or StructDeclarationSyntax or RecordDeclarationSyntax))
        {
            return;
        }

        context.RegisterRefactoring(CodeAction.Create(
            $"Make '{method.Identifier.ValueText}' partial and move its body to '{Core.Name(method)}'",
            cancellationToken => ChangeAsync(context.Document, method, cancellationToken),
            equivalenceKey: nameof(UsePartialFormRefactoring)));
    }

    private static async Task<Solution> ChangeAsync(Document document, MethodDeclarationSyntax method, CancellationToken cancellationToken)
    {
        var solution = document.Project.Solution;
        var calls = await CallsOfWrapperAsync(document, method, cancellationToken).ConfigureAwait(false);
        var editor = await DocumentEditor.CreateAsync(document, cancellationToken).ConfigureAwait(false);

        foreach (var call in calls.Where(call => call.SyntaxTree == method.SyntaxTree))
            editor.ReplaceNode(call, (current, _) => Renamed((SimpleNameSyntax)current, method));
        editor.ReplaceNode(method, static (current, _) => Wrapper((MethodDeclarationSyntax)current));
        editor.InsertAfter(method, CoreWithBody(method, calls));
        PartialModifier.AddToChain(editor, method.Parent!);
        solution = solution.WithDocumentSyntaxRoot(document.Id, editor.GetChangedRoot());

        foreach (var file in calls.Where(call => call.SyntaxTree != method.SyntaxTree).GroupBy(static call => call.SyntaxTree))
        {
            var root = await file.Key.GetRootAsync(cancellationToken).ConfigureAwait(false);
            solution = solution.WithDocumentSyntaxRoot(
                solution.GetDocumentId(file.Key)!,
                root.ReplaceNodes(file, (_, current) => Renamed(current, method)));
        }

        return solution;
    }

    // Only what the generator made knows the wrapper's name for certain: it is the method that calls this one.
    private static async Task<IReadOnlyList<SimpleNameSyntax>> CallsOfWrapperAsync(
        Document document, MethodDeclarationSyntax method, CancellationToken cancellationToken)
    {
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (model?.GetDeclaredSymbol(method, cancellationToken) is not { } symbol)
            return [];

        var name = (Core.Option(method, "Name") as LiteralExpressionSyntax)?.Token.ValueText ?? WrapperName(symbol.Name);
        var wrapper = symbol.ContainingType.GetMembers(name).OfType<IMethodSymbol>()
            .FirstOrDefault(candidate => candidate.Arity == symbol.Arity
                && candidate.Parameters.Select(static parameter => parameter.Type)
                    .SequenceEqual(symbol.Parameters.Select(static parameter => parameter.Type), SymbolEqualityComparer.Default));
        if (wrapper is null)
            return [];

        var calls = new List<SimpleNameSyntax>();
        var references = await SymbolFinder.FindReferencesAsync(wrapper, document.Project.Solution, cancellationToken).ConfigureAwait(false);
        foreach (var location in references.SelectMany(static reference => reference.Locations))
        {
            if (location.Document is SourceGeneratedDocument || location.Location.SourceTree is not { } tree)
                continue;

            var root = await tree.GetRootAsync(cancellationToken).ConfigureAwait(false);
            if (root.FindNode(location.Location.SourceSpan, findInsideTrivia: true, getInnermostNodeForTie: true) is SimpleNameSyntax call)
                calls.Add(call);
        }

        return calls;
    }

    private static string WrapperName(string name) => IsAsync(name) ? WithoutAsync(name) + "CachedAsync" : name + "Cached";

    private static string WithoutAsync(string name) => IsAsync(name) ? name.Substring(0, name.Length - "Async".Length) : name;

    private static bool IsAsync(string name) => name.EndsWith("Async", StringComparison.Ordinal) && name.Length > "Async".Length;

    private static SimpleNameSyntax Renamed(SimpleNameSyntax call, MethodDeclarationSyntax method)
        => call.WithIdentifier(method.Identifier.WithTriviaFrom(call.Identifier));

    private static MethodDeclarationSyntax Wrapper(MethodDeclarationSyntax method)
    {
        var modifiers = method.Modifiers;
        var leading = modifiers.Count > 0 ? modifiers[0].LeadingTrivia : method.ReturnType.GetLeadingTrivia();
        var kept = modifiers
            .Where(static modifier => !modifier.IsKind(SyntaxKind.AsyncKeyword))
            .Append(SyntaxFactory.Token(SyntaxKind.PartialKeyword))
            .Select(static modifier => modifier.WithLeadingTrivia().WithTrailingTrivia(SyntaxFactory.Space))
            .ToList();
        kept[0] = kept[0].WithLeadingTrivia(leading);

        method = WithoutName(method);

        // The signature ended with the space or the line end before its body.
        SyntaxNode signature = method.ConstraintClauses.Count > 0 ? method.ConstraintClauses[method.ConstraintClauses.Count - 1] : method.ParameterList;
        return method
            .ReplaceNode(signature, signature.WithTrailingTrivia())
            .WithReturnType(method.ReturnType.WithLeadingTrivia())
            .WithModifiers(SyntaxFactory.TokenList(kept))
            .WithBody(null)
            .WithExpressionBody(null)
            .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken).WithTrailingTrivia(method.GetTrailingTrivia()));
    }

    // A partial method is its own wrapper. The handle was named after the wrapper, and its callers should not notice.
    private static MethodDeclarationSyntax WithoutName(MethodDeclarationSyntax method)
    {
        if (Core.Option(method, "Name") is not { Parent: AttributeArgumentSyntax { Parent: AttributeArgumentListSyntax options } argument } value)
            return method;

        if (Core.Option(method, "Handle") is null && value is LiteralExpressionSyntax { Token.ValueText: var name })
        {
            var handle = SyntaxFactory.Literal(WithoutAsync(name) + "Cache");
            return method.ReplaceNode(argument, argument
                .WithNameEquals(argument.NameEquals!.WithName(SyntaxFactory.IdentifierName("Handle").WithTriviaFrom(argument.NameEquals.Name)))
                .WithExpression(SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, handle).WithTriviaFrom(value)));
        }

        return options.Arguments.Count == 1
            ? method.RemoveNode(options, SyntaxRemoveOptions.KeepNoTrivia)!
            : method.ReplaceNode(options, options.RemoveNode(argument, SyntaxRemoveOptions.KeepNoTrivia)!);
    }

    private static MethodDeclarationSyntax CoreWithBody(MethodDeclarationSyntax method, IReadOnlyList<SimpleNameSyntax> calls)
    {
        var own = calls.Where(call => method.Contains(call)).ToArray();
        var written = own.Length == 0 ? method : method.ReplaceNodes(own, (_, current) => Renamed(current, method));
        return Core.Of(method)
            .WithParameterList(Core.Of(method).ParameterList.WithTrailingTrivia(method.ParameterList.GetTrailingTrivia()))
            .WithBody(written.Body)
            .WithExpressionBody(written.ExpressionBody)
            .WithSemicolonToken(written.SemicolonToken)
            .WithLeadingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed)
            .WithAdditionalAnnotations(Formatter.Annotation);
    }
}
