using System.Reflection;

namespace Memoize.Generators.Tests;

/// <summary>What the generator thinks of results as JSON is what System.Text.Json does with them.</summary>
public sealed class JsonRoundTrips
{
    private const string Types = """
        using System.Text.Json;
        using System.Text.Json.Serialization;

        internal sealed record Quote(string Symbol, decimal? Price) { public string Label => Symbol + Price; }
        internal sealed class Settable { public int X { get; set; } public Quote? Inner { get; init; } }
        internal sealed class Constructed(int x) { public int X { get; } = x; }
        internal sealed class GetOnly { public int X { get; } = Random.Shared.Next(); }
        internal sealed class PrivateSet { public int X { get; private set; } public static PrivateSet Of(int x) => new() { X = x }; }
        internal sealed class IncludedSet { [JsonInclude] public int X { get; private set; } public static IncludedSet Of(int x) => new() { X = x }; }
        internal sealed class Behind { private int _x; public int X => _x; public static Behind Of(int x) => new() { _x = x }; }
        internal sealed class WithField { public int X = 0; }
        internal sealed class WithIncludedField { [JsonInclude] public int X = 0; }
        internal sealed class Two { public Two(int x) => X = x; public Two(string x) => X = x.Length; public int X { get; } }
        internal sealed class Marked { [JsonConstructor] public Marked(int x) => X = x; public Marked(string x) => X = x.Length; public int X { get; } }
        internal sealed class Mismatched(int y) { public int X { get; } = y; }
        internal readonly record struct Point(int X, int Y);
        internal struct Plain { public int X { get; set; } }
        internal abstract record Shape;
        internal sealed record Round(int R) : Shape;
        [JsonDerivedType(typeof(Square), "square")] internal abstract record Known;
        internal sealed record Square(int R) : Known;
        internal interface IShape { int R { get; } }
        internal sealed record Holder(IReadOnlyList<object> Items);
        internal sealed record Tree(string Name, IReadOnlyList<Tree> Children);
        internal sealed record Pairs((int, int) Pair);
        [JsonConverter(typeof(OpaqueConverter))] internal sealed class Opaque(int a, string b) { public string Text => b + a; }
        internal sealed class OpaqueConverter : JsonConverter<Opaque>
        {
            public override Opaque Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetString()!.Length, "");
            public override void Write(Utf8JsonWriter writer, Opaque value, JsonSerializerOptions options) => writer.WriteStringValue("");
        }
        """;

    private static readonly (string Type, string Make, bool ComesBack)[] Results =
    [
        ("int", "1", true),
        ("string", "\"a\"", true),
        ("byte[]", "[1, 2]", true),
        ("double?", "1.5", true),
        ("DayOfWeek", "DayOfWeek.Friday", true),
        ("DateTimeOffset", "DateTimeOffset.UnixEpoch", true),
        ("DateOnly", "DateOnly.MaxValue", true),
        ("TimeSpan", "TimeSpan.FromSeconds(1)", true),
        ("Guid", "Guid.NewGuid()", true),
        ("Uri", "new Uri(\"https://a/\")", true),
        ("Version", "new Version(1, 2)", true),
        ("Int128", "Int128.MaxValue", true),
        ("Half", "(Half)1.5", true),
        ("System.Text.Json.JsonElement", "JsonSerializer.SerializeToElement(new[] { 1 })", true),
        ("Quote", "new Quote(\"a\", 1)", true),
        ("Settable", "new Settable { X = 1, Inner = new Quote(\"a\", null) }", true),
        ("Constructed", "new Constructed(1)", true),
        ("IncludedSet", "IncludedSet.Of(1)", true),
        ("WithIncludedField", "new WithIncludedField { X = 1 }", true),
        ("Marked", "new Marked(1)", true),
        ("Point", "new Point(1, 2)", true),
        ("Plain", "new Plain { X = 1 }", true),
        ("Known", "new Square(1)", true),
        ("Tree", "new Tree(\"a\", [new Tree(\"b\", [])])", true),
        ("Opaque", "new Opaque(0, \"\")", true),
        ("IReadOnlyList<Quote>", "new List<Quote> { new(\"a\", 1) }", true),
        ("IEnumerable<int>", "new List<int> { 1 }", true),
        ("IReadOnlyDictionary<string, Quote>", "new Dictionary<string, Quote> { [\"a\"] = new(\"a\", 1) }", true),
        ("Dictionary<Guid, int>", "new Dictionary<Guid, int> { [Guid.Empty] = 1 }", true),
        ("Dictionary<DayOfWeek, int>", "new Dictionary<DayOfWeek, int> { [DayOfWeek.Friday] = 1 }", true),
        ("Dictionary<Uri, int>", "new Dictionary<Uri, int> { [new Uri(\"https://a/\")] = 1 }", true),
        ("ImmutableArray<int>", "[1]", true),
        ("ImmutableDictionary<int, int>", "ImmutableDictionary<int, int>.Empty.Add(1, 2)", true),
        ("ImmutableSortedSet<int>", "[1, 2]", true),
        ("HashSet<string>", "[\"a\"]", true),
        ("IReadOnlySet<int>", "new HashSet<int> { 1 }", false),
        ("ReadOnlyMemory<byte>", "new byte[] { 1 }", true),
        ("Memory<int>", "new int[] { 1 }", true),
        ("Queue<int>", "new Queue<int>([1, 2])", true),
        ("KeyValuePair<string, int>", "KeyValuePair.Create(\"a\", 1)", true),
        ("Tuple<int, string>", "Tuple.Create(1, \"a\")", true),
        ("GetOnly", "new GetOnly()", false),
        ("Behind", "Behind.Of(1)", false),
        ("PrivateSet", "PrivateSet.Of(1)", false),
        ("WithField", "new WithField { X = 1 }", false),
        ("Two", "new Two(1)", false),
        ("Mismatched", "new Mismatched(1)", false),
        ("Shape", "new Round(1)", false),
        ("Holder", "new Holder([1])", false),
        ("object", "(object)1", false),
        ("(int, string)", "(1, \"a\")", false),
        ("Pairs", "new Pairs((1, 2))", false),
        ("List<(int, int)>", "[(1, 2)]", false),
        ("Stack<int>", "new Stack<int>([1, 2])", false),
        ("int[,]", "new int[1, 1]", false),
        ("Func<int>", "() => 1", false),
        ("Type", "typeof(int)", false),
        ("nint", "(nint)1", false),
        ("System.Numerics.BigInteger", "System.Numerics.BigInteger.One", false),
        ("System.Net.IPAddress", "System.Net.IPAddress.Loopback", false),
        ("System.Text.RegularExpressions.Regex", "new System.Text.RegularExpressions.Regex(\"a\")", false),
        ("Lazy<int>", "new Lazy<int>(1)", false),
        ("Dictionary<Point, int>", "new Dictionary<Point, int> { [new(1, 2)] = 1 }", false),
        ("System.Globalization.CultureInfo", "System.Globalization.CultureInfo.InvariantCulture", false),
        ("System.Drawing.Point", "new System.Drawing.Point(1, 2)", true),
        ("System.Numerics.Vector2", "System.Numerics.Vector2.One", false),
    ];

