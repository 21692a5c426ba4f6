using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using CallerProgram;
using Memoize.Testing;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary>A process that calls cached methods as it is told: <c>tests/StorePrograms/CallerProgram</c> has the words.</summary>
internal sealed class Caller : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _unheard = [];
    private readonly List<string> _transcript = [];

    private Caller(Process process, string name)
    {
        _process = process;
        Name = name;
        process.OutputDataReceived += (_, output) => Hear(output.Data);
        process.ErrorDataReceived += (_, output) => Hear(output.Data is { } line ? "error " + line : null);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>The time that the process has spent on its processors.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>What it has logged so far: event and message.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_transcript) return [.. _transcript.Where(line => line.StartsWith("log ", StringComparison.Ordinal))];
        }
    }

    /// <summary>Starts it, and waits until it listens.</summary>
    public static async Task<Caller> StartAsync(CallerOptions options)
    {
        // The program lies where its own build put it: bin/Debug/net10.0, as this one does.
        string output = Path.GetRelativePath(Repository.PathOf("tests", "Memoize.Sqlite.Tests"), AppContext.BaseDirectory);
        string program = Repository.PathOf("tests", "StorePrograms", "CallerProgram", output, "CallerProgram.dll");
        var start = new ProcessStartInfo("dotnet", [program, JsonSerializer.Serialize(options)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var caller = new Caller(Process.Start(start)!, options.Name);
        try
        {
            await caller.HearAsync("ready");
            return caller;
        }
        catch
        {
            caller.Dispose();
            throw;
        }
    }

    /// <summary>Lets it call; <see cref="GotAsync"/> says what came of it.</summary>
    public void Call(CallForm form, int callers, params string[] keys) => Say($"call {Word(form)} {callers.ToString(CultureInfo.InvariantCulture)} {string.Join(' ', keys)}");

    /// <summary>What the last call brought, when all of its callers have something.</summary>
    public async Task<IReadOnlyList<Got>> GotAsync()
    {
        await HearAsync("called");
        var got = new List<Got>();
        while (TryTake("got ") is { } line)
        {
            string[] words = line.Split(' ', count: 5);
            got.Add(new Got(words[1], int.Parse(words[2], CultureInfo.InvariantCulture), long.Parse(words[3], CultureInfo.InvariantCulture), words[4]));
        }

        return got;
    }

    /// <summary>Calls once, and returns what it got.</summary>
    public async Task<string> CallAsync(CallForm form, string key)
    {
        Call(form, callers: 1, key);
        return Assert.Single(await GotAsync()).Value;
    }

    public void StopAt(Point point) => Say($"stop {point}");

    public void Go(Point point) => Say($"go {point}");

    /// <summary>Waits until something has come to a point where it stops.</summary>
    public Task ArriveAsync(Point point) => HearAsync($"{point} ");

    /// <summary>Waits until something has come to one of two points where it stops, and says which.</summary>
    public async Task<Point> ArriveAtEitherAsync(Point one, Point other)
    {
        string line = await HearAsync($"{one} ", $"{other} ");
        return line.StartsWith($"{one} ", StringComparison.Ordinal) ? one : other;
    }

    public async Task DoAsync(string order)
    {
        Say(order);
        await HearAsync("done");
    }

    public Task SetAsync(CallForm form, string key, string value) => DoAsync($"set {Word(form)} {key} {value}");

    public Task InvalidateAsync(CallForm form, string key) => DoAsync($"invalidate {Word(form)} {key}");

    public async Task<CallerStatistics> StatisticsAsync()
    {
        Say("statistics");
        return JsonSerializer.Deserialize<CallerStatistics>(await HearAsync("statistics "))!;
    }

    /// <summary>When its method returned last, by the machine's clock.</summary>
    public async Task<long> LastEndAsync()
    {
        Say("last-end");
        return long.Parse(await HearAsync("last-end "), CultureInfo.InvariantCulture);
    }

    /// <summary>Lets it end by itself, as a program does that has done its work.</summary>
    public async Task EndAsync()
    {
        using var tooLong = new CancellationTokenSource(Limit);
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(tooLong.Token);
    }

    /// <summary>Ends the process where it stands (SIGKILL): nothing of it runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Takes all processors from it (SIGSTOP).</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on where it was (SIGCONT).</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    public void Dispose()
    {
        // Also when it is paused, and whatever it waits for.
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Word(CallForm form) => form == CallForm.Asynchronous ? "async" : "sync";

    private void Say(string line)
    {
        lock (_transcript) _transcript.Add("> " + line);
        _process.StandardInput.WriteLine(line);
    }

    private void Hear(string? line)
    {
        if (line is null) return;

        lock (_transcript) _transcript.Add(line);
        _lines.Writer.TryWrite(line);
    }

    /// <summary>Waits for a line that begins so, and returns the rest of it. Other lines are kept for later.</summary>
    private async Task<string> HearAsync(string beginning) => (await HearAsync([beginning]))[beginning.Length..];

    private async Task<string> HearAsync(params string[] beginnings)
    {
        using var tooLong = new CancellationTokenSource(Limit);
        try
        {
            string? line;
            while ((line = TryTake(beginnings)) is null) _unheard.Add(await _lines.Reader.ReadAsync(tooLong.Token));
            return line;
        }
        catch (OperationCanceledException late)
        {
            lock (_transcript) throw new TimeoutException($"{Name} did not say \"{string.Join("\" or \"", beginnings)}\" within {Limit}. It {(_process.HasExited ? "has exited" : "runs")}. What was said:\n{string.Join('\n', _transcript.TakeLast(100))}", late);
        }
    }

    private string? TryTake(params string[] beginnings)
    {
        while (_lines.Reader.TryRead(out string? line)) _unheard.Add(line);

        int index = _unheard.FindIndex(line => beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.Ordinal)));
        if (index < 0) return null;

        string found = _unheard[index];
        _unheard.RemoveAt(index);
        return found;
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id.ToString(CultureInfo.InvariantCulture)}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
