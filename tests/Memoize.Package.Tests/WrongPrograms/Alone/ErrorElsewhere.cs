// nothing of ours: whoever corrects the other error is told then
internal static partial class ErrorElsewhere
{
    [CachedResponse("5m")]
    public static partial int Get(object o);

    private static int GetCore(object o) => 1;

    public static Missing? Other => null;
}
