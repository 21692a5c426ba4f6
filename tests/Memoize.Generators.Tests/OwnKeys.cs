using System.Reflection;
using Memoize.Generators.Tests.Analyzers;
using Memoize.Testing;

namespace Memoize.Generators.Tests;

/// <summary><c>Key = nameof(KeyOf)</c>: what the method returns is the key.</summary>
public sealed class OwnKeys
{
    // A type without value equality.
    private const string Query = "internal sealed class Query(string text) { public string Text => text; }";

    [Theory]
    [InlineData("int", "Runs", "")]
    [InlineData("Task<int>", "Task.FromResult(Runs)", "await ")]
    [InlineData("ValueTask<int>", "new(Runs)", "await ")]
    public async Task Work_with_every_kind_of_result_and_in_every_member_of_the_handle(string type, string result, string wait)
    {
        var suffix = wait.Length == 0 ? "" : "Async";
        await Consumer.MustPrint(
            "1 1 2, calls of KeyOf 3, peeked 1, it is Fresh, invalidated 3, set 9, refreshed 4, then 4, warmed 2, calls of KeyOf 13",
            $$"""
            {{Query}}
            internal sealed partial class C
            {
                public int Runs, Keys;
                [CachedResponse("5m", Key = nameof(KeyOf))] internal partial {{type}} Get{{suffix}}(Query query, int unimportant, CancellationToken token = default);
                private {{type}} GetCore{{suffix}}(Query query, int unimportant, CancellationToken token) { Runs++; return {{result}}; }
                private string KeyOf(Query query) { Interlocked.Increment(ref Keys); return query.Text; }
            }
            internal static class Scenario
            {
                public static async Task<string> Run()
                {
                    await Task.CompletedTask;
                    var c = new C();
                    var log = $"{ {{wait}}c.Get{{suffix}}(new("a"), 1)} { {{wait}}c.Get{{suffix}}(new("a"), 2)} { {{wait}}c.Get{{suffix}}(new("b"), 1)}, calls of KeyOf {c.Keys}";
                    log += $", peeked {(c.GetCache.TryPeek(new("a"), out var peeked) ? peeked : 0)}, it is {c.GetCache.Explain(new("a")).State}";
                    c.GetCache.Invalidate(new("a"));
                    log += $", invalidated { {{wait}}c.Get{{suffix}}(new("a"), 1)}";
                    c.GetCache.Set(new("a"), 9);
                    log += $", set { {{wait}}c.Get{{suffix}}(new("a"), 1)}, refreshed { {{wait}}c.GetCache.Refresh{{suffix}}(new("a"), 1)}, then { {{wait}}c.Get{{suffix}}(new("a"), 1)}";
                    var hits = c.GetCache.Statistics.Hits;
                    await c.GetCache.WarmAsync([(new Query("a"), 1), (new Query("b"), 2)]);
                    return $"{log}, warmed {c.GetCache.Statistics.Hits - hits}, calls of KeyOf {c.Keys}";
                }
            }
            """);
    }

