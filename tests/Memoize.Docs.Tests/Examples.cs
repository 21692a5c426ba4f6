namespace Memoize.Docs.Tests;

/// <summary>Every C# block of the documentation compiles, without warnings, with the generator and the analyzers on.</summary>
public sealed class Examples
{
    // A page and the number of a block in it: what a test's name shows has to stay the same when lines move.
    public static TheoryData<string, int> Compiled => BlocksWhere(static block => block.Directive?.Verb
        is not (BlockDirective.NotCompiled or BlockDirective.GeneratedFrom));

    public static TheoryData<string, int> Generated => BlocksWhere(static block => block.Directive?.Verb is BlockDirective.GeneratedFrom);

    [Theory]
    [MemberData(nameof(Compiled))]
    public async Task Compile(string page, int number)
    {
        var block = CSharpBlocks(page)[number - 1];

        var problems = await ExampleProject.Of(block).ProblemsAsync();

        Assert.True(problems.Length == 0, $"{page}, line {block.Line}:\n{string.Join('\n', problems)}");
    }

    [Theory]
    [MemberData(nameof(Generated))]
    public void Of_generated_code_are_what_the_generator_writes(string page, int number)
    {
        var block = CSharpBlocks(page)[number - 1];
        var file = block.Directive!.Argument + ".g.cs";

        var project = CSharpBlocks(page)
            .Take(number - 1)
            .Where(static earlier => earlier.Directive?.Verb is null or BlockDirective.CompiledWith)
            .Reverse()
            .Select(ExampleProject.Of)
            .FirstOrDefault(project => project.GeneratedFiles.ContainsKey(file));
        Assert.True(project is not null, $"{page}, line {block.Line}: no block before it makes the generator write {file}.");

        // A page may leave lines out and break them elsewhere, but it may not show what is not there, nor in another order.
        var generated = project.WithoutNamespaces(project.GeneratedFiles[file]);
        var text = WithoutSpace(generated);
        var position = 0;
        foreach (var line in block.Code.Split('\n'))
        {
            var shown = WithoutSpace(line);
            var found = text.IndexOf(shown, position, StringComparison.Ordinal);
            Assert.True(
                found >= 0,
                $"{page}, line {block.Line}: the generator does not write, at that place,\n{line}\nbut\n{generated}");
            position = found + shown.Length;
        }
    }

    [Theory]
    [InlineData("quotes")]
    [InlineData("quotes, quote-caller")]
    public async Task Have_preludes_that_compile(string preludes)
    {
        var block = new DocumentationBlock(1, "csharp", new(BlockDirective.CompiledWith, preludes), Code: "");

        Assert.Empty(await ExampleProject.Of(block).ProblemsAsync());
    }

    [Fact]
    public void The_readme_has_examples() => Assert.NotEmpty(CSharpBlocks("README.md"));

    // Two commands to remember: the gate runs them, and every other one would have to be kept right as well.
    [Fact]
    public void The_readme_runs_and_tests_with_one_command_each()
    {
        string[] commands =
        [
            .. DocumentationPage.Named("README.md").Blocks
                .Where(static block => block.Language is "sh" or "console" or "bash" or "")
                .SelectMany(static block => block.Code.Split('\n'))
                .Select(static line => line.TrimStart('$', ' ').TrimEnd())
                .Where(static line => line.StartsWith("dotnet run", StringComparison.Ordinal) || line.StartsWith("dotnet test", StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal),
        ];

        Assert.Equal(["dotnet run --project samples/Quickstart", "dotnet test Memoize.sln"], commands);
    }

    private static string WithoutSpace(string text) => string.Concat(text.Where(static character => !char.IsWhiteSpace(character)));

    private static TheoryData<string, int> BlocksWhere(Func<DocumentationBlock, bool> condition)
    {
        var data = new TheoryData<string, int>();
        foreach (var page in DocumentationPage.All)
        {
            var blocks = CSharpBlocks(page.Name);
            for (var i = 0; i < blocks.Count; i++)
            {
                if (condition(blocks[i]))
                    data.Add(page.Name, i + 1);
            }
        }

        return data;
    }

    private static List<DocumentationBlock> CSharpBlocks(string page) =>
        [.. DocumentationPage.Named(page).Blocks.Where(static block => block.Language is "csharp" or "cs" or "c#")];
}
