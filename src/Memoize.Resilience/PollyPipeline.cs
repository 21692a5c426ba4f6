using Polly;

namespace Memoize;

/// <summary>A Polly pipeline as the pipeline of a method.</summary>
internal sealed class PollyPipeline(ResiliencePipeline pipeline, string operationKey) : ComputationPipeline
{
    public override async ValueTask<TValue> ExecuteAsync<TState, TValue>(
        Func<TState, CancellationToken, ValueTask<TValue>> computation, TState state, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(operationKey, cancellationToken);
        try
        {
            // The context's token and not the caller's: a time-out within the pipeline puts its own there.
            return await pipeline.ExecuteAsync(
                static (context, call) => call.computation(call.state, context.CancellationToken),
                context,
                (computation, state)).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public override TValue Execute<TState, TValue>(
        Func<TState, CancellationToken, TValue> computation, TState state, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(operationKey, cancellationToken);
        try
        {
            return pipeline.Execute(
                static (context, call) => call.computation(call.state, context.CancellationToken),
                context,
                (computation, state));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
