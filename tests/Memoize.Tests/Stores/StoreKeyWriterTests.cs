using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>The canonical form of keys: equal values write the same, others something else, today and in years.</summary>
public sealed class StoreKeyWriterTests(ITestOutputHelper output)
{
    // Made by another program from the description of the form. Changing one throws away what every store of every user has.
    public static TheoryData<string, string> Golden => new()
    {
        { "nothing", "3e63afeb9d07577bb67ac0ca5322d48f84e3453afe0b1ee973c3964e8f57b062" },
        { "null", "f51954232138db48a91c3f92230797f4ef9eab1f4050a2fbcc231c1fdc48de75" },
        { "false", "0536bd69a1ef16d49c5d05217bde3ec39701e87bdf1040cbe83420f1a6e117b2" },
        { "true", "5d354ecc71a296c084f618177e392d52f4d357e229df9e44e3d3e5a3bbde71fd" },
        { "-1", "cffacb23891a257bcecd675ffc1232bb52ba473440d898e153e7f2ffbe110fa9" },
        { "1ul", "b48de328952da345fec6cbfc837fa2cfb3e99bc3aa285c93eab53c965763f1e3" },
        { "'x'", "40154c6d32bd91d74075d35f83b9a8da06d0ae1562b44816344cab0cf86893e1" },
        { "1.5f", "41d0e350af02d4e56968391b3cef6532662c8014878cdaeec7727c09c9a3d8f0" },
        { "1.5", "2e23064239e728992e6ae7ad45a74a1f66260182cfc5727ee8d59c82fc1e5fe4" },
        { "NaN", "cc1b174c9f2def417f5423a6556c53daffa4b2e8523beb739c6c72c24579f151" },
        { "1.5h", "de33b7c37c3f0cffaa56eb1ce4530dc3aa38376e2fd79e2a9d533329d9d4f632" },
        { "1.50m", "2aafe72cdebd3591c12590349d951f4d2a50a61d243cf0cc13df8ad13c30224c" },
        { "decimal.MinValue", "b717d38f9aaf9094d52209d65f6692d18b4f7482dc8f7d2a85735acfaf715117" },
        { "empty text", "88bf8af16de2384d67853d87efced03894c381989f2bfa136eb4fa76683bc467" },
        { "text", "4ccbdd74469dd8f6d7c9e0098850c74bf51368cf5e176ce965f6ceea370488ed" },
        { "half a surrogate", "c912da5f359ce4c55c6153eba836c51855ddd121ae732b1e8a2cd080a65fd4a6" },
        { "bytes", "25f5b31e03632260d95a17e36cd6b9d91c1a301ff8776f36809fb136c31bfdcf" },
        { "guid", "9467c1e6f0ed5eb8a780c0be69ac7abfff890172c8b952a371511070c1bbe989" },
        { "date and time", "9f2db5fd65af71bcd84d3220b1fe6d5b4a21169801654759dbb57111780bde88" },
        { "point in time", "e96c9206cd03e25f3cfaf5b75432059ea5e33d2198d8648aaa7b2768ac2ecbda" },
        { "date", "fc68b6f2ff4b63eed87b064fe0fec70c6bef69bbf0dfd36c5b433a0719e36e7e" },
        { "time of day", "4004e6a7479c121235f815e4cb4ae0d0761100b03c1b8c5b1419c664e0a57493" },
        { "span of time", "c4307a56aaf0c32a26050e81f5e60bebe7b18db6c53de463137bba83b90c781c" },
        { "big integer", "333b801407cbb5b8da62ec1f8ab2af80fd72be9db560f9e7c7c620e799c54f7d" },
        { "128 bits", "0ffbdf8740726a48fd135ac19f32c01d551ba4587aab9e970df0b2ab63648a0f" },
        { "uri", "9556d5b1958fa67cfc2c8a50862a8dc5c5c12e8a882e9cf22d44e2a896458bb6" },
        { "version", "d6b3010748b6635cd7d762c34ea9dce90ffb4436cf922508a2d2c0ebe5d74db2" },
        { "type", "a1e3f67d4473a3c87de3bdb764f18f89dc27d5b03a516abb4781b6cc1fb40c99" },
        { "generic type", "2632302e270052c95f0fa738568b6705ad40b38c43093b4b1bba7e00be416792" },
        { "sequence", "adc3a4eafa945ce367a048512fd11e90adc653f3eaf00e1194f6d8663a7674cb" },
        { "set", "75dfde1164f58cec774892a8123b63fe51a20612c008885a2633076ee7650a31" },
        { "map", "623f2b36fb2341972ffd559d76cc97273cefa52f98b356abd1db1a0386123518" },
        { "nested", "5ba35842bbfddfa62dca16e9704493556d24af8671af0a4a46aa6644f235c3e9" },
    };

