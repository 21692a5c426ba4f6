using System.CommandLine;
using Memoize.Cli.Json;

namespace Memoize.Cli.Commands;

/// <summary><c>memoize prune</c>: removes what can never be served again.</summary>
internal static class PruneCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = CommonOptions.File();
        var json = CommonOptions.Json();
        var command = new Command("prune", "Removes the entries that can never be served again.") { file, json };
        command.SetAction((parsed, token) => Task.Run(() => RunAsync(terminal, parsed.GetRequiredValue(file), parsed.GetValue(json), token), token));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, bool json, CancellationToken cancellationToken)
    {
        using var file = CacheFile.OpenToWrite(path, terminal.Clock);
        long removed = await terminal.WithProgressAsync("Pruning", total: null, _ => file.Store.PruneAsync(cancellationToken).AsTask()).ConfigureAwait(false);
        terminal.WriteRemoved(path, removed, file.Count(), json);
        return ExitCode.Fine;
    }

    /// <summary>Says how many entries were removed, and how many are left.</summary>
    internal static void WriteRemoved(this Terminal terminal, string path, long removed, long left, bool json)
    {
        if (json) terminal.Out.WriteJson(new RemovedJson { File = path, Removed = removed, Left = left }, CliJson.Default.RemovedJson);
        else terminal.Out.WriteLine($"{Words.Entries(removed)} removed, {Words.Number(left)} left.");
    }
}
