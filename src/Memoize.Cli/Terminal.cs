using System.Text;
using Spectre.Console;

namespace Memoize.Cli;

/// <summary>What the program writes to and reads from, and whether a person looks at it.</summary>
internal sealed class Terminal
{
    /// <summary>Where results go.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where messages and progress go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether results go to a terminal: tables have frames and colours then.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether messages go to a terminal: long work shows its progress then.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Opens standard input, for archives.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Opens standard output, for archives and payloads.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>The clock that says what has expired.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public static Terminal OfProcess()
    {
        // Not Console.Out: that one writes each piece at once, which makes long lists slow.
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (!Console.IsOutputRedirected) Console.OutputEncoding = utf8;
        return new Terminal
        {
            Out = Console.IsOutputRedirected ? new OutputWriter(new StreamWriter(Console.OpenStandardOutput(), utf8, bufferSize: 1 << 14)) : Console.Out,
            Error = Console.Error,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            OpenInput = Console.OpenStandardInput,
            OpenOutput = Console.OpenStandardOutput,
        };
    }

    /// <summary>Writes a table: with a frame for a person, plain columns for whatever else reads it.</summary>
    public void WriteTable(IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows)
    {
        if (OutIsTerminal)
        {
            var table = new Table().Border(TableBorder.Rounded);
            foreach (var column in columns)
            {
                table.AddColumn(new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Bold)))
                {
                    Alignment = column.IsNumber ? Justify.Right : Justify.Left,
                    NoWrap = column.IsNumber || column.NeverWraps,
                });
            }

            foreach (string[] row in rows) table.AddRow(row.Select(static cell => new Text(cell, StyleOf(cell))));
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out) }).Write(table);
            return;
        }

        int[] widths = [.. columns.Select((column, at) => rows.Select(row => row[at].Length).Append(column.Title.Length).Max())];
        foreach (string[] row in rows.Prepend([.. columns.Select(static column => column.Title)]))
        {
            var cells = row.Select((cell, at) => columns[at].IsNumber ? cell.PadLeft(widths[at]) : cell.PadRight(widths[at]));
            Out.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    /// <summary>Does <paramref name="work"/>, and shows meanwhile how far it is, if anybody looks.</summary>
    /// <param name="what">What is being done.</param>
    /// <param name="total">How much there is to do; null if that is not known.</param>
    /// <param name="work">The work; it tells how much is done.</param>
    public async Task<T> WithProgressAsync<T>(string what, long? total, Func<IProgress<long>, Task<T>> work)
    {
        if (!ErrorIsTerminal) return await work(new Done(static _ => { })).ConfigureAwait(false);

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });
        return await console.Progress()
            .AutoClear(enabled: true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new CountColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total ?? 1));
                task.IsIndeterminate = total is null;
                return await work(new Done(done =>
                {
                    if (total is null) task.Description = Markup.Escape($"{what}, {Words.Entries(done)} so far");
                    else task.Value = done;
                })).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    /// <summary>Undoes what a progress bar has done to the terminal that was not there to see its end.</summary>
    public void ShowCursor()
    {
        if (ErrorIsTerminal) AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) }).Cursor.Show();
    }

    private static Style? StyleOf(string cell) => cell switch
    {
        "fresh" => new Style(Color.Green),
        "stale" => new Style(Color.Yellow),
        "expired" => new Style(Color.Grey),
        "damaged" => new Style(Color.Red),
        _ => null,
    };

    /// <summary>Takes reports where they are made: <see cref="Progress{T}"/> would queue one work item for each.</summary>
    private sealed class Done(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }

    private sealed class CountColumn : ProgressColumn
    {
        public override Spectre.Console.Rendering.IRenderable Render(Spectre.Console.Rendering.RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            task.IsIndeterminate ? Text.Empty : new Text(Words.Invariant($"{task.Value:F0} of {task.MaxValue:F0}"));
    }
}

/// <summary>A column of a table.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="IsNumber">Whether it is flush right.</param>
/// <param name="NeverWraps">Whether its cells must stay whole, to be copied.</param>
internal sealed record Column(string Title, bool IsNumber = false, bool NeverWraps = false);
