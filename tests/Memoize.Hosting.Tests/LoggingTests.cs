using System.Reflection;
using Memoize.Testing;
using Memoize.Tests;
using Microsoft.Extensions.Logging;

namespace Memoize.Hosting.Tests;

public sealed class LoggingTests : IDisposable
{
    private readonly RecordingLoggerFactory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void The_page_lists_every_message_as_it_is_in_the_code()
    {
        var inCode = Messages.Select(message => $"| {message.EventId} | {message.Name} | {message.Level} | `{message.Text}` |");

        // The two columns after these say when the message comes and what to do.
        var onPage = File.ReadLines(Path.Combine(Repository.Root, "docs", "logging.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2]))
            .Select(line => line.Split(" | "))
            .Select(cells => cells is [var id, var name, var level, var text, { Length: > 0 }, { Length: > 2 }] ? $"{id} | {name} | {level} | {text} |" : $"not six columns: {cells[0]}");

        Assert.Equal(inCode, onPage, StringComparer.Ordinal);
    }

    [Fact]
    public void Every_message_has_an_event_id_of_its_own()
    {
        Assert.Equal(Enumerable.Range(1, Messages.Count), Messages.Select(message => message.EventId));
    }

    [Fact]
    public async Task D14_the_cancellation_of_callers_is_not_logged()
    {
        using var memoizer = new Memoizer(new MemoizerOptions { LoggerFactory = _log });
        var cache = ByHand.Method<int, int>(memoizer: memoizer);
        var gate = new TaskCompletionSource<int>();
        using var starter = new CancellationTokenSource();
        using var waiter = new CancellationTokenSource();
        using var already = new CancellationTokenSource();
        await already.CancelAsync();

        // One who started and one who waits, each cancelled; the last to leave cancels the computation.
        var started = cache.CallAsync(1, token => gate.Task.WaitAsync(token), starter.Token);
        var waiting = cache.CallAsync(1, token => gate.Task.WaitAsync(token), waiter.Token);
        await starter.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => started);
        await waiter.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        // A core that ignores its token, and then fails with nobody left.
        using var impatient = new CancellationTokenSource();
        var ignored = cache.CallAsync(2, _ => gate.Task, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ignored);
        gate.SetException(new InvalidOperationException("Too late for anybody."));

        // Cancelled before the call, and on the caller's own thread.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cache.CallAsync(3, _ => Task.FromResult(1), already.Token));
        using var own = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => cache.Call(
            4,
            token =>
            {
                own.Cancel();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            own.Token));

        await memoizer.DisposeAsync();
        Assert.Equal(5, cache.Statistics.Cancelled);
        Assert.Empty(_log.Records);
    }

    [Fact]
    public async Task D14_a_failure_that_the_callers_see_is_theirs_to_log()
    {
        await using var memoizer = new Memoizer(new MemoizerOptions { LoggerFactory = _log });
        var cache = ByHand.Method<int, int>(memoizer: memoizer);

        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.CallAsync(1, _ => throw new InvalidOperationException("Ours.")));

        Assert.Empty(_log.Records);
    }

    [Fact]
    public async Task A_value_that_cannot_be_kept_is_logged_as_an_error_of_its_method()
    {
        await using var memoizer = new Memoizer(new MemoizerOptions { LoggerFactory = _log });
        var broken = new InvalidOperationException("When is broken.");
        var cache = ByHand.Method<int, int>(new() { When = (_, _) => throw broken }, memoizer, name: "Shop.GetAsync(int)");

        Assert.Equal(7, await cache.CallAsync(1, _ => Task.FromResult(7)));

        Assert.Equal([new LogRecord("Memoize", LogLevel.Error, 1, "Shop.GetAsync(int): the result could not be kept; its callers get it all the same.", broken)], _log.Records);
    }

    private static List<(int EventId, string Name, LogLevel Level, string Text)> Messages { get; } =
    [
        .. typeof(Memoizer).Assembly.GetType("Memoize.Log", throwOnError: true)!
            .GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Select(method => (method.Name, Attribute: method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .OrderBy(message => message.Attribute.EventId)
            .Select(message => (message.Attribute.EventId, message.Name, message.Attribute.Level, message.Attribute.Message)),
    ];
}
