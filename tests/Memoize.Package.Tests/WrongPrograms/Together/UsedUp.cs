// MEMO019
internal static partial class UsedUp
{
    [CachedResponse("5m")]
    public static partial Stream Get(int i);

    private static Stream GetCore(int i) => Stream.Null;
}
