using System.Collections.Immutable;
using System.Reflection;
using Memoize.Generators.Tests.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Memoize.Generators.Tests.CodeFixes;

/// <summary>
/// Applies code fixes in a workspace with the generator, as an IDE does: one report after the other until there is none, and
/// all at once if the fix is for that. Both must come to the same text.
/// </summary>
internal static class Fixing
{
    private const int MostSteps = 20;

    /// <summary>Checks one file before and after.</summary>
    public static Task MustBecomeAsync(CodeFixProvider fix, string before, string after) => MustBecomeAsync(fix, [before], [after]);

    /// <summary>Checks several files before and after.</summary>
    public static async Task MustBecomeAsync(CodeFixProvider fix, string[] before, string[] after)
    {
        using var workspace = new AdhocWorkspace();
        var solution = Solution(workspace, before);

        var oneByOne = solution;
        for (var step = 0; await FirstActionAsync(fix, oneByOne) is { } action; step++)
        {
            Assert.True(step < MostSteps, "The fix does not come to an end.");
            oneByOne = await AppliedAsync(action);
        }

        MustEqual(after, await TextsAsync(oneByOne, before.Length));
        if (fix.GetFixAllProvider() is not null)
            MustEqual(after, await TextsAsync(await AllAtOnceAsync(fix, solution), before.Length));
    }

    /// <summary>Checks one file before and after, for a fix that is not for a whole solution.</summary>
    public static async Task MustBecomeByHandAsync(CodeFixProvider fix, string before, string after)
    {
        Assert.Null(fix.GetFixAllProvider());
        await MustBecomeAsync(fix, before, after);
    }

    /// <summary>What is offered for the reports in a file, by title.</summary>
    public static async Task<IEnumerable<string>> OfferedAsync(CodeFixProvider fix, string source)
    {
        using var workspace = new AdhocWorkspace();
        var solution = Solution(workspace, [source]);
        List<CodeAction> actions = [];
        foreach (var report in await ReportsAsync(fix, solution.Projects.Single()))
            await fix.RegisterCodeFixesAsync(new(solution.GetDocument(report.Location.SourceTree)!, report, (action, _) => actions.Add(action), CancellationToken.None));
        return actions.Select(static action => action.Title);
    }

    /// <summary>Checks that there is a report, and nothing that the fix could do about it.</summary>
    public static async Task MustNotBeOfferedAsync(CodeFixProvider fix, string source)
    {
        using var workspace = new AdhocWorkspace();
        var solution = Solution(workspace, [source]);
        Assert.NotEmpty(await ReportsAsync(fix, solution.Projects.Single()));
        Assert.Null(await FirstActionAsync(fix, solution));
    }

    /// <summary>Applies a refactoring at <c>[|</c>; <see langword="null"/> if it is not offered there.</summary>
    public static async Task<string[]?> RefactorAsync(CodeRefactoringProvider refactoring, params string[] files)
    {
        var position = files[0].IndexOf("[|", StringComparison.Ordinal);
        using var workspace = new AdhocWorkspace();
        var solution = Solution(workspace, [files[0].Remove(position, 2), .. files[1..]]);

        List<CodeAction> actions = [];
        await refactoring.ComputeRefactoringsAsync(new(Documents(solution).First(), new TextSpan(position, 0), actions.Add, CancellationToken.None));
        return actions.Count == 0 ? null : await TextsAsync(await AppliedAsync(actions.Single()), files.Length);
    }

    /// <summary>Compares files one by one, so that a difference is shown where it is.</summary>
    public static void MustEqual(string[] expected, string[]? actual)
    {
        Assert.Equal(expected.Length, actual?.Length);
        foreach (var (one, other) in expected.Zip(actual!))
            Assert.Equal(one, other);
    }

    private static Solution Solution(AdhocWorkspace workspace, string[] files)
    {
        var consumer = Consumer.Project();
        var generators = new AnalyzerFileReference(typeof(CachedResponseGenerator).Assembly.Location, new Loader());
        var options = ((CSharpCompilationOptions)consumer.Options).WithGeneralDiagnosticOption(ReportDiagnostic.Default)
            .WithSpecificDiagnosticOptions([KeyValuePair.Create("MEMO036", ReportDiagnostic.Warn)]);
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Consumer", "Consumer", LanguageNames.CSharp,
            compilationOptions: options,
            parseOptions: Consumer.ParseOptions,
            metadataReferences: consumer.References,
            analyzerReferences: [generators]));

        var solution = project.Solution;
        foreach (var (text, index) in files.Append(Analysis.Usings).Select(static (text, index) => (text, index)))
            solution = solution.AddDocument(DocumentId.CreateNewId(project.Id), $"File{index}.cs", SourceText.From(text), filePath: $"File{index}.cs");
        return solution;
    }

    private static IEnumerable<Document> Documents(Solution solution)
        => solution.Projects.Single().Documents.OrderBy(static document => document.Name, StringComparer.Ordinal);

    private static async Task<string[]> TextsAsync(Solution solution, int files)
    {
        List<string> texts = [];
        foreach (var document in Documents(solution).Take(files))
            texts.Add((await document.GetTextAsync()).ToString());
        return [.. texts];
    }

    private static async Task<ImmutableArray<Diagnostic>> ReportsAsync(CodeFixProvider fix, Project project)
    {
        var compilation = (await project.GetCompilationAsync())!;
        var reports = await compilation.WithAnalyzers(Analysis.Analyzers).GetAnalyzerDiagnosticsAsync();
        return
        [
            .. reports.Concat(compilation.GetDiagnostics()).Where(report => fix.FixableDiagnosticIds.Contains(report.Id, StringComparer.Ordinal))
                .OrderBy(static report => report.Location.SourceTree!.FilePath, StringComparer.Ordinal)
                .ThenBy(static report => report.Location.SourceSpan.Start),
        ];
    }

    private static async Task<CodeAction?> FirstActionAsync(CodeFixProvider fix, Solution solution)
    {
        List<CodeAction> actions = [];
        foreach (var report in await ReportsAsync(fix, solution.Projects.Single()))
        {
            var document = solution.GetDocument(report.Location.SourceTree)!;
            await fix.RegisterCodeFixesAsync(new(document, report, (action, _) => actions.Add(action), CancellationToken.None));
            if (actions.Count > 0)
                return actions[0];
        }

        return null;
    }

    private static async Task<Solution> AllAtOnceAsync(CodeFixProvider fix, Solution solution)
    {
        var context = new FixAllContext(
            Documents(solution).First(), fix, FixAllScope.Project, fix.GetType().Name, fix.FixableDiagnosticIds, new Reports(fix), CancellationToken.None);
        var action = await fix.GetFixAllProvider()!.GetFixAsync(context);
        return await AppliedAsync(action!);
    }

    private static async Task<Solution> AppliedAsync(CodeAction action)
    {
        var operations = await action.GetOperationsAsync(CancellationToken.None);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
    }

    private sealed class Reports(CodeFixProvider fix) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken)
            => await ReportsAsync(fix, project);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            var tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return (await ReportsAsync(fix, document.Project)).Where(report => report.Location.SourceTree == tree);
        }

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken)
            => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => typeof(CachedResponseGenerator).Assembly;
    }
}
