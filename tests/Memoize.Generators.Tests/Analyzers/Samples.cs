using Memoize.Testing;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Tests.Analyzers;

/// <summary>The samples are what users copy: the rules must have nothing against them.</summary>
public sealed class Samples
{
    // Information, and meant: the rules of a folder are kept until somebody invalidates them, and what was uploaded stays so.
    private static readonly string[] Meant = ["Quickstart MEMO035 LoadRules", "Uploads MEMO035 UploadContentAsync"];

    [Fact]
    public async Task Nothing_is_reported_that_is_not_meant()
    {
        List<string> reported = [];
        foreach (var sample in Directory.GetDirectories(Repository.PathOf("samples")).Order(StringComparer.Ordinal))
        {
            var sources = Directory.GetFiles(sample, "*.cs", SearchOption.AllDirectories)
                .Where(file => Path.GetRelativePath(sample, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllText);
            var project = Consumer.Project([Analysis.Usings, .. sources]);
            reported.AddRange((await Analysis.OfAsync(project)).Select(report => $"{Path.GetFileName(sample)} {report.Id} {Text(report)}"));
        }

        Assert.Equal(Meant, reported, StringComparer.Ordinal);
    }

    private static string Text(Diagnostic report) => report.Location.SourceTree!.GetText().ToString(report.Location.SourceSpan);
}
