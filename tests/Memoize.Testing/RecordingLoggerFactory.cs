using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Memoize.Testing;

/// <summary>Keeps everything that is logged, for a test to look at. Thread-safe.</summary>
public sealed class RecordingLoggerFactory : ILoggerFactory
{
    private readonly ConcurrentQueue<LogRecord> _records = new();

    /// <summary>What was logged so far, in order.</summary>
    public IReadOnlyList<LogRecord> Records => [.. _records];

    /// <summary>The same as lines: level, event id, message.</summary>
    public IReadOnlyList<string> Lines => [.. _records.Select(record => $"{record.Level} {record.EventId}: {record.Message}")];

    /// <summary>Forgets what was logged so far.</summary>
    public void Clear() => _records.Clear();

    public ILogger CreateLogger(string categoryName) => new Logger(_records, categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<LogRecord> records, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            records.Enqueue(new LogRecord(category, logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
