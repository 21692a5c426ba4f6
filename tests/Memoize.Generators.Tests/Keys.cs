namespace Memoize.Generators.Tests;

/// <summary>What makes two calls the same call.</summary>
public sealed class Keys
{
    [Fact]
    public async Task Collections_count_by_what_they_hold_and_are_copied_when_they_are_kept() => await Consumer.MustPrint(
        "runs 1, after the change runs 2, the first again 2, kept [1, 2]",
        """
        internal sealed partial class C
        {
            public int Runs;
            [CachedResponse] internal partial Task<int> SumAsync(int[] items, string? name = null);
            private Task<int> SumCoreAsync(int[] items, string? name) { Runs++; return Task.FromResult(items.Sum()); }
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C();
                int[] items = [1, 2];
                await c.SumAsync(items);
                await c.SumAsync([1, 2]);
                var log = new List<string> { $"runs {c.Runs}" };
                items[0] = 5;
                await c.SumAsync(items);
                log.Add($"after the change runs {c.Runs}");
                await c.SumAsync([1, 2]);
                log.Add($"the first again {c.Runs}");
                items[0] = 1;
                c.SumCache.Set(items, null, 9);
                items[0] = 7;
                log.Add(c.SumCache.TryPeek([1, 2], null, out var nine) && nine == 9 ? "kept [1, 2]" : "lost");
                return string.Join(", ", log);
            }
        }
        """);

    [Theory]
    [InlineData("CancellationToken? token = null", "CancellationToken? token")]
    [InlineData("CancellationToken? token = null", "CancellationToken token")]
    [InlineData("CancellationToken? token = null", "in CancellationToken? token")]
    [InlineData("in CancellationToken? token = null", "CancellationToken? token")]
    [InlineData("in CancellationToken token = default", "in CancellationToken token")]
    public async Task A_token_that_may_be_absent_is_the_callers_and_never_in_the_key(string parameter, string ofCore) => await Consumer.MustPrint(
        "1 1 1, cancelled, the core got another token True, refreshed 2",
        $$"""
        internal sealed partial class C
        {
            public int Runs;
            public CancellationToken Given;
            public TaskCompletionSource Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
            [CachedResponse] internal partial Task<int> GetAsync(int x, {{parameter}});
            private Task<int> GetCoreAsync(int x, {{ofCore}})
            {
                CancellationToken? given = token;
                Given = given.GetValueOrDefault();
                return WaitAsync();
            }
            private async Task<int> WaitAsync() { await Open.Task; return ++Runs; }
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C();
                c.Open.SetResult();
                using var one = new CancellationTokenSource();
                using var two = new CancellationTokenSource();
                var log = $"{await c.GetAsync(1, one.Token)} {await c.GetAsync(1, two.Token)} {await c.GetAsync(1)}";
                c.Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
                var leaving = c.GetAsync(2, one.Token);
                one.Cancel();
                try { await leaving; } catch (OperationCanceledException) { log += ", cancelled"; }
                log += $", the core got another token {c.Given.IsCancellationRequested && c.Given != one.Token}";
                c.Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
                c.Open.SetResult();
                var refreshed = await c.GetCache.RefreshAsync(1, two.Token);
                await c.GetCache.WarmAsync([1]);
                return $"{log}, refreshed {refreshed}";
            }
        }
        """);

    [Theory]
    [InlineData("CancellationToken[] x")]
    [InlineData("IReadOnlyList<CancellationToken?> x")]
    [InlineData("(int, CancellationToken) x")]
    [InlineData("KeyValuePair<string, CancellationToken?> x")]
    [InlineData("Request x")]
    public void A_token_within_something_else_is_refused(string parameter) => MustReport("MEMO004", "made of a CancellationToken, which is never part of a key", $$"""
        internal sealed record Request(string Id, CancellationToken? Token);
        internal static partial class C { [CachedResponse] internal static int Get({{parameter}}) => 1; }
        """);

