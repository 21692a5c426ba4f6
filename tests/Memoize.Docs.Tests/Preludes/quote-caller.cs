// The body of an asynchronous method with the service of the prelude "quotes" at hand: for blocks of statements.
using Memoize;

public static class Caller
{
    public static async Task RunAsync(QuoteService quotes, CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        _ = quotes;
// (the block)
    }
}
