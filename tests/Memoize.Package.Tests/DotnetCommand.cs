using System.Diagnostics;
using System.Text;

namespace Memoize.Package.Tests;

/// <summary>Runs <c>dotnet</c> as a user would in a folder of their own: nothing of the test run's own build leaks in.</summary>
internal static class DotnetCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Runs a command to its end, whatever that is.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, string? packageCache, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(IsOfTheTestRun).ToArray())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // A build node that stays behind would keep our pipes open, and the temporary folder in use.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        if (packageCache is not null)
            start.Environment["NUGET_PACKAGES"] = packageCache;

        using var process = new Process { StartInfo = start };
        var output = new StringBuilder();
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException expired)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'dotnet {string.Join(' ', arguments)}' took longer than {Limit}:\n{Text()}", expired);
        }

        return (process.ExitCode, Text());

        void Append(object sender, DataReceivedEventArgs line)
        {
            lock (output)
                output.AppendLine(line.Data);
        }

        string Text()
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static async Task<string> MustRunAsync(string folder, string? packageCache, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(folder, packageCache, arguments);
        Assert.True(exitCode == 0, $"'dotnet {string.Join(' ', arguments)}' ended with {exitCode}:\n{output}");
        return output;
    }

    private static bool IsOfTheTestRun(string name)
        => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
            || name is "DOTNET_STARTUP_HOOKS" or "DOTNET_CLI_CONTEXT_VERBOSE";
}
