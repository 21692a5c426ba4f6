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

    // What a method can tell apart by ordinary means.
    [InlineData("double", "0.0", "-0.0")]
    [InlineData("float?", "0f", "-0f")]
    [InlineData("Half[]", "new[] { Half.Zero }", "new[] { Half.NegativeZero }")]
    [InlineData("System.Numerics.Complex", "new System.Numerics.Complex(0, 0)", "new System.Numerics.Complex(0, -0.0)")]
    [InlineData("decimal", "1.0m", "1.00m")]
    [InlineData("decimal?", "0m", "decimal.Negate(0m)")]
    [InlineData("DateTime", "DateTime.FromBinary(long.MinValue)", "DateTime.FromBinary(0)")]
    [InlineData("Uri", "new Uri(\"https://ann:1@a/\")", "new Uri(\"https://bob:2@a/\")")]
    [InlineData("Uri?", "new Uri(\"https://a/#one\")", "new Uri(\"https://a/#two\")")]
    [InlineData("List<Uri>", "new List<Uri> { new(\"https://a/#one\") }", "new List<Uri> { new(\"https://a/#two\") }")]
    [InlineData("HashSet<Uri>", "new HashSet<Uri> { new(\"https://a/#one\") }", "new HashSet<Uri> { new(\"https://a/#two\") }")]
    [InlineData("Dictionary<Uri, decimal>", "new Dictionary<Uri, decimal> { [new(\"https://a/#one\")] = 1 }", "new Dictionary<Uri, decimal> { [new(\"https://a/#two\")] = 1 }")]
    [InlineData("(int, Uri?)?", "(1, new Uri(\"https://a/#one\"))", "(1, new Uri(\"https://a/#two\"))")]
    [InlineData("Link", "new Link(\"a\", new Uri(\"https://a/#one\"))", "new Link(\"a\", new Uri(\"https://a/#two\"))")]
    [InlineData("ImmutableArray<Link>?", "ImmutableArray.Create(new Link(\"a\", new Uri(\"https://a/#one\")))", "ImmutableArray.Create(new Link(\"a\", new Uri(\"https://a/#two\")))")]
    [InlineData("System.Net.Http.HttpMethod", "new System.Net.Http.HttpMethod(\"GET\")", "new System.Net.Http.HttpMethod(\"get\")")]
    [InlineData("System.Globalization.CultureInfo", "System.Globalization.CultureInfo.GetCultureInfo(\"en-US\")", "Made.Culture(\"EUR \")")]
    [InlineData("System.Globalization.CultureInfo", "Made.Culture(\"EUR \")", "Made.Culture(\"USD \")")]
    [InlineData("System.Text.StringBuilder", "new System.Text.StringBuilder(\"ab\")", "new System.Text.StringBuilder(\"ac\")")]
    [InlineData("System.Text.Json.JsonElement", "System.Text.Json.JsonElement.Parse(\"{}\")", "System.Text.Json.JsonElement.Parse(\"[]\")")]
    [InlineData("System.Text.Json.JsonElement?", "System.Text.Json.JsonElement.Parse(\"null\")", "default(System.Text.Json.JsonElement)")]
    [InlineData("HashSet<string>", "new HashSet<string>(StringComparer.OrdinalIgnoreCase) { \"Q\" }", "new HashSet<string>(StringComparer.Ordinal) { \"Q\" }")]
    [InlineData("IReadOnlySet<string>", "new HashSet<string>(StringComparer.OrdinalIgnoreCase) { \"Q\" }", "new HashSet<string>(StringComparer.OrdinalIgnoreCase) { \"q\" }")]
    [InlineData("IReadOnlyDictionary<string, int>", "new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { [\"Q\"] = 1, [\"a\"] = 2 }", "new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { [\"q\"] = 1, [\"a\"] = 2 }")]
    [InlineData("IDictionary<string, int>", "new System.Collections.ObjectModel.ReadOnlyDictionary<string, int>(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { [\"Q\"] = 1 })", "new Dictionary<string, int> { [\"Q\"] = 1 }")]
    [InlineData("ISet<int>", "new SortedSet<int> { 1, 2 }", "new SortedSet<int>(Made.Descending) { 1, 2 }")]
    [InlineData("ICollection<int>", "new List<int> { 1, 2 }", "new HashSet<int> { 1, 2 }")]
    [InlineData("IReadOnlyCollection<string>", "new HashSet<string> { \"a\", \"b\" }", "new[] { \"a\", \"b\" }")]

    // By content at any depth.
    [InlineData("Basket", "new Basket(\"a\", [1, 2])", "new Basket(\"a\", [1, 3])")]
    [InlineData("Basket?", "new Basket(\"a\", []) { More = new() { [\"x\"] = [1m] } }", "new Basket(\"a\", []) { More = new() { [\"x\"] = [1.0m] } }")]
    [InlineData("List<(Basket?, int[])>", "new List<(Basket?, int[])> { (new(\"a\", [1]), [2]) }", "new List<(Basket?, int[])> { (new(\"a\", [1]), [3]) }")]
    [InlineData("Tuple<int[], int>", "Tuple.Create(new[] { 1 }, 2)", "Tuple.Create(new[] { 2 }, 2)")]
    [InlineData("KeyValuePair<string, List<int>>", "KeyValuePair.Create(\"a\", new List<int> { 1 })", "KeyValuePair.Create(\"a\", new List<int> { 2 })")]
    [InlineData("Json", "new Json { Element = System.Text.Json.JsonElement.Parse(\"1\") }", "new Json { Element = System.Text.Json.JsonElement.Parse(\"2\") }")]
    [InlineData("Either", "new Either(1)", "new Either(\"1\")")]
    [InlineData("Node", "new Node(1, new Node(2, null))", "new Node(1, new Node(3, null))")]
    public async Task Equal_arguments_hit_and_others_miss(string type, string argument, string other) => await Consumer.MustPrint(
        "1 1 2 2 3",
        $$"""
        internal readonly record struct Point(int X, int Y);
        internal sealed record Person(string Name);
        internal record Link(string Name, Uri? Target);
        internal record Basket(string Name, List<int> Items) { public Dictionary<string, decimal[]>? More { get; init; } }
        internal struct Json { public System.Text.Json.JsonElement Element { get; init; } }
        internal sealed record Node(int Value, Node? Next);
        internal readonly struct Either : System.Runtime.CompilerServices.IUnion
        {
            public Either(int value) => Value = value;
            public Either(string value) => Value = value;
            public object? Value { get; }
        }
        internal static class Made
        {
            internal static readonly Comparer<int> Descending = Comparer<int>.Create(static (x, y) => y - x);
            internal static System.Globalization.CultureInfo Culture(string symbol)
            {
                var culture = new System.Globalization.CultureInfo("en-US");
                culture.NumberFormat.CurrencySymbol = symbol;
                return culture;
            }
        }
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
        namespace System.Runtime.CompilerServices { internal interface IUnion { object? Value { get; } } }
        """);

    [Fact]
    public async Task What_hides_in_a_record_is_copied_too() => await Consumer.MustPrint(
        "3 of run 1, kept, then 12 of run 2, {\"a\":1}, en: EUR",
        """
        internal sealed record Query((int, List<int>) Part) { public required int[][] More { get; set; } }
        internal sealed partial class C
        {
            private int _runs;
            [CachedResponse] internal string Get(Query query) => $"{query.Part.Item2.Sum() + query.More[0][0]} of run {++_runs}";
            [CachedResponse] internal string Json(System.Text.Json.JsonElement x) => x.GetRawText();
            [CachedResponse] internal string Money(System.Globalization.CultureInfo x) => $"{x.TwoLetterISOLanguageName}: {x.NumberFormat.CurrencySymbol}";
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var c = new C();
                var query = new Query((1, [2])) { More = [[1]] };
                var log = c.GetCached(query);
                query.More[0][0] = 10;
                log += c.GetCache.TryPeek(new Query((1, [2])) { More = [[1]] }, out _) && !c.GetCache.TryPeek(query, out _) ? ", kept" : ", lost";
                log += $", then {c.GetCached(query)}";

                // The document is gone, and the culture changes, while both are in a key.
                using (var document = System.Text.Json.JsonDocument.Parse("{\"a\":1}")) c.JsonCached(document.RootElement);
                log += ", " + c.JsonCached(System.Text.Json.JsonElement.Parse("{\"a\":1}"));
                var culture = new System.Globalization.CultureInfo("en-US") { NumberFormat = { CurrencySymbol = "EUR" } };
                c.MoneyCached(culture);
                culture.NumberFormat.CurrencySymbol = "USD";
                c.MoneyCached(culture);
                culture.NumberFormat.CurrencySymbol = "EUR";
                return $"{log}, {c.MoneyCached(culture)}";
            }
        }
        """);

    [Fact]
    public async Task What_no_key_could_mean_is_told_when_it_comes() => await Consumer.MustPrint(
        """
        A 'Special' was passed as a 'Basket', whose members are compared one by one in the keys of cached methods, so that those of the derived type would not count. Make 'Basket' sealed, let it override Equals, or pass what tells the values apart.
        A collection of 'System.String' that compares with ReferenceEqualityComparer cannot be part of a key: no later call would find its result. Pass a collection with another comparer.
        A 'System.Object' was passed where a cached method has a type parameter, and it compares by reference: no other call would find its result. Pass an array, which counts by what it holds, a record, or what tells the values apart.
        A 'System.Collections.Generic.List`1[System.Int32]' was passed where a cached method has a type parameter, and it compares by reference: no other call would find its result. Pass an array, which counts by what it holds, a record, or what tells the values apart.
        """,
        """
        internal record Basket(List<int> Items);
        internal sealed record Special(List<int> Items, int More) : Basket(Items);
        internal sealed partial class C
        {
            [CachedResponse] internal int Get(Basket x) => 1;
            [CachedResponse] internal int Map(IReadOnlyDictionary<string, int> x) => 1;
            [CachedResponse] internal int Any<T>(T x) => 1;
            internal int Open<T>(T x) => AnyCached(x);
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var c = new C();
                return string.Join('\n',
                    Message(() => c.GetCached(new Special([1], 1))),
                    Message(() => c.MapCached(new Dictionary<string, int>(ReferenceEqualityComparer.Instance) { ["a"] = 1 })),
                    Message(() => c.AnyCached(new object())),
                    Message(() => c.Open(new List<int>())));
            }
            private static string Message(Func<int> call)
            {
                try { return $"{call()}"; }
                catch (NotSupportedException exception) { return exception.Message; }
            }
        }
        """);

    [Theory]
    [InlineData("new[] { 1, 2 }", "new[] { 1, 3 }")]
    [InlineData("new[] { new[] { 1.0m }, null }", "new[] { new[] { 1.00m }, null }")]
    [InlineData("new[] { DayOfWeek.Monday }", "new[] { DayOfWeek.Friday }")]
    [InlineData("new Point?[] { null, new(1, 2) }", "new Point?[] { null, new(1, 3) }")]
    [InlineData("new System.Text.StringBuilder(\"a\")", "new System.Text.StringBuilder(\"b\")")]
    [InlineData("System.Text.Json.JsonElement.Parse(\"1\")", "System.Text.Json.JsonElement.Parse(\"2\")")]
    [InlineData("new Uri(\"https://a/#1\")", "new Uri(\"https://a/#2\")")]
    [InlineData("(double?)0.0", "(double?)-0.0")]
    [InlineData("(1, (0.0, \"a\"))", "(1, (-0.0, \"a\"))")]
    [InlineData("1.0m", "1.00m")]
    [InlineData("\"a\"", "\"b\"")]
    [InlineData("new Point(1, 2)", "new Point(2, 1)")]
    [InlineData("(object)new Point(1, 2)", "(object)new[] { 1 }")]
    [InlineData("(object?)null", "(object?)0.0")]
    public async Task Type_arguments_are_compared_by_what_they_stand_for(string argument, string other) => await Consumer.MustPrint(
        "1 1 2 2 1",
        $$"""
        internal sealed record Point(int X, int Y);
        internal sealed partial class C<TOuter>
        {
            private int _runs;
            [CachedResponse] internal int Get<T>(T x, List<TOuter> y) => ++_runs;
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var c = new C<decimal>();
                return $"{c.GetCached({{argument}}, [1.0m])} {c.GetCached({{argument}}, [1.0m])} {c.GetCached({{other}}, [1.0m])} {c.GetCached({{argument}}, [1.00m])} {c.GetCached({{argument}}, [1.0m])}".Replace("3", "2");
            }
        }
        """);

    [Fact]
    public async Task An_array_as_a_type_argument_is_copied() => await Consumer.MustPrint(
        "1,2 of run 1 100,2 of run 2 1,2 of run 1, x of run 3 xy of run 4 x of run 3",
        """
        internal sealed partial class C
        {
            private int _runs;
            [CachedResponse] internal string Of<T>(T value) => $"{(value is int[][] numbers ? string.Join(',', numbers[0]) : value)} of run {++_runs}";
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var c = new C();
                int[][] numbers = [[1, 2]];
                var log = c.OfCached(numbers);
                numbers[0][0] = 100;
                log += $" {c.OfCached(numbers)} {c.OfCached(new int[][] { [1, 2] })}";
                var text = new System.Text.StringBuilder("x");
                log += $", {c.OfCached(text)}";
                return $"{log} {c.OfCached(text.Append('y'))} {c.OfCached(new System.Text.StringBuilder("x"))}";
            }
        }
        """);

    [Fact]
    public async Task Types_of_other_assemblies_are_what_can_be_seen_of_them()
    {
        var library = Consumer.Project("""
            using System.Collections.Generic;
            using System.ComponentModel;
            namespace Library;
            public class Context { [EditorBrowsable(EditorBrowsableState.Never)] public override bool Equals(object? obj) => base.Equals(obj); [EditorBrowsable(EditorBrowsableState.Never)] public override int GetHashCode() => base.GetHashCode(); }
            public class Known { public override bool Equals(object? obj) => obj is Known; public override int GetHashCode() => 1; }
            public record Amount(decimal Value, string Currency);
            public record Lines(List<int> Items);
            public record Written(List<int> Items) { public virtual bool Equals(Written? other) => other is not null; public override int GetHashCode() => 1; }
            public record Computing(int X) { public int[] Digits => [X]; }
            public record Marked(decimal X) { [System.Obsolete] public decimal Former { get; init; } }
            public struct Pair { public int X; public string? Text { get; set; } }
            public struct Closed { private readonly object? _inner; public bool HasValue => _inner is not null; public Closed(object inner) => _inner = inner; }
            """);
        using var image = new MemoryStream();
        Assert.True(library.WithAssemblyName("Library").WithOptions(library.Options.WithGeneralDiagnosticOption(Microsoft.CodeAnalysis.ReportDiagnostic.Default)).Emit(image).Success);
        var reference = Microsoft.CodeAnalysis.MetadataReference.CreateFromImage(image.ToArray());

        var project = Consumer.Project("""
            using Library;
            using Memoize;
            namespace Shop;
            internal static partial class C
            {
                [CachedResponse] internal static int Context(Context x) => 1;
                [CachedResponse] internal static int Known(Known x) => 1;
                [CachedResponse] internal static int Amount(Amount x) => 1;
                [CachedResponse] internal static int Computing(Computing x) => 1;
                [CachedResponse] internal static int Marked(Marked x) => 1;
                [CachedResponse] internal static int Lines(Lines x) => 1;
                [CachedResponse] internal static int Written(Written x) => 1;
                [CachedResponse] internal static int Pair(Pair x) => 1;
                [CachedResponse] internal static int Closed(Closed x) => 1;
            }
            """).AddReferences(reference);
        var reported = await Analyzers.Analysis.OfAsync(project);
        Assert.Equal(
            ["'x' of type 'Library.Context'", "'x' of type 'Library.Lines'", "'x' of type 'Library.Closed'"],
            reported.Where(static diagnostic => diagnostic.Id == "MEMO005").Select(static diagnostic => string.Join(' ', diagnostic.GetMessage().Split(' ').Take(4))));

        Consumer.Driver().RunGeneratorsAndUpdateCompilation(project, out var output, out _);
        Assert.Contains(
            output.SyntaxTrees,
            static tree => tree.ToString().Contains("KeyContent.OfEquality<global::Library.Amount>(global::Memoize.KeyContent.Member<global::Library.Amount, decimal>(static value => value.Value, global::Memoize.KeyContent.OfDecimal()))", StringComparison.Ordinal));
        Assert.DoesNotContain(output.SyntaxTrees, static tree => tree.ToString().Contains("value.Former", StringComparison.Ordinal));
    }

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
        "1 1 2, 3 3 4, 5 5, 6, 7 7 8",
        """
        internal sealed class ByLastDigit : IEqualityComparer<int?>
        {
            public bool Equals(int? x, int? y) => x % 10 == y % 10;
            public int GetHashCode([System.Diagnostics.CodeAnalysis.DisallowNull] int? obj) => obj.Value % 10;
        }
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
            [CachedResponse] internal static int Digit([CacheKey(Comparer = typeof(ByLastDigit))] int? x) => ++s_runs;
            [CachedResponse] internal static int Ignoring(int x, [CacheKeyIgnore] object how) => ++s_runs;
            [CachedResponse] internal static int Invariant([CacheKey(Comparison = StringComparison.InvariantCultureIgnoreCase)] string x) => ++s_runs;
        }
        internal static class Scenario
        {
            public static string Run() =>
                $"{C.GetCached("a")} {C.GetCached("A")} {C.GetCached(null)}, {C.LongCached("ab")} {C.LongCached("cd")} {C.LongCached(null)}, {C.IgnoringCached(1, "x")} {C.IgnoringCached(1, "y")}, {C.InvariantCached("x")}, {C.DigitCached(1)} {C.DigitCached(11)} {C.DigitCached(null)}";
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
    [InlineData("object", "compares by reference, so that equal arguments would miss; give it the type of its values")]
    [InlineData("NoEquals", "make it a record")]
    [InlineData("IOwn", "name a method that says what counts with Key = nameof(…)")]
    [InlineData("Action", "pass what tells the calls apart")]
    [InlineData("IEnumerable<int>", "pass an array, an IReadOnlyList<T>")]
    [InlineData("System.Collections.Concurrent.ConcurrentBag<int>", "pass an array, an IReadOnlyList<T>")]
    [InlineData("int[,]", "an array of one dimension")]

    // Another's type: a key for it.
    [InlineData("IDisposable", "Key = nameof(…), or say it once for the project with [assembly: CacheKeyFor(typeof(System.IDisposable), typeof(…))]")]
    [InlineData("Func<CancellationToken, Task<int>>", "pass what tells the calls apart instead")]
    [InlineData("System.IO.Stream", "pass what tells the calls apart instead")]
    [InlineData("Lazy<int>", "[assembly: CacheKeyFor(typeof(System.Lazy<int>), typeof(…))]")]
    [InlineData("System.Net.Http.HttpRequestMessage", "[assembly: CacheKeyFor(typeof(System.Net.Http.HttpRequestMessage), typeof(…))]")]
    [InlineData("IList<System.Net.Http.HttpRequestMessage?>", "holds 'System.Net.Http.HttpRequestMessage', which compares by reference, so that equal arguments would miss; name a method that says what counts with Key = nameof(…), or say it once for the project with [assembly: CacheKeyFor(typeof(System.Net.Http.HttpRequestMessage), typeof(…))]")]

    // At any depth, with the way there.
    [InlineData("NoEquals[]", "'x' of type 'NoEquals[]' holds 'NoEquals', which compares by reference, so that equal arguments would miss; make it a record")]
    [InlineData("List<object>", "holds 'object', which compares by reference")]
    [InlineData("Dictionary<NoEquals, int>", "holds 'NoEquals', which compares by reference")]
    [InlineData("(int, NoEquals)", "holds 'Item2' of type 'NoEquals', which compares by reference")]
    [InlineData("KeyValuePair<int, object>", "holds 'KeyValuePair.Value' of type 'object', which compares by reference")]
    [InlineData("Tuple<NoEquals?>", "holds 'Tuple.Item1' of type 'NoEquals', which compares by reference")]
    [InlineData("Query", "'x' of type 'Query' holds 'Query.Source' of type 'System.Func<int>', which compares by reference, so that equal arguments would miss; pass what tells the calls apart instead")]
    [InlineData("List<(int, Outer?)>?", "holds 'Item2.Inner.Source' of type 'System.Func<int>', which compares by reference")]
    [InlineData("Outer", "holds 'Outer.Inner.Source' of type 'System.Func<int>', which compares by reference")]
    [InlineData("Wrapper", "holds 'Wrapper._stream' of type 'System.IO.Stream', which compares by reference")]
    [InlineData("Capturing", "holds 'Capturing.source' of type 'NoEquals', which compares by reference")]
    [InlineData("Derived", "holds 'Derived.Source' of type 'System.Func<int>', which compares by reference")]

    // By content, but not there.
    [InlineData("HashSet<int[]>", "holds 'int[]', which compares by reference, so that equal arguments would miss; let a set or dictionary find what it holds by value equality")]
    [InlineData("Dictionary<System.Text.Json.JsonElement, int>", "holds 'System.Text.Json.JsonElement', which compares by reference")]
    [InlineData("GetOnly", "holds 'GetOnly.Items' of type 'int[]', which can change, and no copy of its owner can be made with a copy of it; give it an init accessor, an immutable type, or let 'GetOnly' implement IEquatable<GetOnly>")]
    [InlineData("Secret", "holds 'Secret._secret' of type 'string', which cannot be read, and 'Secret' must be compared member by member")]
    [InlineData("Abstract", "is abstract and holds what compares by reference")]
    [InlineData("Tree", "refers to itself and needs a comparison of its members one by one")]

    // An equality that is none, or that sees too little.
    [InlineData("OnlyBase", "compares by reference")]
    [InlineData("OnlyReference", "compares by reference")]
    [InlineData("OnlyThis", "compares by reference")]
    [InlineData("Narrowed", "compares by reference")]
    [InlineData("Four", "is an inline array, which cannot be compared; pass an array")]
    [InlineData("HasFour", "holds 'HasFour.Numbers' of type 'Four', which is an inline array")]
    [InlineData("LaxUnion", "holds 'LaxUnion.Value' of type 'double', which has an equality that ignores what a method can notice")]
    [InlineData("ListUnion", "holds 'ListUnion.Value' of type 'System.Collections.Generic.List<int>', which compares by reference")]
    [InlineData("System.Net.Mail.MailAddress", "has an equality that ignores case, so that arguments which a method can tell apart would share a result; name a method that says what counts")]
    [InlineData("System.Net.Http.Headers.MediaTypeHeaderValue", "has an equality that ignores case")]
    [InlineData("Microsoft.Extensions.Logging.EventId[]", "has an equality that ignores its name")]
    [InlineData("System.Text.Json.JsonProperty", "has no equality of its own, and what it holds cannot be seen")]
    public void Types_without_value_equality_are_refused(string type, string advice) => MustReport("MEMO005", advice, $$"""
        class NoEquals;
        interface IOwn { int X { get; } }
        record Query(int X, Func<int>? Source);
        record struct Outer(string Name, Query? Inner);
        sealed record Derived(string Name) : Query(1, null);
        struct Wrapper { private readonly System.IO.Stream _stream; public long Length => _stream.Length; }
        struct Capturing(NoEquals source) { public NoEquals Get() => source; }
        sealed record GetOnly { public int[] Items { get; } = []; }
        sealed record Secret(int[] Items) { private readonly string _secret = ""; public int Length => _secret.Length; }
        abstract record Abstract(int[] Items);
        sealed record Tree(int X, Tree[] Children);
        class OnlyBase { public override bool Equals(object? obj) => base.Equals(obj); public override int GetHashCode() => 1; }
        sealed class OnlyReference : OnlyBase { public override bool Equals(object? obj) { return ReferenceEquals(this, obj); } public override int GetHashCode() => 1; }
        class Wide { public override bool Equals(object? obj) => obj is Wide; public override int GetHashCode() => 1; }
        sealed class Narrowed : Wide { public override bool Equals(object? obj) => ReferenceEquals(this, obj); public override int GetHashCode() => 2; }
        sealed class OnlyThis { public override bool Equals(object? obj) => this == obj; public override int GetHashCode() => 1; }
        [System.Runtime.CompilerServices.InlineArray(4)] struct Four { private int _first; }
        record struct HasFour(int X, Four Numbers);
        struct LaxUnion : System.Runtime.CompilerServices.IUnion { public LaxUnion(int x) => Value = x; public LaxUnion(double x) => Value = x; public object? Value { get; } }
        struct ListUnion : System.Runtime.CompilerServices.IUnion { public ListUnion(int x) => Value = x; public ListUnion(List<int> x) => Value = x; public object? Value { get; } }
        partial class C { [CachedResponse] int Get({{type}} x) => 1; }
        namespace System.Runtime.CompilerServices { interface IUnion { object? Value { get; } } }
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
