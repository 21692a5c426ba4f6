// MEMO013
internal static partial class WrongTag
{
    [CachedResponse("5m", Tags = ["symbol:{simbol}"])]
    public static partial int Get(string symbol);

    private static int GetCore(string symbol) => symbol.Length;
}
