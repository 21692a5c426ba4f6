// MEMO008
internal static partial class NoUnit
{
    [CachedResponse("5")]
    public static partial int Get(int i);

    private static int GetCore(int i) => i;
}
