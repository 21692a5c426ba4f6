using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Tests;

/// <summary>
/// Edits a project the way people do and looks at what the generator did again. Cloning a compilation would prove less: it
/// leaves the syntax trees, and with them the compiler's own caches, as they were.
/// </summary>
internal static class Edits
{
    public static void MustCostOnlyWhatTheyTouch(GeneratorDriver driver, CSharpCompilation project)
    {
        var annotated = project.SyntaxTrees
            .SelectMany(static tree => tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>())
            .FirstOrDefault(static method => AttributeOf(method) is not null);
        if (annotated is null)
            return;

        MustEmitNothing(driver, project, "a comment above the method", Replace(
            project, annotated, annotated.WithLeadingTrivia(annotated.GetLeadingTrivia().Insert(0, SyntaxFactory.Comment("/* edited */")))));
        MustEmitNothing(driver, project, "a new member beside it", WithMember(project, annotated));
        MustEmitNothing(driver, project, "a new file", project.AddSyntaxTrees(
            CSharpSyntaxTree.ParseText("internal sealed class Unrelated;", (CSharpParseOptions)annotated.SyntaxTree.Options, "Unrelated.cs")));
        MustEmitOnlyOne(driver, WithCapacity(project, annotated));
    }

    private static void MustEmitNothing(GeneratorDriver driver, CSharpCompilation project, string edit, CSharpCompilation edited)
    {
        Assert.NotSame(project, edited);
        var result = Run(driver, edited);
        foreach (var (step, reason) in Reasons(result))
        {
            Assert.True(
                reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged,
                $"After {edit}, step '{step}' came out {reason}.");
        }
    }

    private static void MustEmitOnlyOne(GeneratorDriver driver, CSharpCompilation edited)
    {
        // Of methods that cannot be cached there are stubs at most, on which no option has an effect.
        if (!driver.GetRunResult().Results.Single().TrackedSteps.ContainsKey(CachedResponseGenerator.MethodsStep))
            return;

        var after = Run(driver, edited);

        // Overloads and partial types share a file: an edit to one of them may not reach the others.
        var modified = after.TrackedSteps[CachedResponseGenerator.MethodsStep]
            .SelectMany(static step => step.Outputs)
            .Count(static output => output.Reason == IncrementalStepRunReason.Modified);
        Assert.True(modified == 1, $"A changed attribute argument modified {modified} methods.");

        var emitted = Emitting(after)
            .SelectMany(static step => step.Outputs)
            .Count(static output => output.Reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New);
        Assert.Equal(1, emitted);
    }

    private static GeneratorRunResult Run(GeneratorDriver driver, CSharpCompilation project)
        => driver.RunGenerators(project).GetRunResult().Results.Single();

    private static IEnumerable<(string Step, IncrementalStepRunReason Reason)> Reasons(GeneratorRunResult result)
    {
        foreach (var name in CachedResponseGenerator.Steps)
        {
            // A project without a valid method has no outputs in the later steps.
            if (!result.TrackedSteps.TryGetValue(name, out var steps))
                continue;

            foreach (var output in steps.SelectMany(static step => step.Outputs).Where(static output => !Moves(output.Value)))
                yield return (name, output.Reason);
        }

        foreach (var output in Emitting(result).SelectMany(static step => step.Outputs))
            yield return ("output", output.Reason);
    }

    private static IEnumerable<IncrementalGeneratorRunStep> Emitting(GeneratorRunResult result) => result.TrackedOutputSteps
        .SelectMany(static steps => steps.Value)
        .Where(static step => !step.Inputs.Any(static input => Moves(input.Source.Outputs[input.OutputIndex].Value)));

    // What the generator itself reports has a place in the file; nothing else hangs on that.
    private static bool Moves(object value) => value is ReportModel or ParsedMethod { Reports.Count: > 0 };

    private static CSharpCompilation WithMember(CSharpCompilation project, MethodDeclarationSyntax annotated)
    {
        if (annotated.Parent is not TypeDeclarationSyntax type)
            return project;

        var member = SyntaxFactory.ParseMemberDeclaration("internal static void AddedByAnEdit() { }\n")!;
        return Replace(project, type, type.WithMembers(type.Members.Insert(0, member)));
    }

    private static CSharpCompilation WithCapacity(CSharpCompilation project, MethodDeclarationSyntax annotated)
    {
        var attribute = AttributeOf(annotated)!;
        var others = attribute.ArgumentList?.Arguments.Where(static argument => argument.NameEquals?.Name.Identifier.ValueText != "Capacity");
        var capacity = SyntaxFactory.AttributeArgument(
            SyntaxFactory.NameEquals("Capacity"),
            nameColon: null,
            SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(77)));
        return Replace(project, attribute, attribute.WithArgumentList(
            SyntaxFactory.AttributeArgumentList(SyntaxFactory.SeparatedList([.. others ?? [], capacity]))));
    }

    private static AttributeSyntax? AttributeOf(MethodDeclarationSyntax method) => method.AttributeLists
        .SelectMany(static list => list.Attributes)
        .FirstOrDefault(static attribute => attribute.Name.ToString().EndsWith("CachedResponse", StringComparison.Ordinal));

    private static CSharpCompilation Replace(CSharpCompilation project, SyntaxNode node, SyntaxNode replacement)
    {
        // Through the text: what an editor hands over is a parsed file, not a tree that somebody put together.
        var tree = node.SyntaxTree;
        var text = tree.GetRoot().ReplaceNode(node, replacement).ToFullString();
        return project.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(text)));
    }
}
