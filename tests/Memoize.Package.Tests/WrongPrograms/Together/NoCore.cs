// MEMO006
internal static partial class NoCore
{
    [CachedResponse("5m")]
    public static partial int Get(int i);
}