    [Fact]
    public async Task Work_in_static_generic_and_ordinary_methods_and_with_every_type_of_key() => await Consumer.MustPrint(
        "1 1 2 | 1 1 2 | 1 1 2 | 1 1 2 | 1 1 2 | 1 1 2",
        $$"""
        {{Query}}
        internal static partial class S
        {
            private static int _runs;
            [CachedResponse(Key = nameof(KeyOf))] internal static int Get(Query query) => ++_runs;
            private static (int, string)? KeyOf(Query query) => (query.Text.Length, query.Text);

            private static int _generic;
            [CachedResponse(Key = nameof(KeysOf))] internal static partial int Any<T>(Query query, T other) where T : notnull;
            private static int AnyCore<T>(Query query, T other) where T : notnull => ++_generic;
            private static T[] KeysOf<T>(Query query, T other) where T : notnull => [other];
        }
        internal partial class Box<T>
        {
            private int _runs, _here;
            [CachedResponse(Key = nameof(KeyOf))] internal int Get(in Query query, T value) => ++_runs;
            protected List<string> KeyOf(in Query query) => [query.Text];

            // A name that the handle has, too, and a parameter that is called like a local.
            [CachedResponse(Key = nameof(Set), Scope = CacheScope.Instance)] internal int Of(object key) => ++_here;
            private static string? Set(object key) => key.ToString();
        }
        internal readonly partial struct V(int[] runs)
        {
            private int Next() => ++runs[0];
            [CachedResponse(Key = nameof(KeyOf))] internal partial int Get(Query query);
            private int GetCore(Query query) => Next();
            private string KeyOf(Query query) => query.Text;
        }
        internal partial struct W(int[] runs)
        {
            public int Unimportant { get; set; }
            private readonly int Next() => ++runs[0];
            [CachedResponse(Key = nameof(KeyOf))] internal readonly partial int Get(Query query);
            private readonly int GetCore(Query query) => Next();
            private string KeyOf(Query query) { Unimportant++; return query.Text; }

            // All calls have one key; they can be warmed all the same.
            [CachedResponse(Key = nameof(Nothing))] internal static int Only(Query query) => 1;
            private static int Nothing() => 0;
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var w = new W([0]);
                _ = W.OnlyCache.WarmAsync([new Query("a")]);
                var box = new Box<object>();
                var v = new V([0]);
                return string.Join(" | ",
                    $"{S.GetCached(new("a"))} {S.GetCached(new("a"))} {S.GetCached(new("b"))}",
                    $"{S.Any(new("a"), 1)} {S.Any(new("b"), 1)} {S.Any(new("b"), 2)}",
                    $"{box.GetCached(new Query("a"), new())} {box.GetCached(new Query("a"), new())} {box.GetCached(new Query("b"), new())}",
                    $"{box.OfCached(new System.Text.StringBuilder("a"))} {box.OfCached("a")} {box.OfCached(new())}",
                    $"{v.Get(new("a"))} {v.Get(new("a"))} {v.Get(new("b"))}",
                    $"{w.Get(new("a"))} {w.Get(new("a"))} {w.Get(new("b"))}");
            }
        }
        """);

    [Fact]
    public async Task A_parameter_of_its_name_does_not_hide_the_method() => await Consumer.MustPrint(
        "1 1 2, 3 3 4",
        """
        internal static partial class C
        {
            private static int _runs;
            [CachedResponse(Key = nameof(KeyOf))] internal static int Get(string KeyOf, int unimportant) => ++_runs;
            private static string KeyOf(string KeyOf) => KeyOf;
            [CachedResponse(Key = nameof(TKey))] internal static int Any<TKey>(int x) => ++_runs;
            private static int TKey(int x) => x;
        }
        internal static class Scenario
        {
            public static string Run() => $"{C.GetCached("a", 1)} {C.GetCached("a", 2)} {C.GetCached("b", 1)}, {C.AnyCached<int>(1)} {C.AnyCached<int>(1)} {C.AnyCached<int>(2)}";
        }
        """);

    [Fact]
    public async Task Members_of_the_type_still_count_and_an_instance_may_take_part() => await Consumer.MustPrint(
        "1 2 3 3",
        $$"""
        {{Query}}
        internal sealed partial class C([CacheKey] string tenant, string language)
        {
            public static int Runs;
            [CachedResponse(Key = nameof(KeyOf))] internal int Get(Query query) => ++Runs + 0 * tenant.Length;
            private string KeyOf(Query query) => language + query.Text;
        }
        internal static class Scenario
        {
            public static string Run() => string.Join(" ",
                new C("t", "de").GetCached(new("a")), new C("u", "de").GetCached(new("a")), new C("t", "en").GetCached(new("a")), new C("t", "en").GetCached(new("a")));
        }
        """);

