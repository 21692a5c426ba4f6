using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Reflection;
using FsCheck;
using FsCheck.Fluent;

namespace Memoize.Generators.Tests;

/// <summary>
/// Random arguments of every supported type: equal arguments have equal keys with the same hash, and others do not. An
/// argument is made from a short list of digits, which says what it holds, and a variant, which must make no difference: the
/// order in which a set was filled, or which class stands behind an interface.
/// </summary>
public sealed class KeyProperties
{
    private static readonly Kind[] Kinds =
    [
        new("int[]", static (digits, _) => digits.ToArray(), Sequence, static argument => ((int[])argument)[0]++),
        new("string?[]?", static (digits, _) => IsNull(digits) ? null : Texts(digits), OrNull, static argument => ((string?[])argument)[0] += "!"),
        new("List<int>", static (digits, _) => digits.ToList(), Sequence, static argument => ((List<int>)argument).Add(1)),
        new("IReadOnlyList<int>", static (digits, variant) => List(digits, variant), Sequence, Change),
        new("IList<int>", static (digits, variant) => List(digits, variant), Sequence, Change),
        new("ImmutableArray<string?>", static (digits, _) => IsNull(digits) ? default : ImmutableArray.Create(Texts(digits)), OrNull),
        new("ImmutableList<int>", static (digits, _) => ImmutableList.Create(digits), Sequence),
        new("ReadOnlyMemory<int>", static (digits, variant) => new ReadOnlyMemory<int>(Padded(digits, variant), variant, digits.Length), Sequence),
        new("Memory<int>", static (digits, variant) => Padded(digits, variant).AsMemory(variant, digits.Length), Sequence, static argument => ((Memory<int>)argument).Span[0]++),
        new("ArraySegment<int>", static (digits, variant) => new ArraySegment<int>(Padded(digits, variant), variant, digits.Length), Sequence, static argument => { var segment = (ArraySegment<int>)argument; segment[0]++; }),
        new("HashSet<int>", static (digits, variant) => Ordered(digits, variant).ToHashSet(), Set, static argument => ((HashSet<int>)argument).Add(9)),
        new("IReadOnlySet<int>", static (digits, variant) => variant == 0 ? digits.ToImmutableHashSet() : new SortedSet<int>(digits), Set),
        new("ImmutableHashSet<int>", static (digits, variant) => Ordered(digits, variant).ToImmutableHashSet(), Set),
        new("Dictionary<int, string?>", static (digits, variant) => Counts(digits, variant), Bag, static argument => ((Dictionary<int, string?>)argument)[0] = "!"),
        new("IReadOnlyDictionary<int, string?>", static (digits, variant) => variant == 0 ? Counts(digits, variant) : Counts(digits, variant).ToImmutableSortedDictionary(), Bag),
        new("ImmutableDictionary<int, string?>", static (digits, variant) => Counts(digits, variant).ToImmutableDictionary(), Bag),
        new("int[][]", static (digits, _) => Split(digits), Sequence, static argument => ((int[][])argument)[0] = [7, 7]),
        new("List<IReadOnlyList<int>>", static (digits, variant) => Split(digits).Select(part => (IReadOnlyList<int>)List(part, variant)).ToList(), Sequence),
        new("Dictionary<string, int[]>", static (digits, _) => Split(digits).Index().ToDictionary(static part => $"{part.Index}", static part => part.Item, StringComparer.Ordinal), Sequence, static argument => ((Dictionary<string, int[]>)argument)["0"] = [7, 7]),
        new("string?", static (digits, _) => IsNull(digits) ? null : string.Concat(digits), OrNull),
        new("int?", static (digits, _) => IsNull(digits) ? null : digits.Length, static digits => IsNull(digits) ? "null" : $"{digits.Length}"),
        new("double", static (digits, _) => Number(digits), NumberText),
        new("float?", static (digits, _) => digits is [2] ? null : (float?)Number(digits), static digits => digits is [2] ? "null" : NumberText(digits)),
        new("Half[]", static (digits, _) => digits.Select(static digit => (Half)Number([digit])).ToArray(), static digits => string.Join(' ', digits.Select(static digit => NumberText([digit]))), static argument => ((Half[])argument)[0] = Half.MaxValue),
        new("decimal", static (digits, _) => Decimal(digits), DecimalText),
        new("List<decimal?>", static (digits, _) => digits.Select(static digit => digit == 3 ? (decimal?)null : Decimal([.. Enumerable.Repeat(0, digit)])).ToList(), Sequence, static argument => ((List<decimal?>)argument).Clear()),
        new("Dictionary<decimal, double>", static (digits, _) => new Dictionary<decimal, double> { [Decimal(digits)] = Number(digits) }, static digits => $"{DecimalText(digits)} {NumberText(digits)}", static argument => ((Dictionary<decimal, double>)argument).Clear()),
        new("HashSet<DateTime>", static (digits, _) => new HashSet<DateTime> { Date(digits) }, DateText, static argument => ((HashSet<DateTime>)argument).Clear()),
        new("System.Net.Http.HttpMethod?", static (digits, _) => IsNull(digits) ? null : new System.Net.Http.HttpMethod("x" + Cased(digits)), OrNull),
        new("System.Globalization.CultureInfo", static (digits, variant) => Culture(digits, variant), Sequence, static argument => ((CultureInfo)argument).NumberFormat.CurrencySymbol = "!") { IsStored = false },
        new("System.Text.Json.JsonElement", static (digits, _) => IsNull(digits) ? default : System.Text.Json.JsonElement.Parse($"[{string.Join(',', digits)}]"), OrNull),
        new("System.Text.StringBuilder?", static (digits, variant) => IsNull(digits) ? null : new System.Text.StringBuilder(capacity: 1 + variant).Append(string.Concat(digits)), OrNull, static argument => ((System.Text.StringBuilder)argument).Append('!')),
        new("ImmutableArray<int>?", static (digits, _) => IsNull(digits) ? null : (ImmutableArray<int>?)ImmutableArray.Create(digits), OrNull),
        new("Collection<int>", static (digits, _) => new Collection<int>(digits.ToList()), Sequence, static argument => ((Collection<int>)argument).Add(1)),
        new("ReadOnlyCollection<int>", static (digits, _) => new ReadOnlyCollection<int>(digits), Sequence),
        new("IImmutableList<int>", static (digits, variant) => variant == 0 ? ImmutableList.Create(digits) : ImmutableArray.Create(digits), Sequence),
        new("Queue<int>", static (digits, _) => new Queue<int>(digits), Sequence, static argument => ((Queue<int>)argument).Enqueue(1)),
        new("Stack<int>", static (digits, _) => new Stack<int>(digits), Sequence, static argument => ((Stack<int>)argument).Push(1)),
        new("LinkedList<int>", static (digits, _) => new LinkedList<int>(digits), Sequence, static argument => ((LinkedList<int>)argument).AddFirst(1)),
        new("ImmutableQueue<int>", static (digits, _) => ImmutableQueue.CreateRange(digits), Sequence),
        new("ImmutableStack<int>", static (digits, _) => ImmutableStack.CreateRange(digits), Sequence),
        new("ICollection<int>", static (digits, variant) => List(digits, variant), Sequence, Change),
        new("IReadOnlyCollection<int>", static (digits, variant) => variant == 0 ? digits.ToList() : new Queue<int>(digits), Sequence, Change),
        new("IReadOnlyCollection<string>", static (digits, variant) => variant == 0 ? Cases(digits) : new ReadOnlySet<string>(Cases(digits)), CasesText, static argument => ((HashSet<string>)argument).Add("!")),
        new("ISet<string>", static (digits, variant) => variant == 0 ? Cases(digits) : Cases(digits).ToImmutableHashSet(Cases(digits).Comparer), CasesText, static argument => ((HashSet<string>)argument).Add("!")),
        new("IReadOnlySet<string>", static (digits, variant) => variant == 0 ? Cases(digits) : Cases(digits).ToFrozenSet(Cases(digits).Comparer), CasesText, static argument => ((HashSet<string>)argument).Add("!")),
        new("FrozenSet<string>", static (digits, _) => Cases(digits).ToFrozenSet(Cases(digits).Comparer), CasesText),
        new("IImmutableSet<string>", static (digits, _) => Cases(digits).ToImmutableHashSet(Cases(digits).Comparer), CasesText),
        new("SortedSet<int>", static (digits, variant) => new SortedSet<int>(Ordered(digits, variant), Order(digits)), SortedText, static argument => ((SortedSet<int>)argument).Add(9)) { IsStored = false },
        new("ImmutableSortedSet<int>", static (digits, variant) => Ordered(digits, variant).ToImmutableSortedSet(), Set),
        new("IDictionary<string, int>", static (digits, variant) => variant == 0 ? CaseCounts(digits) : new ReadOnlyDictionary<string, int>(CaseCounts(digits)), CaseCountsText, static argument => ((Dictionary<string, int>)argument)["!"] = 1),
        new("ReadOnlyDictionary<string, int>", static (digits, _) => new ReadOnlyDictionary<string, int>(CaseCounts(digits)), CaseCountsText),
        new("ConcurrentDictionary<string, int>", static (digits, _) => new ConcurrentDictionary<string, int>(CaseCounts(digits), CaseCounts(digits).Comparer), CaseCountsText, static argument => ((ConcurrentDictionary<string, int>)argument)["!"] = 1),
        new("FrozenDictionary<string, int>", static (digits, _) => CaseCounts(digits).ToFrozenDictionary(CaseCounts(digits).Comparer), CaseCountsText),
        new("IImmutableDictionary<string, int>", static (digits, _) => CaseCounts(digits).ToImmutableDictionary(CaseCounts(digits).Comparer), CaseCountsText),
        new("SortedDictionary<int, string?>", static (digits, variant) => new SortedDictionary<int, string?>(Counts(digits, variant)), Bag, static argument => ((SortedDictionary<int, string?>)argument)[9] = "!"),
        new("SortedList<int, string?>", static (digits, variant) => new SortedList<int, string?>(Counts(digits, variant)), Bag, static argument => ((SortedList<int, string?>)argument)[9] = "!"),
        new("ImmutableSortedDictionary<int, string?>", static (digits, variant) => Counts(digits, variant).ToImmutableSortedDictionary(), Bag),
        new("OrderedDictionary<int, string?>", static (digits, _) => new OrderedDictionary<int, string?>(Counts(digits, 0)), static digits => string.Join(' ', Counts(digits, 0)), static argument => ((OrderedDictionary<int, string?>)argument)[9] = "!"),
        new("(int, (double, int[]?))", static (digits, _) => (1, (Number(digits), IsNull(digits) ? null : digits.ToArray())), OrNull),
        new("KeyValuePair<Uri, List<int>>", static (digits, _) => KeyValuePair.Create(Link(digits), digits.ToList()), Sequence, static argument => ((KeyValuePair<Uri, List<int>>)argument).Value.Add(1)),
        new("DayOfWeek", static (digits, _) => (DayOfWeek)digits.Length, static digits => $"{digits.Length}"),
        new("Guid", static (digits, _) => new Guid(digits.Length, 0, 0, new byte[8]), static digits => $"{digits.Length}"),
        new("DateTime", static (digits, _) => Date(digits), DateText),
        new("DateTime?", static (digits, _) => IsNull(digits) ? null : Date(digits), static digits => IsNull(digits) ? "null" : DateText(digits)),
        new("DateTimeOffset", static (digits, _) => Offset(digits), DateText),
        new("DateTimeOffset?", static (digits, _) => IsNull(digits) ? null : Offset(digits), static digits => IsNull(digits) ? "null" : DateText(digits)),
        new("(int Length, (DateTime, DateTimeOffset?)? More)", static (digits, _) => (digits.Length, IsNull(digits) ? ((DateTime, DateTimeOffset?)?)null : (Date(digits), Offset(digits))), static digits => IsNull(digits) ? "null" : DateText(digits)),
        new("DateTime[]", static (digits, _) => digits.Select(static digit => Date([digit])).ToArray(), DateTexts, static argument => ((DateTime[])argument)[0] = DateTime.MaxValue),
        new("List<DateTimeOffset>", static (digits, _) => digits.Select(static digit => Offset([digit])).ToList(), DateTexts, static argument => ((List<DateTimeOffset>)argument).Clear()),
        new("Uri", static (digits, _) => Link(digits), Sequence),
        new("Dictionary<Uri, Uri?>", static (digits, _) => new Dictionary<Uri, Uri?> { [Link(digits)] = IsNull(digits) ? null : Link(digits) }, Sequence, static argument => ((Dictionary<Uri, Uri?>)argument).Clear()),
        new("(int Sum, (string? Text, long Length) More)", static (digits, _) => (digits.Sum(), ((string?)string.Concat(digits), (long)digits.Length)), Sequence),
        new("(string First, string Second)", static (digits, _) => Halves(digits), static digits => string.Join('|', Halves(digits))),
    ];

