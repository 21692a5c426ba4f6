// MEMO012
internal static partial class NoCallback
{
    [CachedResponse("5m", When = "IsGood")]
    public static partial int Get(int i);

    private static int GetCore(int i) => i;
}
