using System.Text.RegularExpressions;

namespace Memoize.Generators.Tests;

/// <summary>
/// The fingerprint of what a stored entry holds and what its key means: whatever makes an old entry unreadable, or wrong, changes
/// it, and nothing else does.
/// </summary>
public sealed partial class Schemas
{
    private const string Service = """
        using System;
        using System.Collections.Generic;
        using Memoize;
        using Shop;

        internal static partial class C
        {
            [CachedResponse] internal static IReadOnlyList<Quote> Get(string symbol, Page page, Side side) => [];
        }
        """;

    private const string Positional = "internal static partial class C { [Memoize.CachedResponse] internal static Shop.Quote? Get(int x) => null; }";

    private const string Dto = """
        using System.Collections.Generic;
        using System.Text.Json.Serialization;

        namespace Shop
        {
            // types
            public sealed class OwnAttribute : JsonConverterAttribute;

            public abstract class Priced
            {
                public decimal? Price { get; init; }
            }

            public sealed class Quote : Priced
            {
                // members
                public Quote(string symbol) => Symbol = symbol;

                [JsonPropertyName("s")]
                public string Symbol { get; }
                public IReadOnlyDictionary<string, Venue> Venues { get; init; } = new Dictionary<string, Venue>();
                public Microsoft.Shop.Stock? Stock { get; init; }
                public Quote? Previous { get; set; }
                [JsonIgnore] public int Ignored { get; set; }
                private readonly int _hidden = 1;
                internal int Sum(int x) => x + _hidden;
            }

            public readonly record struct Venue(string Name, Kind Kind, int[] Lots);

            public enum Kind { Lit = 1, Dark = 2 }

            public sealed record Page(int Number, int Size);

            public enum Side { Buy, Sell }

            [JsonDerivedType(typeof(Round), "round")]
            public abstract record Shape;

            public sealed record Round(int Radius) : Shape;
        }

        namespace Microsoft.Shop
        {
            public sealed record Stock(int Count);
        }
        """;

    [Theory]
    [InlineData("a member is added", "// members", "public int Added { get; set; }")]
    [InlineData("a member goes", "public Quote? Previous { get; set; }", "")]
    [InlineData("a member is renamed", "Quote? Previous", "Quote? Former")]
    [InlineData("a member has another type", "Dictionary<string, Venue> Venues { get; init; } = new Dictionary<string, Venue>()", "Dictionary<string, Venue?> Venues { get; init; } = new Dictionary<string, Venue?>()")]
    [InlineData("a member has another name in JSON", "(\"s\")", "(\"symbol\")")]
    [InlineData("a member is no longer ignored", "[JsonIgnore] public", "public")]
    [InlineData("a member is no longer settable", "Previous { get; set; }", "Previous => null;")]
    [InlineData("a member can no longer be set from outside", "Previous { get; set; }", "Previous { get; [JsonInclude] private set; }")]
    [InlineData("a member that is not written begins with another value", "[JsonIgnore] public int Ignored { get; set; }", "[JsonIgnore] public int Ignored { get; set; } = 3;")]
    [InlineData("a converter's attribute is derived from JsonConverterAttribute", "public Quote? Previous", "[Own] public Quote? Previous")]
    [InlineData("a type of a package named like the framework's has another member", "int Count", "int Number")]
    [InlineData("a member of a base type can no longer be absent", "decimal? Price", "decimal Price")]
    [InlineData("a member of a member's type is renamed", "Venue(string Name", "Venue(string Title")]
    [InlineData("an item has another type", "int[] Lots", "long[] Lots")]
    [InlineData("the constructor has another parameter", "public Quote(string symbol) => Symbol = symbol;", "public Quote(string symbol, int more) => Symbol = symbol + more;")]
    [InlineData("an enum has another value", "Dark = 2", "Dark = 3")]
    [InlineData("an enum has another member", "Lit = 1,", "Lit = 1, Grey = 7,")]
    [InlineData("a converter is named", "public Quote? Previous", "[JsonConverter(typeof(JsonStringEnumConverter))] public Quote? Previous")]
    [InlineData("the key's record has other names", "Page(int Number, int Size)", "Page(int Size, int Number)")]
    [InlineData("the key's enum has other values", "{ Buy, Sell }", "{ Hold, Buy, Sell }")]
    public void Change_with_what_is_stored(string what, string before, string after)
        => Assert.True(Schema(Dto) != Schema(Replace(before, after)), $"The schema is the same after: {what}.");

