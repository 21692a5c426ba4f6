using System.CommandLine;
using Memoize.Cli.Json;

namespace Memoize.Cli.Commands;

/// <summary><c>memoize stats</c>: how many entries of which methods there are, and what they are good for.</summary>
internal static class StatsCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = CommonOptions.File();
        var json = CommonOptions.Json();
        var command = new Command("stats", "Counts entries by method and by state.") { file, json };
        command.SetAction((parsed, token) => Task.Run(() => RunAsync(terminal, parsed.GetRequiredValue(file), parsed.GetValue(json), token), token));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, bool json, CancellationToken cancellationToken)
    {
        using var file = CacheFile.OpenToRead(path, terminal.Clock);
        var byMethod = new SortedDictionary<string, MethodJson>(StringComparer.Ordinal);
        await terminal.WithProgressAsync("Counting", file.Count(), progress => file.ForEachAsync(
            examined =>
            {
                string method = examined.Entry.Method;
                byMethod[method] = (byMethod.TryGetValue(method, out var known) ? known : new MethodJson { Method = method }).Plus(examined);
            },
            progress,
            cancellationToken)).ConfigureAwait(false);

        var stats = StatsJson.Of(path, file.GetStatistics(), [.. byMethod.Values]);
        if (json)
        {
            terminal.Out.WriteJson(stats, CliJson.Default.StatsJson);
            return ExitCode.Fine;
        }

        string methods = stats.Methods.Count == 1 ? "1 method" : $"{Words.Number(stats.Methods.Count)} methods";
        terminal.Out.WriteLine($"{Printable.Of(path)}: {Words.Entries(stats.Entries)} of {methods}, {Words.Size(stats.ContentBytes)} in a file of {Words.Size(stats.FileBytes)}");
        if (stats.PendingClaims > 0) terminal.Out.WriteLine($"{Words.Number(stats.PendingClaims)} {(stats.PendingClaims == 1 ? "key is" : "keys are")} claimed by who computes them.");
        if (stats.Methods.Count == 0) return ExitCode.Fine;

        terminal.Out.WriteLine();
        terminal.WriteTable(
            [new("method"), new("entries", IsNumber: true), new("fresh", IsNumber: true), new("stale", IsNumber: true), new("expired", IsNumber: true), new("outdated", IsNumber: true), new("damaged", IsNumber: true), new("size", IsNumber: true)],
            [.. stats.Methods.Select(Row)]);
        return ExitCode.Fine;

        static string[] Row(MethodJson method) =>
        [
            Printable.Of(method.Method),
            Words.Number(method.Entries),
            Words.Number(method.Fresh),
            Words.Number(method.Stale),
            Words.Number(method.Expired),
            Words.Number(method.Outdated),
            Words.Number(method.Damaged),
            Words.Size(method.ContentBytes),
        ];
    }
}
