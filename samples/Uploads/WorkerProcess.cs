using System.Diagnostics;
using System.Text.Json;

namespace Uploads;

/// <summary>This program once more, as a worker.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    public WorkerProcess(WorkerOrder order)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Uploads.dll");
        var start = new ProcessStartInfo("dotnet", [program, "worker", JsonSerializer.Serialize(order)]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        Name = order.Name;
    }

    public string Name { get; }

    /// <summary>The next line that it prints.</summary>
    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync() ?? "(ended without a word)";

    /// <summary>Waits until it has done its work.</summary>
    /// <returns>What it says about it.</returns>
    public async Task<string> EndAsync()
    {
        string said = await ReadLineAsync();
        await _process.WaitForExitAsync();
        return _process.ExitCode == 0 ? said : throw new InvalidOperationException($"{Name} failed with exit code {_process.ExitCode}.");
    }

    /// <summary>kill -9: it has no chance to clean up.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
