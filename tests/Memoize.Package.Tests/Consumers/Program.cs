using Memoize;

var greeter = new Greeter();
for (var call = 0; call < 3; call++)
{
    Console.WriteLine(await greeter.GreetAsync("Ada"));
    Console.WriteLine(greeter.CountLettersCached("Ada"));
    Console.WriteLine(Numbers.TwiceCached(21));
}

Console.WriteLine($"runs: {greeter.Runs}, hits: {greeter.GreetCache.Statistics.Hits} {greeter.CountLettersCache.Statistics.Hits} {Numbers.TwiceCache.Statistics.Hits}");

internal sealed partial class Greeter
{
    public int Runs { get; private set; }

    [CachedResponse("5m")]
    public partial Task<string> GreetAsync(string name, CancellationToken cancellationToken = default);

    [CachedResponse(Duration = "1h")]
    internal int CountLetters(string name)
    {
        Runs++;
        return name.Length;
    }

    private Task<string> GreetCoreAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Runs++;
        return Task.FromResult($"Hello, {name}!");
    }
}

internal static partial class Numbers
{
    [CachedResponse]
    internal static int Twice(int number) => 2 * number;
}
