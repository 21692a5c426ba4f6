using System.Text.RegularExpressions;
using Memoize.Testing;

namespace Memoize.Docs.Tests;

/// <summary>A Markdown page and its fenced blocks.</summary>
/// <param name="Name">The path in the repository, with slashes: <c>docs/keys.md</c>.</param>
/// <param name="Blocks">Its fenced blocks, in order.</param>
internal sealed record DocumentationPage(string Name, IReadOnlyList<DocumentationBlock> Blocks)
{
    /// <summary>The README and every page of the documentation, except for the diagnostics', which have a test of their own.</summary>
    public static IReadOnlyList<DocumentationPage> All { get; } = [.. Names().Select(Read)];

    public static DocumentationPage Named(string name) => All.Single(page => page.Name == name);

    private static IEnumerable<string> Names()
    {
        yield return "README.md";

        var docs = Path.Combine(Repository.Root, "docs");
        if (!Directory.Exists(docs))
            yield break;

        foreach (var file in Directory.GetFiles(docs, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
            if (!name.StartsWith("docs/diagnostics/", StringComparison.Ordinal))
                yield return name;
        }
    }

    private static DocumentationPage Read(string name) => new(name, Parse(File.ReadAllLines(Path.Combine(Repository.Root, name))));

    /// <summary>Finds the fenced blocks of a page, each with the comment that stands directly before it.</summary>
    public static IReadOnlyList<DocumentationBlock> Parse(string[] lines)
    {
        var blocks = new List<DocumentationBlock>();
        var before = "";
        for (var i = 0; i < lines.Length; i++)
        {
            var fence = Regex.Match(lines[i], "^(?<indent> *)```(?<language>[a-z#]*)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            if (!fence.Success)
            {
                if (!string.IsNullOrWhiteSpace(lines[i]))
                    before = lines[i].Trim();
                continue;
            }

            var indent = fence.Groups["indent"].Length;
            var code = lines.Skip(i + 1).TakeWhile(static line => !line.TrimStart().StartsWith("```", StringComparison.Ordinal)).ToArray();
            blocks.Add(new(
                Line: i + 1,
                Language: fence.Groups["language"].Value,
                Directive: BlockDirective.Parse(before),
                Code: string.Join('\n', code.Select(line => line.Length > indent ? line[indent..] : line.TrimStart()))));
            i += code.Length + 1;
            before = "";
        }

        return blocks;
    }
}

/// <summary>A fenced block.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Language">What stands after the fence.</param>
/// <param name="Directive">What the comment before it says about compiling it.</param>
/// <param name="Code">Its text.</param>
internal sealed record DocumentationBlock(int Line, string Language, BlockDirective? Directive, string Code);

/// <summary>A comment that says how a block is tested, for example <c>&lt;!-- compiled with: quotes --&gt;</c>.</summary>
internal sealed record BlockDirective(string Verb, string Argument)
{
    /// <summary>The block is completed by a prelude.</summary>
    public const string CompiledWith = "compiled with";

    /// <summary>The block is not compiled, for the reason given.</summary>
    public const string NotCompiled = "not compiled";

    /// <summary>The block shows what the generator makes of a method in a block before it.</summary>
    public const string GeneratedFrom = "generated from";

    public static BlockDirective? Parse(string line)
    {
        var comment = Regex.Match(
            line,
            $"^<!-- (?<verb>{CompiledWith}|{NotCompiled}|{GeneratedFrom}): (?<argument>.+) -->$",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1));
        return comment.Success ? new(comment.Groups["verb"].Value, comment.Groups["argument"].Value.Trim()) : null;
    }
}
