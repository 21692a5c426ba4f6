// MEMO005 MEMO006 MEMO008 MEMO009
internal sealed partial record Everything<T>(T Value) where T : notnull
{
    [CachedResponse("5", Capacity = -1)]
    public partial Task<(T? Left, string? Right)> GetAsync<TOther>(TOther[] others, object o, int i = 5) where TOther : class, new();

    [CachedResponse("5m")]
    public partial int Load(int i);
}
