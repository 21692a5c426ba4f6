using Memoize.Generators.Tests.Analyzers;

namespace Memoize.Generators.Tests;

/// <summary><c>[assembly: CacheKeyFor(typeof(Other), typeof(OtherKey))]</c>: wherever such a value stands in a key, its key stands for it.</summary>
public sealed class KeysForOtherTypes
{
    // Types without value equality, a class and a struct, and what stands for them: a string, and a number.
    private const string Types = """
        [assembly: CacheKeyFor(typeof(Other), typeof(OtherKey))]
        [assembly: CacheKeyFor(typeof(Point), typeof(PointKey))]
        internal class Other(string text) { public string Text => text; }
        internal sealed class More(string text, int more) : Other(text) { public int More_ => more; }
        internal struct Point { public object? Here { get; init; } public int X { get; init; } }
        internal static class OtherKey { public static int Calls; public static string Of(Other other) { Calls++; return other.Text; } }
        internal static class PointKey { public static int Of(Point point) => point.X; }
        internal sealed record Question(Other Other, int Number);
        internal readonly record struct Pair(Other? Left, Point Right);
        internal sealed record Alone(Other? Other);
        internal record Stem(Other Other);
        internal sealed record Leaf(int X, Other Other) : Stem(Other);

        // The same items, each time in the other order.
        internal static class Turn { private static int s_calls; public static T[] Of<T>(params T[] items) { if (++s_calls % 2 == 0) Array.Reverse(items); return items; } }
        """;

