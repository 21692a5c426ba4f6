// MEMO014
internal static partial class NoToken
{
    [CachedResponse("5m", Timeout = "1s")]
    public static partial int Get(int i);

    private static int GetCore(int i) => i;
}
