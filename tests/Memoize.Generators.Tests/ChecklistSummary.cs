using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Generators.Tests;

/// <summary>Which tests prove which row of the checklist of source generators: every row has some.</summary>
public sealed partial class ChecklistSummary(ITestOutputHelper output)
{
    [Fact]
    public void G18_Analyzers_neither_read_files_nor_the_environment_nor_the_clock()
    {
        // The compiler enforces it (RS1035) where the project asks for it and nobody switches it off.
        foreach (string project in new[] { "Memoize.Generators", "Memoize.CodeFixes" })
        {
            string folder = Repository.PathOf("src.Generators", project);
            var enforced = XDocument.Load(Path.Combine(folder, project + ".csproj")).Descendants("EnforceExtendedAnalyzerRules").SingleOrDefault();
            Assert.True(project == "Memoize.CodeFixes" || enforced?.Value == "true", $"{project} does not enforce the rules of analyzers.");

            foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(IsSource))
            {
                string text = File.ReadAllText(file);
                Assert.DoesNotContain("RS1035", text, StringComparison.Ordinal);

                // System.IO.FileSystem is the name of an assembly.
                Assert.DoesNotMatch("System[.]IO[.]File(?!System)", text);
            }
        }
    }

    [Fact]
    public void Every_row_has_tests()
    {
        string[] here = [.. typeof(ChecklistSummary).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
            .Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}")];

        // The package has test projects of its own.
        string[] ofThePackage = [.. Directory.EnumerateFiles(Repository.PathOf("tests", "Memoize.Package.Tests"), "*.cs")
            .SelectMany(file => TestName().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Value}"))];

        var missing = new List<string>();
        for (int row = 1; row <= 18; row++)
        {
            string id = $"G{row:00}";
            string[] tests = [.. here.Concat(ofThePackage).Where(test => test.Contains($".{id}_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            if (tests.Length == 0) missing.Add(id);
            output.WriteLine($"{id}: {string.Join(", ", tests.Select(test => test.Replace($"{id}_", "", StringComparison.Ordinal)))}");
        }

        Assert.Empty(missing);
    }

    private static bool IsSource(string file) =>
        !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    [GeneratedRegex(@"G\d\d_\w+", RegexOptions.NonBacktracking)]
    private static partial Regex TestName();
}
