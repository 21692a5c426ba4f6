using Microsoft.Extensions.Logging;

namespace CallerProgram;

/// <summary>Says what is logged, in one line with its cause.</summary>
internal sealed class ConversationalLogger(Conversation conversation) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        conversation.Say($"log {eventId.Id} {formatter(state, exception)} {exception?.Message}");

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
