using System.CommandLine;
using Memoize.Cli.Json;

namespace Memoize.Cli.Commands;

/// <summary><c>memoize export</c>: the entries as an archive.</summary>
internal static class ExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = CommonOptions.File();
        var archive = CommonOptions.Archive("The archive to write; - for standard output.");
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the archive if there is one." };
        var json = CommonOptions.Json();
        var command = new Command("export", "Writes the entries to an archive, for another machine or another kind of store.") { file, archive, overwrite, json };
        command.SetAction((parsed, token) => Task.Run(
            () => RunAsync(terminal, parsed.GetRequiredValue(file), parsed.GetRequiredValue(archive), parsed.GetValue(overwrite), parsed.GetValue(json), token),
            token));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, string archive, bool overwrite, bool json, CancellationToken cancellationToken)
    {
        bool isPipe = archive == "-";
        if (isPipe && terminal.OutIsTerminal) throw new CommandFailure(ExitCode.WrongUsage, "An archive is nothing for a terminal. Name a file, or send the output into one or to another program.");

        using var file = CacheFile.OpenToRead(path, terminal.Clock);
        string? broken = null;
        var entries = file.SalvageAsync(how => broken = how, cancellationToken);
        var result = isPipe
            ? await ExportAsync(terminal, file, entries, terminal.OpenOutput(), cancellationToken).ConfigureAwait(false)
            : await ExportToFileAsync(terminal, file, entries, archive, overwrite, cancellationToken).ConfigureAwait(false);

        // Standard output has the archive then.
        var report = isPipe ? terminal.Error : terminal.Out;
        if (json)
        {
            report.WriteJson(ExportJson.Of(path, archive, result, broken), CliJson.Default.ExportJson);
        }
        else
        {
            report.WriteLine($"{Words.Entries(result.Exported)} exported, {Words.Number(result.Expired)} left out as expired, {Words.Number(result.Skipped)} skipped as damaged.");
            report.WriteSkipped(result.Skipped, result.SkippedEntries);
            if (broken is not null) report.WriteLine($"The archive has what could be read, and that is not all. {Printable.Of(broken)}");
        }

        return result.Skipped == 0 && broken is null ? ExitCode.Fine : ExitCode.ProblemsFound;
    }

    // An archive is there as a whole or not at all: it is written beside its place, and moved when it is done.
    private static async Task<ExportResult> ExportToFileAsync(Terminal terminal, CacheFile file, IAsyncEnumerable<StoredEntry> entries, string archive, bool overwrite, CancellationToken cancellationToken)
    {
        if (Directory.Exists(archive)) throw new CommandFailure(ExitCode.UnusableFile, $"{archive} is a folder. Name a file.");
        if (!overwrite && File.Exists(archive)) throw Exists(archive);

        string unfinished = Words.Invariant($"{archive}.{Environment.ProcessId}.unfinished");
        try
        {
            var result = await ExportAsync(terminal, file, entries, Create(unfinished, archive), cancellationToken).ConfigureAwait(false);
            if (!overwrite && File.Exists(archive)) throw Exists(archive);

            File.Move(unfinished, archive, overwrite);
            return result;
        }
        finally
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }

    private static async Task<ExportResult> ExportAsync(Terminal terminal, CacheFile file, IAsyncEnumerable<StoredEntry> entries, Stream destination, CancellationToken cancellationToken)
    {
        await using var _ = destination.ConfigureAwait(false);
        return await terminal.WithProgressAsync(
            "Exporting",
            file.CountOrNull(),
            progress => CacheArchive.ExportAsync(entries, destination, progress, terminal.Clock, cancellationToken)).ConfigureAwait(false);
    }

    private static FileStream Create(string unfinished, string archive)
    {
        try
        {
            return File.Create(unfinished);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.UnusableFile, $"{archive} cannot be written: {failure.Message}", failure);
        }
    }

    private static CommandFailure Exists(string archive) => new(ExitCode.UnusableFile, $"{archive} exists already. Pass --overwrite to replace it.");
}