    private static Dictionary<string, Action<StoreKeyWriter>> Written { get; } = new(StringComparer.Ordinal)
    {
        ["nothing"] = static _ => { },
        ["null"] = static writer => writer.WriteNull(),
        ["false"] = static writer => writer.Write(false),
        ["true"] = static writer => writer.Write(true),
        ["-1"] = static writer => writer.Write(-1),
        ["1ul"] = static writer => writer.Write(1ul),
        ["'x'"] = static writer => writer.Write('x'),
        ["1.5f"] = static writer => writer.Write(1.5f),
        ["1.5"] = static writer => writer.Write(1.5),
        ["NaN"] = static writer => writer.Write(double.NaN),
        ["1.5h"] = static writer => writer.Write((Half)1.5),
        ["1.50m"] = static writer => writer.Write(1.50m),
        ["decimal.MinValue"] = static writer => writer.Write(decimal.MinValue),
        ["empty text"] = static writer => writer.Write(""),
        ["text"] = static writer => writer.Write("Größe 😀"),
        ["half a surrogate"] = static writer => writer.Write("\ud83d"),
        ["bytes"] = static writer => writer.Write((byte[])[1, 2, 255]),
        ["guid"] = static writer => writer.Write(new Guid("00112233-4455-6677-8899-aabbccddeeff")),
        ["date and time"] = static writer => writer.Write(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)),
        ["point in time"] = static writer => writer.Write(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2))),
        ["date"] = static writer => writer.Write(new DateOnly(2026, 1, 2)),
        ["time of day"] = static writer => writer.Write(new TimeOnly(3, 4, 5)),
        ["span of time"] = static writer => writer.Write(TimeSpan.FromSeconds(-5)),
        ["big integer"] = static writer => writer.Write(BigInteger.Pow(10, 30)),
        ["128 bits"] = static writer => writer.Write(Int128.MinValue),
        ["uri"] = static writer => writer.Write(new Uri("https://example.com/a?b=c#d")),
        ["version"] = static writer => writer.Write(new Version(1, 2, 3)),
        ["type"] = static writer => writer.Write(typeof(StoreKeyWriter)),
        ["generic type"] = static writer => writer.Write(typeof(Dictionary<string, StoreKeyWriter[]>)),
        ["sequence"] = static writer => writer.WriteSequence([1, 2], Number),
        ["set"] = static writer => writer.WriteSet([2, 1], Number),
        ["map"] = static writer => writer.WriteMap(new Dictionary<string, int>(StringComparer.Ordinal) { ["b"] = 1, ["a"] = 2 }, Text, Number),
        ["nested"] = static writer => writer.WriteSequence<int[]?>([[1], null, []], static (items, inner) => inner.WriteSet(items, Number)),
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void The_canonical_form_does_not_change(string what, string key) => Assert.Equal(key, $"{Key(Written[what])}");

    [Fact]
    public void Every_key_that_must_not_change_is_another() =>
        Assert.Equal(Written.Count, Written.Values.Select(Key).Distinct().Count());

    [Fact]
    public void The_method_is_part_of_the_key()
    {
        var key = StoreKeyWriter.KeyOf("A", 1, Number);

        Assert.Equal(key, StoreKeyWriter.KeyOf("A", 1, Number));
        Assert.NotEqual(key, StoreKeyWriter.KeyOf("B", 1, Number));
        Assert.NotEqual(StoreKeyWriter.KeyOf("A", "b", Text), StoreKeyWriter.KeyOf("Ab", "", Text));
    }

    [Fact]
    public void Integers_of_all_sizes_are_written_as_integers()
    {
        AssertAllSame(
            writer => writer.Write(1L), writer => writer.Write(1), writer => writer.Write((short)1), writer => writer.Write((ushort)1), writer => writer.Write((sbyte)1),
            writer => writer.Write((byte)1), writer => writer.Write(1u), writer => writer.Write((nint)1));
        AssertAllSame(writer => writer.Write(1ul), writer => writer.Write((nuint)1));
    }

    // No collisions

    [Fact]
    public void Where_one_value_ends_and_the_next_begins_makes_a_difference()
    {
        AssertAllDifferent(
            writer => { writer.Write("a:b"); writer.Write("c"); },
            writer => { writer.Write("a"); writer.Write("b:c"); },
            writer => { writer.Write("a:b:c"); },
            writer => { writer.Write("a:bc"); writer.Write(""); },
            writer => { writer.Write(""); writer.Write("a:bc"); },
            writer => { writer.Write("a:bc"); writer.Write((string?)null); },
            writer => { writer.Write("a"); writer.Write("b"); writer.Write("c"); },
            writer => { writer.Write("a\0b"); writer.Write("c"); },
            writer => writer.WriteSequence(["a:b", "c"], Text),
            writer => writer.WriteSequence(["a", "b:c"], Text));
        AssertAllDifferent(
            writer => { writer.Write((byte[])[1, 2]); writer.Write((byte[])[3]); },
            writer => { writer.Write((byte[])[1]); writer.Write((byte[])[2, 3]); },
            writer => { writer.Write(new BigInteger(0x0201)); writer.Write(new BigInteger(3)); },
            writer => { writer.Write(new BigInteger(1)); writer.Write(new BigInteger(0x0302)); });
    }

    [Fact]
    public void No_value_and_an_empty_one_are_different() => AssertAllDifferent(
        static _ => { },
        writer => writer.WriteNull(),
        writer => writer.Write(""),
        writer => writer.Write((byte[])[]),
        writer => writer.WriteSequence<int>([], Number),
        writer => writer.WriteSet<int>([], Number),
        writer => writer.WriteMap<string, int>([], Text, Number),
        writer => writer.WriteSequence<string?>([null], Text),
        writer => writer.WriteSet<string?>([null], Text),
        writer => writer.Write(BigInteger.Zero));

    [Fact]
    public void What_is_null_writes_null_whatever_its_type()
    {
        var expected = Key(writer => writer.WriteNull());

        Assert.Equal(expected, Key(writer => writer.Write((string?)null)));
        Assert.Equal(expected, Key(writer => writer.Write((byte[]?)null)));
        Assert.Equal(expected, Key(writer => writer.Write((TextKey)(string?)null)));
        Assert.Equal(expected, Key(writer => writer.Write((Uri?)null)));
        Assert.Equal(expected, Key(writer => writer.Write((Version?)null)));
        Assert.Equal(expected, Key(writer => writer.Write((Type?)null)));
        Assert.Equal(expected, Key(writer => writer.Write((IStorableKey?)null)));
        Assert.Equal(expected, Key(writer => writer.WriteSequence<int>(null, Number)));
        Assert.Equal(expected, Key(writer => writer.WriteSet<int>(null, Number)));
        Assert.Equal(expected, Key(writer => writer.WriteMap<string, int>(null, Text, Number)));
    }

    [Fact]
    public void Values_of_different_types_are_different() => AssertAllDifferent(
        writer => writer.Write(1L),
        writer => writer.Write(1ul),
        writer => writer.Write(BigInteger.One),
        writer => writer.Write(1f),
        writer => writer.Write(1d),
        writer => writer.Write((Half)1),
        writer => writer.Write(1m),
        writer => writer.Write("1"),
        writer => writer.Write('1'),
        writer => writer.Write((char)1),
        writer => writer.Write(true),
        writer => writer.Write(new TimeSpan(1)),
        writer => writer.Write(new TimeOnly(1)),
        writer => writer.Write(new DateTime(1)),
        writer => writer.Write(new DateTimeOffset(1, TimeSpan.Zero)),
        writer => writer.Write(DateOnly.FromDayNumber(1)),
        writer => writer.Write("1"u8),
        writer => writer.Write(new Guid(1, 0, 0, new byte[8])));

    [Fact]
    public void How_items_are_grouped_makes_a_difference() => AssertAllDifferent(
        writer => writer.WriteSequence<int[]>([[1, 2], [3]], Numbers),
        writer => writer.WriteSequence<int[]>([[1], [2, 3]], Numbers),
        writer => writer.WriteSequence<int[]>([[1, 2, 3]], Numbers),
        writer => writer.WriteSequence<int[]>([[1, 2, 3], []], Numbers),
        writer => writer.WriteSequence<int[]>([[], [1, 2, 3]], Numbers),
        writer => writer.WriteSequence<int[]?>([[1, 2, 3], null], Numbers),
        writer => writer.WriteSequence([1, 2, 3], Number),
        writer => Numbers([3, 2, 1], writer),
        writer => writer.WriteSet([1, 2, 3], Number),
        writer => writer.WriteMap(new Dictionary<int, int> { [1] = 2 }, Number, Number),
        writer => writer.WriteMap(new Dictionary<int, int> { [2] = 1 }, Number, Number),
        writer => writer.WriteSet<int[]>([[1, 2]], Numbers));

    [Fact]
    public void Random_lists_of_texts_are_the_same_only_if_every_text_is()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var keys = new Dictionary<StoreKey, string>();
        for (int i = 0; i < 20_000; i++)
        {
            string?[] texts = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(5) == 0 ? null : new string([.. Enumerable.Range(0, random.Next(3)).Select(_ => "\0:a"[random.Next(3)])]))];
            string readable = string.Join('|', texts.Select(text => text is null ? "null" : $"\"{text}\""));

            var key = Key(writer =>
            {
                foreach (string? text in texts) writer.Write(text);
            });

            Assert.True(!keys.TryGetValue(key, out string? other) || other == readable, $"Seed {seed}: {readable} and {other}");
            keys[key] = readable;
        }
    }

    [Fact]
    public void Texts_that_are_no_valid_unicode_are_told_apart() => AssertAllDifferent(
        writer => writer.Write("\ud83d"),
        writer => writer.Write("\ude00"),
        writer => writer.Write("\ufffd"),
        writer => writer.Write("\ud83d\ude00"),
        writer => writer.Write("e\u0301"),
        writer => writer.Write("\u00e9"));

    [Fact]
    public void Types_are_told_apart_by_all_of_their_arguments()
    {
        // Two types of one name, in two assemblies.
        Type first = TypeNamed("Contoso.Quote", "First");
        Type second = TypeNamed("Contoso.Quote", "Second");

        AssertAllDifferent(
        [
            .. ((Type[])
            [
                first, second, typeof(List<>).MakeGenericType(first), typeof(List<>).MakeGenericType(second), typeof(List<>).MakeGenericType(first).MakeArrayType(), typeof(List<>).MakeGenericType(second).MakeArrayType(),
                typeof(int), typeof(int?), typeof(int[]), typeof(int[,]), typeof(int[,,]), typeof(int[][]), typeof(int).MakeArrayType(1), typeof(int).MakeByRefType(), typeof(int).MakePointerType(),
                typeof(List<>), typeof(List<int>), typeof(List<int[]>), typeof(List<int>[]), typeof(Dictionary<int, string>), typeof(Dictionary<string, int>),
                typeof(List<>).GetGenericArguments()[0], typeof(HashSet<>).GetGenericArguments()[0], typeof(Dictionary<,>).GetGenericArguments()[0], typeof(Dictionary<,>).GetGenericArguments()[1],
                typeof(Outer<int>.Inner), typeof(Outer<string>.Inner), typeof(Outer<>.Inner),
            ]).Select(type => (Action<StoreKeyWriter>)(writer => writer.Write(type))),
        ]);

        static Type TypeNamed(string name, string assembly) =>
            AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(assembly), AssemblyBuilderAccess.Run).DefineDynamicModule("module").DefineType(name).CreateType();
    }

    // Equal values, equal keys

    [Fact]
    public void Decimals_are_the_same_whatever_zeros_they_end_in()
    {
        AssertAllSame(writer => writer.Write(1m), writer => writer.Write(1.0m), writer => writer.Write(1.00m), writer => writer.Write(1.0000000000000000000000000000m));
        AssertAllSame(writer => writer.Write(0m), writer => writer.Write(0.00m), writer => writer.Write(-0.0m), writer => writer.Write(new decimal(0, 0, 0, isNegative: true, 28)));
        AssertAllSame(writer => writer.Write(100m), writer => writer.Write(100.0m), writer => writer.Write(1e2m));
        AssertAllDifferent(writer => writer.Write(1m), writer => writer.Write(-1m), writer => writer.Write(10m), writer => writer.Write(0.1m), writer => writer.Write(0m));
    }

    [Fact]
    public void Decimals_have_equal_keys_if_and_only_if_they_are_equal()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 50_000; i++)
        {
            decimal value = new(random.Next(), random.Next(3) == 0 ? 0 : random.Next(), random.Next(3) == 0 ? 0 : random.Next(), random.Next(2) == 0, (byte)random.Next(29));
            if (random.Next(2) == 0) value = decimal.Round(value, random.Next(20));
            decimal other = value + new decimal(random.Next(-1, 2), 0, 0, isNegative: false, (byte)random.Next(29));
            if (random.Next(3) == 0) other = value * 1.000m;

            Assert.True(value == other == (Key(writer => writer.Write(value)) == Key(writer => writer.Write(other))), $"Seed {seed}: {value} and {other}");
        }

        AssertAllDifferent(writer => writer.Write(decimal.MaxValue), writer => writer.Write(decimal.MaxValue - 1), writer => writer.Write(7.9228162514264337593543950335m), writer => writer.Write(7.9228162514264337593543950334m));
    }

    [Fact]
    public void Zeros_of_both_signs_are_the_same_and_so_is_all_that_is_not_a_number()
    {
        AssertAllSame(writer => writer.Write(0.0), writer => writer.Write(-0.0));
        AssertAllSame(writer => writer.Write(0f), writer => writer.Write(-0f));
        AssertAllSame(writer => writer.Write(Half.Zero), writer => writer.Write(Half.NegativeZero));
        AssertAllSame(writer => writer.Write(double.NaN), writer => writer.Write(-double.NaN), writer => writer.Write(BitConverter.UInt64BitsToDouble(0x7FF0_0000_0000_0001)));
        AssertAllSame(writer => writer.Write(float.NaN), writer => writer.Write(-float.NaN), writer => writer.Write(BitConverter.UInt32BitsToSingle(0x7F80_0001)));
        AssertAllSame(writer => writer.Write(Half.NaN), writer => writer.Write(-Half.NaN), writer => writer.Write(BitConverter.UInt16BitsToHalf(0x7C01)));
        AssertAllDifferent(
            writer => writer.Write(0.0), writer => writer.Write(double.Epsilon), writer => writer.Write(-double.Epsilon), writer => writer.Write(double.NaN),
            writer => writer.Write(double.PositiveInfinity), writer => writer.Write(double.NegativeInfinity), writer => writer.Write(1.0), writer => writer.Write(Math.BitIncrement(1.0)));
    }

    [Fact]
    public void Numbers_of_128_bits_are_numbers_of_any_size()
    {
        AssertAllSame(writer => writer.Write((Int128)5), writer => writer.Write((UInt128)5), writer => writer.Write(new BigInteger(5)));
        AssertAllDifferent(writer => writer.Write(Int128.MinValue), writer => writer.Write(Int128.MaxValue), writer => writer.Write(UInt128.MaxValue), writer => writer.Write(BigInteger.MinusOne), writer => writer.Write(new BigInteger(255)));
    }

    [Fact]
    public void Sets_are_the_same_in_whatever_order()
    {
        string[] items = ["a", "bb", "", "ccc", "a:b"];

        AssertAllSame([.. Orders(items).Select(order => (Action<StoreKeyWriter>)(writer => writer.WriteSet(order, Text)))]);
        AssertAllDifferent([.. Orders(items).Select(order => (Action<StoreKeyWriter>)(writer => writer.WriteSequence(order, Text)))]);
    }

    [Fact]
    public void Maps_are_the_same_in_whatever_order_and_know_which_value_a_key_has()
    {
        KeyValuePair<string, int[]?>[] pairs = [new("a", [1]), new("b", null), new("", []), new("ab", [1, 2])];

        AssertAllSame([.. Orders(pairs).Select(order => (Action<StoreKeyWriter>)(writer => writer.WriteMap(order, Text, Numbers)))]);
        AssertAllDifferent(
            writer => writer.WriteMap<string, int>([new("a", 1), new("b", 2)], Text, Number),
            writer => writer.WriteMap<string, int>([new("a", 2), new("b", 1)], Text, Number),
            writer => writer.WriteMap<string, int>([new("a", 1)], Text, Number),
            writer => writer.WriteMap<string, int>([new("a", 1), new("b", 2), new("c", 3)], Text, Number));
    }

    [Fact]
    public void Sets_of_sets_are_the_same_in_whatever_order()
    {
        AssertAllSame(
            writer => writer.WriteSet<int[]>([[1, 2], [3]], Set),
            writer => writer.WriteSet<int[]>([[3], [2, 1]], Set));
        AssertAllDifferent(
            writer => writer.WriteSet<int[]>([[1, 2], [3]], Set),
            writer => writer.WriteSet<int[]>([[1], [2, 3]], Set),
            writer => writer.WriteSet([1, 2, 3], Number));

        static void Set(int[] items, StoreKeyWriter writer) => writer.WriteSet(items, Number);
    }

    [Fact]
    public void Dates_count_with_their_kind_and_points_in_time_with_their_offset() => AssertAllDifferent(
        writer => writer.Write(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Unspecified)),
        writer => writer.Write(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        writer => writer.Write(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local)),
        writer => writer.Write(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
        writer => writer.Write(new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.FromHours(1))));

    [Fact]
    public void Addresses_count_whole() => AssertAllDifferent(
        writer => writer.Write(new Uri("https://example.com/a")),
        writer => writer.Write(new Uri("https://example.com/a#b")),
        writer => writer.Write(new Uri("https://user@example.com/a")),
        writer => writer.Write(new Uri("https://example.com/A")),
        writer => writer.Write(new Uri("http://example.com/a")),
        writer => writer.Write(new Uri("/a", UriKind.Relative)),
        writer => writer.Write(new Uri("a", UriKind.Relative)));

    [Fact]
    public void Types_of_their_own_write_what_makes_them_equal()
    {
        AssertAllSame(writer => writer.Write(new Point(1, 2)), writer => writer.Write(new Point(1, 2)));
        AssertAllDifferent(writer => writer.Write(new Point(1, 2)), writer => writer.Write(new Point(2, 1)), writer => writer.Write((IStorableKey?)null));
    }

    // The writer itself

    [Fact]
    public void A_key_can_be_made_while_another_is()
    {
        var inner = Key(writer => writer.Write("inner"));
        var outer = Key(writer => { writer.Write("a"); writer.Write("b"); });

        Assert.Equal(outer, Key(writer =>
        {
            writer.Write("a");
            Assert.Equal(inner, Key(other => other.Write("inner")));
            writer.Write("b");
        }));
    }

    [Fact]
    public void A_key_that_could_not_be_written_leaves_nothing_behind()
    {
        var expected = Key(writer => writer.Write("a"));

        Assert.Throws<InvalidOperationException>(() => Key(writer =>
        {
            writer.Write("left over");
            writer.WriteSequence([1], (_, _) => throw new InvalidOperationException());
        }));

        Assert.Equal(expected, Key(writer => writer.Write("a")));
    }

    [Fact]
    public void Keys_can_be_large_and_are_small_again_afterwards()
    {
        var small = Key(writer => writer.Write("a"));
        string large = new('x', 1_000_000);

        Assert.Equal(Key(writer => writer.Write(large)), Key(writer => writer.Write(large)));
        Assert.NotEqual(Key(writer => writer.Write(large)), Key(writer => writer.Write(large + "x")));
        Assert.Equal(small, Key(writer => writer.Write("a")));
    }

    [Fact]
    public async Task Many_threads_make_keys_at_once()
    {
        StoreKey[] expected = [.. Enumerable.Range(0, 100).Select(i => Key(writer => writer.Write(i)))];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 5_000; i++) Assert.Equal(expected[i % 100], Key(writer => writer.Write(i % 100)));
        })));
    }

    private static StoreKey Key(Action<StoreKeyWriter> write) => StoreKeyWriter.KeyOf("Method", write, static (call, writer) => call(writer));

    private static void AssertAllSame(params Action<StoreKeyWriter>[] writes) => Assert.Single(writes.Select(Key).Distinct());

    private static void AssertAllDifferent(params Action<StoreKeyWriter>[] writes) => Assert.Distinct(writes.Select(Key));

    private static void Number(int value, StoreKeyWriter writer) => writer.Write(value);

    private static void Text(string? value, StoreKeyWriter writer) => writer.Write(value);

    private static void Numbers(int[]? values, StoreKeyWriter writer) => writer.WriteSequence(values, Number);

    private static IEnumerable<T[]> Orders<T>(T[] items) => items.Length < 2
        ? [items]
        : items.Index().SelectMany(first => Orders<T>([.. items[..first.Index], .. items[(first.Index + 1)..]]).Select(rest => (T[])[first.Item, .. rest]));

    private sealed class Outer<T>
    {
        public sealed class Inner;
    }

    private sealed record Point(int X, int Y) : IStorableKey
    {
        public void WriteTo(StoreKeyWriter writer)
        {
            writer.Write(X);
            writer.Write(Y);
        }
    }
}
