using System.Text;
using System.Text.Json;

namespace Memoize.Cli.Tests;

/// <summary>What each command does on a store with which nothing is wrong.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly StoreFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Stats_counts_by_method_and_state()
    {
        WithEveryState();

        var run = await _file.RunAsync("stats", "FILE");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        string[] lines = run.Out.Split('\n');
        Assert.Matches("cache\\.db: 4 entries of 2 methods, .* in a file of ", lines[0]);
        Assert.Equal(["method", "entries", "fresh", "stale", "expired", "outdated", "damaged", "size"], Cells(lines[2]));
        Assert.Equal([StoreFile.Quotes, "3", "1", "1", "1", "0"], Cells(lines[3])[..6]);
        Assert.Equal([StoreFile.Pages, "1", "1", "0", "0", "0"], Cells(lines[4])[..6]);
    }

    [Fact]
    public async Task Stats_as_json()
    {
        WithEveryState();

        var json = (await _file.RunAsync("stats", "FILE", "--json")).Json;

        Assert.Equal(["file", "fileBytes", "pendingClaims", "entries", "fresh", "stale", "expired", "outdated", "damaged", "contentBytes", "methods"], Names(json));
        Assert.Equal((4, 2, 1, 1, 0), (Number(json, "entries"), Number(json, "fresh"), Number(json, "stale"), Number(json, "expired"), Number(json, "damaged")));
        var method = json.GetProperty("methods")[0];
        Assert.Equal(["method", "entries", "fresh", "stale", "expired", "outdated", "damaged", "contentBytes"], Names(method));
        Assert.Equal(StoreFile.Quotes, method.GetProperty("method").GetString());
        Assert.True(Number(json, "fileBytes") > Number(json, "contentBytes"));
        Assert.Equal(Number(json, "contentBytes"), json.GetProperty("methods").EnumerateArray().Sum(static each => Number(each, "contentBytes")));
    }

    [Fact]
    public async Task Stats_tells_of_claims()
    {
        using (var store = _file.Open()) store.TryClaim(new ClaimRequest { Key = StoreFile.Key(1), Method = StoreFile.Quotes });

        var run = await _file.RunAsync("stats", "FILE");

        Assert.Contains("1 key is claimed by who computes them.", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_has_a_line_for_each_entry_with_its_whole_key()
    {
        WithEveryState();

        var run = await _file.RunAsync("list", "FILE");

        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal(["key", "method", "state", "expires", "size", "tags", "arguments"], Cells(lines[0]));
        Assert.Equal(5, lines.Length);
        var line = Assert.Single(lines, line => line.StartsWith(StoreFile.Key(1).ToString(), StringComparison.Ordinal));
        Assert.Equal([StoreFile.Key(1).ToString(), StoreFile.Quotes, "fresh", "2026-01-01 02:00:00Z"], Cells(line)[..4]);
        Assert.Equal(["a, b", "(\"MSFT\")"], Cells(line)[^2..]);
        Assert.Contains("never", Assert.Single(lines, line => line.Contains(StoreFile.Pages, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.All(lines, static line => Assert.Equal(line.TrimEnd(), line));
    }

    [Theory]
    [InlineData("1,2,3", "--method", "getquote")]
    [InlineData("4", "--method", StoreFile.Pages)]
    [InlineData("1", "--tag", "a")]
    [InlineData("1,4", "--state", "fresh")]
    [InlineData("2", "--state", "stale")]
    [InlineData("3", "--state", "expired")]
    [InlineData("", "--state", "damaged")]
    [InlineData("", "--tag", "a", "--state", "stale")]
    public async Task List_shows_what_was_asked_for(string numbers, params string[] filter)
    {
        WithEveryState();

        var run = await _file.RunAsync(["list", "FILE", "--json", .. filter]);

        var keys = run.Json.GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("key").GetString()).Order(StringComparer.Ordinal);
        Assert.Equal(numbers.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static number => StoreFile.Key(uint.Parse(number)).ToString()), keys);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task List_shows_a_hundred_entries_unless_it_is_told_otherwise()
    {
        _file.With([.. Enumerable.Range(0, 130).Select(number => _file.Entry((uint)number))]);

        var some = await _file.RunAsync("list", "FILE");
        var three = await _file.RunAsync("list", "FILE", "--limit", "3", "--json");
        var all = await _file.RunAsync("list", "FILE", "--limit", "0");

        Assert.Equal(1 + 100, some.Out.TrimEnd('\n').Split('\n').Length);
        Assert.Equal("30 entries more; --limit 0 shows all.\n", some.Error);
        Assert.Equal(130, Number(three.Json, "matching"));
        Assert.Equal(3, three.Json.GetProperty("entries").GetArrayLength());
        Assert.Equal(1 + 130, all.Out.TrimEnd('\n').Split('\n').Length);
        Assert.Empty(all.Error);
    }

    [Fact]
    public async Task List_as_json()
    {
        WithEveryState();

        var json = (await _file.RunAsync("list", "FILE", "--tag", "a", "--json")).Json;

        Assert.Equal(["file", "matching", "entries"], Names(json));
        var entry = json.GetProperty("entries")[0];
        Assert.Equal(["key", "method", "arguments", "state", "damage", "created", "expires", "staleUntil", "format", "tags", "contentBytes"], Names(entry));
        Assert.Equal("(\"MSFT\")", entry.GetProperty("arguments").GetString());
        Assert.Equal("fresh", entry.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("damage").ValueKind);
        Assert.Equal("2026-01-01T00:00:00+00:00", entry.GetProperty("created").GetString());
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 2, 0, 0, TimeSpan.Zero), entry.GetProperty("expires").GetDateTimeOffset());
        Assert.Equal(["a", "b"], entry.GetProperty("tags").EnumerateArray().Select(static tag => tag.GetString()));
    }

    [Fact]
    public async Task A_terminal_gets_a_frame_and_the_beginnings_of_keys()
    {
        WithEveryState();

        var run = await CliRun.InProcessAsync(_file.Time, ["list", _file.Path], isTerminal: true);

        Assert.Contains("╭", run.Out, StringComparison.Ordinal);
        Assert.Contains(StoreFile.Key(1).ToString()[..16] + " ", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(StoreFile.Key(1).ToString(), run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_tells_everything_about_an_entry_and_pretty_prints_json()
    {
        WithEveryState();

        var run = await _file.RunAsync("show", "FILE", StoreFile.Key(1).ToString());

        Assert.Equal(0, run.ExitCode);
        Assert.Matches($$"""
            ^key          {{StoreFile.Key(1)}}
            method       Shop\.GetQuoteAsync\(string\)
            arguments    \("MSFT"\)
            tags         a, b
            state        fresh: it is served
            created      2026-01-01 00:00:00Z \(1 h ago\)
            expires      2026-01-01 02:00:00Z \(in 1 h\)
            version      3
            schema       000000000000abcd
            (revision     \d+
            )?value        29 B of json

            \{
              "symbol": "MSFT",
              "price": 1\.5
            \}
            $
            """.ReplaceLineEndings("\n"), run.Out);
    }

    [Fact]
    public async Task Show_writes_what_is_not_json_as_hexadecimal()
    {
        _file.With(_file.Entry(1, payload: "\u0001 plain bytes, and more than a row", format: "raw"));

        var run = await _file.RunAsync("show", "FILE", "00000001");

        Assert.EndsWith("""
            00000000  01 20 70 6c 61 69 6e 20 62 79 74 65 73 2c 20 61  . plain bytes, a
            00000010  6e 64 20 6d 6f 72 65 20 74 68 61 6e 20 61 20 72  nd more than a r
            00000020  6f 77                                            ow

            """.ReplaceLineEndings("\n"), run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_as_json_has_the_value_as_it_is()
    {
        WithEveryState();
        _file.With(_file.Entry(9, payload: "raw!", format: "raw"));

        var json = (await _file.RunAsync("show", "FILE", StoreFile.Key(1).ToString(), "--json")).Json;
        var raw = (await _file.RunAsync("show", "FILE", StoreFile.Key(9).ToString(), "--json")).Json;

        Assert.Equal(["file", "entry", "version", "code", "schema", "revision", "problem", "payloadBytes", "payload", "payloadBase64"], Names(json));
        Assert.Equal(1.5, json.GetProperty("payload").GetProperty("price").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("payloadBase64").ValueKind);
        Assert.Equal("000000000000abcd", json.GetProperty("schema").GetString());
        Assert.Equal("raw!", Encoding.UTF8.GetString(raw.GetProperty("payloadBase64").GetBytesFromBase64()));
        Assert.Equal(JsonValueKind.Null, raw.GetProperty("payload").ValueKind);
    }

    [Fact]
    public async Task Show_can_write_the_value_alone()
    {
        _file.With(_file.Entry(1, payload: "\u0001\u0002 raw"));
        var output = new MemoryStream();

        var run = await CliRun.InProcessAsync(_file.Time, ["show", _file.Path, "00000001", "--payload"], output: output);

        Assert.Equal((0, "", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal([1, 2, .. " raw"u8], output.ToArray());
    }

    [Fact]
    public async Task A_key_may_be_given_by_its_beginning_if_no_other_begins_so()
    {
        _file.With(_file.Entry(0x1234_0001), _file.Entry(0x1234_0002), _file.Entry(0xABCD_0000));

        Assert.Equal(0, (await _file.RunAsync("show", "FILE", "A")).ExitCode);
        Assert.Equal(0, (await _file.RunAsync("show", "FILE", "12340002")).ExitCode);
        var several = await _file.RunAsync("show", "FILE", "1234");
        var none = await _file.RunAsync("show", "FILE", "77");
        var noneWhole = await _file.RunAsync("show", "FILE", StoreFile.Key(7).ToString());
        var notOne = await _file.RunAsync("show", "FILE", "MSFT");

        Assert.Equal(4, several.ExitCode);
        Assert.StartsWith("memoize: Several keys begin with 1234, ", several.Error, StringComparison.Ordinal);
        Assert.Equal((4, "memoize: No entry has the key 77. 'memoize list' shows the keys.\n"), (none.ExitCode, none.Error));
        Assert.Equal(4, noneWhole.ExitCode);
        Assert.Equal(2, notOne.ExitCode);
        Assert.Contains("keys have 64 hexadecimal digits", notOne.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prune_removes_what_can_never_be_served_again()
    {
        WithEveryState();

        var run = await _file.RunAsync("prune", "FILE");
        var again = await _file.RunAsync("prune", "FILE", "--json");

        Assert.Equal((0, "1 entry removed, 3 left.\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(["file", "removed", "left"], Names(again.Json));
        Assert.Equal((0, 3), (Number(again.Json, "removed"), Number(again.Json, "left")));
    }

    [Theory]
    [InlineData(1, "--tag", "a")]
    [InlineData(3, "--method", StoreFile.Quotes)]
    [InlineData(4, "--all")]
    [InlineData(1, "--key", "00000002")]
    [InlineData(1, "--key", "0000000200000000000000000000000000000000000000000000000000000000")]
    [InlineData(0, "--key", "0000000900000000000000000000000000000000000000000000000000000000")]
    [InlineData(0, "--tag", "c")]
    public async Task Invalidate_removes_what_was_asked_for(int removed, params string[] choice)
    {
        WithEveryState();

        var run = await _file.RunAsync(["invalidate", "FILE", "--json", .. choice]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal((removed, 4 - removed), (Number(run.Json, "removed"), Number(run.Json, "left")));
        using var store = _file.Open();
        Assert.Equal(4 - removed, store.Count());
    }

    [Fact]
    public async Task Invalidate_helps_with_a_method_that_has_no_entries()
    {
        WithEveryState();

        var run = await _file.RunAsync("invalidate", "FILE", "--method", "GetQuoteAsync");

        Assert.Equal((0, "0 entries removed, 4 left.\n", "No entry is of the method 'GetQuoteAsync'; 'memoize stats' shows the names.\n"), (run.ExitCode, run.Out, run.Error));
    }

    [Fact]
    public async Task Entries_move_through_an_archive_into_a_store_that_import_makes()
    {
        WithEveryState();
        string archive = _file.InFolder("entries.archive");
        string other = _file.InFolder("other.db");

        var exported = await _file.RunAsync("export", "FILE", archive);
        var imported = await _file.RunAsync("import", other, archive, "--create");
        var again = await _file.RunAsync("import", other, archive);

        Assert.Equal((0, "3 entries exported, 1 left out as expired, 0 skipped as damaged.\n"), (exported.ExitCode, exported.Out));
        Assert.Equal((0, "3 entries imported, 0 already there, 0 left out as expired, 0 skipped as damaged.\n"), (imported.ExitCode, imported.Out));
        Assert.Equal((0, "0 entries imported, 3 already there, 0 left out as expired, 0 skipped as damaged.\n"), (again.ExitCode, again.Out));
        Assert.Equal(await ListAsync(_file.Path, "fresh"), await ListAsync(other, "fresh"));
        Assert.Equal(["cache.db", "entries.archive", "other.db"], _file.FilesInFolder());

        async Task<string> ListAsync(string file, string state) =>
            string.Join('\n', (await CliRun.InProcessAsync(_file.Time, ["list", file, "--state", state])).Out.Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Archives_go_through_pipes_and_reports_beside_them()
    {
        WithEveryState();
        var pipe = new MemoryStream();

        var exported = await CliRun.InProcessAsync(_file.Time, ["export", _file.Path, "-", "--json"], output: pipe);
        var imported = await CliRun.InProcessAsync(_file.Time, ["import", _file.InFolder("other.db"), "-", "--create", "--json"], input: new MemoryStream(pipe.ToArray()));

        Assert.Equal((0, ""), (exported.ExitCode, exported.Out));
        var report = JsonElement.Parse(exported.Error);
        Assert.Equal(["file", "archive", "exported", "expired", "skipped", "skippedEntries", "broken"], Names(report));
        Assert.Equal((3, 1, 0), (Number(report, "exported"), Number(report, "expired"), Number(report, "skipped")));
        Assert.Equal(["file", "archive", "imported", "unchanged", "expired", "skipped", "skippedEntries"], Names(imported.Json));
        Assert.Equal((3, 0, 0, 0), (Number(imported.Json, "imported"), Number(imported.Json, "unchanged"), Number(imported.Json, "expired"), Number(imported.Json, "skipped")));
    }

    [Fact]
    public async Task Export_replaces_an_archive_only_if_it_may()
    {
        WithEveryState();
        string archive = _file.InFolder("entries.archive");
        await File.WriteAllTextAsync(archive, "mine");

        var refused = await _file.RunAsync("export", "FILE", archive);
        string after = await File.ReadAllTextAsync(archive);
        var replaced = await _file.RunAsync("export", "FILE", archive, "--overwrite");

        Assert.Equal((3, "mine"), (refused.ExitCode, after));
        Assert.Contains("Pass --overwrite to replace it.", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, replaced.ExitCode);
        Assert.Equal("MEMOARCH", Encoding.ASCII.GetString(await File.ReadAllBytesAsync(archive), 0, 8));
    }

    [Fact]
    public async Task Texts_of_the_store_cannot_steer_the_terminal()
    {
        _file.With(_file.Entry(1, method: "M\u001b[2J", tags: ["a\nb\u202E"], arguments: "\u0007", payload: "\"\u009b\\u001b\""));

        foreach (string command in (string[])["stats", "list", "show", "verify"])
        {
            var run = await _file.RunAsync([command, "FILE", .. command == "show" ? ["0"] : Array.Empty<string>()]);
            var onTerminal = await CliRun.InProcessAsync(_file.Time, [command, _file.Path, .. command == "show" ? ["0"] : Array.Empty<string>()], isTerminal: true);
            Assert.DoesNotContain((run.Out + run.Error).Where(static one => one != '\n'), static one => char.IsControl(one) || one == '\u202E');
            Assert.DoesNotMatch("\u001B\\[2J|[\u0007\u009B\u202E]", onTerminal.Out);
        }
    }

    internal static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(static property => property.Name)];

    internal static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static string[] Cells(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // An hour after they were written: 1 and 4 are fresh, 2 is stale, 3 is over.
    private void WithEveryState()
    {
        _file.With(
            _file.Entry(1, life: TimeSpan.FromHours(2), tags: ["a", "b"], arguments: "(\"MSFT\")"),
            _file.Entry(2, life: TimeSpan.FromMinutes(10), stale: TimeSpan.FromHours(3)),
            _file.Entry(3, life: TimeSpan.FromMinutes(10)),
            _file.Entry(4, method: StoreFile.Pages, payload: "\"a page\""));
        _file.Time.Advance(TimeSpan.FromHours(1));
    }
}
