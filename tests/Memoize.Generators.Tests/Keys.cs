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