    // The type of the parameter, and two expressions: of "a" and of what says so.
    [Theory]
    [InlineData("Other", "new Other({0})")]
    [InlineData("Other?", "{0} == \"b\" ? null : new Other({0})")]
    [InlineData("More", "new More({0}, 1)")]
    [InlineData("Point", "new Point {{ Here = new object(), X = {0}[0] }}")]
    [InlineData("Point?", "{0} == \"b\" ? null : new Point {{ Here = new object(), X = {0}[0] }}")]
    [InlineData("IList<Other>", "new List<Other> {{ new({0}), new({0} + 1) }}")]
    [InlineData("IReadOnlyList<Other?>?", "new Other?[] {{ null, new({0}) }}")]
    [InlineData("Other[][]", "new[] {{ new Other[] {{ new({0}) }}, [] }}")]
    [InlineData("List<Point>", "new List<Point> {{ new() {{ Here = new object(), X = {0}[0] }} }}")]
    [InlineData("ImmutableArray<Other>", "{0} == \"b\" ? default : [new Other({0})]")]
    [InlineData("ReadOnlyMemory<Other>", "new Other[] {{ new({0}) }}")]
    [InlineData("ArraySegment<Other>", "{0} == \"b\" ? default : new ArraySegment<Other>([new({0})])")]
    [InlineData("Dictionary<string, Other>", "new Dictionary<string, Other> {{ [\"x\"] = new({0}), [\"y\"] = new(\"y\") }}")]
    [InlineData("IReadOnlyDictionary<Other, Point>", "new Dictionary<Other, Point> {{ [new({0})] = default, [new(\"y\")] = default }}")]
    [InlineData("IReadOnlyDictionary<Other, int>", "new Dictionary<Other, int> {{ [new({0})] = 1, [new({0})] = 1 }}")]
    [InlineData("HashSet<Other>", "new HashSet<Other> {{ new({0}), new({0}) }}")]
    [InlineData("List<Other>", "{0} == \"b\" ? new List<Other> {{ new(\"a\"), new(\"a\") }} : new List<Other> {{ new(\"a\") }}")]
    [InlineData("HashSet<Other>", "new HashSet<Other>(Turn.Of(new Other({0}), new Other(\"y\")))")]
    [InlineData("IReadOnlyDictionary<Other, int>", "new Dictionary<Other, int>(Turn.Of(KeyValuePair.Create(new Other({0}), 1), KeyValuePair.Create(new Other(\"y\"), 2)))")]
    [InlineData("OrderedDictionary<Other, int>", "new OrderedDictionary<Other, int> {{ [new({0})] = 1 }}")]
    [InlineData("SortedDictionary<string, Other>", "new SortedDictionary<string, Other>(StringComparer.Ordinal) {{ [\"x\"] = new({0}) }}")]
    [InlineData("Dictionary<string, Other>", "new Dictionary<string, Other>({0} == \"b\" ? StringComparer.OrdinalIgnoreCase : null) {{ [\"x\"] = new(\"y\") }}")]
    [InlineData("IReadOnlyDictionary<string, Other>", "new Dictionary<string, Other>({0} == \"b\" ? StringComparer.OrdinalIgnoreCase : null) {{ [\"x\"] = new(\"y\") }}")]
    [InlineData("System.Collections.Concurrent.ConcurrentDictionary<string, Other>", "new System.Collections.Concurrent.ConcurrentDictionary<string, Other>({0} == \"b\" ? StringComparer.OrdinalIgnoreCase : null) {{ [\"x\"] = new(\"y\") }}")]
    [InlineData("ImmutableDictionary<string, Other>", "ImmutableDictionary.Create<string, Other>({0} == \"b\" ? StringComparer.OrdinalIgnoreCase : null).Add(\"x\", new(\"y\"))")]
    [InlineData("Leaf", "new Leaf(1, new({0}))")]
    [InlineData("(Other, int)", "(new Other({0}), 1)")]
    [InlineData("(Other?, int)?", "{0} == \"b\" ? null : (new Other({0}), 1)")]
    [InlineData("KeyValuePair<Other, Point>", "new KeyValuePair<Other, Point>(new({0}), default)")]
    [InlineData("Question", "new Question(new({0}), 1)")]
    [InlineData("Question?", "{0} == \"b\" ? null : new Question(new({0}), 1)")]
    [InlineData("IList<Question>", "new List<Question> {{ new(new({0}), 1) }}")]
    [InlineData("Pair", "new Pair({0} == \"b\" ? null : new({0}), default)")]
    [InlineData("Pair?", "{0} == \"b\" ? null : new Pair(null, default)")]
    [InlineData("Alone", "new Alone({0} == \"b\" ? null : new({0}))")]
    public void Stand_for_them_in_memory_and_in_a_store(string type, string make)
    {
        string Make(string text) => string.Format(System.Globalization.CultureInfo.InvariantCulture, make, text);
        Assert.Equal(
            "1 1 2, another process 1 2, in the store 2, peeked 1, set 9",
            OwnKeys.WithStore($$"""
                {{Types}}
                internal sealed partial class C(Memoizer memoizer)
                {
                    private static int _runs;
                    [CachedResponse("5m")] internal int Get({{type}} value) => ++_runs;
                    internal Memoizer Memoizer => memoizer;
                }
                internal static class Scenario
                {
                    private static {{type}} Make(string text) => {{Make("text")}};
                    public static string Run(ICacheStore store)
                    {
                        using var memoizer = new Memoizer(new MemoizerOptions { Store = store });
                        using var other = new Memoizer(new MemoizerOptions { Store = store });
                        C c = new(memoizer), d = new(other);
                        var log = $"{c.GetCached(Make("a"))} {c.GetCached(Make("a"))} {c.GetCached(Make("b"))}, another process {d.GetCached(Make("a"))} {d.GetCached(Make("b"))}, in the store {store.Count()}";
                        log += $", peeked {(c.GetCache.TryPeek(Make("a"), out var peeked) ? peeked : 0)}";
                        c.GetCache.Set(Make("a"), 9);
                        return $"{log}, set {c.GetCached(Make("a"))}";
                    }
                }
                """));
    }

