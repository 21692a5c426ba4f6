namespace Memoize;

/// <summary>One pipeline within another.</summary>
internal sealed class NestedPipeline(ComputationPipeline outer, ComputationPipeline inner) : ComputationPipeline
{
    public override ValueTask<TValue> ExecuteAsync<TState, TValue>(
        Func<TState, CancellationToken, ValueTask<TValue>> computation, TState state, CancellationToken cancellationToken) =>
        outer.ExecuteAsync(
            static (call, token) => call.inner.ExecuteAsync(call.computation, call.state, token),
            (inner, computation, state),
            cancellationToken);

    public override TValue Execute<TState, TValue>(
        Func<TState, CancellationToken, TValue> computation, TState state, CancellationToken cancellationToken) =>
        outer.Execute(
            static (call, token) => call.inner.Execute(call.computation, call.state, token),
            (inner, computation, state),
            cancellationToken);
}