    [Fact]
    public async Task The_core_does_not_see_what_a_caller_that_has_left_does_to_its_list() => await Consumer.MustPrint(
        "A is cancelled, B gets 3, kept 3, runs 1, tags kept 0",
        """
        internal sealed partial class C(Memoizer memoizer)
        {
            public int Runs;
            public readonly TaskCompletionSource Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
            [CachedResponse("5m", Tags = ["{name}"])] internal partial Task<int> SumAsync(List<int> items, ReadOnlyMemory<char> name, CancellationToken token = default);
            private async Task<int> SumCoreAsync(List<int> items, ReadOnlyMemory<char> name, CancellationToken token)
            {
                Interlocked.Increment(ref Runs);
                await Open.Task;
                return items.Sum();
            }
            internal Memoizer Memoizer => memoizer;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var memoizer = new Memoizer();
                var c = new C(memoizer);
                using var leaving = new CancellationTokenSource();
                List<int> items = [1, 2];
                var a = c.SumAsync(items, "n".AsMemory(), leaving.Token);
                var b = c.SumAsync([1, 2], "n".AsMemory());
                leaving.Cancel();
                var log = new List<string>();
                try { await a; } catch (OperationCanceledException) { log.Add("A is cancelled"); }
                items[0] = 9;
                c.Open.SetResult();
                log.Add($"B gets {await b}");
                log.Add($"kept {(c.SumCache.TryPeek([1, 2], "n".AsMemory(), out var kept) ? kept : 0)}");
                log.Add($"runs {c.Runs}");
                await memoizer.InvalidateTagAsync("n");
                log.Add($"tags kept {c.SumCache.Statistics.Entries}");
                return string.Join(", ", log);
            }
        }
        """);

    [Theory]
    [InlineData("Task<string>", "await c.GetCached(items, 1)", "async ", "await c.Open.Task")]
    [InlineData("string", "c.GetCached(items, 1)", "", "c.Open.Task.Wait()")]
    public async Task A_refresh_does_not_see_what_the_caller_does_to_its_list_after_the_hit(string returnType, string call, string modifier, string wait)
        => await Consumer.MustPrint(
            "3 of run 1, 3 of run 1, refreshed 3 of run 2",
            $$"""
            internal sealed class Clock : TimeProvider
            {
                private long _ticks = TimeSpan.TicksPerHour;
                public override long TimestampFrequency => TimeSpan.TicksPerSecond;
                public override long GetTimestamp() => Volatile.Read(ref _ticks);
                public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());
                public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
            }
            internal sealed partial class C(Memoizer memoizer)
            {
                private int _runs;
                public readonly TaskCompletionSource Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
                [CachedResponse("10m", RefreshAfter = "1m")]
                internal {{modifier}}{{returnType}} Get(IList<int> items, int y)
                {
                    var run = Interlocked.Increment(ref _runs);
                    var c = this;
                    if (run > 1) {{wait}};
                    return $"{items.Sum()} of run {run}";
                }
                internal Memoizer Memoizer => memoizer;
            }
            internal static class Scenario
            {
                public static async Task<string> Run()
                {
                    var clock = new Clock();
                    var c = new C(new Memoizer(new MemoizerOptions { TimeProvider = clock }));
                    List<int> items = [1, 2];
                    var log = {{call}};
                    clock.Advance(TimeSpan.FromMinutes(2));
                    log += ", " + {{call}};
                    items[0] = 9;
                    c.Open.SetResult();

                    string? refreshed = null;
                    while (!c.GetCache.TryPeek([1, 2], 1, out refreshed) || refreshed.EndsWith('1'))
                        await Task.Yield();
                    return $"{log}, refreshed {refreshed}";
                }
            }
            """);

    [Fact]
    public async Task The_core_may_change_what_it_is_given_and_finds_the_callers_comparer() => await Consumer.MustPrint(
        "[1, 2] runs 1, the caller's 2 1, invalidated True, refreshed [1, 2], A found",
        """
        internal sealed partial class C
        {
            public int Runs;
            [CachedResponse] internal partial Task<int[]> SortAsync(int[] items);
            private Task<int[]> SortCoreAsync(int[] items) { Runs++; Array.Sort(items); return Task.FromResult(items); }

            [CachedResponse] internal string Find(IReadOnlyDictionary<string, int[]> map, HashSet<string> set)
                => map.ContainsKey("A") && set.Contains("A") ? "A found" : "A lost";
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C();
                int[] items = [2, 1];
                await c.SortAsync(items);
                var sorted = await c.SortAsync([2, 1]);
                var log = new List<string> { $"[{string.Join(", ", sorted)}] runs {c.Runs}", $"the caller's {items[0]} {items[1]}" };
                await c.SortCache.InvalidateAsync([2, 1]);
                log.Add($"invalidated {!c.SortCache.TryPeek([2, 1], out _)}");
                log.Add($"refreshed [{string.Join(", ", await c.SortCache.RefreshAsync([2, 1]))}]");
                log.Add(c.FindCached(
                    new Dictionary<string, int[]>(StringComparer.OrdinalIgnoreCase) { ["a"] = [1] },
                    new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" }));
                return string.Join(", ", log);
            }
        }
        """);

