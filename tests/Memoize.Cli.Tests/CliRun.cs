using System.Diagnostics;
using System.Text.Json;

namespace Memoize.Cli.Tests;

/// <summary>What one run of the tool did.</summary>
public sealed record CliRun(int ExitCode, string Out, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>The output, if it is JSON and nothing else.</summary>
    public JsonElement Json => JsonElement.Parse(Out);

    internal static async Task<CliRun> InProcessAsync(TimeProvider clock, string[] arguments, Stream? input = null, Stream? output = null, bool isTerminal = false, CancellationToken cancellationToken = default)
    {
        var (written, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var terminal = new Terminal
        {
            Out = written,
            Error = errors,
            OutIsTerminal = isTerminal,
            OpenInput = () => input ?? Stream.Null,
            OpenOutput = () => output ?? Stream.Null,
            Clock = clock,
        };
        int exitCode = await CommandLine.RunAsync(arguments, terminal, cancellationToken);
        return new CliRun(exitCode, written.ToString(), errors.ToString());
    }

    /// <summary>Runs the tool as a process of its own.</summary>
    public static async Task<CliRun> AsProcessAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        return await EndOfAsync(process);
    }

    /// <summary>Starts the tool as a process of its own.</summary>
    public static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        ["exec", Path.Combine(AppContext.BaseDirectory, "Memoize.Cli.dll"), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;

    /// <summary>Waits for the end of a process.</summary>
    public static async Task<CliRun> EndOfAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new CliRun(process.ExitCode, (await output).ReplaceLineEndings("\n"), (await errors).ReplaceLineEndings("\n"));
        }
        catch (OperationCanceledException expired)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The tool did not end within {Limit}.", expired);
        }
    }
}
