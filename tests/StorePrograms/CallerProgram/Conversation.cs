using System.Collections.Concurrent;
using System.Globalization;

namespace CallerProgram;

/// <summary>Talks to whoever started the program, in lines: says where computations are, and holds them there until told to go on.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Conversation
{
    private readonly ConcurrentDictionary<Point, TaskCompletionSource> _stops = new();
    private readonly Lock _speaking = new();

    public void Say(string line)
    {
        lock (_speaking) Console.Out.WriteLine(line.ReplaceLineEndings(" "));
    }

    /// <summary>From now on, what comes to <paramref name="point"/> stops there.</summary>
    public void StopAt(Point point) => _stops.TryAdd(point, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Lets go what stopped, and stops nothing there any more.</summary>
    public void Go(Point point)
    {
        if (_stops.TryRemove(point, out var stop)) stop.SetResult();
    }

    /// <summary>Comes to a point: if it is to stop there it says so, and goes on when it is told to.</summary>
    public Task PassAsync(Point point, string what)
    {
        if (!_stops.TryGetValue(point, out var stop)) return Task.CompletedTask;

        Say(string.Create(CultureInfo.InvariantCulture, $"{point} {what}"));
        return stop.Task;
    }

    /// <inheritdoc cref="PassAsync"/>
    public void Pass(Point point, string what) => PassAsync(point, what).GetAwaiter().GetResult();
}
