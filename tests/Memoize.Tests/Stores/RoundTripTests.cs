using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memoize.Tests;

/// <summary>A store gives back what was put in, or nothing. Every test runs for synchronous and asynchronous methods.</summary>
public sealed class RoundTripTests
{
    private readonly SimulatedProcesses _processes = new();

    public static TheoryData<bool> Forms => [false, true];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_does_not_come_back_stays_in_memory_and_is_said_once(bool isAsync)
    {
        var method = Start<Account>();

        for (int i = 0; i < 20; i++) Assert.Equal(7, (await Load(method, isAsync, $"{i}", () => Account.With(7))).Balance);

        Assert.Equal(7, (await Load(method, isAsync, "3", Fail<Account>)).Balance);
        Assert.Equal(0, _processes.Store.Count());
        Assert.Equal((20, 0), (method.Statistics.KeepFailures, method.Statistics.StoreFailures));
        var said = Assert.Single(_processes.Log.Records);
        Assert.Equal(16, said.EventId);
        Assert.Contains("Tests.Load(string): a result stays in memory", said.Message, StringComparison.Ordinal);
        Assert.Contains("Account._balance comes back as another value", said.Message, StringComparison.Ordinal);
        Assert.Contains("CacheStores.MemoryOnly", said.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Its_claim_is_given_up_so_that_other_processes_go_on(bool isAsync)
    {
        await Load(Start<Account>(), isAsync, "key", () => Account.With(1));

        Assert.Equal(2, (await Load(Start<Account>(), isAsync, "key", () => Account.With(2))).Balance);
    }

    // The values of a log are read by more people than the values of a cache.
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task The_log_shows_no_value(bool isAsync)
    {
        var method = Start<Dictionary<string, object>>();

        await Load(method, isAsync, "key", () => new() { ["secret name"] = "secret value" });

        var said = Assert.Single(_processes.Log.Records);
        Assert.DoesNotContain("secret", said.Message, StringComparison.Ordinal);
        Assert.Contains("Dictionary<String, Object>[0].value is a 'String' and comes back as a 'JsonElement'", said.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Each_member_that_is_lost_is_said(bool isAsync)
    {
        var method = Start<Shape[]>();

        await Load(method, isAsync, "one", () => [new Round(1)]);
        await Load(method, isAsync, "two", () => [new Shape(), new Round(1)]);
        await Load(method, isAsync, "three", () => [new Shape { Note = "\ud800" }]);

        Assert.Collection(
            _processes.Log.Records,
            said => Assert.Contains("Shape[][0] is a 'Round' and comes back as a 'Shape'", said.Message, StringComparison.Ordinal),
            said => Assert.Contains("Shape[][0].Note comes back as another value", said.Message, StringComparison.Ordinal));
    }

    // Derived values of an unsealed type are lost, and values of the type itself are not.
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Each_run_time_type_is_judged_by_itself(bool isAsync)
    {
        var method = Start<Shape>();

        for (int i = 0; i < 100; i++) await Load(method, isAsync, $"plain {i}", () => new Shape());
        for (int i = 0; i < 100; i++) await Load(method, isAsync, $"round {i}", () => new Round(i));

        Assert.Equal((100, 100), (_processes.Store.Count(), method.Statistics.KeepFailures));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_is_written_and_cannot_be_read_is_not_stored(bool isAsync)
    {
        var method = Start<Unmakeable>();

        await Load(method, isAsync, "key", () => new Unmakeable(1, "a"));

        Assert.Equal(0, _processes.Store.Count());
        var said = Assert.Single(_processes.Log.Records);
        Assert.Contains("Unmakeable cannot be read back", said.Message, StringComparison.Ordinal);
        Assert.NotNull(said.Exception);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_cannot_be_written_is_said_once_for_a_method(bool isAsync)
    {
        var method = Start<Type>();

        for (int i = 0; i < 5; i++) Assert.Equal(typeof(int), await Load(method, isAsync, $"{i}", () => typeof(int)));

        Assert.Single(_processes.Log.Records, record => record.EventId == 15);
        Assert.Equal(5, method.Statistics.KeepFailures);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Text_that_has_no_utf_8_is_found_however_late_it_comes(bool isAsync)
    {
        var method = _processes.Start();
        for (int i = 0; i < 20; i++) await Load(method, isAsync, $"{i}", () => "fine");

        Assert.Equal("\ud800", await Load(method, isAsync, "lone", () => "\ud800"));
        await Load(method, isAsync, "whole", () => "\ufffd is a letter too");

        Assert.Equal(21, _processes.Store.Count());
        Assert.Single(_processes.Log.Records, record => record.EventId == 16);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_cache_that_getters_fill_is_no_difference(bool isAsync)
    {
        var method = Start<Named>();

        await Load(method, isAsync, "key", () => new Named { First = "a", Last = "b" });

        Assert.Equal("a b", (await Load(Start<Named>(), isAsync, "key", Fail<Named>)).Full);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_value_that_is_set_and_would_not_come_back_is_set_in_memory_and_removes_the_old_one_from_the_store(bool isAsync, bool isUnwritable)
    {
        var method = Start<object>(Fussy.Options);
        await Load(method, isAsync, "key", () => "old");
        Assert.Equal(1, _processes.Store.Count());
        object value = isUnwritable ? typeof(int) : new Round(1);

        if (isAsync) await method.SetAsync("key", value);
        else method.Set("key", value);

        Assert.Same(value, await Load(method, isAsync, "key", Fail<object>));
        Assert.Equal(0, _processes.Store.Count());
        Assert.Equal(1, method.Statistics.KeepFailures);
    }

    // The serializer decides, and not what System.Text.Json would do

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_serializer_that_gives_back_what_json_loses_is_used(bool isAsync)
    {
        var withFields = new JsonCacheSerializer(new JsonSerializerOptions(JsonSerializerOptions.Default) { IncludeFields = true });
        var method = Start<(int, string)>(withFields, "of a tuple nothing is written");

        await Load(method, isAsync, "key", () => (1, "a"));

        Assert.Equal((1, "a"), await Load(Start<(int, string)>(withFields, "of a tuple nothing is written"), isAsync, "key", Fail<(int, string)>));
        Assert.Empty(_processes.Log.Records);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_json_loses_is_seen_to_be_lost(bool isAsync)
    {
        await Load(Start<(int, string)>(loss: "of a tuple nothing is written"), isAsync, "key", () => (1, "a"));

        Assert.Equal(0, _processes.Store.Count());
        Assert.Contains("ValueTuple<Int32, String>.Item1 comes back as another value", Assert.Single(_processes.Log.Records).Message, StringComparison.Ordinal);
    }

    // The check itself

    [Fact]
    public void The_first_values_are_read_back_and_then_ever_fewer()
    {
        var serializer = new Counting();
        var check = new RoundTripCheck<int>(serializer, JsonSerializerOptions.Default, looksInside: true);

        var read = Enumerable.Range(1, 1000).Where(number =>
        {
            int before = serializer.Reads;
            Assert.Null(check.LossOf(number, Encoding.UTF8.GetBytes($"{number}")));
            return serializer.Reads > before;
        });

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64, 128, 256, 512], read);
    }

    [Fact]
    public void After_a_loss_every_value_of_its_type_is_read_back()
    {
        var serializer = new Counting();
        var check = new RoundTripCheck<string>(serializer, JsonSerializerOptions.Default, looksInside: true);
        for (int i = 0; i < 10; i++) check.LossOf("fine", "\"fine\""u8);

        Assert.NotNull(check.LossOf("\ud800", "\"\\uFFFD\""u8));

        int before = serializer.Reads;
        for (int i = 0; i < 30; i++) Assert.Null(check.LossOf("fine", "\"fine\""u8));
        Assert.Equal(30, serializer.Reads - before);
    }

    // What is not there in the first values, and can be lost once it is

    public static TheoryData<string> LateLosses => [.. Late.Keys];

    [Theory]
    [MemberData(nameof(LateLosses))]
    public void What_only_a_later_value_loses_is_found_however_late_it_comes(string what)
    {
        var (fine, losing) = Late[what];

        foreach (int before in new[] { 8, 20, 40 })
        {
            ValueDifference? loss = LossAfter(before, (dynamic)fine, (dynamic)losing);
            Assert.NotNull(loss);
        }
    }

    [Theory]
    [MemberData(nameof(LateLosses))]
    public void What_loses_nothing_is_still_stored_when_others_could(string what)
    {
        dynamic fine = Late[what].Fine;

        ValueDifference? loss = LossAfter(8, fine, fine);

        Assert.Null(loss);
    }

    // Written as often as JSON is written without any check.
    [Theory]
    [MemberData(nameof(PlainTypes))]
    public void Of_a_plain_type_no_more_than_the_first_values_are_read_back(string type)
    {
        int reads = ReadsOf((dynamic)Plain[type]);

        Assert.Equal(8, reads);
    }

    public static TheoryData<string> PlainTypes => [.. Plain.Keys];

    // With another serializer there is no knowing.
    [Fact]
    public void With_a_serializer_of_another_kind_every_value_is_read_back()
    {
        var serializer = new Counting();
        var check = new RoundTripCheck<Price>(serializer, json: null, looksInside: true);

        for (int i = 0; i < 15; i++) check.LossOf(new Price("a", 1), JsonSerializer.SerializeToUtf8Bytes(new Price("a", 1)));

        Assert.Equal(15, serializer.Reads);
    }

    private static int ReadsOf<T>(T value)
    {
        var serializer = new Counting();
        var check = new RoundTripCheck<T>(serializer, JsonSerializerOptions.Default, looksInside: true);
        for (int i = 0; i < 15; i++) Assert.Null(check.LossOf(value, JsonSerializer.SerializeToUtf8Bytes(value)));
        return serializer.Reads;
    }

    private static ValueDifference? LossAfter<T>(int before, T fine, T losing)
    {
        var check = new RoundTripCheck<T>(new Counting(), JsonSerializerOptions.Default, looksInside: true);
        for (int i = 0; i < before; i++) Assert.Null(check.LossOf(fine, JsonSerializer.SerializeToUtf8Bytes(fine)));
        return check.LossOf(losing, JsonSerializer.SerializeToUtf8Bytes(losing));
    }

    private static readonly Dictionary<string, (object Fine, object Losing)> Late = new()
    {
        ["an element of a derived type"] = (new List<Shape> { new() }, new List<Shape> { new Round(1) }),
        ["an array of a derived type"] = (new Shape[] { new() }, new Round[] { new(1) }),
        ["a member of a derived type"] = (new Framed(new Shape()), new Framed(new Round(1))),
        ["something in an object"] = (new Anything(null), new Anything(5)),
        ["a comparer"] = (new Dictionary<string, int> { ["a"] = 1 }, new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 }),
        ["a comparer of a set"] = (new HashSet<string> { "a" }, new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" }),
        ["a comparer in a member"] = (new Listing(), new Listing { Names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) }),
        ["a list with more than its elements"] = (new Listing { Prices = [] }, new Listing { Prices = new Page { Total = 5 } }),
        ["a negative zero"] = (0.0m, -0.0m),
        ["a negative zero in a member"] = (new Price("a", 1), new Price("a", -0.0m)),
        ["a negative zero in an element"] = (new List<Branch> { new("a", []) }, new List<Branch> { new Priced("a", [], -0.0m) }),
        ["private state"] = (new Account(), Account.With(5)),
        ["what an initial value replaces"] = (new Preset { Count = 1 }, new Preset { Count = 0 }),
        ["what a constructor changes"] = (new Trimmed("a"), new Trimmed("a") { Name = " b " }),
        ["what a constructor exchanges"] = (new Exchanged(1, 1), new Exchanged(1, 2)),
    };

    private static readonly Dictionary<string, object> Plain = new()
    {
        ["a number"] = 1,
        ["a text"] = "a",
        ["a decimal"] = 2.5m,
        ["a moment"] = DateTime.UnixEpoch,
        ["an enum"] = DayOfWeek.Friday,
        ["bytes"] = new byte[] { 1 },
        ["a record"] = new Price("a", 1.5m),
        ["a struct"] = new Point { X = 1 },
        ["an array"] = new[] { new Price("a", 1.5m) },
        ["a list"] = new List<Price> { new("a", 1.5m) },
        ["a dictionary"] = new Dictionary<string, Price> { ["a"] = new("a", 1) },
        ["members behind interfaces"] = new Listing { Prices = [new Price("a", 1)], At = DateTime.UnixEpoch, Names = new Dictionary<string, string> { ["a"] = "b" } },
        ["a tree"] = new Branch("a", [new Branch("b", [])]),
    };

    private sealed record Price(string Symbol, decimal Amount);

    private record Branch(string Name, IReadOnlyList<Branch> Branches);

    private sealed record Priced(string Name, IReadOnlyList<Branch> Branches, decimal Amount) : Branch(Name, Branches);

    private struct Point
    {
        public int X { get; set; }
    }

    private sealed class Listing
    {
        public IReadOnlyList<Price>? Prices { get; init; }

        public DateTime At { get; init; }

        public IReadOnlyDictionary<string, string>? Names { get; init; }
    }

    private sealed class Page : List<Price>
    {
        public int Total { get; set; }
    }

    private sealed record Framed(Shape Shape);

    private sealed record Anything(object? Value);

    private sealed class Preset
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public int Count { get; set; } = 5;
    }

    private sealed class Trimmed(string name)
    {
        public string Name { get; init; } = name.Trim();
    }

    private sealed class Exchanged(int one, int two)
    {
        public int One { get; } = two;

        public int Two { get; } = one;
    }

    [Fact]
    public void Where_a_loss_is_certain_every_value_is_read_back()
    {
        var serializer = new Counting();
        var check = new RoundTripCheck<int>(serializer, JsonSerializerOptions.Default, looksInside: true, losesForCertain: true);

        for (int i = 0; i < 30; i++) Assert.Null(check.LossOf(1, "1"u8));

        Assert.Equal(30, serializer.Reads);
    }

    // Where there is no reflection
    [Fact]
    public void Without_looking_inside_a_value_is_judged_by_its_equality_and_its_bytes()
    {
        Assert.Null(Judge(new Named { First = "a" }));
        Assert.Null(Judge(new List<int> { 1 }));
        Assert.Null(Judge<IReadOnlyList<int>>(new[] { 1 }));
        Assert.Null(Judge(new HashSet<string>(["b", "a"])));
        Assert.Null(Judge<string?>(null));
        Assert.Null(Judge(new Dictionary<string, Framed> { ["a"] = new(new Shape()) }));
        Assert.NotNull(Judge<Shape>(new Round(1)));
        Assert.NotNull(Judge(new List<Shape> { new(), new Round(1) }));
        Assert.NotNull(Judge(new Dictionary<string, Framed> { ["a"] = new(new Round(1)) }));
        Assert.NotNull(Judge(new Anything(5)));
        Assert.NotNull(Judge(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 }));
        Assert.NotNull(Judge(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" }));
        Assert.NotNull(Judge("\ud800"));
        Assert.NotNull(Judge(new Unmakeable(1, "a")));

        static ValueDifference? Judge<T>(T value)
        {
            var json = new JsonCacheSerializer(JsonSerializerOptions.Default);
            var payload = new ArrayBufferWriter<byte>();
            json.Serialize(value, payload);
            return new RoundTripCheck<T>(json, JsonSerializerOptions.Default, looksInside: false).LossOf(value, payload.WrittenSpan);
        }
    }

    private static T Fail<T>() => throw new InvalidOperationException("The method ran.");

    private static Task<T> Load<T>(CachedMethod<TextKey, T> method, bool isAsync, string key, Func<T> core) =>
        isAsync ? method.CallAsync(key, _ => Task.FromResult(core())) : Task.FromResult(method.Call(key, _ => core()));

    private CachedMethod<TextKey, T> Start<T>(ICacheSerializer? serializer = null, string? loss = null) =>
        new CachedMethodDefinition<TextKey, T>(
            SimulatedProcesses.Name,
            new(),
            new() { WriteKey = static (key, writer) => writer.Write(key), Schema = 1, JsonLoss = loss }).For(_processes.NewMemoizer(options => options.Serializer = serializer));

    private class Shape
    {
        public string? Note { get; set; }
    }

    private sealed class Round(int radius) : Shape
    {
        public int Radius { get; } = radius;
    }

    private sealed class Account
    {
        private int _balance;

        public string Name { get; set; } = "";

        public int Balance => _balance;

        public static Account With(int balance) => new() { _balance = balance };
    }

    private sealed class Unmakeable
    {
        public Unmakeable(int x, string y) => (X, Y) = (x, y.Length);

        public int X { get; }

        public int Y { get; }
    }

    private sealed class Named
    {
        private string? _full;

        public string First { get; set; } = "";

        public string Last { get; set; } = "";

        public string Full => _full ??= $"{First} {Last}";
    }

    private sealed class Counting : ICacheSerializer
    {
        private readonly JsonCacheSerializer _json = new(JsonSerializerOptions.Default);

        public int Reads { get; private set; }

        public string Format => "json";

        public void Serialize<T>(T value, IBufferWriter<byte> destination) => _json.Serialize(value, destination);

        public T? Deserialize<T>(ReadOnlySpan<byte> payload)
        {
            Reads++;
            return _json.Deserialize<T>(payload);
        }
    }

    // An 'object' that is a text comes back as one.
    private sealed class Fussy : JsonConverter<object>
    {
        public static JsonCacheSerializer Options => new(new JsonSerializerOptions(JsonSerializerOptions.Default) { Converters = { new Fussy() } });

        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
        {
            if (value is Type) throw new NotSupportedException("Not this type.");
            writer.WriteStringValue(value.ToString());
        }
    }
}