    [Theory]
    [InlineData("members change places", "public Quote? Previous { get; set; }\n        [JsonIgnore] public int Ignored { get; set; }", "[JsonIgnore] public int Ignored { get; set; }\n        public Quote? Previous { get; set; }")]
    [InlineData("a method is added", "// members", "public int Length() => 1; public override string ToString() => \"\"; public static int Count { get; set; }")]
    [InlineData("a private member is added", "// members", "private static int Own { get; set; } private int Twice => 2;")]
    [InlineData("an ignored member has another type", "public int Ignored", "public long Ignored")]
    [InlineData("an unrelated attribute is added", "public Quote? Previous", "[System.ComponentModel.Description(\"x\")] public Quote? Previous")]
    [InlineData("a reference may be null", "public string Symbol", "public string? Symbol")]
    [InlineData("enum members change places", "{ Lit = 1, Dark = 2 }", "{ Dark = 2, Lit = 1 }")]
    [InlineData("a comment is added", "// members", "/* more */")]
    [InlineData("a type is added", "// types", "public sealed record Unrelated(int X);")]
    public void Are_the_same_when_it_is_the_same(string what, string before, string after)
        => Assert.True(Schema(Dto) == Schema(Replace(before, after)), $"The schema is another after: {what}.");

    [Fact]
    public void Do_not_depend_on_files_or_on_what_else_there_is()
    {
        var parts = Dto.Split("public readonly record struct Venue");
        var other = $"using System.Text.Json.Serialization;\nnamespace Shop {{ public readonly record struct Venue{parts[1]}";
        Assert.Equal(Schema(Dto), SchemaIn(Consumer.Generate(other, parts[0] + "}", Service)));
    }

    [Theory]
    [InlineData("string symbol, Page page", "string ticker, Page page")]
    [InlineData("string symbol, Page page", "Page page, string symbol")]
    [InlineData("IReadOnlyList<Quote> Get", "IReadOnlyList<Venue> Get")]
    [InlineData("IReadOnlyList<Quote> Get", "Quote[] Get")]
    public void Change_with_the_method(string before, string after)
        => Assert.NotEqual(Schema(Dto), SchemaIn(Consumer.Generate(Dto, Service.Replace(before, after, StringComparison.Ordinal))));

    [Fact]
    public void See_the_derived_types_that_attributes_name()
    {
        var service = Service.Replace("IReadOnlyList<Quote>", "IReadOnlyList<Shape>", StringComparison.Ordinal);
        Assert.NotEqual(SchemaIn(Consumer.Generate(Dto, service)), SchemaIn(Consumer.Generate(Replace("Round(int Radius)", "Round(int Diameter)"), service)));
    }

    // Entries live longer than compilers: this number may only change together with the format.
    [Fact]
    public void Are_the_same_in_every_version() => Assert.Equal("0x29F7372D3992D3B5UL", Schema(Dto));

    // A serializer that writes no names tells members by their places.
    [Theory]
    [InlineData("int A { get; set; } public int B", "int B { get; set; } public int A")]
    [InlineData("private int _hidden", "private long _hidden")]
    public void Follow_the_order_of_members_where_an_attribute_says_that_it_counts(string before, string after)
    {
        const string Types = "namespace MemoryPack { public sealed class MemoryPackableAttribute : System.Attribute; } namespace Shop { [MemoryPack.MemoryPackable] public sealed class Quote { public int A { get; set; } public int B { get; set; } [System.Text.Json.Serialization.JsonIgnore] private int _hidden; } public sealed class Page; public enum Side { Buy } }";
        Assert.NotEqual(SchemaIn(Consumer.Generate(Types, Positional)), SchemaIn(Consumer.Generate(Types.Replace(before, after, StringComparison.Ordinal), Positional)));
    }

    [Fact]
    public void There_are_none_for_results_of_open_types() => Assert.DoesNotContain(
        "StoreKeyWriter",
        Consumer.CompileWithUsings("internal static partial class C { [CachedResponse] internal static List<T?> Get<T>(int x) => []; }").Snapshot,
        StringComparison.Ordinal);

    [Fact]
    public void Of_open_types_are_refused_where_a_store_is_named() => Assert.StartsWith(
        "MEMO022: 'Get' has the store \"disk\", but its result 'System.Collections.Generic.List<T>' has a type parameter",
        Assert.Single(Consumer.Diagnose("partial class C { [CachedResponse(Store = \"disk\")] static List<T?> Get<T>(int x) => []; }")),
        StringComparison.Ordinal);

    private static string Replace(string before, string after)
    {
        Assert.Contains(before, Dto, StringComparison.Ordinal);
        return Dto.Replace(before, after, StringComparison.Ordinal);
    }

    private static string Schema(string dto) => SchemaIn(Consumer.Generate(dto, Service));

    private static string SchemaIn(Consumer consumer) => SchemaLiteral().Match(consumer.Snapshot).Groups["schema"].Value;

    [GeneratedRegex("Schema = (?<schema>0x[0-9A-F]{16}UL)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchemaLiteral();
}
