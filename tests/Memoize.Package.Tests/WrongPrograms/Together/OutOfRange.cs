// MEMO009
internal static partial class OutOfRange
{
    [CachedResponse("5m", Capacity = 0)]
    public static partial int Get(int i);

    private static int GetCore(int i) => i;
}
