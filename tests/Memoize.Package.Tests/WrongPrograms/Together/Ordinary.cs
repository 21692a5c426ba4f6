// MEMO001
internal static class Ordinary
{
    [CachedResponse("5m")]
    public static int Get(int i) => i;
}
