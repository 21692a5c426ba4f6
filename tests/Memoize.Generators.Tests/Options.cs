namespace Memoize.Generators.Tests;

/// <summary>What the attribute says arrives in the runtime, and does what it says.</summary>
public sealed class Options
{
    // Reads the policy of Options.Get back, property by property, so that a new one cannot be forgotten here.
    private const string Reading = """
        internal static class Policy
        {
            public static string Of(Type type, string definition)
            {
                const System.Reflection.BindingFlags Any = System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic;
                object found = type.GetNestedType(definition, Any)!.GetField("Definition", Any)!.GetValue(null)!;
                object policy = found.GetType().GetProperty("Policy")!.GetValue(found)!;
                return string.Join('\n', policy.GetType().GetProperties().Select(property =>
                    FormattableString.Invariant($"{property.Name} = {property.GetValue(policy) switch
                    {
                        null => "null",
                        Delegate callback => callback.DynamicInvoke(new C(), "kept"),
                        object value => value,
                    }}")));
            }
        }
        """;

    [Fact]
    public async Task Every_option_arrives_in_the_policy() => await Consumer.MustPrint(
        """
        Duration = 00:10:00
        Sliding = 00:01:30
        Jitter = 0.25
        RefreshAfter = 00:05:00
        StaleOnError = 1.00:00:00
        SoftTimeout = 00:00:00.2500000
        Timeout = 00:00:30
        WaitTimeout = 00:00:05
        OnWaitTimeout = ComputeUncached
        OnFailure = Share
        FailureDuration = 00:00:02
        CacheNull = False
        When = True
        DurationFrom = 00:00:04
        Capacity = 123
        Size = 4
        MaxSize = 4000000000
        TagCapacity = 7
        MaxConcurrency = 3
        Version = 2
        Store = disk
        """.ReplaceLineEndings("\n"),
        Reading + """
        internal partial class C
        {
            [CachedResponse(
                "10m", Sliding = "1m30s", Jitter = 0.25, RefreshAfter = "5m", StaleOnError = "1d", SoftTimeout = "250ms", Timeout = "30s",
                WaitTimeout = "00:00:05", OnWaitTimeout = OnWaitTimeout.ComputeUncached, OnFailure = OnFailure.Share, FailureDuration = "2s",
                CacheNull = false, When = nameof(IsGood), DurationFrom = nameof(LifeOf), Capacity = 123, TagCapacity = 7, MaxConcurrency = 3,
                Size = nameof(SizeOf), MaxSize = 4_000_000_000,
                Tags = ["all"], Version = 2, Store = "disk")]
            internal Task<string> GetAsync(string x) => Task.FromResult(x);
            private bool IsGood(string value) => value == "kept";
            private long SizeOf(string value) => value.Length;
            private static TimeSpan LifeOf(string value) => TimeSpan.FromSeconds(value.Length);
        }
        internal static class Scenario { public static string Run() => Policy.Of(typeof(C), "GetMethod"); }
        """);

    [Fact]
    public async Task What_is_not_set_is_left_to_the_runtime() => await Consumer.MustPrint(
        "Jitter = 0, OnWaitTimeout = Throw, OnFailure = Share, CacheNull = True, Capacity = 10000, Version = 0",
        Reading + """
        internal partial class C { [CachedResponse] internal string Get(string x) => x; }
        internal static class Scenario
        {
            public static string Run() => string.Join(", ", Policy.Of(typeof(C), "GetMethod").Split('\n').Where(static line => !line.EndsWith("null", StringComparison.Ordinal)));
        }
        """);

    [Theory]
    [InlineData("Retry", "OnFailure = OnFailure.Retry")]
    [InlineData("memory-only", "Store = CacheStores.MemoryOnly")]
    public async Task Other_values_arrive_too(string expected, string option) => await Consumer.MustPrint(
        expected,
        Reading + $$"""
        internal partial class C { [CachedResponse({{option}}, MaxConcurrency = 0, TagCapacity = 0)] internal string Get(string x) => x; }
        internal static class Scenario
        {
            public static string Run() => Policy.Of(typeof(C), "GetMethod").Split('\n').Single(static line => line.StartsWith("{{option.Split(' ')[0]}}", StringComparison.Ordinal)).Split(" = ")[1];
        }
        """);

