using System.Text.RegularExpressions;
using Memoize.Testing;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Tests.Analyzers;

/// <summary>G17: every rule has a help link, a row in the release tracking and a page, and what the pages say is true.</summary>
public sealed partial class Pages
{
    public static TheoryData<string> Ids => [.. Analysis.Rules.Select(static rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void G17_Every_rule_has_a_title_a_message_that_says_what_to_do_and_a_help_link(string id)
    {
        var rule = Rule(id);
        Assert.Equal($"https://github.com/memoize/memoize/blob/main/docs/diagnostics/{id}.md", rule.HelpLinkUri);
        Assert.Equal("Memoize", rule.Category);
        Assert.DoesNotMatch(@"\.$", rule.Title.ToString());
        Assert.False(string.Equals(rule.Title.ToString(), rule.MessageFormat.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void G17_Every_rule_is_tracked(string id)
    {
        var rule = Rule(id);
        var severity = rule.IsEnabledByDefault ? rule.DefaultSeverity.ToString() : "Disabled";
        Assert.Contains(new TrackedRule(id, severity, rule.Title.ToString()), Tracked());
    }

    [Fact]
    public void Nothing_else_is_tracked_or_has_a_page()
    {
        Assert.Equal(Analysis.Rules.Select(static rule => rule.Id), Tracked().Select(static rule => rule.Id), StringComparer.Ordinal);
        Assert.Equal(
            Analysis.Rules.Select(static rule => rule.Id + ".md").Append("README.md"),
            Directory.GetFiles(Repository.PathOf("docs", "diagnostics")).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Fact]
    public void The_index_is_made_from_the_release_tracking()
    {
        var rows = Tracked().Select(static rule => $"| [{rule.Id}]({rule.Id}.md) | {Severity(rule.Severity)} | {rule.Title} |");
        var expected = $"""
            # Diagnostics

            What Memoize reports while you type and build. Each page says what it means, why it matters, and shows wrong and right code.

            | id | severity | what |
            | --- | --- | --- |
            {string.Join('\n', rows)}

            Severities are set in `.editorconfig`, one by one or all at once:

            ```ini
            [*.cs]
            dotnet_diagnostic.MEMO031.severity = error
            dotnet_analyzer_diagnostic.category-Memoize.severity = warning
            ```

            A partial method that cannot be cached is implemented all the same, by what throws an `InvalidOperationException` that names the
            rules: while an implementing part is missing, the compiler says `CS8795`, runs no analyzers, and nobody learns why. Where no such part
            can be written (in a type that is not partial, a `file` type or an extension block, or for a type that does not exist) the generator
            itself reports, beside `CS8795`. Any error in a declaration, `CS0246` in another signature for one, keeps the compiler from running
            analyzers; what they have to say comes when it is corrected. Errors in bodies do not.

            `dotnet format` applies only what cannot be meant otherwise: `partial` (MEMO001), a duration with one reading (MEMO008), the token of a
            core (MEMO033), the call of a wrapper (MEMO036), an option without effect (MEMO037). All other code fixes wait for their author.

            The examples compile in a project with implicit usings, `System.Collections.Immutable` and `Memoize`; tests check that the wrong
            ones are reported and the right ones are not.

            """;
        Assert.Equal(expected, Repository.Read("docs", "diagnostics", "README.md"));

        static string Severity(string tracked) => tracked switch
        {
            "Info" => "information",
            "Disabled" => "off",
            _ => tracked.ToLowerInvariant(),
        };
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void G17_Every_page_has_its_parts(string id)
    {
        var page = Page(id);
        Assert.StartsWith($"# {id}: {Rule(id).Title}\n", page, StringComparison.Ordinal);
        Assert.Contains($"dotnet_diagnostic.{id}.severity", page, StringComparison.Ordinal);
        Assert.EndsWith("```\n", page, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task G17_The_wrong_example_is_reported(string id)
    {
        foreach (var example in Examples(id, "Wrong"))
        {
            var reported = await Analysis.OfAsync(example, id);
            Assert.NotEmpty(reported);
            Assert.All(reported, diagnostic => Assert.Equal(id, diagnostic.Id));
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task G17_The_right_example_is_not_and_compiles(string id)
    {
        foreach (var example in Examples(id, "Right"))
        {
            Assert.Empty(await Analysis.OfAsync(example, id));

            var consumer = Consumer.Generate([Analysis.Usings, example, .. WhatJsonWouldGenerate(example)]);
            Assert.DoesNotContain(consumer.Output.GetDiagnostics(), static diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error);
        }
    }

    private static string[] Examples(string id, string heading)
    {
        var section = Page(id).Split("\n## ").Single(part => part.StartsWith(heading + "\n", StringComparison.Ordinal));
        string[] examples = [.. CSharpBlock().Matches(section).Select(static match => match.Groups["code"].Value)];
        Assert.NotEmpty(examples);
        return examples;
    }

    // The generator of System.Text.Json does not run here.
    private static IEnumerable<string> WhatJsonWouldGenerate(string example) => JsonContext().Matches(example).Select(static match => $$"""
        using System.Text.Json;
        using System.Text.Json.Serialization.Metadata;

        partial class {{match.Groups["name"].Value}}() : System.Text.Json.Serialization.JsonSerializerContext(null)
        {
            protected override JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override JsonTypeInfo? GetTypeInfo(Type type) => null;
        }
        """);

    [GeneratedRegex(@"class (?<name>\w+) : JsonSerializerContext", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex JsonContext();

    private static string Page(string id) => Repository.Read("docs", "diagnostics", id + ".md");

    private static DiagnosticDescriptor Rule(string id) => Analysis.Rules.Single(rule => rule.Id == id);

    private static TrackedRule[] Tracked() =>
    [
        .. new[] { "Shipped", "Unshipped" }
            .Select(static part => Repository.Read("src.Generators", "Memoize.Generators", $"AnalyzerReleases.{part}.md"))
            .SelectMany(static file => file.Split('\n'))
            .Where(static line => line.StartsWith("MEMO", StringComparison.Ordinal))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(static cells => new TrackedRule(cells[0], cells[2], cells[3])),
    ];

    [GeneratedRegex("```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CSharpBlock();

    private sealed record TrackedRule(string Id, string Severity, string Title);
}