    // What the core is given does not only hold something, it also finds and sorts it.
    [Theory]
    [InlineData("Dictionary<string, Other>", "new(StringComparer.OrdinalIgnoreCase) { [\"x\"] = new(\"a\") }", "new() { [\"x\"] = new(\"a\") }")]
    [InlineData("IDictionary<string, Other>", "new Dictionary<string, Other>(StringComparer.OrdinalIgnoreCase) { [\"x\"] = new(\"a\") }", "new Dictionary<string, Other> { [\"x\"] = new(\"a\") }")]
    [InlineData("IReadOnlyDictionary<string, Other>", "new Dictionary<string, Other>(StringComparer.OrdinalIgnoreCase) { [\"x\"] = new(\"a\") }", "new Dictionary<string, Other> { [\"x\"] = new(\"a\") }")]
    [InlineData("ImmutableDictionary<string, Other>", "ImmutableDictionary.Create<string, Other>(StringComparer.OrdinalIgnoreCase).Add(\"x\", new(\"a\"))", "ImmutableDictionary<string, Other>.Empty.Add(\"x\", new(\"a\"))")]
    [InlineData("System.Collections.Concurrent.ConcurrentDictionary<string, Other>", "new(StringComparer.OrdinalIgnoreCase) { [\"x\"] = new(\"a\") }", "new() { [\"x\"] = new(\"a\") }")]
    [InlineData("SortedDictionary<string, Other>", "new(StringComparer.OrdinalIgnoreCase) { [\"x\"] = new(\"a\") }", "new(StringComparer.Ordinal) { [\"x\"] = new(\"a\") }")]
    [InlineData("SortedList<int, Other>", "new() { [1] = new(\"a\"), [2] = new(\"b\") }", "new() { [1] = new(\"b\"), [2] = new(\"a\") }")]
    [InlineData("OrderedDictionary<int, Other>", "new() { [1] = new(\"a\"), [2] = new(\"b\") }", "new() { [2] = new(\"b\"), [1] = new(\"a\") }")]
    [InlineData("ICollection<Other>", "new HashSet<Other> { new(\"a\") }", "new List<Other> { new(\"a\") }")]
    [InlineData("IReadOnlyCollection<Other>", "new HashSet<Other> { new(\"a\") }", "new Queue<Other>([new(\"a\")])")]
    public void Keep_what_compares_the_keys_of_a_map_and_that_a_set_is_one(string type, string one, string other) => Assert.Equal(
        "1 1 2, another process 1 2",
        OwnKeys.WithStore($$"""
            {{Types}}
            internal sealed partial class C(Memoizer memoizer)
            {
                private static int _runs;
                [CachedResponse("5m")] internal int Get({{type}} value) => ++_runs;
                internal Memoizer Memoizer => memoizer;
            }
            internal static class Scenario
            {
                private static {{type}} One() => {{one}};
                private static {{type}} Other() => {{other}};
                public static string Run(ICacheStore store)
                {
                    using var memoizer = new Memoizer(new MemoizerOptions { Store = store });
                    using var second = new Memoizer(new MemoizerOptions { Store = store });
                    C c = new(memoizer), d = new(second);
                    return $"{c.GetCached(One())} {c.GetCached(One())} {c.GetCached(Other())}, another process {d.GetCached(One())} {d.GetCached(Other())}";
                }
            }
            """));

    [Fact]
    public async Task Stand_for_members_of_the_type_and_for_what_a_key_of_ones_own_is_made_of() => await Consumer.MustPrint(
        "1 1 2 2 | 1 1 2",
        $$"""
        {{Types}}
        internal sealed partial class C([CacheKey] Other tenant)
        {
            private static int _runs;
            [CachedResponse] internal int Get(int x) => ++_runs + 0 * tenant.Text.Length;
        }
        internal static partial class S
        {
            private static int _runs;
            [CachedResponse(Key = nameof(KeyOf))] internal static int Get(string text, int unimportant) => ++_runs;
            private static (Other, Point) KeyOf(string text) => (new(text), default);
        }
        internal static class Scenario
        {
            public static string Run() => string.Join(' ',
                new C(new("a")).GetCached(1), new C(new("a")).GetCached(1), new C(new("b")).GetCached(1), new C(new("b")).GetCached(1), "|",
                S.GetCached("a", 1), S.GetCached("a", 2), S.GetCached("b", 1));
        }
        """);

