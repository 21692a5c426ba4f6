using Microsoft.Extensions.Hosting;

namespace Memoize;

/// <summary>
/// Ties a memoizer to its host: being made with the hosted services, it makes the memoizer even if nobody resolves it.
/// </summary>
/// <remarks>
/// The memoizer shuts down when the hosted services have stopped, and not only when the container is disposed: a container
/// disposes what was made last first, so by then the services that running computations use may be gone.
/// </remarks>
internal sealed class MemoizerLifetime(Memoizer memoizer) : IHostedLifecycleService
{
    /// <summary>Makes the memoizer of a container.</summary>
    public static Memoizer Start(MemoizerOptions options)
    {
        var made = new Memoizer(options);
        if (!made.Options.IsDefault) return made;

        // Said aloud if it matters: calls came before the host had started, or another host is in the process.
        if (Memoizer.MakeDefault(made) is { Methods.Count: > 0 } previous) Log.DefaultReplaced(made.Logger, previous.Methods.Count);
        return made;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Shuts the memoizer down. If the host's own time is up, there is no grace time any more.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await using var hurry = cancellationToken.UnsafeRegister(static memoizer => ((Memoizer)memoizer!).Dispose(), memoizer).ConfigureAwait(false);
        await memoizer.DisposeAsync().ConfigureAwait(false);
    }
}
