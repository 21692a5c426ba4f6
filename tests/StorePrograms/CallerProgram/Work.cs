using System.Diagnostics;
using System.Globalization;

namespace CallerProgram;

/// <summary>What the methods do, for both forms.</summary>
internal sealed class Work(CallerOptions options, Conversation conversation)
{
    private int _runs;

    /// <summary>When the method returned last, by the clock that all processes of the machine share.</summary>
    public long LastEnd { get; private set; }

    public async Task<string> DoAsync(string key)
    {
        Begin(key);
        await conversation.PassAsync(Point.Entered, key);
        return End(key);
    }

    public string Do(string key)
    {
        Begin(key);
        conversation.Pass(Point.Entered, key);
        return End(key);
    }

    // A file of its own for each run: that is atomic, whoever is killed when.
    private void Begin(string key) =>
        File.Create(Path.Combine(options.RunsFolder, string.Create(CultureInfo.InvariantCulture, $"{key}.{options.Name}.{Interlocked.Increment(ref _runs)}"))).Dispose();

    private string End(string key)
    {
        LastEnd = Stopwatch.GetTimestamp();
        return $"{key} by {options.Name}";
    }
}
