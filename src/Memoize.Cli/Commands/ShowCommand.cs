using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Memoize.Cli.Json;

namespace Memoize.Cli.Commands;

/// <summary><c>memoize show</c>: everything about one entry, and its value.</summary>
internal static class ShowCommand
{
    // A page of hexadecimal says what kind of bytes these are; who wants them all takes them with --payload.
    private const int ShownBytes = 1024;
    private const int BytesInRow = 16;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Terminal terminal)
    {
        var file = CommonOptions.File();
        var key = new Argument<string>("KEY") { Description = "The key, or as many of its first digits as tell it apart." };
        var payload = new Option<bool>("--payload") { Description = "Write only the serialized value, byte by byte." };
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows one entry and its value.") { file, key, payload, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(payload) && result.GetValue(json)) result.AddError("--payload and --json do not go together: the payload is written as it is.");
        });
        command.SetAction((parsed, token) => Task.Run(
            () => RunAsync(terminal, parsed.GetRequiredValue(file), parsed.GetRequiredValue(key), parsed.GetValue(payload), parsed.GetValue(json), token),
            token));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, string key, bool payloadOnly, bool json, CancellationToken cancellationToken)
    {
        using var file = CacheFile.OpenToRead(path, terminal.Clock);
        var examined = await file.FindAsync(key, cancellationToken).ConfigureAwait(false);
        if (payloadOnly)
        {
            if (examined.Damage is { } damage) throw new CommandFailure(ExitCode.ProblemsFound, $"The entry {examined.Entry.Key} is {examined.StateName}, so its value is not to be had. {damage}");

            var output = terminal.OpenOutput();
            await using var _ = output.ConfigureAwait(false);
            await output.WriteAsync(examined.Payload, cancellationToken).ConfigureAwait(false);
            return ExitCode.Fine;
        }

        if (json) terminal.Out.WriteJson(ShowJson.Of(path, examined), CliJson.Default.ShowJson);
        else if (examined.Header is { } header) Write(terminal, examined, header);
        else WriteUnreadable(terminal, examined);
        return examined.Problem() is null ? ExitCode.Fine : ExitCode.ProblemsFound;
    }

    private static void Write(Terminal terminal, ExaminedEntry examined, EntryHeader header)
    {
        var now = terminal.Clock.GetUtcNow();
        WriteIdentity(terminal, examined.Entry);
        WriteLine(terminal, "state", examined.State switch
        {
            StoredState.Fresh => "fresh: it is served",
            StoredState.Stale => "stale: it has expired, and is served only if the method fails",
            _ => "expired: it is served no more; pruning removes it",
        });
        WriteLine(terminal, "created", Words.Moment(header.Created, now));
        WriteLine(terminal, "expires", header.Expires is { } expires ? Words.Moment(expires, now) : "never");
        if (header.StaleUntil is { } staleUntil && staleUntil != header.Expires) WriteLine(terminal, "stale until", Words.Moment(staleUntil, now));
        WriteLine(terminal, "version", Words.Invariant($"{header.Version}"));
        if (header.Code != 0) WriteLine(terminal, "code", Words.Invariant($"{header.Code:x16}"));
        WriteLine(terminal, "schema", Words.Invariant($"{header.Schema:x16}"));
        if (examined.Entry.Revision != 0) WriteLine(terminal, "revision", Words.Invariant($"{examined.Entry.Revision}"));
        WriteLine(terminal, "value", $"{Words.Size(examined.Payload.Length)} of {Printable.Of(header.Format)}");
        if (examined.Problem() is { } problem) WriteLine(terminal, "problem", Printable.Of(problem));

        terminal.Out.WriteLine();
        using var document = ShowJson.Parse(examined.Payload);
        if (document is null) WriteHex(terminal, examined.Payload.Span);
        else terminal.Out.WriteLine(Printable.LinesOf(Pretty(document)));
    }

    private static void WriteUnreadable(Terminal terminal, ExaminedEntry examined)
    {
        WriteIdentity(terminal, examined.Entry);
        WriteLine(terminal, "state", $"{examined.StateName}: it is a miss; the next call computes it again");
        WriteLine(terminal, examined.State == StoredState.Outdated ? "format" : "problem", examined.Damage!);
        WriteLine(terminal, "content", Words.Size(examined.Entry.Content.Length));
        terminal.Out.WriteLine();
        WriteHex(terminal, examined.Entry.Content.Span);
    }

    private static void WriteIdentity(Terminal terminal, StoredEntry entry)
    {
        WriteLine(terminal, "key", entry.Key.ToString());
        WriteLine(terminal, "method", Printable.Of(entry.Method));
        if (entry.ReadableKey is { } arguments) WriteLine(terminal, "arguments", Printable.Of(arguments));
        if (entry.Tags.Count > 0) WriteLine(terminal, "tags", Printable.Of(string.Join(", ", entry.Tags)));
    }

    private static void WriteLine(Terminal terminal, string name, string text) => terminal.Out.WriteLine($"{name,-13}{text}");

    private static string Pretty(JsonDocument document)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented)) document.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static void WriteHex(Terminal terminal, ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < Math.Min(bytes.Length, ShownBytes); at += BytesInRow)
        {
            var hex = new StringBuilder();
            var text = new StringBuilder();
            foreach (byte one in bytes[at..Math.Min(bytes.Length, at + BytesInRow)])
            {
                hex.Append(Words.Invariant($"{one:x2} "));
                text.Append(one is >= 0x20 and < 0x7F ? (char)one : '.');
            }

            terminal.Out.WriteLine($"{Words.Invariant($"{at:x8}")}  {hex.ToString(),-3 * BytesInRow} {text}");
        }

        if (bytes.Length > ShownBytes) terminal.Out.WriteLine($"… and {Words.Size(bytes.Length - ShownBytes)} more");
    }
}
