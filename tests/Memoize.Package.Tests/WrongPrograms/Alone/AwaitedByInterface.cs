// MEMO005
internal interface IAwaiting
{
    int GetCached(object o);
}

internal sealed partial class AwaitedByInterface : IAwaiting
{
    [CachedResponse("5m")]
    public int Get(object o) => 1;
}
