using System.Diagnostics;
using System.Net.Http.Json;
using Memoize.Testing;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Memoize.Hosting.Tests;

/// <summary>Whole programs, each run as its users would: one run of the method serves them all.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task A_minimal_api_runs_the_method_once_for_many_requests()
    {
        await using var api = new WebApplicationFactory<QuoteService>();
        using var client = api.CreateClient();

        var quotes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.GetFromJsonAsync<Quote>("/quotes/MSFT")));
        var statistics = await client.GetFromJsonAsync<string[]>("/statistics");

        Assert.All(quotes, quote => Assert.Equal(new Quote("MSFT", Run: 1), quote));
        Assert.Contains("100 requests", Assert.Single(statistics!), StringComparison.Ordinal);
        Assert.Contains(" 1 computed", statistics![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_runs_the_method_once_for_many_calls_and_stops_cleanly()
    {
        string output = await RunAsync("WorkerProgram");

        Assert.Contains("ExchangeRates.GetRateAsync(string, string): 100 requests", output, StringComparison.Ordinal);
        Assert.Contains(" 1 computed", output, StringComparison.Ordinal);
        Assert.Contains("Application is shutting down", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Memoize[", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_console_program_runs_the_method_once_for_many_calls_without_a_container()
    {
        string output = await RunAsync("ConsoleProgram");

        Assert.StartsWith("The report of 2026", output, StringComparison.Ordinal);
        Assert.Contains("Reports.BuildReportAsync(int): 100 requests", output, StringComparison.Ordinal);
        Assert.Contains(" 1 computed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MinimalApi")]
    [InlineData("WorkerProgram")]
    [InlineData("ConsoleProgram")]
    public void The_page_shows_the_programs_that_are_run(string program)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "hosting.md"));
        string code = File.ReadAllText(Path.Combine(Repository.Root, "tests", "HostedPrograms", program, "Program.cs"));

        Assert.Contains($"```csharp\n{code}```", page, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string program)
    {
        // The program lies where its own build put it: bin/Debug/net10.0, as this one does.
        string tests = Path.Combine(Repository.Root, "tests");
        string output = Path.GetRelativePath(Path.Combine(tests, "Memoize.Hosting.Tests"), AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(tests, "HostedPrograms", program, output, program + ".dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var tooLong = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var errors = process.StandardError.ReadToEndAsync(tooLong.Token);
        string printed = await process.StandardOutput.ReadToEndAsync(tooLong.Token);
        await process.WaitForExitAsync(tooLong.Token);

        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
        return printed;
    }
}