    [Fact]
    public async Task Copies_for_the_core_have_names_of_their_own() => await Consumer.MustPrint(
        "1 2 3 0 5",
        """
        using System.Diagnostics.CodeAnalysis;

        internal static partial class C
        {
            [CachedResponse("5m", RefreshAfter = "1m", Tags = ["{key}"])]
            internal static partial string Get(int[] x, List<int> X, in int[] @in, [AllowNull] int[] y, ReadOnlyMemory<char> key);
            private static string GetCore(int[] x, List<int> X, in int[] @in, [AllowNull] int[] y, ReadOnlyMemory<char> key)
                => $"{x[0]} {X[0]} {@in[0]} {y?.Length ?? 0} {key}";
        }
        internal static class Scenario
        {
            public static string Run()
            {
                int[] three = [3];
                return C.Get([1], [2], in three, null, "5".AsMemory());
            }
        }
        """);

    [Fact]
    public async Task The_handles_refresh_does_not_see_what_the_caller_does_to_its_list() => await Consumer.MustPrint(
        "3",
        """
        internal sealed partial class C
        {
            public readonly TaskCompletionSource Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
            [CachedResponse] internal partial Task<int> SumAsync(int[] items);
            private async Task<int> SumCoreAsync(int[] items) { await Open.Task; return items.Sum(); }
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C();
                int[] items = [1, 2];
                var refresh = c.SumCache.RefreshAsync(items);
                items[0] = 9;
                c.Open.SetResult();
                return $"{await refresh}";
            }
        }
        """);

    [Fact]
    public async Task Dates_that_read_differently_are_different_arguments() => await Consumer.MustPrint(
        "12:00Z 12:00 12:00Z | 12:00+00:00 14:00+02:00 null | 12:00Z null 12:00 | 12:00Z/12:00+00:00 12:00Z/14:00+02:00 | 12:00Z 12:00 | 14:00+02:00 12:00+00:00",
        """
        internal static partial class C
        {
            [CachedResponse] internal static string Date(DateTime at) => at.ToString("HH:mmK");
            [CachedResponse] internal static string MaybeDate(DateTime? at) => at?.ToString("HH:mmK") ?? "null";
            [CachedResponse] internal static string Offset(DateTimeOffset? at) => at?.ToString("HH:mmK") ?? "null";
            [CachedResponse] internal static string Pair((int Id, (DateTime From, DateTimeOffset? To)? Span) x)
                => $"{x.Span!.Value.From:HH:mmK}/{x.Span.Value.To:HH:mmK}";
            [CachedResponse] internal static string Dates(IReadOnlyList<DateTime> x) => x[0].ToString("HH:mmK");
            [CachedResponse] internal static string Offsets(string name, Dictionary<int, DateTimeOffset> x) => x[0].ToString("HH:mmK");
        }
        internal static class Scenario
        {
            public static string Run()
            {
                System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.InvariantCulture;
                var utc = new DateTime(2000, 1, 1, 12, 0, 0, DateTimeKind.Utc);
                var unspecified = DateTime.SpecifyKind(utc, DateTimeKind.Unspecified);
                var zero = new DateTimeOffset(utc);
                var two = zero.ToOffset(TimeSpan.FromHours(2));
                return string.Join(" | ",
                    $"{C.DateCached(utc)} {C.DateCached(unspecified)} {C.DateCached(utc)}",
                    $"{C.OffsetCached(zero)} {C.OffsetCached(two)} {C.OffsetCached(null)}",
                    $"{C.MaybeDateCached(utc)} {C.MaybeDateCached(null)} {C.MaybeDateCached(unspecified)}",
                    $"{C.PairCached((1, (utc, zero)))} {C.PairCached((1, (utc, two)))}",
                    $"{C.DatesCached([utc])} {C.DatesCached([unspecified])}",
                    $"{C.OffsetsCached("", new() { [0] = two })} {C.OffsetsCached("", new() { [0] = zero })}");
            }
        }
        """);

