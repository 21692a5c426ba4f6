using System.Diagnostics;
using Memoize.Testing;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary><c>samples/Uploads</c>, as its users run it.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task Each_content_is_uploaded_once_though_a_process_is_killed_that_has_claimed_it()
    {
        string report = await RunAsync();

        Assert.EndsWith("requests received   16\nuploads completed   16\ndistinct contents   16\n\nrequests received = distinct contents\n", report, StringComparison.Ordinal);
        Assert.Contains("later      24 files: sent 0, had the receipts of 24", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_process_had_sent_is_sent_once_more()
    {
        string report = await RunAsync("in-flight");

        Assert.Contains("requests received   17   one more", report, StringComparison.Ordinal);
        Assert.EndsWith("distinct contents   16\n\nrequests received = distinct contents + 1\n", report, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        string output = Path.GetRelativePath(Repository.PathOf("tests", "Memoize.Sqlite.Tests"), AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet", [Repository.PathOf("samples", "Uploads", output, "Uploads.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var tooLong = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(tooLong.Token);
            string report = await process.StandardOutput.ReadToEndAsync(tooLong.Token);
            await process.WaitForExitAsync(tooLong.Token);
            Assert.Equal("", await errors);
            Assert.Equal(0, process.ExitCode);
            return report.ReplaceLineEndings("\n");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
