// MEMO002
internal partial interface IPlaces
{
    [CachedResponse("5m")]
    public static partial int Get(int i);

    [CachedResponse("5m")]
    public partial int Load(int i);
}

internal ref partial struct Place
{
    [CachedResponse("5m")]
    public partial int Get(int i);
}

internal partial class Places
{
    [CachedResponse("5m")]
    internal unsafe partial Task<int> GetAsync(int i);
}
