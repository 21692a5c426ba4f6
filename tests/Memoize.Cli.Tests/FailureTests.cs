using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;

namespace Memoize.Cli.Tests;

/// <summary>What the commands make of what is wrong: with a file, with an entry, with the command line.</summary>
public sealed class FailureTests : IDisposable
{
    private static readonly string[] OnFiles = ["stats", "list", "show", "verify", "prune", "invalidate", "export", "import"];

    private readonly StoreFile _file = new();

    public static TheoryData<string> Commands => [.. OnFiles];

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Verify_is_content_with_a_whole_store()
    {
        WithThree();

        var run = await _file.RunAsync("verify", "FILE");
        var json = await _file.RunAsync("verify", "FILE", "--json");

        Assert.Equal((0, $"{_file.Path}: 3 entries checked, nothing is wrong.\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(["file", "ok", "entries", "database", "problems"], CommandTests.Names(json.Json));
        Assert.True(json.Json.GetProperty("ok").GetBoolean());
        Assert.Equal(0, json.ExitCode);
    }

    [Fact]
    public async Task Verify_names_a_damaged_entry_and_what_is_wrong_with_it()
    {
        WithThree().Damage("second!");

        var run = await _file.RunAsync("verify", "FILE");
        var json = await _file.RunAsync("verify", "FILE", "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"""
            {StoreFile.Key(2)}  {StoreFile.Quotes}: Its checksum is wrong: it was damaged, or is another key's.
            {_file.Path}: 3 entries checked, something is wrong with 1; the database is whole.

            """.ReplaceLineEndings("\n"), run.Out, StringComparison.Ordinal);
        Assert.Equal(1, json.ExitCode);
        Assert.False(json.Json.GetProperty("ok").GetBoolean());
        Assert.Equal(3, CommandTests.Number(json.Json, "entries"));
        Assert.Empty(json.Json.GetProperty("database").EnumerateArray());
        var problem = Assert.Single(json.Json.GetProperty("problems").EnumerateArray());
        Assert.Equal(["key", "method", "problem"], CommandTests.Names(problem));
        Assert.Equal(StoreFile.Key(2).ToString(), problem.GetProperty("key").GetString());
    }

    [Fact]
    public async Task Verify_looks_into_values_and_at_what_stands_beside_them()
    {
        _file.With(
            _file.Entry(1, payload: "{\"not\":"),
            _file.Entry(2, tags: ["a"]) with { Tags = ["b", "c"] },
            _file.Entry(3, payload: "no JSON and not said to be", format: "raw"));

        var run = await _file.RunAsync("verify", "FILE");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{StoreFile.Key(1)}  {StoreFile.Quotes}: It says that its value is JSON, and it is not.", run.Out, StringComparison.Ordinal);
        Assert.Contains($"{StoreFile.Key(2)}  {StoreFile.Quotes}: The store has other tags for it (b, c) than it says itself (a)", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(StoreFile.Key(3).ToString(), run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_finds_damaged_pages_and_still_says_what_it_could_read()
    {
        _file.With([.. Enumerable.Range(1, 300).Select(number => _file.Entry((uint)number, payload: $"\"{new string('x', 2_000)}\""))]).DamagePages();

        var run = await _file.RunAsync("verify", "FILE");
        var json = await _file.RunAsync("verify", "FILE", "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("database: ", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\\u000a", run.Out, StringComparison.Ordinal);
        Assert.Matches("[1-9][0-9]* entries checked, .*; the database is damaged\\.", run.Out);
        Assert.Empty(run.Error);
        Assert.NotEmpty(json.Json.GetProperty("database").EnumerateArray());
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_file_that_is_missing_is_named_and_not_made(string command)
    {
        var run = await _file.RunAsync(Arguments(command));

        Assert.Equal((3, ""), (run.ExitCode, run.Out));
        Assert.StartsWith(command == "import" ? "memoize: There is no " : $"memoize: There is no file {_file.Path}. ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_file.Path));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Random_bytes_are_no_store_and_stay_as_they_are(string command)
    {
        byte[] noise = new byte[20_000];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(_file.Path, noise);

        var run = await _file.RunAsync(Arguments(command));

        Assert.Equal((3, ""), (run.ExitCode, run.Out));
        Assert.Contains($"{_file.Path} is not an SQLite database", run.Error, StringComparison.Ordinal);
        Assert.Equal(noise, await File.ReadAllBytesAsync(_file.Path));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task An_empty_file_is_no_store_and_stays_empty(string command)
    {
        await File.WriteAllBytesAsync(_file.Path, []);

        var run = await _file.RunAsync(Arguments(command));

        Assert.Equal((3, ""), (run.ExitCode, run.Out));
        Assert.Equal(0, new FileInfo(_file.Path).Length);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_folder_is_no_store(string command)
    {
        Directory.CreateDirectory(_file.Path);

        var run = await _file.RunAsync(Arguments(command));

        Assert.Equal((3, ""), (run.ExitCode, run.Out));
        Assert.Contains($"{_file.Path} is a folder", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_database_of_somebody_else_is_left_alone(string command)
    {
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_file.Path};Pooling=False"))
        {
            connection.Open();
            using var creation = connection.CreateCommand();
            creation.CommandText = "CREATE TABLE customers (name TEXT)";
            creation.ExecuteNonQuery();
        }

        byte[] before = await File.ReadAllBytesAsync(_file.Path);
        var run = await _file.RunAsync(Arguments(command));

        Assert.Equal((3, ""), (run.ExitCode, run.Out));
        Assert.Contains("not one of Memoize", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_file.Path));
    }

    [Fact]
    public async Task A_damaged_entry_is_counted_listed_and_shown_as_such()
    {
        WithThree().Damage("second!");

        var stats = await _file.RunAsync("stats", "FILE", "--json");
        var list = await _file.RunAsync("list", "FILE", "--state", "damaged", "--json");
        var show = await _file.RunAsync("show", "FILE", "00000002");
        var json = await _file.RunAsync("show", "FILE", "00000002", "--json");
        var payload = await _file.RunAsync("show", "FILE", "00000002", "--payload");

        Assert.Equal((0, 1), (stats.ExitCode, CommandTests.Number(stats.Json, "damaged")));
        var listed = Assert.Single(list.Json.GetProperty("entries").EnumerateArray());
        Assert.Equal("Its checksum is wrong: it was damaged, or is another key's.", listed.GetProperty("damage").GetString());
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("created").ValueKind);
        Assert.Equal(1, show.ExitCode);
        Assert.Contains("state        damaged: it is a miss; the next call computes it again\nproblem      Its checksum is wrong: it was damaged, or is another key's.\n", show.Out, StringComparison.Ordinal);
        Assert.Contains("00000000  4d 45 4d 4f 02", show.Out, StringComparison.Ordinal);
        Assert.Equal(1, json.ExitCode);
        Assert.Equal("damaged", json.Json.GetProperty("entry").GetProperty("state").GetString());
        Assert.Equal((1, ""), (payload.ExitCode, payload.Out));
    }

    [Fact]
    public async Task An_entry_of_an_older_library_is_outdated_and_no_problem()
    {
        var old = _file.Entry(1);
        byte[] content = old.Content.ToArray();
        content[4] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(8), Crc32C([.. content[..8], .. content[12..]]));
        _file.With(old with { Content = content });

        var verify = await _file.RunAsync("verify", "FILE");
        var stats = await _file.RunAsync("stats", "FILE", "--json");
        var list = await _file.RunAsync("list", "FILE", "--state", "outdated", "--json");
        var show = await _file.RunAsync("show", "FILE", "00000001");

        Assert.Equal(0, verify.ExitCode);
        Assert.Contains("nothing is wrong", verify.Out, StringComparison.Ordinal);
        Assert.Equal((0, 1, 0), (stats.ExitCode, CommandTests.Number(stats.Json, "outdated"), CommandTests.Number(stats.Json, "damaged")));
        Assert.Single(list.Json.GetProperty("entries").EnumerateArray());
        Assert.Equal(0, show.ExitCode);
        Assert.Contains("state        outdated: it is a miss; the next call computes it again\nformat       It is of version 1 of the format", show.Out, StringComparison.Ordinal);

        static uint Crc32C(ReadOnlySpan<byte> bytes)
        {
            uint checksum = uint.MaxValue;
            foreach (byte one in bytes) checksum = BitOperations.Crc32C(checksum, one);
            return ~checksum;
        }
    }

    [Fact]
    public async Task A_damaged_entry_is_not_exported_and_the_rest_is()
    {
        WithThree().Damage("second!");

        var run = await _file.RunAsync("export", "FILE", _file.InFolder("entries.archive"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"2 entries exported, 0 left out as expired, 1 skipped as damaged.\n{StoreFile.Key(2)}  {StoreFile.Quotes}: Its checksum is wrong: it was damaged, or is another key's.\n", run.Out);
    }

    [Fact]
    public async Task What_can_be_read_of_a_broken_file_is_exported_and_the_rest_is_spoken_of()
    {
        _file.With([.. Enumerable.Range(1, 300).Select(number => _file.Entry((uint)number, payload: $"\"{new string('x', 2_000)}\""))]).DamagePages();
        string archive = _file.InFolder("entries.archive");

        var run = await _file.RunAsync("export", "FILE", archive);
        var json = await _file.RunAsync("export", "FILE", archive, "--overwrite", "--json");
        var imported = await _file.RunAsync("import", _file.InFolder("other.db"), archive, "--create", "--json");

        Assert.Equal((1, 1), (run.ExitCode, json.ExitCode));
        Assert.Contains("The archive has what could be read, and that is not all.", run.Out, StringComparison.Ordinal);
        Assert.Contains("is damaged", json.Json.GetProperty("broken").GetString(), StringComparison.Ordinal);
        Assert.InRange(CommandTests.Number(json.Json, "exported"), 1, 299);
        Assert.Equal(0, imported.ExitCode);
        Assert.Equal(CommandTests.Number(json.Json, "exported"), CommandTests.Number(imported.Json, "imported"));
    }

    [Theory]
    [InlineData("cut off", -5)]
    [InlineData("damaged", 40)]
    [InlineData("no archive", 0)]
    public async Task An_archive_that_is_not_whole_is_refused_with_the_place(string message, int at)
    {
        WithThree();
        string archive = _file.InFolder("entries.archive");
        await _file.RunAsync("export", "FILE", archive);
        byte[] bytes = await File.ReadAllBytesAsync(archive);
        if (at >= 0) bytes[at] ^= 1;
        await File.WriteAllBytesAsync(archive, at < 0 ? bytes[..^-at] : bytes);

        var run = await _file.RunAsync("import", _file.InFolder("other.db"), archive, "--create");

        Assert.Equal((3, ""), (run.ExitCode, run.Out));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains(at < 0 ? "Entries imported before that: 3." : "Nothing was imported.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_after_an_archive_is_not_passed_over_in_silence()
    {
        WithThree();
        var pipe = new MemoryStream();
        await CliRun.InProcessAsync(_file.Time, ["export", _file.Path, "-"], output: pipe);
        byte[] archive = pipe.ToArray();

        var run = await CliRun.InProcessAsync(_file.Time, ["import", _file.InFolder("other.db"), "-", "--create"], input: new MemoryStream([.. archive, .. archive]));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("3 entries imported", run.Out, StringComparison.Ordinal);
        Assert.Contains("There is more after the end of the archive", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_is_not_written_to_a_terminal()
    {
        WithThree();

        var run = await CliRun.InProcessAsync(_file.Time, ["export", _file.Path, "-"], isTerminal: true);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task An_archive_that_cannot_be_written_leaves_nothing_behind()
    {
        WithThree();

        var run = await _file.RunAsync("export", "FILE", _file.InFolder("missing/entries.archive"));

        Assert.Equal((3, ""), (run.ExitCode, run.Out));
        Assert.Contains("cannot be written", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_command_ends_with_the_code_of_an_interrupt_and_says_nothing()
    {
        WithThree();
        foreach (string command in OnFiles.Except(["import"], StringComparer.Ordinal))
        {
            var run = await CliRun.InProcessAsync(_file.Time, [.. Arguments(command).Select(argument => argument == "FILE" ? _file.Path : argument)], cancellationToken: new CancellationToken(canceled: true));

            Assert.Equal((130, "", ""), (run.ExitCode, run.Out, run.Error));
        }

        Assert.Equal(["cache.db"], _file.FilesInFolder());
    }

    [Theory]
    [InlineData("Required argument missing for command: 'verify'.", "verify")]
    [InlineData("Unrecognized command or argument 'varify'.", "varify", "x.db")]
    [InlineData("Unrecognized command or argument '--no'.", "stats", "x.db", "--no")]
    [InlineData("'maybe'", "list", "x.db", "--state", "maybe")]
    [InlineData("--limit is -1; it must be 0 or more.", "list", "x.db", "--limit", "-1")]
    [InlineData("'many'", "list", "x.db", "--limit", "many")]
    [InlineData("Say which entries: one of --key, --tag, --method and --all.", "invalidate", "x.db")]
    [InlineData("That is more than one choice: one of --key, --tag, --method and --all.", "invalidate", "x.db", "--all", "--tag", "a")]
    [InlineData("--payload and --json do not go together", "show", "x.db", "00", "--payload", "--json")]
    [InlineData("", "export", "x.db")]
    [InlineData("")]
    public async Task A_wrong_command_line_is_explained_with_where_to_look(string message, params string[] arguments)
    {
        var run = await _file.RunAsync(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains("--help' to see what it takes.\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_has_help(string command)
    {
        var root = await _file.RunAsync("--help");
        var run = await _file.RunAsync(command, "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"memoize {command} <FILE>", run.Out, StringComparison.Ordinal);
        Assert.Contains("--json", run.Out, StringComparison.Ordinal);
        Assert.Matches($@"\n  {command} ", root.Out);
    }

    private StoreFile WithThree() => _file.With(_file.Entry(1, payload: "\"first!\""), _file.Entry(2, payload: "\"second!\""), _file.Entry(3, payload: "\"third!\""));

    private string[] Arguments(string command)
    {
        if (command != "import") return [command, "FILE", .. command switch { "show" => ["00"], "invalidate" => ["--all"], "export" => [_file.InFolder("new.archive")], _ => Array.Empty<string>() }];

        // An archive without entries.
        string archive = _file.InFolder("empty.archive");
        File.WriteAllBytes(archive, [.. "MEMOARCH"u8, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, .. EmptyCount, 0, 0, 0, 0, 0, 0, 0, 0]);
        return [command, "FILE", archive];
    }

    // CRC-32C of eight zeros.
    private static ReadOnlySpan<byte> EmptyCount => [0x8A, 0xB2, 0x28, 0x8C];
}
