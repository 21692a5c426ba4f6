using System.Globalization;
using System.Text;
using Memoize;
using Quickstart.Measuring;
using Spectre.Console;

namespace Quickstart;

/// <summary>Prints measurements, findings and statistics as tables.</summary>
internal sealed class Report(IAnsiConsole console)
{
    private const int WidthInFiles = 100;
    private const int LogLinesShown = 4;
    private const int FindingsShown = 8;

    /// <summary>A console whose tables can also be read in a file: plain text of a fixed width when the output is not a terminal.</summary>
    public static IAnsiConsole Console()
    {
        System.Console.OutputEncoding = Encoding.UTF8;
        bool isFile = System.Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = isFile ? AnsiSupport.No : AnsiSupport.Detect });
        if (isFile) console.Profile.Width = WidthInFiles;
        return console;
    }

    public void Heading(string text)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{text}[/]");
    }

    public void Comparison(params ReadOnlySpan<Measurement> measurements)
    {
        Table table = NewTable("called", "callers", "files read", "loads", "copies of the rules", "wall time");
        foreach (Measurement measurement in measurements)
        {
            AddRow(table, measurement.Name, measurement.Results.Count, measurement.FilesRead, measurement.Loads, measurement.Copies, Milliseconds(measurement.WallTime));
        }

        console.Write(table);
        foreach (Measurement measurement in measurements)
        {
            Log(measurement);
        }
    }

    public void Findings(IReadOnlyCollection<Finding> findings)
    {
        Table table = NewTable("definition", "found", "rule");
        foreach (TableColumn column in table.Columns)
        {
            column.LeftAligned();
        }

        table.Columns[0].NoWrap();
        foreach (Finding finding in findings.Take(FindingsShown))
        {
            AddRow(table, finding.DefinitionId, $"{finding.Field}: {finding.Value ?? "(missing)"}", $"{finding.RuleId} {finding.Title}");
        }

        console.Write(table);
        More(findings.Count - FindingsShown, "such findings");
    }

    /// <summary>A column for each method and a row for each count, so that the names of the methods have room.</summary>
    public void Statistics(params MethodStatistics[] methods)
    {
        Table table = NewTable(["", .. methods.Select(method => InTwoLines(method.Method))]);
        Add("requests", method => method.Requests);
        Add("  hits", method => method.Hits);
        Add("  coalesced", method => method.Coalesced);
        Add("  computed", method => method.Computed);
        Add("  failed", method => method.Failed);
        Add("  cancelled", method => method.Cancelled);
        Add("misses", method => method.Misses);
        foreach (MissReason reason in Enum.GetValues<MissReason>().Where(reason => methods.Any(method => method.MissesFor(reason) > 0)))
        {
            Add($"  {reason}", method => method.MissesFor(reason));
        }

        Add("entries", method => method.Entries);
        console.Write(table);

        void Add(string name, Func<MethodStatistics, long> count) =>
            AddRow(table, [name, .. methods.Select(method => (object)count(method))]);
    }

    public void Problem(string text) => console.MarkupLineInterpolated($"[red]{text}[/]");

    public void Verdict(Expectations expectations)
    {
        console.WriteLine();
        if (expectations.Broken.Count == 0)
        {
            console.MarkupLineInterpolated($"[green]All {expectations.Count} checks of these numbers passed.[/]");
            return;
        }

        Problem($"{expectations.Broken.Count} of {expectations.Count} checks of these numbers failed:");
        foreach (string broken in expectations.Broken)
        {
            console.WriteLine($"  {broken}");
        }
    }

    private void Log(Measurement measurement)
    {
        console.MarkupLineInterpolated($"log of {measurement.Name} [grey](time since the callers were released)[/]");
        foreach (LogLine line in measurement.Log.Take(LogLinesShown))
        {
            console.WriteLine($"  +{Milliseconds(line.SinceStart),10}  {line.Text}");
        }

        More(measurement.Log.Count - LogLinesShown, "such lines");
    }

    private void More(int count, string what)
    {
        if (count > 0) console.WriteLine($"  … and {count} more {what}");
    }

    /// <summary>The type above the method: <c>Quickstart.RuleCatalog</c> and <c>LoadRules(string)</c>.</summary>
    private static string InTwoLines(string method)
    {
        int end = method.IndexOf('(');
        int dot = method.LastIndexOf('.', end < 0 ? method.Length - 1 : end);
        return dot < 0 ? method : $"{method[..dot]}\n{method[(dot + 1)..]}";
    }

    private static Table NewTable(params ReadOnlySpan<string> columns)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)) { Alignment = table.Columns.Count == 0 ? Justify.Left : Justify.Right });
        }

        return table;
    }

    private static void AddRow(Table table, params ReadOnlySpan<object> cells)
    {
        List<Text> row = [];
        foreach (object cell in cells)
        {
            row.Add(new Text(Convert.ToString(cell, CultureInfo.InvariantCulture)!));
        }

        table.AddRow(row);
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F1} ms");
}