    [Theory]
    [InlineData("int[]", "new[] { 1, 2 }", "new[] { 2, 1 }")]
    [InlineData("int[]?", "null", "new int[0]")]
    [InlineData("string?[]", "new string?[] { null, \"a\" }", "new string?[] { \"a\", null }")]
    [InlineData("List<string>", "new List<string> { \"a\" }", "new List<string> { \"A\" }")]
    [InlineData("IReadOnlyList<int>", "new List<int> { 1 }", "new int[] { 2 }")]
    [InlineData("IList<int>", "new List<int> { 1 }", "new List<int>()")]
    [InlineData("ImmutableArray<int>", "ImmutableArray.Create(1)", "default(ImmutableArray<int>)")]
    [InlineData("ImmutableList<int>", "ImmutableList.Create(1)", "ImmutableList.Create(2)")]
    [InlineData("ReadOnlyMemory<char>", "\"xab\".AsMemory(1)", "\"xab\".AsMemory(0, 2)")]
    [InlineData("Memory<byte>", "new byte[] { 1 }", "new byte[] { 1, 1 }")]
    [InlineData("ArraySegment<int>", "new ArraySegment<int>(new[] { 1, 2, 3 }, 1, 1)", "default(ArraySegment<int>)")]
    [InlineData("Dictionary<string, int>", "new Dictionary<string, int> { [\"a\"] = 1, [\"b\"] = 2 }", "new Dictionary<string, int> { [\"a\"] = 2, [\"b\"] = 1 }")]
    [InlineData("IReadOnlyDictionary<int, List<int>?>?", "new Dictionary<int, List<int>?> { [1] = [1], [2] = null }", "new Dictionary<int, List<int>?> { [1] = [2], [2] = null }")]
    [InlineData("ImmutableDictionary<int, int[]>", "ImmutableDictionary<int, int[]>.Empty.Add(1, [1])", "ImmutableDictionary<int, int[]>.Empty.Add(1, [2])")]
    [InlineData("HashSet<int>", "new HashSet<int> { 1, 2 }", "new HashSet<int> { 1, 3 }")]
    [InlineData("IReadOnlySet<string>", "new HashSet<string> { \"a\" }", "new HashSet<string> { \"b\" }")]
    [InlineData("ImmutableHashSet<int>", "ImmutableHashSet.Create(1)", "ImmutableHashSet.Create(2)")]
    [InlineData("int[][]", "new[] { new[] { 1 }, new[] { 2 } }", "new[] { new[] { 1, 2 } }")]
    [InlineData("List<IReadOnlyList<string?>?>", "new List<IReadOnlyList<string?>?> { null, new[] { \"a\" } }", "new List<IReadOnlyList<string?>?> { null, null }")]
    [InlineData("(int, string?)", "(1, null)", "(1, \"\")")]
    [InlineData("(string Name, (double, Guid) Pair)[]", "new[] { (\"a\", (double.NaN, Guid.Empty)) }", "new[] { (\"b\", (double.NaN, Guid.Empty)) }")]
    [InlineData("Point?", "new Point(1, 2)", "null")]
    [InlineData("Person", "new Person(\"a\")", "new Person(\"b\")")]
    [InlineData("Uri", "new Uri(\"https://a/\")", "new Uri(\"https://b/\")")]
    [InlineData("Type", "typeof(int)", "typeof(long)")]
    [InlineData("IEntity", "new Entity(1)", "new Entity(2)")]
    [InlineData("DateTimeOffset", "DateTimeOffset.UnixEpoch", "DateTimeOffset.MaxValue")]
    [InlineData("DayOfWeek?", "null", "DayOfWeek.Sunday")]
    [InlineData("double", "double.NaN", "0.5")]
    public async Task Equal_arguments_hit_and_others_miss(string type, string argument, string other) => await Consumer.MustPrint(
        "1 1 2 2 3",
        $$"""
        internal readonly record struct Point(int X, int Y);
        internal sealed record Person(string Name);
        internal interface IEntity : IEquatable<IEntity> { int Id { get; } }
        internal sealed class Entity(int id) : IEntity
        {
            public int Id => id;
            public bool Equals(IEntity? other) => other?.Id == id;
            public override bool Equals(object? obj) => obj is IEntity other && Equals(other);
            public override int GetHashCode() => id;
        }
        internal sealed partial class C
        {
            private int _runs;
            [CachedResponse] internal int Get({{type}} x) => ++_runs;
            [CachedResponse] internal int More(string a, {{type}} x, bool b) => ++_runs;
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var c = new C();
                return $"{c.GetCached({{argument}})} {c.GetCached({{argument}})} {c.GetCached({{other}})} {c.GetCached({{other}})} {c.MoreCached("", {{argument}}, true)}";
            }
        }
        """);

