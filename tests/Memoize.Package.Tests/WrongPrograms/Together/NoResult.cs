// MEMO003
internal abstract partial class NoResult
{
    [CachedResponse("5m")]
    public virtual partial void Get(int i);

    [CachedResponse("5m")]
    protected internal partial Task GetAsync(int i);

    [CachedResponse("5m")]
    internal static partial ref int Ref(int[] i);
}
