// MEMO002
file sealed partial class FileLocal
{
    [CachedResponse("5m")]
    public partial int Get(int i);

    private static int GetCore(int i) => i;
}
