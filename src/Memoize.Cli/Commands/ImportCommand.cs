using System.CommandLine;
using Memoize.Cli.Json;

namespace Memoize.Cli.Commands;

/// <summary><c>memoize import</c>: the entries of an archive into a store.</summary>
internal static class ImportCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = CommonOptions.File();
        var archive = CommonOptions.Archive("The archive to read; - for standard input.");
        var create = new Option<bool>("--create") { Description = "Make the store if it is not there." };
        var json = CommonOptions.Json();
        var command = new Command("import", "Writes the entries of an archive to the store. The newest entry of each key stays.") { file, archive, create, json };
        command.SetAction((parsed, token) => Task.Run(
            () => RunAsync(terminal, parsed.GetRequiredValue(file), parsed.GetRequiredValue(archive), parsed.GetValue(create), parsed.GetValue(json), token),
            token));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, string archive, bool create, bool json, CancellationToken cancellationToken)
    {
        // The archive first: a store is not made for nothing.
        var source = archive == "-" ? terminal.OpenInput() : Open(archive);
        await using var _ = source.ConfigureAwait(false);
        using var file = CacheFile.OpenToWrite(path, terminal.Clock, create);

        var result = await terminal.WithProgressAsync(
            "Importing",
            total: null,
            progress => CacheArchive.ImportAsync(file.Store, source, progress, terminal.Clock, cancellationToken)).ConfigureAwait(false);

        if (json)
        {
            terminal.Out.WriteJson(ImportJson.Of(path, archive, result), CliJson.Default.ImportJson);
        }
        else
        {
            terminal.Out.WriteLine($"{Words.Entries(result.Imported)} imported, {Words.Number(result.Unchanged)} already there, {Words.Number(result.Expired)} left out as expired, {Words.Number(result.Skipped)} skipped as damaged.");
            terminal.Out.WriteSkipped(result.Skipped, result.SkippedEntries);
        }

        if (await source.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) > 0)
        {
            terminal.Error.WriteLine("memoize: There is more after the end of the archive, and it was not imported. If these are several archives in one file, import each by itself.");
            return ExitCode.ProblemsFound;
        }

        return result.Skipped == 0 ? ExitCode.Fine : ExitCode.ProblemsFound;
    }

    private static FileStream Open(string archive)
    {
        try
        {
            return File.OpenRead(archive);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailure(ExitCode.UnusableFile, $"There is no archive {archive}. 'memoize export' writes one.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.UnusableFile, $"{archive} cannot be read: {failure.Message}", failure);
        }
    }
}