    [Fact]
    public async Task Results_are_kept_when_a_method_of_the_type_says_so_and_for_as_long_as_it_says() => await Consumer.MustPrint(
        "small absent, big present, big expires in 3, static absent, generic absent, set present",
        """
        internal sealed partial class C(Memoizer memoizer)
        {
            private readonly int _limit = 10;

            [CachedResponse(When = nameof(IsBig), DurationFrom = nameof(LifeOf))]
            internal Task<int> GetAsync(int x) => Task.FromResult(x);
            private bool IsBig(int value) => value > _limit;
            private TimeSpan LifeOf(in int value) => TimeSpan.FromSeconds(value / _limit);

            [CachedResponse(When = nameof(IsOdd))] internal static string? Text(string value) => value;
            private static bool IsOdd(string? owner) => owner?.Length % 2 == 1;

            [CachedResponse(When = nameof(Key))] internal List<T> Many<T>(T one, int owner) => [one];
            private static bool Key<TItem>(List<TItem> value) => false;

            internal Memoizer Memoizer => memoizer;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C(new Memoizer());
                await c.GetCachedAsync(5);
                await c.GetCachedAsync(30);
                var explained = c.GetCache.Explain(30);
                C.TextCached("no");
                c.ManyCached("x", 1);
                var log = new List<string>
                {
                    $"small {Is(c.GetCache.TryPeek(5, out _))}",
                    $"big {Is(c.GetCache.TryPeek(30, out _))}",
                    $"big expires in {Math.Round((explained.Expires!.Value - explained.Created!.Value).TotalSeconds)}",
                    $"static {Is(C.TextCache.TryPeek("no", out _))}",
                    $"generic {Is(c.ManyCache<string>().TryPeek("x", 1, out _))}",
                };
                c.GetCache.Set(1, 30);
                log.Add($"set {Is(c.GetCache.TryPeek(1, out _))}");
                return string.Join(", ", log);
            }
            private static string Is(bool there) => there ? "present" : "absent";
        }
        """);

    [Theory]
    [InlineData("Task<string>", "await ")]
    [InlineData("ValueTask<string>", "await ")]
    [InlineData("string", "")]
    public async Task Tags_with_parameters_invalidate_together(string returnType, string wait) => await Consumer.MustPrint(
        "ac, c",
        $$"""
        internal sealed partial class C(Memoizer memoizer)
        {
            [CachedResponse(RefreshAfter = "1h", Tags = ["all", "PLACEHOLDERS"])]
            internal partial {{returnType}} Get(string x, DateOnly @day);
            private {{returnType}} GetCore(string x, DateOnly day) => {{(returnType == "string" ? "x" : returnType == "Task<string>" ? "Task.FromResult(x)" : "new(x)")}};
            internal Memoizer Memoizer => memoizer;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("de-DE");
                await Task.CompletedTask;
                var c = new C(new Memoizer());
                var day = new DateOnly(2026, 12, 31);
                _ = {{wait}}c.Get("a", day);
                _ = {{wait}}c.Get("b", day);
                c.GetCache.Set("c", day, "c");
                _ = {{wait}}c.Get("a", day);
                c.Memoizer.InvalidateTag("{b}:12/31/2026");
                var one = Kept();
                c.Memoizer.InvalidateTag("{a}:12/31/2026");
                return $"{one}, {Kept()}";

                string Kept() => string.Concat(new[] { "a", "b", "c" }.Where(x => c.GetCache.TryPeek(x, day, out _)));
            }
        }
        """.Replace("PLACEHOLDERS", "{{{x}}}:{day}", StringComparison.Ordinal));

    [Theory]
    [InlineData("Task<string>", "FromResult", "await ")]
    [InlineData("ValueTask<string>", "FromResult", "await ")]
    [InlineData("string", "", "")]
    public async Task A_hit_of_some_age_starts_a_refresh_and_is_served(string returnType, string make, string wait) => await Consumer.MustPrint(
        "a1 a1 newer",
        $$"""
        internal sealed class Clock : TimeProvider
        {
            private long _now;
            public override long GetTimestamp() => Interlocked.Read(ref _now);
            public override long TimestampFrequency => TimeSpan.TicksPerSecond;
            public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());
            public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);
        }
        internal sealed partial class C(Memoizer memoizer)
        {
            private int _runs;
            public readonly SemaphoreSlim Computed = new(0);

            [CachedResponse("10m", RefreshAfter = "1m", When = nameof(IsGood))]
            internal partial {{returnType}} Get(string x, CancellationToken token = default);
            private {{returnType}} GetCore(string x)
            {
                var value = x + Interlocked.Increment(ref _runs);
                return {{(make.Length == 0 ? "value" : returnType.StartsWith('V') ? "new(value)" : "Task.FromResult(value)")}};
            }
            private bool IsGood(string value) { Computed.Release(); return value.Length > 1; }
            internal Memoizer Memoizer => memoizer;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var clock = new Clock();
                var c = new C(new Memoizer(new MemoizerOptions { TimeProvider = clock, AutomaticPruning = false }));
                var one = {{wait}}c.Get("a");
                await c.Computed.WaitAsync();
                clock.Advance(TimeSpan.FromMinutes(2));
                var two = {{wait}}c.Get("a");
                await c.Computed.WaitAsync();
                while (({{wait}}c.Get("a")) == two)
                    await Task.Yield();
                return $"{one} {two} newer";
            }
        }
        """);

