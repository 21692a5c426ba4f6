using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Memoize.Cli.Commands;

namespace Memoize.Cli;

/// <summary>The commands, and what becomes of everything that can go wrong in them: one line on standard error, and an exit code.</summary>
internal static class CommandLine
{
    // How long a command may take to end after Ctrl-C; then the process ends without it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Runs a command to its end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellationToken = default)
    {
        try
        {
            var parsed = Root(terminal).Parse(arguments);
            if (parsed.Action is ParseErrorAction)
            {
                foreach (var error in parsed.Errors.DistinctBy(static error => error.Message, StringComparer.Ordinal)) terminal.Error.WriteLine(error.Message);
                terminal.Error.WriteLine($"Run '{NameOf(parsed.CommandResult)} --help' to see what it takes.");
                return ExitCode.WrongUsage;
            }

            int exitCode = await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = Grace,
                },
                cancellationToken).ConfigureAwait(false);
            await terminal.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            if (exitCode == ExitCode.Cancelled) terminal.ShowCursor();
            return exitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Cancelled;
        }
        catch (ClosedOutputException)
        {
            // Who read the output has seen enough of it, as in `memoize list FILE | head`.
            return ExitCode.Fine;
        }
        catch (Exception failure)
        {
            return Report(failure, terminal);
        }
    }

    private static int Report(Exception failure, Terminal terminal)
    {
        var (exitCode, message) = failure switch
        {
            CommandFailure known => (known.ExitCode, known.Message),
            CacheArchiveException bad => (ExitCode.UnusableFile, bad.Message),
            CacheStoreException store => (CacheFile.FailureOf(store).ExitCode, store.Message),
            IOException or UnauthorizedAccessException => (ExitCode.Failed, failure.Message),
            _ => (ExitCode.Failed, $"This should not have happened: {failure.GetType().Name}: {failure.Message} Please report it, with the command that you ran."),
        };
        try
        {
            // What was said before the failure comes before it.
            terminal.Out.Flush();
        }
        catch (ClosedOutputException)
        {
            // Nobody wants to know.
        }

        terminal.Error.WriteLine($"memoize: {Printable.Of(message)}");
        return exitCode;
    }

    private static string NameOf(CommandResult command) => command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : command.Command.Name;

    // No RootCommand: that one is called after the file that runs, which is another one when 'dotnet' runs it.
    private static Command Root(Terminal terminal) => new("memoize", "Looks into the SQLite stores of Memoize, checks them, prunes them, and moves their entries.")
    {
        new HelpOption(),
        new VersionOption(),
        StatsCommand.Create(terminal),
        ListCommand.Create(terminal),
        ShowCommand.Create(terminal),
        VerifyCommand.Create(terminal),
        PruneCommand.Create(terminal),
        InvalidateCommand.Create(terminal),
        ExportCommand.Create(terminal),
        ImportCommand.Create(terminal),
    };
}
