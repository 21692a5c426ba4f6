using Memoize;

internal sealed class NotPartial
{
    [CachedResponse("5m")]
    internal int Length(string text) => text.Length;
}
