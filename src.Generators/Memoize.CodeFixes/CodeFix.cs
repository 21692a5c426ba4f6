using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Editing;

namespace Memoize.CodeFixes;

/// <summary>
/// Corrects what one rule reports. Any number of reports is corrected in one pass over each file, so that one and all are the
/// same code: two reports that ask for the same change get it once.
/// </summary>
/// <remarks>
/// <c>dotnet format</c> applies whatever can be applied to a whole solution, and asks nobody. So only what cannot be meant otherwise
/// can be: a fix that chooses for the author is for one report at a time, by hand.
/// </remarks>
public abstract class CodeFix : CodeFixProvider
{
    private readonly string _title;

    private protected CodeFix(string id, string title)
        : this([id], title)
    {
    }

    private protected CodeFix(string[] ids, string title)
    {
        _title = title;
        FixableDiagnosticIds = ImmutableArray.Create(ids);
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider? GetFixAllProvider() => IsSafe ? new FixAll(this) : null;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            if (await FindAsync(context.Document.Project.Solution, diagnostic, context.CancellationToken).ConfigureAwait(false) is null)
                continue;

            var solution = context.Document.Project.Solution;
            context.RegisterCodeFix(
                CodeAction.Create(
                    Title(diagnostic),
                    cancellationToken => FixAsync(solution, ImmutableArray.Create(diagnostic), cancellationToken),
                    equivalenceKey: GetType().Name),
                diagnostic);
        }
    }

    /// <summary>
    /// Whether the corrected program can only mean what its author meant. Otherwise it is not corrected unless the author says so.
    /// </summary>
    private protected virtual bool IsSafe => true;

    /// <summary>What the change is called where it is offered.</summary>
    private protected virtual string Title(Diagnostic diagnostic) => _title;

    /// <summary>Where the change has to be made, which may be in another file than the report.</summary>
    private protected virtual Location? Target(Diagnostic diagnostic) => diagnostic.Location;

    /// <summary>What has to be changed there, or <see langword="null"/> if it is nothing that can be.</summary>
    private protected abstract SyntaxNode? Find(SyntaxNode node, Diagnostic diagnostic);

    /// <summary>Makes the change.</summary>
    private protected abstract void Change(SyntaxEditor editor, SyntaxNode node, Diagnostic diagnostic);

    private async Task<(Document Document, SyntaxNode Node)?> FindAsync(
        Solution solution, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        if (Target(diagnostic) is not { IsInSource: true } target || solution.GetDocument(target.SourceTree) is not { } document)
            return null;

        var root = await target.SourceTree!.GetRootAsync(cancellationToken).ConfigureAwait(false);
        return Find(root.FindNode(target.SourceSpan, getInnermostNodeForTie: true), diagnostic) is { } node ? (document, node) : null;
    }

    private async Task<Solution> FixAsync(Solution solution, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        var changes = new Dictionary<SyntaxNode, (Document Document, Diagnostic Diagnostic)>();
        foreach (var diagnostic in diagnostics)
        {
            if (await FindAsync(solution, diagnostic, cancellationToken).ConfigureAwait(false) is var (document, node))
                changes[node] = (document, diagnostic);
        }

        foreach (var file in changes.GroupBy(static change => change.Value.Document.Id))
        {
            var editor = await DocumentEditor.CreateAsync(file.First().Value.Document, cancellationToken).ConfigureAwait(false);

            // From the inside out: a node must not be replaced before what is in it.
            foreach (var change in file.OrderByDescending(static change => change.Key.SpanStart))
                Change(editor, change.Key, change.Value.Diagnostic);
            solution = solution.WithDocumentSyntaxRoot(file.Key, editor.GetChangedRoot());
        }

        return solution;
    }

    private sealed class FixAll(CodeFix fix) : FixAllProvider
    {
        public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
        {
            var diagnostics = fixAllContext.Scope switch
            {
                FixAllScope.Document when fixAllContext.Document is { } document
                    => await fixAllContext.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false),
                FixAllScope.Project => await fixAllContext.GetAllDiagnosticsAsync(fixAllContext.Project).ConfigureAwait(false),
                FixAllScope.Solution => await OfSolutionAsync().ConfigureAwait(false),
                _ => ImmutableArray<Diagnostic>.Empty,
            };
            return diagnostics.IsEmpty
                ? null
                : CodeAction.Create(
                    fix._title,
                    cancellationToken => fix.FixAsync(fixAllContext.Solution, diagnostics, cancellationToken),
                    fixAllContext.CodeActionEquivalenceKey);

            async Task<ImmutableArray<Diagnostic>> OfSolutionAsync()
            {
                var all = ImmutableArray.CreateBuilder<Diagnostic>();
                foreach (var project in fixAllContext.Solution.Projects)
                    all.AddRange(await fixAllContext.GetAllDiagnosticsAsync(project).ConfigureAwait(false));
                return all.ToImmutable();
            }
        }
    }
}
