// MEMO007
internal partial class OtherCore
{
    [CachedResponse("5m")]
    public partial Task<int> GetAsync(int i);

    private static Task<int> GetCoreAsync(string i) => Task.FromResult(i.Length);
}
