// MEMO010
internal partial class NameTaken
{
    [CachedResponse("5m")]
    public partial int Get(int i);

    private static int GetCore(int i) => i;

    private static int GetCache => 1;

    public static int Sum() => GetCache;
}