    [Fact]
    public async Task What_the_method_throws_reaches_the_caller_and_nothing_is_kept() => await Consumer.MustPrint(
        "no key for a, then 1, requests 1",
        $$"""
        {{Query}}
        internal static partial class C
        {
            internal static bool Fails = true;
            [CachedResponse(Key = nameof(KeyOf))] internal static partial Task<int> GetAsync(Query query);
            private static Task<int> GetCoreAsync(Query query) => Task.FromResult(1);
            private static string KeyOf(Query query) => Fails ? throw new ArgumentException($"no key for {query.Text}") : query.Text;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var log = "";
                try { await C.GetAsync(new("a")); } catch (ArgumentException e) { log = e.Message; }
                C.Fails = false;
                return $"{log}, then {await C.GetAsync(new("a"))}, requests {C.GetCache.Statistics.Requests}";
            }
        }
        """);

    [Fact]
    public async Task Tags_name_parameters_that_the_key_is_made_of() => await Consumer.MustPrint(
        "1 1, kept 2, kept 1",
        $$"""
        {{Query}}
        internal sealed partial class C(Memoizer memoizer)
        {
            public int Runs;
            [CachedResponse(Key = nameof(KeyOf), Tags = ["customer:{customer}"])] internal int Get(Query query, string customer) => ++Runs;
            private static string KeyOf(Query query, string customer) => customer + query.Text;
            internal Memoizer Memoizer => memoizer;
        }
        internal static class Scenario
        {
            public static string Run()
            {
                using var memoizer = new Memoizer();
                var c = new C(memoizer);
                var log = $"{c.GetCached(new("a"), "x")} {c.GetCached(new("a"), "x")}";
                c.GetCache.Set(new("a"), "y", 5);
                log += $", kept {c.GetCache.Statistics.Entries}";
                memoizer.InvalidateTag("customer:y");
                return $"{log}, kept {c.GetCache.Statistics.Entries}";
            }
        }
        """);

    [Theory]
    [InlineData("await c.SumAsync(items, out_)", "first")]
    [InlineData("await c.SumCache.RefreshAsync(items, out_)", "refresh")]
    public async Task The_core_does_not_see_what_the_caller_does_to_its_list_although_it_is_not_in_the_key(string call, string which)
    {
        Assert.NotEmpty(which);
        await Consumer.MustPrint(
            "3 of 2",
            $$"""
            internal sealed partial class C
            {
                public readonly TaskCompletionSource Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
                [CachedResponse(Key = nameof(KeyOf))] internal partial Task<string> SumAsync(IList<object> items, Dictionary<object, List<object>> more);
                private async Task<string> SumCoreAsync(IList<object> items, Dictionary<object, List<object>> more) { await Open.Task; return $"{items.Sum(item => (int)item)} of {more["x"].Count}"; }
                private static int KeyOf(IEnumerable<object> items) => items.Count();
            }
            internal static class Scenario
            {
                public static async Task<string> Run()
                {
                    var c = new C();
                    List<object> items = [1, 2];
                    Dictionary<object, List<object>> out_ = new() { ["x"] = [1, 2] };
                    var running = Start();
                    items[0] = 9;
                    out_["x"].Clear();
                    out_.Clear();
                    c.Open.SetResult();
                    return await running;
                    async Task<string> Start() => {{call}};
                }
            }
            """);
    }

