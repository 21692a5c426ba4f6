using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Memoize.Benchmarks;

/// <summary>Writes the tables of <c>docs/performance.md</c>: each stands between two comments that name it.</summary>
internal static partial class PerformancePage
{
    /// <summary>Replaces the tables in the page.</summary>
    /// <param name="tables">The tables by name. What is not among them stays.</param>
    public static void Write(params ReadOnlySpan<(string Name, Func<string> Table)> tables)
    {
        string path = Find();
        foreach (var (name, table) in tables)
        {
            string page = File.ReadAllText(path);
            string begin = $"<!-- begin {name} -->";
            string end = $"<!-- end {name} -->";
            int start = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
            int stop = page.IndexOf(end, StringComparison.Ordinal);
            if (start < begin.Length || stop < start) throw new InvalidOperationException($"{path} has no place for '{name}': it needs a line with {begin} and one with {end}.");

            Console.WriteLine($"Measuring {name} …");
            string text = table().Trim().ReplaceLineEndings("\n");
            File.WriteAllText(path, $"{page[..start]}\n{text}\n{page[stop..]}");
        }
    }

    /// <summary>The date and the machine, on one line.</summary>
    public static string Machine() => string.Create(
        CultureInfo.InvariantCulture,
        $"Measured on {TimeProvider.System.GetUtcNow():yyyy-MM-dd}: {Environment.ProcessorCount} cores of {Processor()}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}.");

    private static string Processor()
    {
        const string Information = "/proc/cpuinfo";
        if (!File.Exists(Information)) return "an unnamed processor";

        var model = ModelName().Match(File.ReadAllText(Information));
        return model.Success ? model.Groups["name"].Value : "an unnamed processor";
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Memoize.sln"))) return Path.Combine(folder.FullName, "docs", "performance.md");
        }

        throw new InvalidOperationException("docs/performance.md is in the repository, but this program is not.");
    }

    [GeneratedRegex(@"^model name\s*:\s*(?<name>.+?)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ModelName();
}
