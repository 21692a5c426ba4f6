using System.CommandLine;
using Memoize.Cli.Json;

namespace Memoize.Cli.Commands;

/// <summary><c>memoize list</c>: entries, one on a line.</summary>
internal static class ListCommand
{
    private const int DefaultLimit = 100;

    // Enough of a key to tell millions of entries apart, and to copy it.
    private const int ShownDigits = 16;

    public static Command Create(Terminal terminal)
    {
        var file = CommonOptions.File();
        var method = new Option<string?>("--method") { HelpName = "TEXT", Description = "Only entries of methods whose name contains this." };
        var tag = new Option<string?>("--tag") { HelpName = "TAG", Description = "Only entries with this tag." };
        var state = new Option<string?>("--state") { HelpName = "STATE", Description = "Only entries in this state: fresh, stale, expired or damaged." };
        state.AcceptOnlyFromAmong([.. Enum.GetValues<StoredState>().Select(ExaminedEntry.NameOf)]);
        var limit = new Option<int>("--limit") { HelpName = "NUMBER", Description = "Show at most so many; 0 for all.", DefaultValueFactory = static _ => DefaultLimit };
        limit.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] } token]) result.AddError($"--limit is {token.Value}; it must be 0 or more.");
        });
        var json = CommonOptions.Json();
        var command = new Command("list", "Lists entries.") { file, method, tag, state, limit, json };
        command.SetAction((parsed, token) => Task.Run(
            () => RunAsync(terminal, parsed.GetRequiredValue(file), new Filter(parsed.GetValue(method), parsed.GetValue(tag), parsed.GetValue(state)), parsed.GetValue(limit), parsed.GetValue(json), token),
            token));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, Filter filter, int limit, bool json, CancellationToken cancellationToken)
    {
        using var file = CacheFile.OpenToRead(path, terminal.Clock);
        var entries = new List<EntryJson>();
        long matching = 0;
        await terminal.WithProgressAsync("Looking", file.Count(), progress => file.ForEachAsync(
            examined =>
            {
                if (!filter.Matches(examined)) return;

                matching++;
                if (limit == 0 || entries.Count < limit) entries.Add(EntryJson.Of(examined));
            },
            progress,
            cancellationToken)).ConfigureAwait(false);

        if (json)
        {
            terminal.Out.WriteJson(new ListJson { File = path, Matching = matching, Entries = entries }, CliJson.Default.ListJson);
            return ExitCode.Fine;
        }

        WriteTable(terminal, entries);
        if (matching > entries.Count) terminal.Error.WriteLine($"{Words.Entries(matching - entries.Count)} more; --limit 0 shows all.");
        else if (matching == 0) terminal.Error.WriteLine("No such entries.");
        return ExitCode.Fine;
    }

    private static void WriteTable(Terminal terminal, List<EntryJson> entries)
    {
        if (entries.Count == 0) return;

        // Columns that nobody would miss are not there.
        var now = terminal.Clock.GetUtcNow();
        bool hasArguments = entries.Exists(static entry => entry.Arguments is not null);
        bool hasTags = entries.Exists(static entry => entry.Tags.Count > 0);
        List<Column> columns = [new("key", NeverWraps: true), new("method"), new("state"), new("expires", NeverWraps: true), new("size", IsNumber: true)];
        if (hasTags) columns.Add(new("tags"));
        if (hasArguments) columns.Add(new("arguments"));
        terminal.WriteTable(columns, [.. entries.Select(Row)]);

        string[] Row(EntryJson entry)
        {
            List<string> cells = [terminal.OutIsTerminal ? entry.Key[..ShownDigits] : entry.Key, Printable.Of(entry.Method), entry.State, Expiry(entry), Words.Size(entry.ContentBytes)];
            if (hasTags) cells.Add(Printable.Of(string.Join(", ", entry.Tags)));
            if (hasArguments) cells.Add(Printable.Of(entry.Arguments ?? ""));
            return [.. cells];
        }

        string Expiry(EntryJson entry)
        {
            if (entry.Damage is not null) return "";
            if (entry.Expires is not { } expires) return "never";
            if (!terminal.OutIsTerminal) return Words.Moment(expires);

            return expires > now ? $"in {Words.Span(expires - now)}" : $"{Words.Span(now - expires)} ago";
        }
    }

    private sealed record Filter(string? Method, string? Tag, string? State)
    {
        public bool Matches(ExaminedEntry examined) =>
            (Method is null || examined.Entry.Method.Contains(Method, StringComparison.OrdinalIgnoreCase))
            && (Tag is null || examined.Entry.Tags.Contains(Tag, StringComparer.Ordinal))
            && (State is null || examined.StateName == State);
    }
}