    [Fact]
    public async Task Nor_does_a_refresh_in_the_background() => await Consumer.MustPrint(
        "3, 3, refreshed 3",
        """
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
            public readonly TaskCompletionSource<int> Refreshed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            [CachedResponse("10m", RefreshAfter = "1m", Key = nameof(KeyOf))]
            internal async Task<int> Get(IList<object> items)
            {
                if (Interlocked.Increment(ref _runs) == 1) return items.Sum(item => (int)item);
                await Open.Task;
                Refreshed.SetResult(items.Sum(item => (int)item));
                return 0;
            }
            private static int KeyOf(IList<object> items) => items.Count;
            internal Memoizer Memoizer => memoizer;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var clock = new Clock();
                var c = new C(new Memoizer(new MemoizerOptions { TimeProvider = clock }));
                List<object> items = [1, 2];
                var log = $"{await c.GetCached(items)}";
                clock.Advance(TimeSpan.FromMinutes(2));
                log += $", {await c.GetCached(items)}";
                items[0] = 9;
                c.Open.SetResult();
                return $"{log}, refreshed {await c.Refreshed.Task}";
            }
        }
        """);

    [Fact]
    public void Are_kept_in_stores_by_what_the_method_returns() => Assert.Equal(
        "1 1 2, in the store 2",
        WithStore($$"""
            {{Query}}
            internal sealed partial class C(Memoizer memoizer)
            {
                public static int Runs;
                [CachedResponse("5m", Key = nameof(KeyOf))] internal int Get(Query query) => ++Runs;
                private static (string, int[]) KeyOf2(Query query) => (query.Text, []);
                private static string KeyOf(Query query) => KeyOf2(query).Item1;
                internal Memoizer Memoizer => memoizer;
            }
            internal static class Scenario
            {
                public static string Run(ICacheStore store)
                {
                    int Get(string text) { using var memoizer = new Memoizer(new MemoizerOptions { Store = store }); return new C(memoizer).GetCached(new(text)); }
                    return $"{Get("a")} {Get("a")} {Get("b")}, in the store {store.Count()}";
                }
            }
            """));

    [Theory]
    [InlineData("Key = nameof(Missing)", "", "Key of 'Get' names 'Missing', which does not exist; write 'private string Missing(Query query, int y)'")]
    [InlineData("Key = nameof(Get)", "", "Key of 'Get' names 'Get', which is the cached method itself")]
    [InlineData("Key = nameof(M)", "private void M(Query query) { }", "Key of 'Get' names 'M', which has another signature; write 'private string M(Query query, int y)'")]
    [InlineData("Key = nameof(M)", "private string M(int query) => \"\";", "Key of 'Get' names 'M', which has another signature")]
    [InlineData("Key = nameof(M)", "private string M(Query question) => \"\";", "Key of 'Get' names 'M', which takes 'question', which is no parameter of 'Get'")]
    [InlineData("Key = nameof(M)", "private string M(ref Query query) => \"\";", "Key of 'Get' names 'M', which has another signature")]
    [InlineData("Key = nameof(M)", "private string M<T>(Query query) => \"\";", "Key of 'Get' names 'M', which has another signature")]
    public void A_method_that_cannot_be_called_is_refused(string options, string members, string message) => MustReport("MEMO012", message, options, members);

    [Theory]
    [InlineData("private Task<string> M(Query query) => null!;", "Key = nameof(M) of 'Get' cannot work because a look does not wait for anything")]
    [InlineData("private ReadOnlySpan<char> M(Query query) => query.Text;", "Key = nameof(M) of 'Get' cannot work because nobody can keep a 'System.ReadOnlySpan<char>'")]
    [InlineData("private string M(Query query, CancellationToken token) => \"\";", "Key = nameof(M) of 'Get' cannot work because it takes 'token'")]
    public void A_key_that_cannot_work_is_refused(string members, string message) => MustReport("MEMO023", message, "Key = nameof(M)", members);

    [Fact]
    public void A_key_without_value_equality_is_refused() => MustReport("MEMO005", "'M' of type 'Query' compares by reference", "Key = nameof(M)", "private Query M(Query query) => query;");

    [Fact]
    public void A_null_must_be_welcome() => Assert.StartsWith(
        "MEMO012: Key of 'Get' names 'M', which has another signature; write 'private string M(string? name)'",
        Assert.Single(Consumer.Diagnose("internal sealed partial class C { [CachedResponse(Key = nameof(M))] internal int Get(string? name) => 1; private string M(string name) => name; }")),
        StringComparison.Ordinal);

