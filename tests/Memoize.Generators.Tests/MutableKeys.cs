using Memoize.Generators.Tests.Analyzers;

namespace Memoize.Generators.Tests;

/// <summary>What is kept as a key is a copy, also of what compares in a way of its own; where no copy is known, that is told.</summary>
public sealed class MutableKeys
{
    private const string Types = """
        internal interface IDeepCloneable<T> { T Clone(); }
        internal sealed class Message : IDeepCloneable<Message>, IEquatable<Message>
        {
            public string Text { get; set; } = "";
            public Message Clone() => new() { Text = Text };
            public bool Equals(Message? other) => other?.Text == Text;
            public override bool Equals(object? obj) => Equals(obj as Message);
            public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
        }
        internal record Plain { public string Text { get; set; } = ""; }
        internal record Own : ICloneable { public string Text = ""; object ICloneable.Clone() => new Own { Text = Text }; }
        internal sealed class ByFirst : IEqualityComparer<List<int>>
        {
            public bool Equals(List<int>? x, List<int>? y) => x?[0] == y?[0];
            public int GetHashCode(List<int> obj) => obj[0];
        }
        internal sealed class BySize : IEqualityComparer<System.Text.StringBuilder>
        {
            public bool Equals(System.Text.StringBuilder? x, System.Text.StringBuilder? y) => x?.Length == y?.Length;
            public int GetHashCode(System.Text.StringBuilder obj) => obj.Length;
        }
        internal sealed class ByText : ICacheKeyComparer<System.Text.StringBuilder>
        {
            public bool Equals(System.Text.StringBuilder? x, System.Text.StringBuilder? y) => x?.ToString() == y?.ToString();
            public int GetHashCode(System.Text.StringBuilder obj) => obj.ToString().GetHashCode(StringComparison.Ordinal);
            public System.Text.StringBuilder Copy(System.Text.StringBuilder value) => new(value.ToString());
        }
        """;

    [Theory]
    [InlineData("Message value", "new Message { Text = \"a\" }", "value.Text = \"b\"", "value.Text")]
    [InlineData("Message? value", "new Message { Text = \"a\" }", "value.Text = \"b\"", "value!.Text")]
    [InlineData("Plain value", "new Plain { Text = \"a\" }", "value.Text = \"b\"", "value.Text")]
    [InlineData("Plain? value", "new Plain { Text = \"a\" }", "value.Text = \"b\"", "value!.Text")]
    [InlineData("Own value", "new Own { Text = \"a\" }", "value.Text = \"b\"", "value.Text")]
    [InlineData("[CacheKey(Comparer = typeof(ByFirst))] List<int> value", "new List<int> { 1 }", "value[0] = 2", "(value[0] == 1 ? \"a\" : \"b\")")]
    [InlineData("[CacheKey(Comparer = typeof(ByFirst))] List<int>? value", "new List<int> { 1 }", "value[0] = 2", "(value![0] == 1 ? \"a\" : \"b\")")]
    [InlineData("[CacheKey(Comparer = typeof(BySize))] System.Text.StringBuilder value", "new System.Text.StringBuilder(\"a\")", "value.Clear()", "value.ToString()")]
    [InlineData("[CacheKey(Comparer = typeof(BySize))] System.Text.StringBuilder? value", "new System.Text.StringBuilder(\"a\")", "value.Clear()", "value!.ToString()")]
    [InlineData("[CacheKey(Comparer = typeof(ByText))] System.Text.StringBuilder value", "new System.Text.StringBuilder(\"a\")", "value.Clear()", "value.ToString()")]
    [InlineData("[CacheKey(Comparer = typeof(ByText))] System.Text.StringBuilder? value", "new System.Text.StringBuilder(\"a\")", "value.Clear()", "value!.ToString()")]
    public async Task Are_copied_for_the_key_and_for_the_core(string parameter, string make, string change, string read) => await Consumer.MustPrint(
        "a, kept True, refreshed a",
        $$"""
        {{Types}}
        internal sealed partial class C
        {
            public TaskCompletionSource Open = new(TaskCreationOptions.RunContinuationsAsynchronously);
            [CachedResponse] internal partial Task<string> GetAsync({{parameter}});
            private async Task<string> GetCoreAsync({{parameter[(parameter.IndexOf(']', StringComparison.Ordinal) + 1)..]}}) { await Open.Task; return {{read}}; }
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C();
                var value = {{make}};
                var running = c.GetAsync(value);
                {{change}};
                c.Open.SetResult();
                var log = $"{await running}, kept {c.GetCache.TryPeek({{make}}, out _)}";
                c.Open = new();
                value = {{make}};
                running = c.GetCache.RefreshAsync(value);
                {{change}};
                c.Open.SetResult();
                return $"{log}, refreshed {await running}";
            }
        }
        """);

