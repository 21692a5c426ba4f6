// MEMO015
internal static partial class StaticScope
{
    [CachedResponse("5m", Scope = CacheScope.Instance)]
    public static partial int Get(int i);

    private static int GetCore(int i) => i;
}
