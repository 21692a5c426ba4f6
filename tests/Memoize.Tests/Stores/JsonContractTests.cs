using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memoize.Tests;

/// <summary>The format of JSON entries covers what the serializer's options make of their type.</summary>
public sealed partial class JsonContractTests
{
    private static readonly Dictionary<string, Action<JsonSerializerOptions>> Changes = new()
    {
        ["a naming policy"] = options => options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ["a policy for the keys of dictionaries"] = options => options.DictionaryKeyPolicy = JsonNamingPolicy.CamelCase,
        ["nulls left out"] = options => options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        ["read-only members left out"] = options => options.IgnoreReadOnlyProperties = true,
        ["fields"] = options => options.IncludeFields = true,
        ["references"] = options => options.ReferenceHandler = ReferenceHandler.Preserve,
        ["numbers as text"] = options => options.NumberHandling = JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString,
        ["names in any case"] = options => options.PropertyNameCaseInsensitive = true,
        ["strict members"] = options => options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ["filled members"] = options => options.PreferredObjectCreationHandling = JsonObjectCreationHandling.Populate,
        ["read-only fields left out"] = options => options.IgnoreReadOnlyFields = true,
        ["unknown types as nodes"] = options => options.UnknownTypeHandling = JsonUnknownTypeHandling.JsonNode,
        ["parameters that are required"] = options => options.RespectRequiredConstructorParameters = true,
        ["no member twice"] = options => options.AllowDuplicateProperties = false,
        ["what says the type, in any place"] = options => options.AllowOutOfOrderMetadataProperties = true,
        ["a type with strict members"] = options => Modify(options, info => info.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow),
        ["nullable annotations"] = options => options.RespectNullableAnnotations = true,
        ["a converter"] = options => options.Converters.Add(new Cents()),
        ["enums as names"] = options => options.Converters.Add(new JsonStringEnumConverter()),
        ["enums as names of another case"] = options => options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase)),
        ["a member renamed"] = options => Modify(options, nameof(Quote.Symbol), member => member.Name = "s"),
        ["a member that is written sometimes"] = options => Modify(options, nameof(Quote.Symbol), member => member.ShouldSerialize = (_, _) => true),
        ["a member that is not read"] = options => Modify(options, nameof(Quote.Symbol), member => member.Set = null),
        ["a member that is not written"] = options => Modify(options, nameof(Quote.Symbol), member => member.Get = null),
        ["a member that is required"] = options => Modify(options, nameof(Quote.Symbol), member => member.IsRequired = true),
        ["a member with a converter"] = options => Modify(options, nameof(Quote.Price), member => member.CustomConverter = new Cents()),
        ["a member with its numbers as text"] = options => Modify(options, nameof(Quote.Price), member => member.NumberHandling = JsonNumberHandling.WriteAsString),
        ["derived types"] = options => Modify(options, info => info.PolymorphismOptions = new() { DerivedTypes = { new(typeof(Future), "future") } }),
        ["derived types by other names"] = options => Modify(options, info => info.PolymorphismOptions = new() { DerivedTypes = { new(typeof(Future), "f") } }),
        ["derived types by another member"] = options => Modify(options, info => info.PolymorphismOptions = new() { TypeDiscriminatorPropertyName = "type", DerivedTypes = { new(typeof(Future), "future") } }),
    };

    public static TheoryData<string> AllChanges => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(AllChanges))]
    public void Options_that_change_the_meaning_change_the_format(string change) => Assert.NotEqual(FormatOf<Quote>(_ => { }), FormatOf<Quote>(Changes[change]));

    [Fact]
    public void No_two_changes_are_the_same_format()
    {
        string[] formats = [.. Changes.Values.Select(FormatOf<Quote>)];

        Assert.Equal(formats.Length, formats.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Options_that_do_not_change_the_meaning_do_not_change_the_format() => Assert.Equal(
        FormatOf<Quote>(_ => { }),
        FormatOf<Quote>(options => (options.WriteIndented, options.MaxDepth, options.AllowTrailingCommas, options.Encoder) = (true, 100, true, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)));

    [Fact]
    public void The_order_of_members_does_not_matter() => Assert.Equal(FormatOf<OneOrder>(_ => { }), FormatOf<OtherOrder>(_ => { }));

    [Fact]
    public void Another_default_of_a_parameter_is_another_format() => Assert.NotEqual(FormatOf<One>(_ => { }), FormatOf<Two>(_ => { }));

    [Fact]
    public void Members_that_take_what_is_left_or_are_filled_are_another_format()
    {
        Assert.NotEqual(FormatOf<Plain>(_ => { }), FormatOf<Extended>(_ => { }));
        Assert.NotEqual(FormatOf<Replaced>(_ => { }), FormatOf<Filled>(_ => { }));
    }

    [Fact]
    public void A_type_that_breaks_the_rules_of_json_does_no_harm_as_long_as_it_is_only_a_member() => Assert.StartsWith("json:", FormatOf<Holding>(_ => { }), StringComparison.Ordinal);

    [Fact]
    public void What_comes_by_reflection_and_from_a_context_has_one_format()
    {
        Assert.Equal(JsonContract.TextOf(typeof(Quote), JsonSerializerOptions.Default), JsonContract.TextOf(typeof(Quote), ByContext.Default.Options));
        Assert.Equal(FormatOf<Quote>(_ => { }), new JsonCacheSerializer(ByContext.Default).FormatOf<Quote>());
        Assert.Equal(FormatOf<Quote>(options => options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase), new JsonCacheSerializer(ByCamelCaseContext.Default).FormatOf<Quote>());
    }

    // It is in entries: another process, another machine and the next build are to come to the same.
    [Fact]
    public void The_format_is_the_same_everywhere()
    {
        Assert.Equal("json:189c83ba945c1e57", FormatOf<Quote>(_ => { }));
        Assert.Equal("json:bfd5a5d19049af67", FormatOf<string>(_ => { }));
    }

    [Fact]
    public void A_type_in_itself_has_an_end() => Assert.Contains("#0", JsonContract.TextOf(typeof(Quote), JsonSerializerOptions.Default), StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Entries_of_other_options_are_misses(bool isAsync)
    {
        var processes = new SimulatedProcesses();
        await Load(Start(JsonSerializerOptions.Default), "one");

        var web = Start(JsonSerializerOptions.Web);
        Assert.Equal("two", (await Load(web, "two")).Symbol);

        Assert.Equal(1, web.Statistics.MissesFor(MissReason.SchemaChanged));
        Assert.Equal("two", (await Load(Start(JsonSerializerOptions.Web), "three")).Symbol);
        Assert.Empty(processes.Log.Records);

        CachedMethod<TextKey, Quote> Start(JsonSerializerOptions options) =>
            SimulatedProcesses.Start<Quote>(processes.NewMemoizer(memoizer => memoizer.Serializer = new JsonCacheSerializer(options)));

        async Task<Quote> Load(CachedMethod<TextKey, Quote> method, string symbol)
        {
            var quote = new Quote(symbol, 1, Side.Buy, [], null) { Number = 1 };
            return isAsync ? await method.CallAsync("key", _ => Task.FromResult(quote)) : method.Call("key", _ => quote);
        }
    }

    private static string FormatOf<T>(Action<JsonSerializerOptions> change)
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        change(options);
        return new JsonCacheSerializer(options).FormatOf<T>();
    }

    private static void Modify(JsonSerializerOptions options, string member, Action<JsonPropertyInfo> change) =>
        Modify(options, info => change(info.Properties.Single(candidate => candidate.Name == member)));

    private static void Modify(JsonSerializerOptions options, Action<JsonTypeInfo> change) =>
        ((DefaultJsonTypeInfoResolver)options.TypeInfoResolver!).Modifiers.Add(info =>
        {
            if (info.Type == typeof(Quote)) change(info);
        });

    internal enum Side
    {
        Buy,
        Sell,
    }

    internal record Quote(string Symbol, decimal Price, Side Side, IReadOnlyList<Dictionary<string, int?>> History, Quote? Next, string Currency = "EUR")
    {
        public int Field;

        public string? Note { get; set; }

        public required int Number { get; init; }

        [JsonConverter(typeof(JsonStringEnumConverter<Side>))]
        public Side Named { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Rare { get; init; }

        [JsonIgnore]
        public int Left { get; init; }

        public string Label => $"{Symbol} {Price}";
    }

    internal sealed record Future(string Symbol) : Quote(Symbol, 0, Side.Sell, [], null)
    {
        public DateOnly Until { get; init; }
    }

    private sealed record One(int Number = 1);

    private sealed record Two(int Number = 2);

    private sealed record Plain
    {
        public Dictionary<string, JsonElement>? More { get; set; }
    }

    private sealed record Extended
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? More { get; set; }
    }

    private sealed record Replaced
    {
        public List<int> Items { get; set; } = [];
    }

    private sealed record Filled
    {
        [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
        public List<int> Items { get; set; } = [];
    }

    private sealed record Holding(Broken? Broken);

    private sealed record Broken
    {
        [JsonPropertyName("x")]
        public int One { get; set; }

        [JsonPropertyName("x")]
        public int Other { get; set; }
    }

    private sealed record OneOrder
    {
        public int X { get; init; }

        public string? Y { get; init; }
    }

    private sealed record OtherOrder
    {
        public string? Y { get; init; }

        public int X { get; init; }
    }

    private sealed class Cents : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetInt64() / 100m;

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue((long)(value * 100));
    }

    [JsonSerializable(typeof(Quote))]
    private sealed partial class ByContext : JsonSerializerContext;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Quote))]
    private sealed partial class ByCamelCaseContext : JsonSerializerContext;
}
