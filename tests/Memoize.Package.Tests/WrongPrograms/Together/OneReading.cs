// MEMO008
internal static partial class OneReading
{
    [CachedResponse("5 min")]
    public static partial int Get(int i);

    private static int GetCore(int i) => i;
}
