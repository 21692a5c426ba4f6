using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memoize.Tests;

/// <summary>Results as JSON.</summary>
public sealed partial class JsonCacheSerializerTests
{
    public static TheoryData<string> Serializers => ["reflection", "context", "options"];

    [Theory]
    [MemberData(nameof(Serializers))]
    public void What_is_written_is_read(string kind)
    {
        var serializer = Serializer(kind);
        var quote = new Quote("MSFT \"Größe\" 😀", 1.10m, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)), [1, 2], null);

        var read = RoundTrip(serializer, quote);

        Assert.Equal(quote.Symbol, read!.Symbol);
        Assert.Equal("1.10", $"{read.Price}");
        Assert.Equal(quote.At, read.At);
        Assert.Equal(quote.At.Offset, read.At.Offset);
        Assert.Equal(quote.History, read.History);
        Assert.Null(read.Next);
        Assert.Equal([1, 2, 3], RoundTrip<int[]>(serializer, [1, 2, 3])!);
        Assert.Equal(7, RoundTrip(serializer, 7));
    }

    [Theory]
    [MemberData(nameof(Serializers))]
    public void Null_is_a_value_that_comes_back(string kind)
    {
        var serializer = Serializer(kind);

        Assert.Null(RoundTrip<Quote?>(serializer, null));
        Assert.Null(RoundTrip<int?>(serializer, null));
        Assert.Equal("null", Encoding.UTF8.GetString(Write<Quote?>(serializer, null)));
    }

    [Fact]
    public void The_format_is_json() => Assert.Equal("json", Serializer("context").Format);

    [Fact]
    public void A_value_is_appended_to_what_is_there()
    {
        var destination = new ArrayBufferWriter<byte>();
        destination.Write("before"u8);

        Serializer("context").Serialize(7, destination);

        Assert.Equal("before7", Encoding.UTF8.GetString(destination.WrittenSpan));
    }

    [Fact]
    public void Options_are_kept_to()
    {
        var serializer = new JsonCacheSerializer(new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver(), PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower });

        Assert.Contains("\"symbol\":", Encoding.UTF8.GetString(Write(serializer, new Quote("MSFT", 1, default, [], null))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_that_the_context_does_not_know_is_named_with_the_way_out()
    {
        var serializer = Serializer("context");

        var writing = Assert.Throws<NotSupportedException>(() => Write(serializer, new Unknown(1)));
        var reading = Assert.Throws<NotSupportedException>(() => serializer.Deserialize<Unknown>("{}"u8));

        foreach (var failure in (Exception[])[writing, reading])
        {
            Assert.Contains(nameof(Unknown), failure.Message, StringComparison.Ordinal);
            Assert.Contains(nameof(QuoteContext), failure.Message, StringComparison.Ordinal);
            Assert.Contains("JsonSerializable", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_without_a_resolver_are_refused_with_the_way_out()
    {
        var failure = Assert.Throws<ArgumentException>(() => new JsonCacheSerializer(new JsonSerializerOptions()));

        Assert.Contains("TypeInfoResolver", failure.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(JsonSerializerContext), failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} and more")]
    [InlineData("[]")]
    [InlineData("\0")]
    public void What_is_not_the_value_that_was_written_throws(string payload) =>
        Assert.Throws<JsonException>(() => Serializer("context").Deserialize<Quote>(Encoding.UTF8.GetBytes(payload)));

    [Fact]
    public void A_value_comes_back_as_its_declared_type()
    {
        var read = RoundTrip<Animal>(Serializer("reflection"), new Dog("Rex", 4));

        Assert.Equal(typeof(Animal), read!.GetType());
        Assert.Equal("Rex", read.Name);
    }

    [Fact]
    public async Task Many_threads_use_one_serializer()
    {
        var serializer = new JsonCacheSerializer(new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++) Assert.Equal(i, RoundTrip(serializer, new Quote("", i, default, [], null))!.Price);
        })));
    }

    private static JsonCacheSerializer Serializer(string kind) => kind switch
    {
        "reflection" => JsonCacheSerializer.ByReflection(),
        "context" => new JsonCacheSerializer(QuoteContext.Default),
        _ => new JsonCacheSerializer(new JsonSerializerOptions { TypeInfoResolver = JsonTypeInfoResolver.Combine(QuoteContext.Default, new DefaultJsonTypeInfoResolver()) }),
    };

    private static T? RoundTrip<T>(JsonCacheSerializer serializer, T value) => serializer.Deserialize<T>(Write(serializer, value));

    private static byte[] Write<T>(JsonCacheSerializer serializer, T value)
    {
        var destination = new ArrayBufferWriter<byte>();
        serializer.Serialize(value, destination);
        return destination.WrittenSpan.ToArray();
    }

    public sealed record Quote(string Symbol, decimal Price, DateTimeOffset At, int[] History, Quote? Next);

    private sealed record Unknown(int Number);

    private record Animal(string Name);

    private sealed record Dog(string Name, int Legs) : Animal(Name);

    [JsonSerializable(typeof(Quote))]
    [JsonSerializable(typeof(int[]))]
    [JsonSerializable(typeof(int?))]
    private sealed partial class QuoteContext : JsonSerializerContext;
}
