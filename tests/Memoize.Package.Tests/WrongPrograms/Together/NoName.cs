// MEMO016
internal static partial class NoName
{
    [CachedResponse("5m", Handle = "a b")]
    public static partial int Get(int i);

    private static int GetCore(int i) => i;
}
