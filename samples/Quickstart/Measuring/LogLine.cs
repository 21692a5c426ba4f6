namespace Quickstart.Measuring;

/// <summary>A line of the log with the time since the callers were released.</summary>
internal readonly record struct LogLine(TimeSpan SinceStart, string Text);