    [Fact]
    public async Task Are_made_of_other_keys_and_asked_once_for_each_value_at_a_hit() => await Consumer.MustPrint(
        "1 1 2, calls 2",
        $$"""
        [assembly: CacheKeyFor(typeof(Talk), typeof(TalkKey))]
        [assembly: CacheKeyFor(typeof(string), typeof(LowerCase))]
        {{Types}}
        internal sealed class Talk(params Other[] others) { public Other[] Others => others; }
        internal static class TalkKey { public static IReadOnlyList<Other> Of(Talk talk) => talk.Others; }
        internal static class LowerCase { public static string Of(string text) => text.ToLowerInvariant(); }
        internal static partial class C
        {
            private static int _runs;
            [CachedResponse] internal static int Get(Talk talk, string text) => ++_runs;
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var log = $"{C.GetCached(new(new Other("a"), new Other("b")), "X")}";
                OtherKey.Calls = 0;
                log += $" {C.GetCached(new(new Other("A"), new Other("b")), "x")}";
                var calls = OtherKey.Calls;
                return $"{log} {C.GetCached(new(new Other("c")), "x")}, calls {calls}";
            }
        }
        """);

    [Fact]
    public async Task The_core_does_not_see_what_the_caller_does_to_its_list() => await Consumer.MustPrint(
        "a b",
        $$"""
        {{Types}}
        internal sealed partial class C
        {
            public readonly TaskCompletionSource Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
            [CachedResponse] internal partial Task<string> JoinAsync(IList<Other> others);
            private async Task<string> JoinCoreAsync(IList<Other> others) { await Open.Task; return string.Join(' ', others.Select(other => other.Text)); }
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C();
                List<Other> others = [new("a"), new("b")];
                var running = c.JoinAsync(others);
                others.Clear();
                c.Open.SetResult();
                return await running;
            }
        }
        """);

    // Of an expression, its text: there are no variables in these, whose values would not be in it.
    [Fact]
    public async Task Work_with_the_types_that_people_ask_for() => await Consumer.MustPrint(
        "1 1 2 3 | 1 1 2 | 1 1 2",
        """
        using System.Linq.Expressions;
        using System.Net.Http;
        using Microsoft.Extensions.AI;

        [assembly: CacheKeyFor(typeof(ChatMessage), typeof(ChatMessageKey))]
        [assembly: CacheKeyFor(typeof(ChatOptions), typeof(ChatOptionsKey))]
        [assembly: CacheKeyFor(typeof(HttpRequestMessage), typeof(RequestKey))]
        [assembly: CacheKeyFor(typeof(Expression), typeof(ExpressionKey))]

        internal static class ChatMessageKey { public static (string, string) Of(ChatMessage message) => (message.Role.Value, message.Text); }
        internal static class ChatOptionsKey { public static (string?, float?) Of(ChatOptions options) => (options.ModelId, options.Temperature); }
        internal static class RequestKey { public static (string, string?) Of(HttpRequestMessage request) => (request.Method.Method, request.RequestUri?.OriginalString); }
        internal static class ExpressionKey { public static string Of(Expression expression) => expression.ToString(); }

        internal sealed partial class C
        {
            private int _asked, _sent, _found;
            [CachedResponse("1d")] internal partial Task<int> AskAsync(IList<ChatMessage> messages, ChatOptions? options, CancellationToken token = default);
            private Task<int> AskCoreAsync(IList<ChatMessage> messages, ChatOptions? options, CancellationToken token) => Task.FromResult(++_asked);
            [CachedResponse("1d")] internal partial Task<int> SendAsync(HttpRequestMessage request);
            private Task<int> SendCoreAsync(HttpRequestMessage request) => Task.FromResult(++_sent);
            [CachedResponse("1d")] internal int Find(Expression<Func<int, bool>> condition) => ++_found;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C();
                static List<ChatMessage> Ask(string text) => [new(ChatRole.System, "Be brief."), new(ChatRole.User, text)];
                return string.Join(' ',
                    await c.AskAsync(Ask("Why?"), null), await c.AskAsync(Ask("Why?"), null), await c.AskAsync(Ask("How?"), null), await c.AskAsync(Ask("How?"), new() { Temperature = 0 }), "|",
                    await c.SendAsync(new(HttpMethod.Get, "https://a/")), await c.SendAsync(new(HttpMethod.Get, "https://a/")), await c.SendAsync(new(HttpMethod.Get, "https://b/")), "|",
                    c.FindCached(x => x > 1), c.FindCached(x => x > 1), c.FindCached(x => x > 2));
            }
        }
        """);