    private static readonly Lazy<Type> Compiled = new(Compile);

    public static TheoryData<string> Types => [.. Kinds.Select(static kind => kind.Type)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Equal_arguments_have_equal_keys_and_others_do_not(string type)
    {
        var kind = Kinds.Single(kind => kind.Type == type);
        var digits = Gen.Choose(0, 3).ArrayOf().Where(static digits => digits.Length <= 5);
        var pairs = from one in digits
                    from other in Gen.Frequency((1, Gen.Constant(one)), (1, digits), (1, Gen.Shuffle(one)))
                    from variant in Gen.Choose(0, 1)
                    select (one, other, variant);

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(pairs.ToArbitrary(), pair =>
            {
                object key = Key(kind, pair.one, 0), other = Key(kind, pair.other, pair.variant);
                var areEqual = kind.Holds(pair.one) == kind.Holds(pair.other);
                return key.Equals(other) == areEqual
                    && other.Equals(key) == areEqual
                    && (!kind.IsStored || (Stored(kind, key) == Stored(kind, other)) == areEqual)
                    && (!areEqual || key.GetHashCode() == other.GetHashCode())
                    && key.ToString()!.EndsWith(", 1", StringComparison.Ordinal);
            }));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_kept_key_stays_what_it_is_when_the_argument_changes(string type)
    {
        var kind = Kinds.Single(kind => kind.Type == type);
        if (kind.Change is not { } change)
            return;

        var digits = Gen.Choose(0, 3).ArrayOf().Where(static digits => digits.Length is > 0 and <= 5 && !IsNull(digits));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(100),
            Prop.ForAll(digits.ToArbitrary(), digits =>
            {
                var argument = kind.Make(digits, 0)!;
                object key = Key(kind, argument);
                var kept = key.GetType().GetMethod("Copy", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(key, null)!;
                var hash = kept.GetHashCode();
                var equal = kept.Equals(key);
                change(argument);
                return equal && kept.Equals(Key(kind, digits, 0)) && kept.GetHashCode() == hash && !kept.Equals(key);
            }));
    }

    private static object Key(Kind kind, int[] digits, int variant) => Key(kind, kind.Make(digits, variant));

    // The generated key struct, by its generated constructor.
    private static object Key(Kind kind, object? argument)
        => MethodOf(kind)
            .GetNestedType("Key", BindingFlags.NonPublic)!
            .GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic)
            .Single()
            .Invoke([argument, 1]);