    [Fact]
    public async Task Are_told_where_no_copy_is_known()
    {
        var messages = await Analysis.MustReportAsync("""
            public class Settable { public int X { get; set; } public override bool Equals(object? obj) => obj is Settable other && other.X == X; public override int GetHashCode() => X; }
            public class Derived : Settable;
            public class Field : IEquatable<Field> { public int X; public bool Equals(Field? other) => other?.X == X; public override bool Equals(object? obj) => Equals(obj as Field); public override int GetHashCode() => X; }
            public sealed record Holder(Settable Inner);
            public sealed record Both { public Settable? Inner { get; set; } }
            public sealed partial class C
            {
                [CacheKey] public readonly Settable {|MEMO040:Mine|} = new();
                [CachedResponse("5m")] public int One(Settable {|MEMO040:x|}) => 1;
            }
            public static partial class S
            {
                [CachedResponse("5m")] public static int One(Derived? {|MEMO040:x|}, Field {|MEMO040:y|}, List<Settable> {|MEMO040:z|}, (int, Settable) {|MEMO040:tuple|}, Dictionary<Settable, int> {|MEMO040:map|}) => 1;
                [CachedResponse("5m")] public static int Two(Holder {|MEMO040:x|}, Both {|MEMO040:y|}) => 1;
                [CachedResponse("5m")] public static int Four(System.Net.IPEndPoint {|MEMO040:x|}) => 1;
                [CachedResponse("5m", {|MEMO040:Key = nameof(KeyOf)|})] public static int Five(int x) => 1;
                private static Settable KeyOf(int x) => new();
            }
            """);
        Assert.Equal(
            "'Mine' of type 'Settable' is kept in the key of 'One', but 'X' can change in it: make that init-only, name a [CacheKey(Comparer = typeof(…))] that implements ICacheKeyComparer<Settable>, or make the key with Key = nameof(…)",
            messages[0]);
    }

    [Fact]
    public async Task Nothing_is_told_of_what_does_not_change_or_is_copied() => await Analysis.MustReportAsync("""
        using System.Globalization;
        using System.Net;
        using System.Text;

        [assembly: CacheKeyFor(typeof(HttpRequestMessage), typeof(RequestKey))]
        public static class RequestKey { public static string Of(HttpRequestMessage request) => ""; }

        public interface IDeepCloneable<T> { T Clone(); }
        public sealed class Message : IDeepCloneable<Message> { public int X { get; set; } public Message Clone() => new() { X = X }; public override bool Equals(object? obj) => obj is Message other && other.X == X; public override int GetHashCode() => X; }
        public record Settable { public int X { get; set; } }
        public sealed record Chain(int X, Chain? Next);
        public sealed record Fine(int X, string? Y, Chain? Next, ImmutableArray<int> Items) { public int Count { get; init; } public int Hidden { get; private set; } }
        public sealed class Code(string text) { public string Text { get; private set; } = text; public override bool Equals(object? obj) => obj is Code other && other.Text == Text; public override int GetHashCode() => 1; }
        public struct Point { public int X; public int Y { get; set; } }
        public sealed class ByText : ICacheKeyComparer<StringBuilder>
        {
            public bool Equals(StringBuilder? x, StringBuilder? y) => x?.Length == y?.Length;
            public int GetHashCode(StringBuilder obj) => obj.Length;
            public StringBuilder Copy(StringBuilder value) => new(value.ToString());
        }
        public static partial class S
        {
            [CachedResponse("5m")] public static int One(Message a, Settable b, Fine c, Code d, Point e, int[] f, [CacheKey(Comparer = typeof(ByText))] StringBuilder g) => 1;
            [CachedResponse("5m")] public static int Three(HttpRequestMessage a, List<HttpRequestMessage> b, (HttpRequestMessage, int) c) => 1;
            [CachedResponse("5m")] public static int Two(Uri a, Version b, IPAddress d, Type e, TimeZoneInfo f, Encoding g, HttpMethod h, string i, decimal j, DateTime? k, UTF8Encoding l) => 1;
            [CachedResponse("5m")] public static int Four(StringBuilder a, CultureInfo b, System.Text.Json.JsonElement c) => 1;
        }
        """);
}
