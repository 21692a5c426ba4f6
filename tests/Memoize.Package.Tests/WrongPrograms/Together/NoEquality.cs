// MEMO005
internal static partial class NoEquality
{
    [CachedResponse("5m")]
    public static partial int Get(object o);

    private static int GetCore(object o) => 1;
}
