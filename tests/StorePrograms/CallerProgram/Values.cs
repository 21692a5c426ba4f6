using Memoize;

namespace CallerProgram;

/// <summary>The cached methods that callers call. A value says who computed it; each run leaves a file behind.</summary>
internal sealed partial class Values(Memoizer memoizer, Work work)
{
    [CachedResponse]
    public partial Task<string> FetchAsync(string key, CancellationToken cancellationToken = default);

    [CachedResponse]
    public partial string Load(string key, CancellationToken cancellationToken = default);

    private Task<string> FetchCoreAsync(string key, CancellationToken cancellationToken) => work.DoAsync(key);

    private string LoadCore(string key, CancellationToken cancellationToken) => work.Do(key);
}
