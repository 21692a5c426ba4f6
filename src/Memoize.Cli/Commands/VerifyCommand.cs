using System.CommandLine;
using Memoize.Cli.Json;

namespace Memoize.Cli.Commands;

/// <summary><c>memoize verify</c>: checks the database and every entry, and tells what is wrong with each.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = CommonOptions.File();
        var json = CommonOptions.Json();
        var command = new Command("verify", "Checks the database and every entry, and tells what is wrong with each. Changes nothing.") { file, json };
        command.SetAction((parsed, token) => Task.Run(() => RunAsync(terminal, parsed.GetRequiredValue(file), parsed.GetValue(json), token), token));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, bool json, CancellationToken cancellationToken)
    {
        using var file = CacheFile.OpenToRead(path, terminal.Clock);
        var database = await terminal.WithProgressAsync("Checking the database", total: null, _ => Task.FromResult(Integrity(file))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();

        long entries = 0;
        var problems = new List<ProblemJson>();
        try
        {
            await terminal.WithProgressAsync("Checking the entries", file.CountOrNull(), progress => file.ForEachAsync(
                examined =>
                {
                    entries++;
                    if (examined.Problem() is { } problem) problems.Add(new ProblemJson { Key = examined.Entry.Key.ToString(), Method = examined.Entry.Method, Problem = problem });
                },
                progress,
                cancellationToken)).ConfigureAwait(false);
        }
        catch (CommandFailure failure) when (failure.ExitCode == ExitCode.ProblemsFound)
        {
            // The database is broken there: what could be read until then counts.
            if (database.Count == 0 || database[^1] != failure.Message) database.Add(failure.Message);
        }

        var result = new VerifyJson { File = path, Ok = database.Count == 0 && problems.Count == 0, Entries = entries, Database = database, Problems = problems };
        if (json) terminal.Out.WriteJson(result, CliJson.Default.VerifyJson);
        else Write(terminal, result);
        return result.Ok ? ExitCode.Fine : ExitCode.ProblemsFound;
    }

    private static List<string> Integrity(CacheFile file)
    {
        try
        {
            // SQLite puts several findings into one text, under a heading.
            return [.. file.CheckIntegrity().SelectMany(static text => text.Split('\n')).Where(static line => line.Length > 0 && !line.StartsWith("*** in database", StringComparison.Ordinal))];
        }
        catch (CommandFailure failure) when (failure.ExitCode == ExitCode.ProblemsFound)
        {
            return [failure.Message];
        }
    }

    private static void Write(Terminal terminal, VerifyJson result)
    {
        string file = Printable.Of(result.File);
        foreach (string problem in result.Database) terminal.Out.WriteLine($"database: {Printable.Of(problem)}");
        foreach (var problem in result.Problems) terminal.Out.WriteLine($"{problem.Key}  {Printable.Of(problem.Method)}: {Printable.Of(problem.Problem)}");
        if (result.Ok)
        {
            terminal.Out.WriteLine($"{file}: {Words.Entries(result.Entries)} checked, nothing is wrong.");
            return;
        }

        string wrong = result.Problems.Count == 0 ? "nothing is wrong with those" : $"something is wrong with {Words.Number(result.Problems.Count)}";
        terminal.Out.WriteLine($"{file}: {Words.Entries(result.Entries)} checked, {wrong}; the database is {(result.Database.Count == 0 ? "whole" : "damaged")}.");
        if (result.Problems.Count > 0) terminal.Out.WriteLine("A damaged entry is a miss: its next call computes it again and replaces it. To remove one now: memoize invalidate FILE --key KEY");
        if (result.Database.Count > 0) terminal.Out.WriteLine("To save what can be read: memoize export FILE ARCHIVE. Then delete FILE with its -wal and -shm: it is a cache, and fills again.");
    }
}
