using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Memoize.Tests;

/// <summary>What makes two values the same in a key: whatever a method can tell apart by ordinary means is told apart. And what is kept is a copy.</summary>
public sealed class KeyContentTests
{
    private static readonly StringComparer IgnoringCase = StringComparer.OrdinalIgnoreCase;

    private static readonly Comparer<int> Descending = Comparer<int>.Create(static (x, y) => y - x);

    private static readonly Dictionary<string, Func<bool>> Different = new()
    {
        ["zeros of another sign"] = Pair(KeyContent.OfDouble(), 0.0, -0.0),
        ["short zeros of another sign"] = Pair(KeyContent.OfSingle(), 0f, -0f),
        ["half zeros of another sign"] = Pair(KeyContent.OfHalf(), Half.Zero, Half.NegativeZero),
        ["imaginary parts"] = Pair(KeyContent.OfComplex(), new Complex(1, 1), new Complex(1, 2)),
        ["zeros behind the point"] = Pair(KeyContent.OfDecimal(), 1.0m, 1.00m),
        ["kinds of dates"] = Pair(KeyContent.OfDateTime(), new DateTime(1, DateTimeKind.Utc), new DateTime(1, DateTimeKind.Unspecified)),
        ["the two hours when clocks are put back"] = Pair(KeyContent.OfDateTime(), Hour(isSecond: false), Hour(isSecond: true)),
        ["offsets of the same moment"] = Pair(KeyContent.OfDateTimeOffset(), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.ToOffset(TimeSpan.FromHours(1))),
        ["fragments"] = Pair(KeyContent.OfUri(), new Uri("https://a/#1"), new Uri("https://a/#2")),
        ["HTTP methods of another case"] = Pair(KeyContent.OfHttpMethod(), new HttpMethod("GET"), new HttpMethod("get")),
        ["null and a value"] = Pair(KeyContent.OfNullable(KeyContent.OfDecimal()), null, 0m),
        ["no segment and an empty one"] = Pair(KeyContent.OfArraySegment<int>(), default, new ArraySegment<int>([])),
        ["no immutable array and an empty one"] = Pair(KeyContent.OfImmutableArray<int>(), default, []),
        ["sets that find in another way"] = Pair(KeyContent.OfHashSet<string>(), new(IgnoringCase) { "a" }, ["a"]),
        ["items that only their set takes for the same"] = Pair(KeyContent.OfHashSet<string>(), new(IgnoringCase) { "a" }, new(IgnoringCase) { "A" }),
        ["frozen items that only their set takes for the same"] = Pair(KeyContent.OfFrozenSet<string>(), new[] { "a" }.ToFrozenSet(IgnoringCase), new[] { "A" }.ToFrozenSet(IgnoringCase)),
        ["sorted items that only their set takes for the same"] = Pair(KeyContent.OfISet<string>(), new SortedSet<string>(IgnoringCase) { "a" }, new SortedSet<string>(IgnoringCase) { "A" }),
        ["orders of a sorted set"] = Pair(KeyContent.OfSortedSet<int>(), [1], new(Descending) { 1 }),
        ["orders of strings in a set"] = Pair(KeyContent.OfISet<string>(), new SortedSet<string>(StringComparer.Ordinal) { "a" }, new SortedSet<string> { "a" }),
        ["a set that finds in another way, behind a view"] = Pair(KeyContent.OfISet<string>(), new ReadOnlySet<string>(new HashSet<string>(IgnoringCase) { "a" }), new ReadOnlySet<string>(new HashSet<string> { "a" })),
        ["a set and a list"] = Pair(KeyContent.OfICollection<int>(), new List<int> { 1 }, new HashSet<int> { 1 }),
        ["maps that find in another way"] = Pair(KeyContent.OfDictionary<string, int>(), new(IgnoringCase) { ["a"] = 1 }, new() { ["a"] = 1 }),
        ["maps that find in another way, behind a view"] = Pair(KeyContent.OfDictionaryView<string, int>(), new(new Dictionary<string, int>(IgnoringCase) { ["a"] = 1 }), new(new Dictionary<string, int> { ["a"] = 1 })),
        ["keys that only their map takes for the same"] = Pair(KeyContent.OfDictionary<string, int>(), new(IgnoringCase) { ["a"] = 1 }, new(IgnoringCase) { ["A"] = 1 }),
        ["values of maps that ignore case"] = Pair(KeyContent.OfDictionary<string, int>(), new(IgnoringCase) { ["a"] = 1 }, new(IgnoringCase) { ["a"] = 2 }),
        ["orders of a sorted map"] = Pair(KeyContent.OfSortedList<int, int>(), new() { [1] = 1 }, new(Descending) { [1] = 1 }),
        ["ordered maps that find in another way"] = Pair(KeyContent.OfOrderedDictionary<string, int>(), new() { ["a"] = 1 }, new(IgnoringCase) { ["a"] = 1 }),
        ["a tuple's part, for a type parameter"] = Pair(KeyContent.OfTypeArgument<object>(), (1, 0.0), (1, -0.0)),
        ["lengths of arrays, for a type parameter"] = Pair(KeyContent.OfTypeArgument<object>(), new[] { DayOfWeek.Sunday }, new[] { DayOfWeek.Sunday, DayOfWeek.Sunday }),
    };

