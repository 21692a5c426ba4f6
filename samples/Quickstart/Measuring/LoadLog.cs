using System.Collections.Concurrent;
using System.Diagnostics;

namespace Quickstart.Measuring;

/// <summary>Keeps the lines of one measurement, stamped with the time since its start. Safe for concurrent writers.</summary>
internal sealed class LoadLog
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly Stopwatch _clock = new();

    public TimeSpan Elapsed => _clock.Elapsed;

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public void Start() => _clock.Start();

    public void Write(string text) => _lines.Enqueue(new LogLine(_clock.Elapsed, text));
}