    private static readonly Lazy<Assembly> Compiled = new(Compile);

    public static TheoryData<string> AllResults => [.. Results.Select(static result => result.Type)];

    [Theory]
    [MemberData(nameof(AllResults))]
    public void Are_known(string type)
    {
        var index = Array.FindIndex(Results, result => result.Type == type);
        var comesBack = (bool)Compiled.Value.GetType("Checks", throwOnError: true)!.GetMethod($"M{index}", BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, null)!;
        Assert.True(comesBack == Results[index].ComesBack, $"System.Text.Json says {comesBack}.");
    }

    [Theory]
    [MemberData(nameof(AllResults))]
    public void Are_said_to_be_lost_where_they_are(string type)
    {
        var index = Array.FindIndex(Results, result => result.Type == type);
        object definition = Compiled.Value.GetType($"C+M{index}Method", throwOnError: true)!.GetField("Definition", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
        object form = definition.GetType().GetProperty("StoredForm")!.GetValue(definition)!;
        Assert.Equal(Results[index].ComesBack, form.GetType().GetProperty("JsonLoss")!.GetValue(form) is null);
    }

    [Fact]
    public void Are_said_to_be_lost_in_a_store_with_a_name_too() => Assert.Contains(
        "JsonLoss = \"of a tuple like '(int, int)' nothing is written", Consumer.CompileWithUsings("internal static partial class C { [CachedResponse(Store = \"disk\")] internal static (int, int) Get(int x) => (x, x); }").Snapshot, StringComparison.Ordinal);

    private static Assembly Compile()
    {
        var methods = Results.Select(static (result, index) => $"    [CachedResponse] internal static {result.Type} M{index}(int x) => default!;");
        var checks = Results.Select(static (result, index) => $"    internal static bool M{index}() => ComesBack<{result.Type}>({result.Make});");
        return Consumer.Compile($$"""
            using System;
            using System.Collections.Generic;
            using System.Collections.Immutable;
            using Memoize;
            {{Types}}
            internal static partial class C
            {
            {{string.Join('\n', methods)}}
            }
            internal static class Checks
            {
                private static readonly JsonSerializerOptions Everything = new() { IncludeFields = true };

            {{string.Join('\n', checks)}}

                private static bool ComesBack<T>(T value)
                {
                    try
                    {
                        var back = JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value));
                        return back is not null
                            && (back is not Holder holder || holder.Items[0] is int)
                            && (typeof(T) != typeof(object) || back.GetType() == value!.GetType())
                            && JsonSerializer.Serialize(back, Everything) == JsonSerializer.Serialize(value, Everything);
                    }
                    catch (Exception)
                    {
                        return false;
                    }
                }
            }
            """).Load();
    }
}