    [Fact]
    public async Task Marked_members_are_in_the_key_of_every_method() => await Consumer.MustPrint(
        "a1 a1 b2, a3 b4 a3, base c1, static 1 1 2, record 1 2, peek True False",
        """
        internal sealed partial class Captured([CacheKey] string tenant, Memoizer memoizer)
        {
            public static int Runs;
            [CachedResponse(Tags = ["x:{x}"])] internal string Get(int x) => $"{tenant}{++Runs}";
            [CachedResponse] internal partial Task<string> LoadAsync();
            private Task<string> LoadCoreAsync() => Task.FromResult($"{tenant}{++Runs}");
            internal Memoizer Memoizer => memoizer;
        }
        internal sealed partial class Kept([CacheKey] string tenant)
        {
            private readonly string _tenant = tenant;
            internal string Region { get; } = "r";
            [CachedResponse] internal string Get(int x) => _tenant;
        }
        internal class Root { [CacheKey(Comparison = StringComparison.OrdinalIgnoreCase)] protected internal string? _tenant = "c"; }
        internal sealed partial class Derived : Root
        {
            private int _runs;
            [CachedResponse] internal string Get(string tenant) => $"{_tenant}{++_runs}";
        }
        internal static partial class Regional
        {
            private static int s_runs;
            [CacheKey] internal static int[] Region { get; set; } = [1];
            [CachedResponse] internal static int Get(int x) => ++s_runs;
        }
        internal sealed partial record Rec([CacheKey] int Tenant)
        {
            private static int s_runs;
            [CachedResponse] internal int Get(int x) => ++s_runs;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var memoizer = new Memoizer();
                Captured a = new("a", memoizer), b = new("b", memoizer), again = new("a", memoizer);
                var log = new List<string>
                {
                    $"{a.GetCached(1)} {again.GetCached(1)} {b.GetCached(1)}",
                    $"{await a.LoadAsync()} {await b.LoadAsync()} {await again.LoadAsync()}",
                };
                var derived = new Derived();
                derived.GetCached("x");
                derived._tenant = "C";
                log.Add($"base {derived.GetCached("x")}");
                var statics = $"{Regional.GetCached(1)} {Regional.GetCached(1)}";
                Regional.Region[0] = 2;
                log.Add($"static {statics} {Regional.GetCached(1)}");
                log.Add($"record {new Rec(1).GetCached(1)} {new Rec(2).GetCached(1)}");
                a.LoadCache.Invalidate();
                log.Add($"peek {b.LoadCache.TryPeek(out _)} {a.LoadCache.TryPeek(out _)}");
                return string.Join(", ", log);
            }
        }
        """);

    [Fact]
    public async Task Parameters_are_compared_as_the_attribute_says() => await Consumer.MustPrint(
        "1 1 2, 3 3 4, 5 5, 6",
        """
        internal sealed class ByLength : IEqualityComparer<string>
        {
            public bool Equals(string? x, string? y) => x?.Length == y?.Length;
            public int GetHashCode(string obj) => obj.Length;
        }
        internal static partial class C
        {
            private static int s_runs;
            [CachedResponse] internal static int Get([CacheKey(Comparison = StringComparison.OrdinalIgnoreCase)] string? x) => ++s_runs;
            [CachedResponse] internal static int Long([CacheKey(Comparer = typeof(ByLength))] string? x) => ++s_runs;
            [CachedResponse] internal static int Ignoring(int x, [CacheKeyIgnore] object how) => ++s_runs;
            [CachedResponse] internal static int Invariant([CacheKey(Comparison = StringComparison.InvariantCultureIgnoreCase)] string x) => ++s_runs;
        }
        internal static class Scenario
        {
            public static string Run() =>
                $"{C.GetCached("a")} {C.GetCached("A")} {C.GetCached(null)}, {C.LongCached("ab")} {C.LongCached("cd")} {C.LongCached(null)}, {C.IgnoringCached(1, "x")} {C.IgnoringCached(1, "y")}, {C.InvariantCached("x")}";
        }
        """);

    [Fact]
    public async Task Type_arguments_are_part_of_the_key() => await Consumer.MustPrint(
        "Int32 Int64 Int32 | String:Int32 String:Int64",
        """
        internal sealed partial class C<TOuter>
        {
            [CachedResponse] internal string Get<T>(int x) => typeof(T).Name;
            [CachedResponse] internal string Both<T>() => $"{typeof(TOuter).Name}:{typeof(T).Name}";
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var c = new C<string>();
                return $"{c.GetCached<int>(1)} {c.GetCached<long>(1)} {c.GetCached<int>(1)} | {c.BothCached<int>()} {new C<string>().BothCached<long>()}";
            }
        }
        """);