    // What stores know the key by.
    private static StoreKey Stored(Kind kind, object key)
    {
        var definition = MethodOf(kind).GetField("Definition", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
        object? storedForm = definition.GetType().GetProperty("StoredForm")!.GetValue(definition);
        Assert.True(storedForm is not null, $"{kind.Type} has no stored form.");
        return (StoreKey)typeof(StoreKeyWriter).GetMethod("KeyOf", BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(key.GetType())
            .Invoke(null, ["M", key, storedForm.GetType().GetProperty("WriteKey")!.GetValue(storedForm)])!;
    }

    private static Type MethodOf(Kind kind) => Compiled.Value.GetNestedType($"M{Array.IndexOf(Kinds, kind)}Method", BindingFlags.NonPublic)!;

    private static Type Compile()
    {
        var methods = Kinds.Select(static (kind, index) => $"    [CachedResponse] internal static int M{index}({kind.Type} x, int y) => 1;");
        return Consumer.CompileWithUsings($"using System.Collections.Concurrent;\nusing System.Collections.Frozen;\nusing System.Collections.ObjectModel;\ninternal static partial class C\n{{\n{string.Join('\n', methods)}\n}}\n").Load().GetType("C", throwOnError: true)!;
    }

    private static bool IsNull(int[] digits) => digits is [3];

    private static string?[] Texts(int[] digits) => [.. digits.Select(static digit => digit == 0 ? null : digit.ToString(CultureInfo.InvariantCulture))];

    private static int[] Padded(int[] digits, int by) => [.. Enumerable.Repeat(8, by), .. digits, .. Enumerable.Repeat(8, by)];

    private static IEnumerable<int> Ordered(int[] digits, int variant) => variant == 0 ? digits : digits.Reverse();

    private static object List(int[] digits, int variant) => variant == 0 ? digits.ToList() : digits.ToArray();

    private static void Change(object list) => ((List<int>)list).Add(1);

    private static Dictionary<int, string?> Counts(int[] digits, int variant) => Ordered(digits, variant)
        .GroupBy(static digit => digit)
        .ToDictionary(static group => group.Key, static group => group.Count() == 1 ? null : $"{group.Count()}");

    private static int[][] Split(int[] digits) => [.. string.Concat(digits).Split('0').Select(static part => part.Select(static digit => digit - '0').ToArray())];

    private static (string First, string Second) Halves(int[] digits)
    {
        var text = string.Concat(digits);
        var middle = text.IndexOf('0', StringComparison.Ordinal);
        return middle < 0 ? (text, "") : (text[..middle], text[(middle + 1)..]);
    }

    // Few moments, and all kinds of each.
    private static DateTime Date(int[] digits) => new(digits.Length + 1, (DateTimeKind)(digits.Sum() % 3));

    private static string DateText(int[] digits) => $"{digits.Length} {digits.Sum() % 3}";

    private static DateTimeOffset Offset(int[] digits) => DateTimeOffset.UnixEpoch.AddDays(digits.Length).ToOffset(TimeSpan.FromHours(digits.Sum() % 3));

    private static string DateTexts(int[] digits) => string.Join(' ', digits.Select(static digit => DateText([digit])));

    private static double Number(int[] digits) => digits switch { [3] => double.NaN, [] => -0.0, _ => digits.Sum() / 2d };

    private static string NumberText(int[] digits) => digits switch { [3] => "NaN", [] => "-0", _ => $"{digits.Sum()}" };

    // Zeros at the end, and zeros with a sign.
    private static decimal Decimal(int[] digits) => new(digits.Sum(), 0, 0, isNegative: digits.Length == 1, (byte)digits.Length);

    private static string DecimalText(int[] digits) => $"{digits.Sum()} {digits.Length}";

    private static Uri Link(int[] digits) => new($"https://{(digits.Length > 2 ? "ann:1@" : "")}a/#{string.Concat(digits)}");

    private static CultureInfo Culture(int[] digits, int variant)
    {
        var culture = new CultureInfo("en-US") { NumberFormat = { CurrencySymbol = string.Concat(digits) } };
        return variant == 0 ? culture : CultureInfo.ReadOnly(culture);
    }

    private static string Cased(int[] digits) => string.Concat(digits.Select(static digit => "aAbB"[digit]));

    // Sets and maps that ignore case, and others that do not.
    private static HashSet<string> Cases(int[] digits)
        => new(Cased(digits).Select(static letter => $"{letter}"), digits.Length > 2 ? StringComparer.OrdinalIgnoreCase : null);

    private static string CasesText(int[] digits) => $"{digits.Length > 2} {string.Concat(Cases(digits).Order(StringComparer.Ordinal))}";

    private static Dictionary<string, int> CaseCounts(int[] digits)
    {
        var counts = new Dictionary<string, int>(digits.Length > 2 ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var letter in Cased(digits)) counts[$"{letter}"] = counts.GetValueOrDefault($"{letter}") + 1;
        return counts;
    }

    private static string CaseCountsText(int[] digits) => $"{digits.Length > 2} {string.Join(' ', CaseCounts(digits).OrderBy(static pair => pair.Key, StringComparer.Ordinal))}";

    private static readonly Comparer<int> Descending = Comparer<int>.Create(static (x, y) => y - x);

    private static Comparer<int>? Order(int[] digits) => digits.Length > 2 ? Descending : null;

    private static string SortedText(int[] digits) => $"{digits.Length > 2} {Set(digits)}";

    private static string Sequence(int[] digits) => string.Concat(digits);

    private static string OrNull(int[] digits) => IsNull(digits) ? "null" : string.Concat(digits);

    private static string Set(int[] digits) => string.Concat(digits.Distinct().Order());

    private static string Bag(int[] digits) => string.Concat(digits.Order());

    /// <summary>A type of arguments.</summary>
    /// <param name="Type">The type as C# writes it.</param>
    /// <param name="Make">Makes an argument.</param>
    /// <param name="Holds">What the argument holds: arguments are equal when this is.</param>
    /// <param name="Change">Changes an argument that has at least one digit, if its type lets it.</param>
    private sealed record Kind(string Type, Func<int[], int, object?> Make, Func<int[], string> Holds, Action<object>? Change = null)
    {
        /// <summary>Whether keys with such an argument can be written for stores.</summary>
        public bool IsStored { get; init; } = true;
    }
}
