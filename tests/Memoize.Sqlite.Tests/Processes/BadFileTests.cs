using System.Diagnostics;
using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary>
/// A file that is damaged, locked, or on a full disk: every call has its value all the same and soon, nothing crashes, and what
/// is logged names the file and says what to do.
/// </summary>
public sealed class BadFileTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] Keys = [.. Enumerable.Range(0, 500).Select(number => $"key{number}")];

    // What 500 calls may take. Were the store asked at each of them, those on a locked file would take minutes.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly CallerGroup _group = new() { BusyTimeout = TimeSpan.FromMilliseconds(500) };

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_file_of_something_else(CallForm form)
    {
        byte[] noise = new byte[64 * 1024];
        new Random(30).NextBytes(noise);
        await File.WriteAllBytesAsync(_group.StorePath, noise);

        var caller = await _group.StartAsync("caller");
        await AssertServedAsync(form, caller, $"{_group.StorePath} is not an SQLite database");

        Assert.Equal(noise, await File.ReadAllBytesAsync(_group.StorePath));
    }

    [Theory]
    [InlineData(CallForm.Asynchronous, 60)]
    [InlineData(CallForm.Synchronous, 60)]
    [InlineData(CallForm.Asynchronous, 5)]
    [InlineData(CallForm.Synchronous, 5)]
    public async Task A_file_that_was_cut_short(CallForm form, int percentLeft)
    {
        var first = await _group.StartAsync("first");
        await AssertServedAsync(form, first);
        await first.EndAsync();
        CutTo(percentLeft);

        await AssertServedAsync(form, await _group.StartAsync("caller"), $"{_group.StorePath} is damaged");
    }

    [SignalTheory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_file_that_is_cut_short_while_it_is_used(CallForm form)
    {
        var first = await _group.StartAsync("first");
        var caller = await _group.StartAsync("caller");
        await AssertServedAsync(form, first);
        await first.EndAsync();
        await caller.CallAsync(form, Keys[0]);
        CutTo(percent: 30);

        await AssertServedAsync(form, caller);
    }

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_folder_that_is_a_file(CallForm form)
    {
        string noFolder = Path.Combine(_group.Folder, "file");
        await File.WriteAllTextAsync(noFolder, "");
        using var group = new CallerGroup { StorePath = Path.Combine(noFolder, "cache.db") };

        await AssertServedAsync(form, await group.StartAsync("caller"), $"{group.StorePath} cannot be opened. The folder {noFolder} does not exist, or is a file");
    }

    [OwnDiskTheory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_folder_that_cannot_be_written_to(CallForm form)
    {
        using var disk = OwnDisk.Of(kilobytes: 4096, Path.Combine(_group.Folder, "disk"));
        disk.MakeReadOnly();
        using var group = new CallerGroup { StorePath = Path.Combine(disk.Folder, "cache.db") };

        await AssertServedAsync(form, await group.StartAsync("caller"), $"{group.StorePath} cannot be opened. Give the program the right");
    }

    [OwnDiskTheory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_file_that_cannot_be_written_to(CallForm form)
    {
        using var disk = OwnDisk.Of(kilobytes: 4096, Path.Combine(_group.Folder, "disk"));
        using var group = new CallerGroup { StorePath = Path.Combine(disk.Folder, "cache.db") };
        var first = await group.StartAsync("first");
        await first.CallAsync(form, "key");
        await first.EndAsync();
        disk.MakeReadOnly();

        await AssertServedAsync(form, await group.StartAsync("caller"), group.StorePath);
    }

    [OwnDiskTheory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_full_disk(CallForm form)
    {
        using var disk = OwnDisk.Of(kilobytes: 256, Path.Combine(_group.Folder, "disk"));
        using var group = new CallerGroup { StorePath = Path.Combine(disk.Folder, "cache.db") };
        var caller = await group.StartAsync("caller");

        await AssertServedAsync(form, caller, $"There is no room left for {group.StorePath}");
    }

    [Theory]
    [InlineData(CallForm.Asynchronous)]
    [InlineData(CallForm.Synchronous)]
    public async Task A_file_that_another_process_keeps_locked(CallForm form)
    {
        var holder = await _group.StartAsync("holder");
        var caller = await _group.StartAsync("caller");
        await holder.CallAsync(form, "before");
        await holder.DoAsync("hold");

        await AssertServedAsync(form, caller, $"{_group.StorePath} was locked for longer than BusyTimeout (00:00:00.5000000)");
        Assert.Equal("before by holder", await caller.CallAsync(form, "before"));

        // When it is let go, the store is used again once the back-off is over.
        await holder.DoAsync("release");
        for (int attempt = 0; await holder.CallAsync(form, $"after{attempt}") != $"after{attempt} by caller"; attempt++)
        {
            Assert.InRange(attempt, 0, 200);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            await caller.CallAsync(form, $"after{attempt + 1}");
        }
    }

    public void Dispose() => _group.Dispose();

    /// <summary>Each of many calls gets the right value; if something is amiss, that is counted and logged a few times.</summary>
    private async Task AssertServedAsync(CallForm form, Caller caller, string? problem = null)
    {
        var before = await caller.StatisticsAsync();
        long start = Stopwatch.GetTimestamp();
        caller.Call(form, callers: 4, Keys);
        var got = await caller.GotAsync();
        var time = Stopwatch.GetElapsedTime(start);

        // Computed here, or found where the file still has it.
        Assert.Equal(Keys.Length, got.DistinctBy(one => one.Key).Count());
        Assert.All(got, one => Assert.Matches($"^{one.Key} by (first|{caller.Name})$", one.Value));
        Assert.True(time < Soon, $"It took {time}.");
        Assert.False(caller.HasExited);

        var statistics = await caller.StatisticsAsync();
        Assert.Equal((before.Requests + (4 * Keys.Length), 0), (statistics.Requests, statistics.Failed));
        if (problem is null) return;

        var failures = caller.Log.Where(line => line.StartsWith("log 10 ", StringComparison.Ordinal)).ToList();
        output.WriteLine($"{4 * Keys.Length} calls took {time.TotalMilliseconds:F0} ms; {statistics.StoreFailures} times the store was asked and failed:\n{string.Join('\n', failures.Distinct())}");
        Assert.NotEmpty(failures);
        Assert.Contains(failures, line => line.Contains(problem, StringComparison.Ordinal));
        Assert.All(failures, line => Assert.Contains("cache.db", line, StringComparison.Ordinal));
        Assert.InRange(statistics.StoreFailures, 1, 100);
    }

    private void CutTo(int percent)
    {
        using var file = new FileStream(_group.StorePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(file.Length * percent / 100);
    }
}