    [Theory]
    [InlineData("internal record Open(Other Other);", "Open", "for the keys in 'Open' to count, make it sealed, or name a key for it, too, with [assembly: CacheKeyFor(typeof(Open), typeof(…))]")]
    [InlineData("internal sealed record Own(Other Other) { public bool Equals(Own? other) => true; public override int GetHashCode() => 0; }", "Own", "'Own' compares in a way of its own")]
    [InlineData("internal sealed record Hiding { private readonly Other _other = new(\"\"); public int X => _other.Text.Length; }", "Hiding", "'Hiding' holds '_other', which cannot be read from 'C'")]
    public void What_cannot_be_looked_into_is_told(string declaration, string type, string advice)
    {
        var message = Assert.Single(Consumer.Diagnose($"{Types}\n{declaration}\ninternal static partial class C {{ [CachedResponse] internal static int Get({type} x) => 1; }}"));
        Assert.StartsWith("MEMO005", message, StringComparison.Ordinal);
        Assert.Contains(advice, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_work_is_told_at_the_attribute()
    {
        var messages = await Analysis.MustReportAsync("""
            [assembly: {|MEMO023:CacheKeyFor(typeof(Other), typeof(Nothing))|}]
            [assembly: {|MEMO023:CacheKeyFor(typeof(Other), typeof(Right))|}]
            [assembly: {|MEMO023:CacheKeyFor(typeof(Uri), typeof(Wrong))|}, {|MEMO023:CacheKeyFor(typeof(Stream), typeof(Instance))|}]
            [assembly: {|MEMO023:CacheKeyFor(typeof(Version), typeof(Hidden))|}]
            [assembly: {|MEMO023:CacheKeyFor(typeof(StringReader), typeof(ByReference))|}]
            [assembly: {|MEMO023:CacheKeyFor(typeof(List<>), typeof(Right))|}]
            [assembly: CacheKeyFor(typeof(HttpClient), typeof(Fine))]
            [assembly: {|MEMO023:CacheKeyFor(typeof(int?), typeof(Maybe))|}]
            [assembly: CacheKeyFor(typeof(Exception), typeof(AlsoFine))]
            [assembly: CacheKeyFor(typeof(Random), typeof(Many))]

            public class Other;
            public static class Nothing;
            public static class Right { public static string Of(Other other) => ""; }
            public static class Wrong { public static string Of(string other) => ""; }
            public class Instance { public string Of(Stream other) => ""; }
            public static class Hidden { private static string Of(Version other) => ""; }
            public static class ByReference { public static object Of(StringReader other) => other; }
            public static class Fine { public static string Of(HttpClient other) => ""; }
            public static class Maybe { public static string Of(int? other) => ""; }
            public static class Many { public static HttpClient[] Of(Random other) => []; }
            public static class AlsoFine { public static IReadOnlyList<HttpClient> Of(object other) => []; }
            """);
        Assert.Equal("[CacheKeyFor] of 'Other' cannot work because 'Nothing' has no method 'Of'; write 'static TKey Of(Other value)'", messages[0]);
        Assert.Equal("[CacheKeyFor] of 'Other' cannot work because another [CacheKeyFor] names the same type; keep one of them", messages[1]);
        Assert.Equal("[CacheKeyFor] of 'StringReader' cannot work because 'Of' of 'ByReference' returns 'object', which has no value equality; return a string, a record or a tuple of such", messages[5]);
    }
}
