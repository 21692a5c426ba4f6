// MEMO011
internal static partial class Contradiction
{
    [CachedResponse("5m", RefreshAfter = "6m")]
    public static partial int Get(int i);

    private static int GetCore(int i) => i;
}
