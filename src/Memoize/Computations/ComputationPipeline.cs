namespace Memoize;

/// <summary>
/// Something that every computation of a method goes through: retries, rate limits, circuit breakers. It sees one call
/// for each run, however many callers share it.
/// </summary>
/// <remarks>
/// It runs inside the computation: within its <c>Timeout</c>, after its turn at <c>MaxConcurrency</c>, and with its token.
/// The package Memoize.Resilience has one that runs a Polly pipeline. Implementations must be thread-safe.
/// </remarks>
public abstract class ComputationPipeline
{
    /// <summary>Runs the computation of an asynchronous method.</summary>
    public abstract ValueTask<TValue> ExecuteAsync<TState, TValue>(
        Func<TState, CancellationToken, ValueTask<TValue>> computation, TState state, CancellationToken cancellationToken);

    /// <summary>Runs the computation of a synchronous method, on this thread.</summary>
    public abstract TValue Execute<TState, TValue>(
        Func<TState, CancellationToken, TValue> computation, TState state, CancellationToken cancellationToken);
}
