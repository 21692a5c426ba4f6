using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Forecasting;
using Memoize.Testing;
using MemoryPack;
using MessagePack;
using MessagePack.Resolvers;

namespace Memoize.Serializers.Tests;

/// <summary>Serializers of docs/serializers.md: what they write comes back, whatever JSON would have lost of it.</summary>
public sealed class SerializerTests : IDisposable
{
    private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    private readonly RecordingLoggerFactory _log = new();

    public static TheoryData<string> All => ["memorypack", "messagepack", "json with fields"];

    [Theory]
    [MemberData(nameof(All))]
    public void What_was_put_in_comes_back_in_another_process(string name)
    {
        var store = new InMemoryClaimStore();
        using var one = MemoizerOver(store, Serializer(name));
        using var other = MemoizerOver(store.OfAnotherProcess(), Serializer(name));
        var (here, there) = (new Forecasts(one), new Forecasts(other));

        Assert.Equal(here.Range("Wien"), there.Range("Wien"));
        Assert.Equal(here.Find("Wien"), there.Find("Wien"));
        Assert.Equal(here.Week("Wien"), there.Week("Wien"));
        Assert.Equal(here.Hours("Wien")["Wien"], there.Hours("Wien")["Wien"]);

        Assert.Equal((4, 0), (here.Runs, there.Runs));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Without_the_option_fields_are_lost_and_stay_in_memory()
    {
        var store = new InMemoryClaimStore();
        using var one = MemoizerOver(store, serializer: null);
        using var other = MemoizerOver(store.OfAnotherProcess(), serializer: null);
        var (here, there) = (new Forecasts(one), new Forecasts(other));

        Assert.Equal(here.Find("Wien"), there.Find("Wien"));

        Assert.Equal((1, 1), (here.Runs, there.Runs));
        Assert.Contains(_log.Lines, static line => line.Contains("Forecasts.Find", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_serializer_loses_without_a_word_stays_in_memory_and_is_said()
    {
        var store = new InMemoryClaimStore();
        using var one = MemoizerOver(store, new MemoryPackCacheSerializer());
        using var other = MemoizerOver(store.OfAnotherProcess(), new MemoryPackCacheSerializer());
        var (here, there) = (new Factorials(one), new Factorials(other));

        Assert.Equal(3_628_800, here.Of(10));
        Assert.Equal(3_628_800, there.Of(10));
        Assert.Equal(3_628_800, there.Of(10));

        Assert.Equal((1, 1), (here.Runs, there.Runs));
        Assert.Contains(_log.Lines, static line => line.Contains("Factorials.Of", StringComparison.Ordinal) && line.Contains("BigInteger", StringComparison.Ordinal));
    }

    [Fact]
    public void Bytes_of_other_options_are_a_miss()
    {
        MustMiss(new MemoryPackCacheSerializer(), new MemoryPackCacheSerializer(MemoryPackSerializerOptions.Utf16));
        MustMiss(new MessagePackCacheSerializer(), new MessagePackCacheSerializer(ContractlessStandardResolver.Options.WithCompression(MessagePackCompression.Lz4BlockArray)));
        MustMiss(new MessagePackCacheSerializer(), new MessagePackCacheSerializer(ContractlessStandardResolverAllowPrivate.Options));
        MustMiss(new MessagePackCacheSerializer(), new MemoryPackCacheSerializer());
        MustMiss(new JsonCacheSerializer(WithFields), new JsonCacheSerializer(new JsonSerializerOptions(WithFields) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase }));
    }

    [Theory]
    [InlineData("MemoryPackCacheSerializer.cs")]
    [InlineData("MessagePackCacheSerializer.cs")]
    [InlineData("Forecasts.cs")]
    public void The_page_shows_the_code_that_is_tested(string file) => Assert.Contains(
        $"```csharp\n{Repository.Read("tests", "Memoize.Serializers.Tests", file).TrimEnd('\n')}\n```", Repository.Read("docs", "serializers.md"), StringComparison.Ordinal);

    public void Dispose() => _log.Dispose();

    private void MustMiss(ICacheSerializer written, ICacheSerializer read)
    {
        var store = new InMemoryClaimStore();
        using var one = MemoizerOver(store, written);
        using var other = MemoizerOver(store.OfAnotherProcess(), read);
        var (here, there) = (new Forecasts(one), new Forecasts(other));

        Assert.Equal(here.Find("Wien"), there.Find("Wien"));

        Assert.Equal(1, there.Runs);
        Assert.Equal(1, there.FindCache.Statistics.MissesFor(MissReason.SchemaChanged));
    }

    private Memoizer MemoizerOver(ICacheStore store, ICacheSerializer? serializer) =>
        new(new MemoizerOptions { Store = store, Serializer = serializer, LoggerFactory = _log, IsDefault = false });

    private static ICacheSerializer Serializer(string name) => name switch
    {
        "memorypack" => new MemoryPackCacheSerializer(),
        "messagepack" => new MessagePackCacheSerializer(),
        _ => new JsonCacheSerializer(WithFields),
    };
}
