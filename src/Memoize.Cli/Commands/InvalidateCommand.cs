using System.CommandLine;

namespace Memoize.Cli.Commands;

/// <summary><c>memoize invalidate</c>: removes entries, so that they are computed again.</summary>
internal static class InvalidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = CommonOptions.File();
        var key = new Option<string?>("--key") { HelpName = "KEY", Description = "The entry of this key, or of the only key that begins so." };
        var tag = new Option<string?>("--tag") { HelpName = "TAG", Description = "Every entry with this tag." };
        var method = new Option<string?>("--method") { HelpName = "METHOD", Description = "Every entry of this method, by its whole name as 'stats' shows it." };
        var all = new Option<bool>("--all") { Description = "Every entry." };
        var json = CommonOptions.Json();
        var command = new Command("invalidate", "Removes entries, so that they are computed again. Processes that have them in memory serve them until they expire.") { file, key, tag, method, all, json };
        command.Validators.Add(result =>
        {
            int chosen = new[] { result.GetResult(key), result.GetResult(tag), result.GetResult(method) }.Count(static given => given is not null) + (result.GetValue(all) ? 1 : 0);
            if (chosen != 1) result.AddError($"{(chosen == 0 ? "Say which entries" : "That is more than one choice")}: one of --key, --tag, --method and --all.");
        });
        command.SetAction((parsed, token) => Task.Run(
            () => RunAsync(terminal, parsed.GetRequiredValue(file), parsed.GetValue(key), parsed.GetValue(tag), parsed.GetValue(method), parsed.GetValue(json), token),
            token));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, string? key, string? tag, string? method, bool json, CancellationToken cancellationToken)
    {
        using var file = CacheFile.OpenToWrite(path, terminal.Clock);
        long removed = key is not null ? await RemoveAsync(file, key, cancellationToken).ConfigureAwait(false)
            : tag is not null ? await file.Store.RemoveByTagAsync(tag, cancellationToken).ConfigureAwait(false)
            : await file.Store.ClearAsync(method, cancellationToken).ConfigureAwait(false);

        terminal.WriteRemoved(path, removed, file.Count(), json);
        if (removed == 0 && method is not null) terminal.Error.WriteLine($"No entry is of the method '{Printable.Of(method)}'; 'memoize stats' shows the names.");
        return ExitCode.Fine;
    }

    private static async Task<long> RemoveAsync(CacheFile file, string key, CancellationToken cancellationToken)
    {
        // A whole key needs no entry: removing it also ends what somebody has begun to compute.
        if (!StoreKey.TryParse(key, out var whole)) whole = (await file.FindAsync(key, cancellationToken).ConfigureAwait(false)).Entry.Key;
        return await file.Store.RemoveAsync(whole, cancellationToken).ConfigureAwait(false) ? 1 : 0;
    }
}
