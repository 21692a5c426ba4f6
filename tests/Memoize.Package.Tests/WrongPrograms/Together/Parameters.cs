// MEMO004
internal unsafe partial struct Parameters
{
    [CachedResponse("5m")]
    public static partial int Ref(ref int x, out string y);

    [CachedResponse("5m")]
    public readonly partial int Span(scoped ReadOnlySpan<char> x);

    [CachedResponse("5m")]
    public static partial int Pointer(int* x, delegate*<int, void> y);

    [CachedResponse("5m")]
    private partial int Generic<T>(T x) where T : notnull, allows ref struct;
}
