using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>The canonical form of keys: equal values write the same, others something else, today and in years.</summary>
public sealed class StoreKeyWriterTests(ITestOutputHelper output)
{
    // Made by another program from the description of the form. Changing one throws away what every store of every user has.
    public static TheoryData<string, string> Golden => new()
    {
        { "nothing", "8a4045f3dc9ed9a3d572abeca00400856d073f505a203a7865b8eeeb0a99ace6" },
        { "null", "59cfdeff50e05c972e4a394618e18f9f5e33f7ca16291005d69fd2c1fdabac79" },
        { "false", "d6c0b8c0ba2926fad1590f9d3dd9283bbc64d94c3b748d57e8ee05e29c911ede" },
        { "true", "88a93712256a79657d13acbdfaa2f7f9499582b596fa8cea7688120574354b54" },
        { "-1", "bb7c5239e361ec4b82583da4ee6aba5788b80d5910482acd0e58f73d9829434e" },
        { "1ul", "e4b8a12f66d74467c923f485427ff7556f65938b57753991cfa31a6af3c6207d" },
        { "'x'", "1a516b6823cb7822fb591c27a68549c211af9ad8be2a09721c74aab918bfa1e6" },
        { "1.5f", "a291b67774f75eb60dcc66e107fc63e3095c7172b6c9669430e27ce0f5511578" },
        { "1.5", "e22a5c234f65507ab0eb570551bdd430dcf6f39cdda225ef811f656b6c0d43d6" },
        { "NaN", "cba643b93be6ae585c64a073a7c80ce9f045abd67a1fd02c1b10dfc16eab6cd1" },
        { "1.5h", "4b59dbf406855ae7ca2c77822792216e4c76f419d80182552dd9a2958b5c5846" },
        { "1.50m", "5fdcecf89d05bfa09e1c7032fe2d87a3322f199cef4a200397ba6db31e45f1f5" },
        { "decimal.MinValue", "dc028df0580836458a1bb97feb3936bf0222e6dc4152c6197dd28c6841e4162b" },
        { "empty text", "3feae653c56a43eeb180b0354a4efb92b88817a7877fd5bd95dd8a2f384900de" },
        { "text", "dc244eb0d221baf9909bdee0726152ca45804833d3e4419d0c2a0c2dd41cae29" },
        { "half a surrogate", "b9bfdbd1e6a5ac674f5d2e610d226adae7bada9f6d096b3ee34b9b9b136e3604" },
        { "bytes", "e2d576a1bcdb42a1c1ac1e174921d1b26f70ef4392d7b0990318f5ea27e1b9ed" },
        { "guid", "abd236a4382495e4c78300b6be59df0f16dde8b7c1dcb6a830f10adb0c06797a" },
        { "date and time", "25618b93b702e8f4d5049d1dfa405a18a7a5ff514068532fb894ddbfb7ab1e18" },
        { "point in time", "e45ee1d08cad390dd8bd21297f6d7d1d943413beb2f2e9262a700305231268ab" },
        { "date", "3c057d86773cdf94cf9396fe2565e0a208950e4f1d67a52deedb2f18c78f6c6b" },
        { "time of day", "9e5f6bccf0a3723d483db1f45f9e27750d67191772e1482bee5e71f42434c244" },
        { "span of time", "3599f67385e33fad2750abf66352b90706a222318dc1698b79b6d5b70308616f" },
        { "big integer", "c815fb1855331e3c252bb3247894a164092f8f4831345a7838d593801aea49fb" },
        { "128 bits", "49e27397ee595e142a5f9d15d11d49335d8e5734fb70ebc157cd446c9ef93d12" },
        { "uri", "d7f578f5a361e7ea8731e509a36941cfb72b3f3a0ad778ae80590ee30fada661" },
        { "version", "8a5211596772c5a0d6706dfe17422907fbdacb9c7fbc36825cb0078b03f8e9b2" },
        { "type", "caf99378736e3894fedda8478cf1c02ba6100b4ab6f650fb39e0b1ef25ec7d33" },
        { "generic type", "2efbc8b9f712c4d1b8a57518550e091cba0e60a1e5b841e756001b549e77dec2" },
        { "sequence", "466980663d5e9a90e74260261bcb4bb7621cadd159298314a81c1e78f0e8ebcd" },
        { "set", "eae497357b4a7a820de045eec64c117f6899e160f67f3776ea2c01f0bdf5969f" },
        { "map", "f10829d6e4f8a48f7a05856d65afb947286046df61df7504a1dd623d5d05c323" },
        { "nested", "e6ae9acf92649577ae891c458f5a8e66e222ddc4787b7b8a20d0c37be8f24332" },
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
    public void Decimals_count_with_the_zeros_that_they_end_in_and_with_the_sign_of_zero()
    {
        AssertAllSame(writer => writer.Write(1.0m), writer => writer.Write(new decimal(10, 0, 0, isNegative: false, 1)));
        AssertAllDifferent(
            writer => writer.Write(1m), writer => writer.Write(1.0m), writer => writer.Write(1.00m), writer => writer.Write(-1m), writer => writer.Write(10m), writer => writer.Write(0.1m),
            writer => writer.Write(0m), writer => writer.Write(0.00m), writer => writer.Write(new decimal(0, 0, 0, isNegative: true, 0)),
            writer => writer.Write(decimal.MaxValue), writer => writer.Write(decimal.MaxValue - 1), writer => writer.Write(7.9228162514264337593543950335m));
    }

    [Fact]
    public void Zeros_count_with_their_sign_and_all_that_is_not_a_number_is_the_same()
    {
        AssertAllDifferent(writer => writer.Write(0.0), writer => writer.Write(-0.0), writer => writer.Write(0f), writer => writer.Write(-0f), writer => writer.Write(Half.Zero), writer => writer.Write(Half.NegativeZero));
        AssertAllSame(writer => writer.Write(double.NaN), writer => writer.Write(-double.NaN), writer => writer.Write(BitConverter.UInt64BitsToDouble(0x7FF0_0000_0000_0001)));
        AssertAllSame(writer => writer.Write(float.NaN), writer => writer.Write(-float.NaN), writer => writer.Write(BitConverter.UInt32BitsToSingle(0x7F80_0001)));
        AssertAllSame(writer => writer.Write(Half.NaN), writer => writer.Write(-Half.NaN), writer => writer.Write(BitConverter.UInt16BitsToHalf(0x7C01)));
        AssertAllDifferent(
            writer => writer.Write(0.0), writer => writer.Write(double.Epsilon), writer => writer.Write(-double.Epsilon), writer => writer.Write(double.NaN),
            writer => writer.Write(double.PositiveInfinity), writer => writer.Write(double.NegativeInfinity), writer => writer.Write(1.0), writer => writer.Write(Math.BitIncrement(1.0)));
    }

    [Fact]
    public void Texts_are_the_same_without_case_exactly_where_the_comparison_says_so()
    {
        // Of each character in the language, with what it becomes in either case: neither more nor less than the comparison.
        foreach (var rune in Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(static value => new Rune(value)))
        {
            foreach (var other in (Rune[])[Rune.ToUpperInvariant(rune), Rune.ToLowerInvariant(rune)])
            {
                string one = rune.ToString(), two = other.ToString();
                if (one != two) Assert.True(string.Equals(one, two, StringComparison.OrdinalIgnoreCase) == (Key(writer => writer.WriteIgnoringCase(one)) == Key(writer => writer.WriteIgnoringCase(two))), $"U+{rune.Value:X4}, U+{other.Value:X4}");
            }
        }

        AssertAllSame(writer => writer.WriteIgnoringCase("Straße \ud83d"), writer => writer.WriteIgnoringCase("STRAßE \ud83d"));
        AssertAllDifferent(writer => writer.WriteIgnoringCase("\ud83d"), writer => writer.WriteIgnoringCase("\ud83e"), writer => writer.WriteIgnoringCase("\u017F"), writer => writer.WriteIgnoringCase("s"));
    }

    [Fact]
    public void How_a_set_or_a_map_compares_is_part_of_the_key()
    {
        AssertAllSame(
            writer => writer.WriteSet(new HashSet<string>(["a"]), Text), writer => writer.WriteSet(new HashSet<string>(["a"], StringComparer.Ordinal), Text),
            writer => writer.WriteSet(["a"], Text), writer => writer.WriteSet(new SortedSet<string>(["a"], StringComparer.Ordinal), Text));
        AssertAllDifferent(
            writer => writer.WriteSet(new HashSet<string>(["a"]), Text),
            writer => writer.WriteSet(new HashSet<string>(["a"], StringComparer.OrdinalIgnoreCase), Text),
            writer => writer.WriteSet(new HashSet<string>(["A"], StringComparer.OrdinalIgnoreCase), Text),
            writer => writer.WriteSet(new HashSet<string>(["a"], StringComparer.InvariantCulture), Text),
            writer => writer.WriteSet(new HashSet<string>(["a"], StringComparer.InvariantCultureIgnoreCase), Text),
            writer => writer.WriteSet(new HashSet<string>(["a"], StringComparer.Create(CultureInfo.GetCultureInfo("tr-TR"), ignoreCase: true)), Text),
            writer => writer.WriteSet(new SortedSet<string>(["a"]), Text),
            writer => writer.WriteSequence(["a"], Text),
            writer => writer.WriteSequence(new SortedSet<string>(["a"]), Text));
        AssertAllDifferent(
            writer => writer.WriteMap(new Dictionary<string, int> { ["a"] = 1 }, Text, Number),
            writer => writer.WriteMap(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 }, Text, Number),
            writer => writer.WriteMap(new SortedDictionary<string, int> { ["a"] = 1 }, Text, Number),
            writer => writer.WriteOrderedMap(new SortedDictionary<string, int> { ["a"] = 1 }, Text, Number),
            writer => writer.WriteOrderedMap(new SortedDictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 }, Text, Number));
        AssertAllDifferent(
            writer => writer.WriteCollection(new HashSet<int> { 1 }, Number), writer => writer.WriteCollection(new List<int> { 1 }, Number), writer => writer.WriteCollection<int>(null, Number));
    }

    [Fact]
    public void A_comparer_that_only_this_program_knows_cannot_be_written() => Assert.StartsWith(
        "A collection of 'System.Int32' compares with a 'System.Collections.Generic.ComparisonComparer`1[System.Int32]', which only this program knows",
        Assert.Throws<NotSupportedException>(() => Key(writer => writer.WriteSequence(new SortedSet<int>([1], Comparer<int>.Create(static (x, y) => y.CompareTo(x))), Number))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Texts_of_several_types_count_whole()
    {
        AssertAllSame(writer => writer.Write(new StringBuilder("ab")), writer => writer.Write(new StringBuilder(100).Append('a').Append('b')));
        AssertAllDifferent(writer => writer.Write(HttpMethod.Get), writer => writer.Write(new HttpMethod("get")), writer => writer.Write((HttpMethod?)null));
        AssertAllDifferent(
            writer => writer.Write(default(JsonElement)), writer => writer.Write(JsonElement.Parse("null")), writer => writer.Write(JsonElement.Parse("{}")),
            writer => writer.Write(JsonElement.Parse("{ }")), writer => writer.Write(JsonElement.Parse("1")), writer => writer.Write(JsonElement.Parse("1.0")));
    }

    [Fact]
    public void Two_hours_of_one_name_are_told_apart_when_clocks_are_put_back()
    {
        DateTime first = Ambiguous(1), second = Ambiguous(0);

        Assert.Equal(first, second);
        AssertAllDifferent(writer => writer.Write(first), writer => writer.Write(second));
        Assert.False(KeyContent.OfDateTime().Equals(first, second));

        // What TimeZoneInfo makes for the machine's own zone; the bits are the same in every zone.
        static DateTime Ambiguous(ulong isSummer) => Unsafe.BitCast<ulong, DateTime>((ulong)new DateTime(2025, 10, 1, 1, 30, 0).Ticks | ((2 + isSummer) << 62));
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
