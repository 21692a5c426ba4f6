using System.Diagnostics;

namespace Memoize.Cli.Tests;

/// <summary>The tool as a process: exit codes, clean streams, no stack traces, and an end when it is asked to.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly StoreFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Verify_of_a_good_file()
    {
        _file.With(_file.Entry(1));

        var run = await _file.RunProcessAsync("verify", "FILE");

        Assert.Equal((0, $"{_file.Path}: 1 entry checked, nothing is wrong.\n", ""), (run.ExitCode, run.Out, run.Error));
    }

    [Fact]
    public async Task Verify_of_a_damaged_entry()
    {
        _file.With(_file.Entry(1, payload: "\"damage me\"")).Damage("damage me");

        var run = await _file.RunProcessAsync("verify", "FILE");

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.StartsWith($"{StoreFile.Key(1)}  {StoreFile.Quotes}: Its checksum is wrong", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_of_damaged_pages()
    {
        _file.With([.. Enumerable.Range(1, 300).Select(number => _file.Entry((uint)number, payload: $"\"{new string('x', 2_000)}\""))]).DamagePages();

        var run = await _file.RunProcessAsync("verify", "FILE");

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("database: ", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_of_random_bytes_and_of_a_missing_file()
    {
        var missing = await _file.RunProcessAsync("verify", "FILE");
        byte[] noise = new byte[10_000];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(_file.Path, noise);
        var random = await _file.RunProcessAsync("verify", "FILE");

        Assert.Equal((3, "", $"memoize: There is no file {_file.Path}. Name the SQLite file that the program's SqliteCacheStore has.\n"), (missing.ExitCode, missing.Out, missing.Error));
        Assert.Equal((3, ""), (random.ExitCode, random.Out));
        Assert.Single(random.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_wrong_command_line()
    {
        var run = await _file.RunProcessAsync("verify");

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [InterruptFact]
    public async Task An_interrupt_ends_an_import_that_waits_for_its_input()
    {
        _file.With(_file.Entry(1, payload: $"\"{new string('x', 1_000_000)}\""));
        await _file.RunAsync("export", "FILE", _file.InFolder("entries.archive"));
        byte[] archive = await File.ReadAllBytesAsync(_file.InFolder("entries.archive"));

        using var process = CliRun.Start("import", _file.InFolder("other.db"), "-", "--create");

        // More than the pipe takes: when it is written, the import has begun to read.
        await process.StandardInput.BaseStream.WriteAsync(archive.AsMemory(0, archive.Length - 1));
        await process.StandardInput.BaseStream.FlushAsync();
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString()])) await kill.WaitForExitAsync();
        var run = await CliRun.EndOfAsync(process);

        Assert.Equal((130, "", ""), (run.ExitCode, run.Out, run.Error));
    }

    [Fact]
    public async Task A_reader_that_has_seen_enough_is_no_failure()
    {
        if (OperatingSystem.IsWindows()) return;

        _file.With([.. Enumerable.Range(1, 3_000).Select(number => _file.Entry((uint)number))]);
        using var process = CliRun.Start("list", _file.Path, "--limit", "0");
        process.StandardInput.Close();

        Assert.StartsWith("key", await process.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        process.StandardOutput.Close();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal((0, ""), (process.ExitCode, errors));
    }
}
