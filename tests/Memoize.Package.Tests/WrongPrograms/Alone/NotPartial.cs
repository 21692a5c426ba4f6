// MEMO001
internal sealed class NotPartial
{
    [CachedResponse("5m")]
    public partial int Get(int i);

    [CachedResponse("5m")]
    public int Load(int i) => i;

    private static int GetCore(int i) => i;
}
