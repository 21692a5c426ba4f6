namespace Memoize.Benchmarks.HitRatio;

/// <summary>Cached methods of every capacity that traces are replayed with: a capacity is a constant of its method.</summary>
internal sealed partial class ReplayedMethods(Memoizer memoizer)
{
    private readonly Memoizer _memoizer = memoizer;

    /// <summary>The cached method with a capacity.</summary>
    public (Func<int, int> Call, Func<MethodStatistics> Statistics) Of(int capacity) => capacity switch
    {
        256 => (Of256, () => Of256Cache.Statistics),
        500 => (Of500, () => Of500Cache.Statistics),
        512 => (Of512, () => Of512Cache.Statistics),
        768 => (Of768, () => Of768Cache.Statistics),
        1_000 => (Of1000, () => Of1000Cache.Statistics),
        2_000 => (Of2000, () => Of2000Cache.Statistics),
        10_000 => (Of10000, () => Of10000Cache.Statistics),
        _ => throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "There is no method with this capacity: add one."),
    };

    [CachedResponse(Capacity = 256)]
    public partial int Of256(int key);

    [CachedResponse(Capacity = 500)]
    public partial int Of500(int key);

    [CachedResponse(Capacity = 512)]
    public partial int Of512(int key);

    [CachedResponse(Capacity = 768)]
    public partial int Of768(int key);

    [CachedResponse(Capacity = 1_000)]
    public partial int Of1000(int key);

    [CachedResponse(Capacity = 2_000)]
    public partial int Of2000(int key);

    [CachedResponse(Capacity = 10_000)]
    public partial int Of10000(int key);

    private int Of256Core(int key) => key;

    private int Of500Core(int key) => key;

    private int Of512Core(int key) => key;

    private int Of768Core(int key) => key;

    private int Of1000Core(int key) => key;

    private int Of2000Core(int key) => key;

    private int Of10000Core(int key) => key;
}