    [Fact]
    public async Task Keys_are_readable_in_messages() => await Consumer.MustPrint(
        "C.Get(string, double, int[]): MSFT, 1.5, [1, 2]",
        """
        internal sealed partial class C
        {
            [CachedResponse] internal Task<int> Get(string x, double y, int[] z) => GetCached(x, y, z);
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("de-DE");
                try { await new C().GetCached("MSFT", 1.5, [1, 2]); return "no cycle"; }
                catch (CacheRecursionException exception)
                {
                    return exception.Message.Contains("MSFT, 1.5, [1, 2]", StringComparison.Ordinal) ? "C.Get(string, double, int[]): MSFT, 1.5, [1, 2]" : exception.Message;
                }
            }
        }
        """);

    [Theory]
    [InlineData("object", "the type of its values")]
    [InlineData("dynamic", "the type of its values")]
    [InlineData("NoEquals", "make it a record")]
    [InlineData("IDisposable", "make it a record")]
    [InlineData("Action", "pass what tells the calls apart")]
    [InlineData("IEnumerable<int>", "pass an array, an IReadOnlyList<T>")]
    [InlineData("ICollection<int>", "pass an array, an IReadOnlyList<T>")]
    [InlineData("SortedDictionary<int, int>", "pass an array, an IReadOnlyList<T>")]
    [InlineData("NoEquals[]", "give its items value equality")]
    [InlineData("Dictionary<NoEquals, int>", "give its items value equality")]
    [InlineData("List<object>", "give its items value equality")]
    [InlineData("(int, NoEquals)", "[CacheKeyIgnore]")]
    [InlineData("(int, int[])", "[CacheKeyIgnore]")]
    [InlineData("KeyValuePair<int, object>", "[CacheKeyIgnore]")]
    [InlineData("Tuple<int[]>", "[CacheKeyIgnore]")]
    [InlineData("ReadOnlyMemory<int>?", "[CacheKeyIgnore]")]
    [InlineData("int[,]", "an array of one dimension")]
    [InlineData("Lazy<int>", "make it a record")]
    public void Types_without_value_equality_are_refused(string type, string advice) => MustReport("MEMO005", advice, $$"""
        class NoEquals;
        partial class C { [CachedResponse] int Get({{type}} x) => 1; }
        """);

    [Theory]
    [InlineData("[CacheKey(Comparison = StringComparison.OrdinalIgnoreCase)] int x", "a Comparison is for strings")]
    [InlineData("[CacheKey(Comparison = StringComparison.CurrentCultureIgnoreCase)] string x", "use StringComparison.OrdinalIgnoreCase")]
    [InlineData("[CacheKey(Comparison = (StringComparison)9)] string x", "does not exist")]
    [InlineData("[CacheKey(Comparer = typeof(C))] string x", "implement IEqualityComparer<string>")]
    [InlineData("[CacheKey(Comparer = typeof(List<>))] string x", "implement IEqualityComparer<string>")]
    [InlineData("[CacheKey(Comparer = typeof(Unmakable))] string x", "accessible constructor without parameters")]
    [InlineData("[CacheKey(Comparer = typeof(Unmakable), Comparison = StringComparison.OrdinalIgnoreCase)] string x", "leave one of them out")]
    [InlineData("[CacheKey, CacheKeyIgnore] string x", "take [CacheKey] or [CacheKeyIgnore] away")]
    public void Comparisons_that_cannot_work_are_refused(string parameter, string advice) => MustReport("MEMO018", advice, $$"""
        class Unmakable(int x) : IEqualityComparer<string>
        {
            public bool Equals(string? a, string? b) => true;
            public int GetHashCode(string a) => x;
        }
        partial class C { [CachedResponse] int Get({{parameter}}) => 1; }
        """);

    [Theory]
    [InlineData("[CacheKey] object Tenant = 1;", "MEMO005")]
    [InlineData("[CacheKey] string Tenant { set { } }", "MEMO018")]
    public void Members_that_cannot_be_in_a_key_are_refused(string member, string id) => MustReport(id, "Tenant", $$"""
        partial class C { {{member}} [CachedResponse] int Get() => 1; }
        """);

    private static void MustReport(string id, string advice, string source)
    {
        var message = Assert.Single(Consumer.Diagnose(source), message => message.StartsWith(id, StringComparison.Ordinal));
        Assert.Contains(advice, message, StringComparison.Ordinal);
    }
}
