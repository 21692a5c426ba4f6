// MEMO004
internal static partial class UnknownType
{
    [CachedResponse("5m")]
    public static partial int Get(Missing missing);

    private static int GetCore(Missing missing) => 1;
}