    [Fact]
    public void A_static_method_has_no_instance_to_ask() => Assert.StartsWith(
        "MEMO012: Key of 'Get' names 'M', which needs an instance, but the cached method is static; write 'private static string M(int x)'",
        Assert.Single(Consumer.Diagnose("internal sealed partial class C { [CachedResponse(Key = nameof(M))] internal static int Get(int x) => 1; private string M(int x) => \"\"; }")),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("[CacheKey] int x", "MEMO011: 'Get' has options that contradict each other: Key = nameof(M) says what the key is, and so does [CacheKey] on 'x'; leave one of them out")]
    [InlineData("[CacheKeyIgnore] int x", "MEMO011: 'Get' has options that contradict each other: Key = nameof(M) says what the key is, and so does [CacheKeyIgnore] on 'x'; leave one of them out")]
    public void Attributes_of_parameters_contradict_it(string parameter, string message) => Assert.Equal(
        message, Assert.Single(Consumer.Diagnose($"internal sealed partial class C {{ [CachedResponse(Key = nameof(M))] internal int Get({parameter}) => 1; private string M(int x) => \"\"; }}")));

    [Fact]
    public void A_tag_needs_what_the_key_is_made_of() => Assert.StartsWith(
        "MEMO013: The tag \"{y}\" of 'Get' has a placeholder for 'y', which is not in the key",
        Assert.Single(Consumer.Diagnose("internal sealed partial class C { [CachedResponse(Key = nameof(M), Tags = [\"{y}\"])] internal int Get(int x, int y) => 1; private string M(int x) => \"\"; }")),
        StringComparison.Ordinal);

    [Fact]
    public void A_store_by_name_needs_a_key_that_can_be_written() => Assert.StartsWith(
        "MEMO020: 'M' of type 'System.Net.IPAddress' cannot be in the keys of a store",
        Assert.Single(Consumer.Diagnose("internal sealed partial class C { [CachedResponse(Key = nameof(M), Store = \"disk\")] internal int Get(int x) => 1; private static System.Net.IPAddress M(int x) => new(x); }")),
        StringComparison.Ordinal);

    [Fact]
    public async Task Errors_are_told_at_the_option_and_what_the_key_is_made_of_is_in_it() => await Analysis.MustReportAsync("""
        public class Query { public string Text => ""; }
        public sealed partial class C(string tenant, string language)
        {
            [CachedResponse("5m", Key = {|MEMO005:nameof(KeyOf)|})] public int One(Query query) => 1;
            private static Query KeyOf(Query query) => query;
            [CachedResponse("5m", Key = {|MEMO012:nameof(Two)|})] public int Two(Query query) => 1;
            [CachedResponse("5m", Key = {|MEMO023:nameof(TaskOf)|})] public int Three(Query query) => 1;
            private static Task<int> TaskOf(Query query) => Task.FromResult(1);
            [CachedResponse("5m", Key = nameof(TenantOf))] public string Four(Query query) => tenant + {|MEMO030:language|};
            private string TenantOf(Query query) => tenant + query.Text;
        }
        """);

    /// <summary>Runs <c>Scenario.Run(ICacheStore)</c> of a project.</summary>
    internal static string WithStore(string source) => (string)Consumer.CompileWithUsings(source).Load().GetType("Scenario", throwOnError: true)!
        .GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!
        .Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [new InMemoryCacheStore()], culture: null)!;

    private static void MustReport(string id, string message, string options, string members) => Assert.StartsWith(
        $"{id}: {message}",
        Assert.Single(Consumer.Diagnose($$"""
            {{Query}}
            internal sealed partial class C
            {
                [CachedResponse({{options}})] internal int Get(Query query, int y, CancellationToken token = default) => 1;
                {{members}}
            }
            """)),
        StringComparison.Ordinal);
}
