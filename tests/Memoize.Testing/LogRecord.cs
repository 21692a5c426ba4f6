using Microsoft.Extensions.Logging;

namespace Memoize.Testing;

/// <summary>One thing that was logged.</summary>
public sealed record LogRecord(string Category, LogLevel Level, int EventId, string Message, Exception? Exception);