    private static readonly Dictionary<string, Func<bool>> Same = new()
    {
        ["NaN of whatever bits"] = Pair(KeyContent.OfDouble(), double.NaN, BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(double.NaN) ^ 1)),
        ["short NaN of whatever bits"] = Pair(KeyContent.OfSingle(), float.NaN, BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(float.NaN) ^ 1)),
        ["half NaN of whatever bits"] = Pair(KeyContent.OfHalf(), Half.NaN, BitConverter.Int16BitsToHalf((short)(BitConverter.HalfToInt16Bits(Half.NaN) ^ 1))),
        ["an ordinal comparer and none"] = Pair(KeyContent.OfDictionary<string, int>(), new(StringComparer.Ordinal) { ["a"] = 1 }, new() { ["a"] = 1 }),
        ["a sorted set and another one, both in the usual order"] = Pair(KeyContent.OfISet<int>(), new SortedSet<int> { 1 }, new HashSet<int> { 1 }),
        ["sets filled in another order"] = Pair(KeyContent.OfICollection<int>(), new HashSet<int> { 1, 2 }, new HashSet<int> { 2, 1 }),
        ["maps that ignore case, filled in another order"] = Pair(KeyContent.OfDictionary<string, int>(), new(IgnoringCase) { ["a"] = 1, ["b"] = 2 }, new(IgnoringCase) { ["b"] = 2, ["a"] = 1 }),
    };

    // A copy is the same key as long as it has the same comparer and order.
    private static readonly Dictionary<string, Func<bool>> Copies = new()
    {
        ["a stack"] = Copy(KeyContent.OfStack<int>(), new([1, 2, 3])),
        ["an immutable stack"] = Copy(KeyContent.OfImmutableStack<int>(), ImmutableStack.Create(1, 2, 3)),
        ["a set"] = Copy(KeyContent.OfHashSet<string>(), new(IgnoringCase) { "a" }),
        ["a frozen set"] = Copy(KeyContent.OfFrozenSet<string>(), new[] { "a" }.ToFrozenSet(IgnoringCase)),
        ["an immutable set"] = Copy(KeyContent.OfImmutableHashSet<string>(), ImmutableHashSet.Create(IgnoringCase, "a")),
        ["a set behind an interface"] = Copy(KeyContent.OfISet<string>(), new HashSet<string>(IgnoringCase) { "a" }),
        ["a sorted set behind an interface"] = Copy(KeyContent.OfISet<int>(), new SortedSet<int>(Descending) { 1, 2 }),
        ["a map"] = Copy(KeyContent.OfDictionary<string, int>(), new(IgnoringCase) { ["a"] = 1 }),
        ["a map behind an interface"] = Copy(KeyContent.OfIDictionary<string, int>(), new Dictionary<string, int>(IgnoringCase) { ["a"] = 1 }),
        ["a map behind a view"] = Copy(KeyContent.OfDictionaryView<string, int>(), new(new Dictionary<string, int>(IgnoringCase) { ["a"] = 1 })),
        ["a map behind a view and an interface"] = Copy(KeyContent.OfIDictionary<string, int>(), new ReadOnlyDictionary<string, int>(new Dictionary<string, int>(IgnoringCase) { ["a"] = 1 })),
        ["an ordered map behind an interface"] = Copy(KeyContent.OfIDictionary<string, int>(), new OrderedDictionary<string, int>(IgnoringCase) { ["a"] = 1 }),
        ["a concurrent map"] = Copy(KeyContent.OfConcurrentDictionary<string, int>(), new(IgnoringCase) { ["a"] = 1 }),
        ["a frozen map"] = Copy(KeyContent.OfFrozenDictionary<string, int>(), new Dictionary<string, int> { ["a"] = 1 }.ToFrozenDictionary(IgnoringCase)),
        ["an immutable map"] = Copy(KeyContent.OfImmutableDictionary<string, int>(), ImmutableDictionary.Create<string, int>(IgnoringCase).Add("a", 1)),
        ["an ordered map"] = Copy(KeyContent.OfOrderedDictionary<string, int>(), new(IgnoringCase) { ["a"] = 1 }),
        ["a sorted map"] = Copy(KeyContent.OfSortedDictionary<int, int>(), new(Descending) { [1] = 1, [2] = 2 }),
        ["a sorted list"] = Copy(KeyContent.OfSortedList<int, int>(), new(Descending) { [1] = 1, [2] = 2 }),
    };

    private static readonly Dictionary<string, Func<bool>> Kept = new()
    {
        ["a text that is built"] = Changing(KeyContent.OfStringBuilder(), static () => new("a"), static text => text.Append('b')),
        ["a culture"] = Changing(KeyContent.OfCultureInfo(), static () => new("en-US"), static culture => culture.NumberFormat.CurrencySymbol = "b"),
        ["a text in a list"] = Changing(KeyContent.OfList(KeyContent.OfStringBuilder()), static () => [new("a")], static list => list[0].Append('b')),
        ["an item of a queue"] = Changing(KeyContent.OfQueue(KeyContent.OfArray<int>()), static () => new([[1]]), static queue => queue.Peek()[0] = 2),
        ["a key of a map"] = Changing(KeyContent.OfDictionary<CultureInfo, int>(key: KeyContent.OfCultureInfo()), static () => new() { [new("en-US")] = 1 }, static map => map.Keys.Single().NumberFormat.CurrencySymbol = "b"),
        ["a value of a map"] = Changing(KeyContent.OfDictionary<int, int[]>(KeyContent.OfArray<int>()), static () => new() { [1] = [1] }, static map => map[1][0] = 2),
        ["a member"] = Changing(
            KeyContent.OfMembers(KeyContent.Member<Line, List<int>>(static line => line.Items, KeyContent.OfList<int>(), static (line, copy) => line with { Items = copy })),
            static () => new([1]),
            static line => line.Items[0] = 2),
        ["an array within an array, for a type parameter"] = Changing(KeyContent.OfTypeArgument<object>(), static () => new object[] { new[] { 1 } }, static array => ((int[])((object[])array)[0])[0] = 2),
    };

    private static readonly Dictionary<string, Action<CultureInfo>> Cultures = new()
    {
        ["list separator"] = static culture => culture.TextInfo.ListSeparator = "|",
        ["currency"] = static culture => culture.NumberFormat.CurrencySymbol = "|",
        ["decimal point"] = static culture => culture.NumberFormat.NumberDecimalSeparator = "|",
        ["groups of digits"] = static culture => culture.NumberFormat.NumberGroupSizes = [2],
        ["negative sign"] = static culture => culture.NumberFormat.NegativeSign = "~",
        ["percent"] = static culture => culture.NumberFormat.PercentPositivePattern = 2,
        ["digits"] = static culture => culture.NumberFormat.NativeDigits = ["\u0660", "\u0661", "\u0662", "\u0663", "\u0664", "\u0665", "\u0666", "\u0667", "\u0668", "\u0669"],
        ["short times"] = static culture => culture.DateTimeFormat.ShortTimePattern = "mm HH",
        ["short dates"] = static culture => culture.DateTimeFormat.ShortDatePattern = "yy",
        ["first day of the week"] = static culture => culture.DateTimeFormat.FirstDayOfWeek = DayOfWeek.Friday,
        ["names of days"] = static culture => culture.DateTimeFormat.DayNames = ["a", "b", "c", "d", "e", "f", "g"],
        ["names of months"] = static culture => culture.DateTimeFormat.MonthGenitiveNames = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", ""],
        ["century of two digits"] = static culture => culture.DateTimeFormat.Calendar.TwoDigitYearMax = 2000,
        ["calendar"] = static culture => ((GregorianCalendar)culture.DateTimeFormat.Calendar).CalendarType = GregorianCalendarTypes.USEnglish,
    };

    public static TheoryData<string> AllDifferent => [.. Different.Keys];

    public static TheoryData<string> AllSame => [.. Same.Keys];

    public static TheoryData<string> AllCopies => [.. Copies.Keys];

    public static TheoryData<string> AllKept => [.. Kept.Keys];

    public static TheoryData<string> AllCultures => [.. Cultures.Keys];

    [Theory]
    [MemberData(nameof(AllDifferent))]
    public void Are_told_apart(string what) => Assert.False(Different[what]());

    [Theory]
    [MemberData(nameof(AllSame))]
    public void Are_the_same(string what) => Assert.True(Same[what]());

    [Theory]
    [MemberData(nameof(AllCopies))]
    public void A_copy_is_the_same_key(string of) => Assert.True(Copies[of]());

    [Theory]
    [MemberData(nameof(AllKept))]
    public void A_copy_stays_what_it_is(string of) => Assert.True(Kept[of]());

    [Theory]
    [MemberData(nameof(AllCultures))]
    public void A_changed_culture_is_another_key(string by)
    {
        var changed = new CultureInfo("en-US");
        Cultures[by](changed);

        Assert.False(KeyContent.OfCultureInfo().Equals(changed, new CultureInfo("en-US")));
    }

    // On other systems a path that begins with a slash is no file.
    [Fact]
    public void A_relative_address_and_a_file_of_the_same_text_are_told_apart() => Assert.False(
        !OperatingSystem.IsWindows() && KeyContent.OfUri().Equals(new Uri("/a", UriKind.Relative), new Uri("/a", UriKind.Absolute)));

    [Fact]
    public void Cultures_that_sort_in_another_way_are_other_keys() =>
        Assert.False(KeyContent.OfCultureInfo().Equals(new Sorting(), CultureInfo.InvariantCulture));

    [Fact]
    public void A_map_whose_comparer_alone_tells_its_keys_apart_is_refused()
    {
        var content = KeyContent.OfDictionary<string, int>();
        var comparer = new Sameness();
        Dictionary<string, int> Map(int last) => new(comparer) { ["a"] = 1, [new string('a', 1)] = last };

        Assert.Throws<NotSupportedException>(() => content.Equals(Map(2), Map(3)));
    }

    [Fact]
    public void What_its_owner_could_change_in_a_tuple_is_refused_for_a_type_parameter()
    {
        var content = KeyContent.OfTypeArgument<object>();

        Assert.Throws<NotSupportedException>(() => content.Copy((1, new[] { 1 })));
        Assert.Throws<NotSupportedException>(() => content.Copy((1, (2, new StringBuilder()))));
    }

    [Fact]
    public void What_only_shows_memory_is_refused_for_a_type_parameter()
    {
        Assert.Throws<NotSupportedException>(() => KeyContent.OfTypeArgument<ImmutableArray<int>>().GetHashCode([1]));
        Assert.Throws<NotSupportedException>(() => KeyContent.OfTypeArgument<object>().GetHashCode(new ReadOnlyMemory<int>([1])));
    }

    [Fact]
    public void The_text_of_a_document_that_is_gone_is_still_there()
    {
        JsonElement copy;
        using (var document = JsonDocument.Parse("[1]")) copy = KeyContent.OfJsonElement().Copy(document.RootElement);

        Assert.True(KeyContent.OfJsonElement().Equals(copy, JsonElement.Parse("[1]")));
    }

    [Fact]
    public void A_derived_value_is_refused_where_members_are_compared_one_by_one()
    {
        var content = KeyContent.OfMembers(KeyContent.Member<Line, List<int>>(static line => line.Items, KeyContent.OfList<int>()));

        Assert.False(content.Equals(new Line([1]), new Special([1])));
        Assert.Throws<NotSupportedException>(() => content.GetHashCode(new Special([1])));
    }

    private static Func<bool> Pair<T>(KeyContent<T> content, T one, T other) => () =>
    {
        bool areEqual = content.Equals(one, other);
        Assert.Equal(areEqual, content.Equals(other, one));
        if (areEqual) Assert.Equal(content.GetHashCode(one), content.GetHashCode(other));
        return areEqual;
    };

    private static Func<bool> Copy<T>(KeyContent<T> content, T value)
        where T : class => () => content.Equals(content.Copy(value), value);

    private static Func<bool> Changing<T>(KeyContent<T> content, Func<T> make, Action<T> change) => () =>
    {
        T value = make();
        T kept = content.Copy(value);
        change(value);
        return content.Equals(kept, make()) && !content.Equals(value, kept);
    };

    // An hour that comes twice where clocks are put back; only a local time can say which.
    private static DateTime Hour(bool isSecond) => Unsafe.BitCast<ulong, DateTime>(1000 | (isSecond ? 0xC000_0000_0000_0000 : 0x8000_0000_0000_0000));

    private record Line(List<int> Items);

    private sealed record Special(List<int> Items) : Line(Items);

    private sealed class Sorting() : CultureInfo("")
    {
        public override CompareInfo CompareInfo => GetCultureInfo("sv-SE").CompareInfo;
    }

    private sealed class Sameness : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => ReferenceEquals(x, y);

        public int GetHashCode(string text) => 0;
    }
}
