using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Memoize.Tests;

/// <summary>Which values are the same after they have been written and read back, and where the others differ.</summary>
public sealed class ValueComparisonTests
{
    private static readonly Dictionary<string, (Func<object?> One, Func<object?> Other)> Same = new()
    {
        ["nulls"] = (() => null, () => null),
        ["numbers"] = (() => 1, () => 1),
        ["NaN of whatever bits"] = (() => double.NaN, () => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(double.NaN) ^ 1)),
        ["texts"] = (() => "a", () => new string('a', 1)),
        ["dates"] = (() => new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), () => new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        ["addresses"] = (() => new Uri("https://a/?b#c"), () => new Uri("https://a/?b#c")),
        ["lists with more room"] = (() => new List<int>(100) { 1 }, () => new List<int> { 1 }),
        ["immutable arrays"] = (() => ImmutableArray.Create(1, 2), () => ImmutableArray.Create(1, 2)),
        ["immutable arrays that are none"] = (() => default(ImmutableArray<int>), () => default(ImmutableArray<int>)),
        ["slices of memory"] = (() => new ReadOnlyMemory<int>([0, 1, 2], 1, 2), () => new ReadOnlyMemory<int>([1, 2])),
        ["sets in another order"] = (() => new HashSet<string> { "a", "b" }, () => new HashSet<string> { "b", "a" }),
        ["dictionaries in another order"] = (() => new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }, () => new Dictionary<string, int> { ["b"] = 2, ["a"] = 1 }),
        ["concurrent dictionaries"] = (() => new ConcurrentDictionary<string, int> { ["a"] = 1, ["b"] = 2 }, () => new ConcurrentDictionary<string, int>(1, 999) { ["b"] = 2, ["a"] = 1 }),
        ["frozen sets"] = (() => new[] { "a", "b" }.ToFrozenSet(), () => new[] { "a", "b" }.ToFrozenSet()),
        ["an ordinal comparer and none"] = (() => new Dictionary<string, int>(StringComparer.Ordinal), () => new Dictionary<string, int>()),
        ["the same comparer"] = (() => new HashSet<string>(StringComparer.OrdinalIgnoreCase), () => new HashSet<string>(StringComparer.OrdinalIgnoreCase)),
        ["two comparers of a type without state"] = (() => new HashSet<string>(new LengthComparer()), () => new HashSet<string>(new LengthComparer())),
        ["sets of values without equality, in order"] = (() => new HashSet<Plain> { new() { X = 1 }, new() { X = 2 } }, () => new HashSet<Plain> { new() { X = 1 }, new() { X = 2 } }),
        ["tuples"] = (() => (1, "a", new List<int> { 1 }), () => (1, "a", new List<int> { 1 })),
        ["json elements"] = (() => JsonDocument.Parse("""{ "a": [1, null] }""").RootElement, () => JsonDocument.Parse("""{"a":[1,null]}""").RootElement),
        ["json elements that are none"] = (() => default(JsonElement), () => default(JsonElement)),
        ["json nodes"] = (() => JsonNode.Parse("""{ "a": 1 }"""), () => new JsonObject { ["a"] = 1 }),
        ["texts that are built"] = (() => new StringBuilder("a", 100), () => new StringBuilder("a")),
        ["records with collections"] = (() => new Order("a", [new("b", 1)]), () => new Order("a", new List<Line> { new("b", 1) })),
        ["a collection expression and a list"] = (() => new Listed([1, 2]), () => new Listed(new List<int> { 1, 2 })),
        ["an iterator and a list"] = (() => new Sequence(Numbers()), () => new Sequence(new List<int> { 1, 2 })),
        ["circles"] = (() => Node.Circle(), () => Node.Circle()),
        ["what its own equality leaves out, in private"] = (() => Worded.Hashed("a"), () => new Worded("a")),
        ["a member left out on purpose"] = (() => new Partial { Kept = 1, Left = 2 }, () => new Partial { Kept = 1 }),
        ["locks"] = (() => new Locked(), () => new Locked()),
        ["locks of which one is taken"] = (() => Locked.Taken(), () => new Locked()),
        ["lazy values that nobody asked for"] = (() => new Late("a"), () => new Late("a")),
        ["lazy values that one was asked for"] = (() => Late.Asked("a"), () => new Late("a")),
        ["functions of the same state"] = (() => new Doubling(1), () => new Doubling(1)),
        ["values that have others of their type as members without end"] = (() => new Turned(1), () => new Turned(1)),
        ["members that both throw"] = (() => new Refusing(1), () => new Refusing(1)),
    };

    private static readonly Dictionary<string, (Func<object?> One, Func<object?> Other, string Member)> Different = new()
    {
        ["null and something"] = (() => new Plain(), () => null, "Plain"),
        ["negative zero"] = (() => 0.0, () => -0.0, "Double"),
        ["negative decimal zero"] = (() => -0.0m, () => 0.0m, "Decimal"),
        ["zeros behind the point"] = (() => 1.0m, () => 1.00m, "Decimal"),
        ["composed and decomposed"] = (() => "\u00e9", () => "e\u0301", "String"),
        ["a lone surrogate"] = (() => "\ud800", () => "\ufffd", "String"),
        ["kinds of dates"] = (() => new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), () => new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Unspecified), "DateTime"),
        ["offsets"] = (() => DateTimeOffset.UnixEpoch, () => DateTimeOffset.UnixEpoch.ToOffset(TimeSpan.FromHours(1)), "DateTimeOffset"),
        ["how an address is written"] = (() => new Uri("https://a/%41"), () => new Uri("https://a/A"), "Uri"),
        ["an element"] = (() => new[] { 1, 2 }, () => new[] { 1, 3 }, "Int32[][1]"),
        ["an element of bytes"] = (() => new byte[] { 1, 2 }, () => new byte[] { 1, 3 }, "Byte[]"),
        ["dimensions"] = (() => new int[2, 3], () => new int[3, 2], "Int32[,]"),
        ["order"] = (() => new Stack<int>([1, 2]), () => new Stack<int>([2, 1]), "Stack<Int32>[0]"),
        ["a comparer"] = (() => new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase), () => new Dictionary<string, int>(), "Dictionary<String, Int32>"),
        ["an order of its own"] = (() => new SortedSet<int>(Comparer<int>.Create((x, y) => y - x)), () => new SortedSet<int>(), "SortedSet<Int32>"),
        ["a comparer behind an interface"] = (() => new Holding(new HashSet<string>(StringComparer.OrdinalIgnoreCase)), () => new Holding(new List<string>()), "Holding.Items"),
        ["a comparer in a wrapper"] = (() => new ReadOnlyDictionary<string, int>(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)), () => new ReadOnlyDictionary<string, int>(new Dictionary<string, int>()), "ReadOnlyDictionary<String, Int32>"),
        ["a value of a key"] = (() => new Dictionary<string, Plain> { ["a"] = new() { X = 1 } }, () => new Dictionary<string, Plain> { ["a"] = new() }, "Dictionary<String, Plain>[0].value.X"),
        ["a set's element"] = (() => new HashSet<string> { "a" }, () => new HashSet<string> { "b" }, "HashSet<String>[0]"),
        ["no immutable array and an empty one"] = (() => default(ImmutableArray<int>), () => ImmutableArray<int>.Empty, "ImmutableArray<Int32>.array"),
        ["a derived value"] = (() => new Shape[] { new Round(1) }, () => new[] { new Shape() }, "Shape[][0]"),
        ["an object that became something else"] = (() => new Anything(1), () => new Anything(JsonSerializer.SerializeToElement(1)), "Anything.Value"),
        ["a member of a line of an order"] = (() => new Order("a", [new("b", 1), new("c", 2)]), () => new Order("a", [new("b", 1), new("c", 3)]), "Order.Lines[1].Price"),
        ["private state"] = (() => new Account(1), () => new Account(0), "Account._balance"),
        ["private state of a base type"] = (() => new Savings(1), () => new Savings(0), "Savings._balance"),
        ["a private lazy cache that only one has"] = (() => Cached.Asked(1), () => new Cached(1), "Cached._text"),
        ["another property of a collection of one's own"] = (() => new Page { Number = 1 }, () => new Page(), "Page.Number"),
        ["what its own equality tells apart"] = (() => new Worded("a"), () => new Worded("b"), "Worded"),
        ["what an equality of ids does not see"] = (() => new Entity(1, "a"), () => new Entity(1, "b"), "Entity.Name"),
        ["what an equality of ids does not see, in a record"] = (() => new Tagged(1) { Tag = "a" }, () => new Tagged(1), "Tagged.Tag"),
        ["a member that is left out when it is null"] = (() => new Defaulted { Text = null }, () => new Defaulted(), "Defaulted.Text"),
        ["elements that have no names"] = (() => new Buffer(), () => new Buffer(), "Buffer"),
        ["functions of another state"] = (() => new Doubling(1), () => new Doubling(2), "Doubling._factor"),
        ["a function that is gone"] = (() => new Doubling(1), () => RuntimeHelpers.GetUninitializedObject(typeof(Doubling)), "Doubling"),
        ["lazy values of another state"] = (() => Late.Asked("a"), () => Late.Asked("b"), "Late._text"),
        ["a text that is built"] = (() => new StringBuilder("a"), () => new StringBuilder("b"), "StringBuilder"),
        ["a json element"] = (() => JsonElement.Parse("[1]"), () => JsonElement.Parse("[2]"), "JsonElement"),
        ["a json document"] = (() => JsonDocument.Parse("[1]"), () => JsonDocument.Parse("[2]"), "JsonDocument"),
        ["a json node"] = (() => JsonNode.Parse("[1]"), () => JsonNode.Parse("[2]"), "JsonArray"),
        ["a member that throws in one only"] = (() => new Throwing(0), () => new Throwing(1), "Throwing.Number"),
        ["a field that an equality of ids does not see"] = (() => new Numbered(1) { Text = "a" }, () => new Numbered(1), "Numbered.Text"),
        ["what an equality of ids does not see, in the second of a list"] = (() => new[] { new Entity(1, "a"), new Entity(2, "b") }, () => new[] { new Entity(1, "a"), new Entity(2, "c") }, "Entity[][1].Name"),
        ["an element of a collection with an equality of its own"] = (() => new Counted { 1 }, () => new Counted { 2 }, "Counted[0]"),
        ["values of a collection that enumerates its keys"] = (() => new NameValueCollection { ["a"] = "1" }, () => new NameValueCollection { ["a"] = "2" }, "NameValueCollection"),
        ["where an array begins"] = (() => Array.CreateInstance(typeof(int), [1, 1], [1, 1]), () => new int[1, 1], "Int32[,]"),
        ["an exception's message"] = (() => new InvalidOperationException("a"), () => new InvalidOperationException("b"), "InvalidOperationException._message"),
    };

    public static TheoryData<string> AllSame => [.. Same.Keys];

    public static TheoryData<string> AllDifferent => [.. Different.Keys];

    [Theory]
    [MemberData(nameof(AllSame))]
    public void Are_the_same(string what) =>
        Assert.Null(ValueComparison.Difference(Same[what].One(), Same[what].Other()));

    [Theory]
    [MemberData(nameof(AllDifferent))]
    public void Are_found_to_differ_by_the_member(string what)
    {
        var difference = ValueComparison.Difference(Different[what].One(), Different[what].Other());

        Assert.StartsWith(Different[what].Member, difference?.Member, StringComparison.Ordinal);
        Assert.Null(difference!.Failure);
    }

    [Fact]
    public void Another_class_behind_an_interface_is_the_same_to_those_who_see_the_interface()
    {
        Assert.Null(ValueComparison.Difference<IReadOnlyList<int>>(new[] { 1 }, new List<int> { 1 }));
        Assert.Null(ValueComparison.Difference<IReadOnlyDictionary<string, int>>(new SortedDictionary<string, int> { ["a"] = 1 }.ToImmutableDictionary(), new Dictionary<string, int> { ["a"] = 1 }));
        Assert.NotNull(ValueComparison.Difference<object>(new[] { 1 }, new List<int> { 1 }));
        Assert.NotNull(ValueComparison.Difference<IReadOnlyList<int>>(new Page { 1 }, new List<int> { 1 }));
        Assert.NotNull(ValueComparison.Difference<ITotals>(new Totals { 1 }, new OtherTotals { 1 }));
    }

    [Fact]
    public void What_throws_while_it_is_compared_is_not_known_to_be_the_same()
    {
        var difference = ValueComparison.Difference(new Moody(), new Moody());

        Assert.Equal("Moody", difference?.Member);
        Assert.IsType<NotSupportedException>(difference!.Failure);
    }

    [Fact]
    public void Depth_is_a_difference_and_no_end_of_the_process()
    {
        static Node Chain()
        {
            var node = new Node();
            for (int i = 0; i < 1_000_000; i++) node = new Node { Next = node };
            return node;
        }

        Assert.Contains("too deep", ValueComparison.Difference(Chain(), Chain())?.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_is_the_same_for_each_element() =>
        Assert.Equal("Order.Lines[].Price", new ValueDifference("Order.Lines[12].Price", "").Place);

    private static IEnumerable<int> Numbers()
    {
        yield return 1;
        yield return 2;
    }

    private class Plain
    {
        public int X { get; set; }
    }

    private sealed record Order(string Id, IReadOnlyList<Line> Lines);

    private sealed record Line(string Sku, decimal Price);

    private sealed record Listed(IReadOnlyList<int> Items);

    private sealed record Sequence(IEnumerable<int> Items);

    private sealed record Holding(IReadOnlyCollection<string> Items);

    private sealed record Anything(object Value);

    private class Shape;

    private sealed class Round(int radius) : Shape
    {
        public int Radius { get; } = radius;
    }

    private sealed class Node
    {
        public Node? Next { get; set; }

        public static Node Circle()
        {
            var node = new Node { Next = new Node() };
            node.Next.Next = node;
            return node;
        }
    }

    private class Account(int balance)
    {
        private readonly int _balance = balance;

        public int Doubled => 2 * _balance;
    }

    private sealed class Savings(int balance) : Account(balance);

    private sealed class Cached(int number)
    {
        private string? _text;

        public string Text => _text ??= number.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public static Cached Asked(int number)
        {
            var cached = new Cached(number);
            Assert.NotEmpty(cached.Text);
            return cached;
        }
    }

    private sealed class Page : List<int>
    {
        public int Number { get; set; }
    }

    private sealed class Worded(string word)
    {
        private readonly string _word = word;
        private int? _hash;

        public string Word => _word;

        public static Worded Hashed(string word)
        {
            var worded = new Worded(word);
            _ = worded.GetHashCode();
            return worded;
        }

        public override bool Equals(object? obj) => obj is Worded other && other._word == _word;

        public override int GetHashCode() => _hash ??= StringComparer.Ordinal.GetHashCode(_word);
    }

    private sealed class Entity(int id, string name)
    {
        public int Id { get; } = id;

        public string Name { get; } = name;

        public override bool Equals(object? obj) => obj is Entity other && other.Id == Id;

        public override int GetHashCode() => Id;
    }

    private sealed record Tagged(int Id)
    {
        public string? Tag { get; init; }

        public bool Equals(Tagged? other) => other?.Id == Id;

        public override int GetHashCode() => Id;
    }

    private sealed class Partial
    {
        public int Kept { get; set; }

        [JsonIgnore]
        public int Left { get; set; }
    }

    private sealed class Defaulted
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Text { get; set; } = "none";
    }

    private sealed class Locked
    {
        public object State { get; } = new();

        public Lock Lock { get; } = new();

        public SemaphoreSlim Turns { get; } = new(1);

        public static Locked Taken()
        {
            var locked = new Locked();
            Assert.True(locked.Turns.Wait(0));
            return locked;
        }
    }

    private sealed class Late
    {
        private readonly Lazy<string> _text;

        public Late(string text) => _text = new(() => text + text);

        public static Late Asked(string text)
        {
            var late = new Late(text);
            Assert.NotEmpty(late._text.Value);
            return late;
        }
    }

    private sealed class Doubling
    {
        private readonly int _factor;
        private readonly Func<int, int> _function;

        public Doubling(int factor) => (_factor, _function) = (factor, number => number * _factor);

        public int Of(int number) => _function(number);
    }

    private readonly struct Turned(int degrees)
    {
        private readonly int _degrees = degrees;

        public Turned Opposite => new(-_degrees);

        public override bool Equals(object? obj) => obj is Turned other && other._degrees == _degrees;

        public override int GetHashCode() => _degrees;
    }

    private sealed class Refusing(int x)
    {
        public int Number { get; } = x;

        public int Never => throw new NotSupportedException();

        public override bool Equals(object? obj) => obj is Refusing;

        public override int GetHashCode() => 0;
    }

    private interface ITotals : IReadOnlyList<int>;

    private sealed class Totals : List<int>, ITotals;

    private sealed class OtherTotals : List<int>, ITotals;

    private sealed class Throwing(int divisor)
    {
        public int Number => 1 / divisor;

        public override bool Equals(object? obj) => obj is Throwing;

        public override int GetHashCode() => 0;
    }

    private sealed class Numbered(int id)
    {
        public string? Text;

        public override bool Equals(object? obj) => obj is Numbered other && other.GetHashCode() == id;

        public override int GetHashCode() => id;
    }

    private sealed class Counted : List<int>
    {
        public override bool Equals(object? obj) => obj is Counted other && other.Count == Count;

        public override int GetHashCode() => Count;
    }

    private sealed class Moody
    {
        public override bool Equals(object? obj) => throw new NotSupportedException("Not today.");

        public override int GetHashCode() => 0;
    }

    private sealed class LengthComparer : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x?.Length == y?.Length;

        public int GetHashCode(string text) => text.Length;
    }

    [InlineArray(2)]
    private struct Buffer
    {
        private int _element;
    }
}