    [Theory]
    [InlineData("Task<string>", "Task.FromResult(value)", "await ", "Async")]
    [InlineData("ValueTask<string>", "new(value)", "await ", "Async")]
    [InlineData("string", "value", "", "")]
    public async Task The_handle_refreshes_explains_and_warms(string returnType, string value, string wait, string suffix) => await Consumer.MustPrint(
        "Absent NotFound, a1/1/x, Fresh, a1/2/x, warmed 3, b1/3/y True",
        $$"""
        internal sealed partial class C(Memoizer memoizer)
        {
            private int _runs;
            [CachedResponse("5m")]
            internal partial {{returnType}} Get{{suffix}}(string name, in int page, IProgress<string> progress, CancellationToken token = default);
            private {{returnType}} GetCore{{suffix}}(string name, int page, IProgress<string> progress, CancellationToken token)
            {
                var value = $"{name}{page}/{Interlocked.Increment(ref _runs)}/{progress}";
                return {{value}};
            }
            internal Memoizer Memoizer => memoizer;
        }
        internal sealed class Named(string name) : IProgress<string>
        {
            public void Report(string value) { }
            public override string ToString() => name;
        }
        internal sealed class Counter : IProgress<int> { public int Last; public void Report(int value) => Last = Math.Max(Last, value); }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                await Task.CompletedTask;
                IProgress<string> x = new Named("x"), y = new Named("y");
                var c = new C(new Memoizer());
                var handle = c.GetCache;
                var log = new List<string> { $"{handle.Explain("a", 1).State} {handle.Explain("a", 1).Reason}" };
                log.Add({{wait}}c.Get{{suffix}}("a", 1, x));
                log.Add(handle.Explain("a", 1).State.ToString());
                log.Add({{wait}}handle.Refresh{{suffix}}("a", 1, x));
                var progress = new Counter();
                await handle.WarmAsync([("b", 1, y), (name: "a", page: 1, progress: y), ("c", 1, y)], parallelism: 1, progress);
                log.Add($"warmed {progress.Last}");
                log.Add({{wait}}c.Get{{suffix}}("b", 1, x) + " " + handle.TryPeek("c", 1, out _));
                return string.Join(", ", log);
            }
        }
        """);

    [Fact]
    public async Task Warming_takes_bare_arguments_where_there_is_one() => await Consumer.MustPrint(
        "1 2 3, 1, 9",
        """
        internal static partial class C
        {
            [CachedResponse] internal static int Get(int inputs) => inputs;
            [CachedResponse] internal static ValueTask<T> Warm<T>(T self, CancellationToken parallelism) => new(self);
            [CachedResponse] internal static int Many(int a, int b, int c, int d, int e, int f, int g, int Item1, int Rest) => a + Rest;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                await C.GetCache.WarmAsync(Enumerable.Range(1, 3));
                await C.WarmCache<string>().WarmAsync(["a"]);
                await C.ManyCache.WarmAsync([(1, 2, 3, 4, 5, 6, 7, 8, 8)]);
                C.ManyCache.TryPeek(1, 2, 3, 4, 5, 6, 7, 8, 8, out var many);
                return $"{string.Join(' ', Enumerable.Range(0, 9).Where(x => C.GetCache.TryPeek(x, out _)))}, {C.WarmCache<string>().Statistics.Entries}, {many}";
            }
        }
        """);

    [Fact]
    public async Task Each_instance_has_entries_of_its_own_which_are_freed_with_it() => await Consumer.MustPrint(
        "runs 2, kept for the first True False, value freed True, instance freed True",
        """
        internal sealed class Big { public readonly byte[] Bytes = new byte[100]; }
        internal sealed partial class C(Memoizer memoizer)
        {
            public int Runs;
            [CachedResponse(Scope = CacheScope.Instance)] internal Big Get(int x) { Runs++; return new(); }
            internal Memoizer Memoizer => memoizer;
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var memoizer = new Memoizer();
                C one = new(memoizer), two = new(memoizer);
                one.GetCached(1);
                one.GetCached(1);
                two.GetCached(1);
                one.GetCached(2);
                one.GetCache.Invalidate(2);
                two.GetCached(2);
                var runs = one.Runs - 1;
                var text = $"runs {runs + two.Runs - 1}, kept for the first {one.GetCache.TryPeek(1, out _)} {one.GetCache.TryPeek(2, out _)}";
                var (value, instance) = Use(memoizer);
                for (var i = 0; i < 10 && (value.IsAlive || instance.IsAlive); i++)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
                GC.KeepAlive(memoizer);
                return $"{text}, value freed {!value.IsAlive}, instance freed {!instance.IsAlive}";
            }

            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
            private static (WeakReference Value, WeakReference Instance) Use(Memoizer memoizer)
            {
                var c = new C(memoizer);
                return (new(c.GetCached(1)), new(c));
            }
        }
        """);

    [Fact]
    public async Task The_handle_is_called_what_the_attribute_says() => await Consumer.MustPrint(
        "1",
        """
        internal static partial class C
        {
            [CachedResponse(Handle = "Quotes")] internal static int Get(int x) => x;
        }
        internal static class Scenario { public static string Run() { C.GetCached(1); return $"{C.Quotes.Statistics.Entries}"; } }
        """);
}
