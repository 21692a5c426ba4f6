using System.Reflection;
using FsCheck;
using FsCheck.Fluent;

namespace Memoize.Generators.Tests;

/// <summary>
/// Keys as stores know them: two keys have the same bytes if and only if they are equal. <see cref="KeyProperties"/> proves it
/// for the types of the framework, this for all others and for what can hide in them.
/// </summary>
public sealed class StoredKeys
{
    private const string Types = """
        internal readonly record struct Point(int X, int Y);
        internal record Animal(string? Name);
        internal sealed record Dog(string? Name, int Age) : Animal(Name) { public string Label => $"{Name} {Age}"; internal static int Count { get; set; } }
        internal record Open<T>(T Value) { public T? Other { get; init; } }
        internal readonly record struct Moment(DateTime At, DateTimeOffset? Until);
        internal struct Plain { public int X { get; init; } internal string? Text { get; set; } }
        internal record struct Nested(Point? Point, (Animal? Animal, Kind Kind) Pair);
        internal sealed record Basket(string Name, List<int> Items) { public int[]? More { get; init; } }
        internal readonly record struct Angle(double Degrees, decimal? Price);
        internal sealed record Deep(Basket? Inner, (DateTime At, Dictionary<string, Angle> Angles) Pair);
        internal struct Links { public Uri? Link { get; init; } public System.Text.Json.JsonElement? Json { get; set; } }
        internal enum Kind : ulong { None, Most = ulong.MaxValue }
        internal enum Small : sbyte { Less = -1, None }
        internal readonly struct Own(int a, int b) : IStorableKey, IEquatable<Own>
        {
            private readonly int _a = a, _b = b;
            public bool Equals(Own other) => _a + _b == other._a + other._b;
            public override bool Equals(object? obj) => obj is Own other && Equals(other);
            public override int GetHashCode() => _a + _b;
            public void WriteTo(StoreKeyWriter writer) { for (int i = 0; i < _a + _b; i++) writer.Write(true); }
        }
        internal interface IShape : IStorableKey, IEquatable<IShape>;
        internal sealed record Circle(int R) : IShape
        {
            bool IEquatable<IShape>.Equals(IShape? other) => Equals(other as Circle);
            public void WriteTo(StoreKeyWriter writer) => writer.Write(R);
        }
        internal sealed record Square(int R) : IShape
        {
            bool IEquatable<IShape>.Equals(IShape? other) => Equals(other as Square);
            public void WriteTo(StoreKeyWriter writer) => writer.Write(R);
        }
        """;

    // A type of arguments, and how one is made of two digits from 0 to 3.
    private static readonly (string Type, string Make)[] Kinds =
    [
        ("bool", "a > 1"),
        ("sbyte", "(sbyte)(a - b)"),
        ("byte", "(byte)(a + b)"),
        ("short", "(short)(a - b)"),
        ("ushort", "(ushort)(a + b)"),
        ("uint", "(uint)(a + b)"),
        ("long", "(long)a * b"),
        ("ulong?", "a == 0 ? null : ulong.MaxValue - (ulong)b"),
        ("nint", "(nint)(a - b)"),
        ("nuint", "(nuint)(a + b)"),
        ("Int128", "Int128.MinValue + a * b"),
        ("UInt128", "UInt128.MaxValue - (UInt128)(a * b)"),
        ("System.Numerics.BigInteger", "System.Numerics.BigInteger.Pow(10, 10 * a) - b"),
        ("Half", "a == 0 ? Half.NaN : (Half)(b - a)"),
        ("float", "a == 0 ? float.NaN : b == 0 ? -0f : a - b"),
        ("decimal", "a == 0 ? 1.0m + b : 1.00m + b * 10m / 10m"),
        ("char?", "a == 0 ? null : (char)('a' + b)"),
        ("TimeSpan", "TimeSpan.FromSeconds(a * b)"),
        ("DateOnly?", "a == 0 ? null : DateOnly.MinValue.AddDays(b)"),
        ("TimeOnly", "new TimeOnly(a, b)"),
        ("Version", "a == 0 ? new Version(1, b) : new Version(1, b, a)"),
        ("Version?", "a == 0 ? null : new Version(1, b)"),
        ("Type?", "a == 0 ? null : b == 0 ? typeof(List<int>) : typeof(List<>)"),
        ("Kind", "a == 0 ? Kind.Most : (Kind)b"),
        ("Small?", "a == 0 ? null : (Small)(b - 2)"),
        ("byte[]?", "a == 0 ? null : new byte[b]"),
        ("Memory<byte>", "new byte[a * b].AsMemory()"),
        ("ReadOnlyMemory<byte>", "new byte[a + b].AsMemory(a)"),
        ("ArraySegment<byte>", "a == 0 ? default : new ArraySegment<byte>(new byte[4], b, 1)"),
        ("ReadOnlyMemory<char>", "\"abab\".AsMemory(a, Math.Min(b, 4 - a))"),
        ("[CacheKey(Comparison = StringComparison.OrdinalIgnoreCase)] string?", "a == 0 ? null : new[] { \"sS\", \"Ss\", \"\\u017Fs\", \"s\\u0131\" }[b]"),
        ("string", "new[] { \"\", \"a\", \"\\uD800\", \"\\uDC00\" }[b]"),
        ("(int?, int?)?", "a == 0 ? null : (b == 0 ? null : b, a == 1 ? null : a)"),
        ("((int?, int?)? First, (int?, int?)? Second)", "(a == 0 ? null : (a == 1 ? null : a, null), b == 0 ? null : (null, b == 1 ? null : b))"),
        ("Tuple<int, string?>?", "a == 0 ? null : Tuple.Create(a, b == 0 ? null : \"\")"),
        ("KeyValuePair<int, string?>", "KeyValuePair.Create(a, b == 0 ? null : \"\")"),
        ("Point", "new Point(a, b)"),
        ("Point?", "a == 0 ? null : new Point(a, b)"),
        ("Animal?", "a == 0 ? null : new Animal(b == 0 ? null : \"\")"),
        ("Dog", "new Dog(a == 0 ? null : \"\", b)"),
        ("Open<(int, Point?)>", "new Open<(int, Point?)>((a, null)) { Other = (0, b == 0 ? null : new(b, b)) }"),
        ("Moment", "new Moment(new DateTime(a, (DateTimeKind)(b % 3)), DateTimeOffset.UnixEpoch.ToOffset(TimeSpan.FromHours(b)))"),
        ("Plain", "new Plain { X = a, Text = b == 0 ? null : $\"{b}\" }"),
        ("Nested", "new Nested(a == 0 ? null : new(a, a), (b == 0 ? null : new Animal(null), (Kind)b))"),
        ("Own", "new Own(a, b)"),
        ("(Own, Own)", "(new Own(a, 0), new Own(b, 0))"),
        ("Own?[]", "new Own?[] { a == 0 ? null : new Own(a, b), null }"),
        ("IShape?", "a == 0 ? null : a == 1 ? new Circle(b) : new Square(b)"),
        ("IReadOnlyList<Animal?>", "new[] { null, a == 0 ? null : new Animal($\"{b}\") }"),
        ("List<Point[]?>?", "a == 0 ? null : new List<Point[]?> { null, new Point[b] }"),
        ("List<(DateTime, int)>", "new List<(DateTime, int)> { (new DateTime(a, (DateTimeKind)(b % 3)), 1) }"),
        ("DateTime?[]", "new DateTime?[] { b == 3 ? null : new DateTime(a, (DateTimeKind)b) }"),
        ("HashSet<DateTime>", "new HashSet<DateTime> { new DateTime(a, (DateTimeKind)(b % 3)) }"),
        ("IReadOnlySet<Point>", "new HashSet<Point> { new(a, b), new(b, a) }"),
        ("Dictionary<Point, Animal?>", "new Dictionary<Point, Animal?> { [new(a, b)] = null, [new(b, a)] = new Animal(null) }"),
        ("Dictionary<DateTimeOffset, DateTimeOffset>", "new Dictionary<DateTimeOffset, DateTimeOffset> { [DateTimeOffset.UnixEpoch.ToOffset(TimeSpan.FromHours(a))] = DateTimeOffset.UnixEpoch.ToOffset(TimeSpan.FromHours(b)) }"),
        ("Basket?", "a == 0 ? null : new Basket($\"{a}\", new List<int> { b }) { More = b == 0 ? null : new int[b] }"),
        ("Angle", "new Angle(a == 0 ? double.NaN : a == 1 ? -0d : a - 2, b == 0 ? null : new decimal(1, 0, 0, false, (byte)b))"),
        ("Angle?[]", "new Angle?[] { null, a == 0 ? null : new Angle(a == 1 ? -0d : a - 2, b == 0 ? null : new decimal(0, 0, 0, b == 1, (byte)b)) }"),
        ("Deep", "new Deep(a == 0 ? null : new Basket($\"{a}\", new List<int> { b }), (new DateTime(1, (DateTimeKind)(a % 3)), new Dictionary<string, Angle>(b == 0 ? StringComparer.OrdinalIgnoreCase : null) { [$\"{b}\"] = new(a == 0 ? 0d : -0d, null) }))"),
        ("HashSet<Angle>", "new HashSet<Angle> { new(a == 0 ? 0d : -0d, b == 0 ? 1.0m : 1.00m) }"),
        ("Links", "new Links { Link = a == 0 ? null : new Uri($\"https://a/#{a}\"), Json = b == 0 ? null : b == 1 ? default(System.Text.Json.JsonElement) : System.Text.Json.JsonElement.Parse($\"{b}\") }"),
        ("Tuple<int[], Basket?>", "Tuple.Create(new int[a], b == 0 ? null : new Basket(\"\", new List<int> { b }))"),
        ("IReadOnlyCollection<decimal>", "a == 0 ? new HashSet<decimal> { 1.0m } : b == 0 ? new[] { 1.0m } : new List<decimal> { new(10, 0, 0, false, (byte)b) }"),
        ("ImmutableDictionary<string, ImmutableArray<int>>", "ImmutableDictionary<string, ImmutableArray<int>>.Empty.Add($\"{a}\", b == 0 ? default : [b])"),
    ];

    // The same for arguments of a generic method.
    private static readonly (string Type, string Make)[] TypeArguments =
    [
        ("int", "a - b"),
        ("byte?", "a == 0 ? null : (byte)b"),
        ("string", "a == 0 ? null! : $\"{b}\""),
        ("DateTime", "new DateTime(a, (DateTimeKind)(b % 3))"),
        ("DateTimeOffset?", "a == 0 ? null : DateTimeOffset.UnixEpoch.ToOffset(TimeSpan.FromHours(b))"),
        ("Kind", "a == 0 ? Kind.Most : (Kind)b"),
        ("Small?", "a == 0 ? null : (Small)(b - 2)"),
        ("Guid", "new Guid(a, 0, 0, new byte[8])"),
        ("Own?", "a == 0 ? null : new Own(a, b)"),
        ("IShape", "a == 0 ? null! : a == 1 ? new Circle(b) : new Square(b)"),
        ("double", "a == 0 ? double.NaN : b == 0 ? -0d : a - b"),
        ("decimal?", "a == 0 ? null : new decimal(a, 0, 0, false, (byte)b)"),
        ("Uri", "a == 0 ? null! : new Uri($\"https://a/#{b}\")"),
        ("System.Net.Http.HttpMethod", "new System.Net.Http.HttpMethod(a == 0 ? \"get\" : \"GET\")"),
        ("System.Text.StringBuilder", "a == 0 ? null! : new System.Text.StringBuilder($\"{b}\")"),
        ("System.Text.Json.JsonElement", "a == 0 ? default : System.Text.Json.JsonElement.Parse($\"{b}\")"),
    ];

    private static readonly Lazy<Assembly> Compiled = new(Compile);

    public static TheoryData<string> AllTypes => [.. Kinds.Select(static kind => kind.Type)];

    public static TheoryData<string> AllTypeArguments => [.. TypeArguments.Select(static kind => kind.Type)];

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Equal_keys_have_equal_bytes_and_others_do_not(string type)
    {
        var index = Array.FindIndex(Kinds, kind => kind.Type == type);
        MustBeToldApart(Compiled.Value.GetType($"C+M{index}Method", throwOnError: true)!, $"A{index}");
    }

    [Theory]
    [MemberData(nameof(AllTypeArguments))]
    public void So_do_keys_of_generic_methods(string type)
    {
        var index = Array.FindIndex(TypeArguments, kind => kind.Type == type);
        var make = Maker($"G{index}");
        MustBeToldApart(Compiled.Value.GetType("C+AnyMethod`1", throwOnError: true)!.MakeGenericType(make.ReturnType), make.Name);
    }

    [Fact]
    public void A_type_argument_that_cannot_be_written_has_no_stored_form()
        => Assert.Null(StoredForm(Compiled.Value.GetType("C+AnyMethod`1", throwOnError: true)!.MakeGenericType(typeof(Exception))));

    [Fact]
    public void A_derived_record_is_refused_when_the_key_is_written()
    {
        var method = Compiled.Value.GetType($"C+M{Array.FindIndex(Kinds, static kind => kind.Type == "Animal?")}Method", throwOnError: true)!;
        object dog = Activator.CreateInstance(Compiled.Value.GetType("Dog", throwOnError: true)!, "a", 1)!;

        var refused = Assert.Throws<TargetInvocationException>(() => Stored(method, Key(method, dog)));

        Assert.Equal(
            "A 'Dog' was passed as a 'Animal', so the key of the call cannot be written for a store. Make 'Animal' sealed, or let it implement IStorableKey.",
            Assert.IsType<NotSupportedException>(refused.InnerException).Message);
    }

    [Theory]
    [InlineData("Dog[] x", "writer.WriteSequence(_x, static (item, writer) => writer.WriteRecord(item, static (item, writer) =>")]
    [InlineData("(int, string)? x", "writer.Write(true);")]
    [InlineData("Small? x", "if (_x is { } x) writer.Write((long)x);")]
    [InlineData("Dictionary<int, string> x", "writer.WriteMap(_x, static (key, writer) => writer.Write(key), static (value, writer) => writer.Write(value));")]
    public void Are_written_by_code_that_people_read(string parameter, string line) => Assert.Contains(
        line,
        Consumer.CompileWithUsings($"{Types}\ninternal static partial class C {{ [CachedResponse] internal static int Get({parameter}, int y) => 1; }}").Snapshot,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("[CacheKey(Comparer = typeof(ByLength))] string x")]
    [InlineData("[CacheKey(Comparison = StringComparison.InvariantCulture)] string x")]
    [InlineData("Custom x")]
    [InlineData("System.Net.IPAddress x")]
    public void There_are_none_where_equality_cannot_be_seen_through(string parameter) => Assert.DoesNotContain(
        "StoreKeyWriter", Consumer.CompileWithUsings(Refused($"[CachedResponse] internal static int Get({parameter}) => 1;")).Snapshot, StringComparison.Ordinal);

    [Theory]
    [InlineData("[CachedResponse(Store = CacheStores.MemoryOnly)]")]
    [InlineData("[CachedResponse(Scope = CacheScope.Instance)]")]
    public void There_are_none_without_a_store(string attribute) => Assert.DoesNotContain(
        "StoreKeyWriter", Consumer.CompileWithUsings($"internal partial class C {{ {attribute} internal int Get(int x, int y) => 1; }}").Snapshot, StringComparison.Ordinal);

    [Theory]
    [InlineData("[CacheKey(Comparer = typeof(ByLength))] string x", "it is compared in a way that only this program knows")]
    [InlineData("[CacheKey(Comparison = StringComparison.InvariantCulture)] string x", "it is compared in a way that only this program knows")]
    [InlineData("Custom x", "'Custom' compares in a way of its own")]
    [InlineData("CustomRecord x", "'CustomRecord' compares in a way of its own")]
    [InlineData("CustomStruct x", "'CustomStruct' compares in a way of its own")]
    [InlineData("Capturing x", "'Capturing' compares in a way of its own")]
    [InlineData("Hiding x", "'Hiding' holds '_hidden', which cannot be read from 'C'")]
    [InlineData("Computing x", "'Computing' holds 'Trimmed', which cannot be read from 'C'")]
    [InlineData("Setting x", "'Setting' holds 'Secret', which cannot be read from 'C'")]
    [InlineData("Watched x", "MEMO005")]
    [InlineData("Overriding x", "'Overriding' holds 'Name', which cannot be read from 'C'")]
    [InlineData("Outdated x", "'Outdated' holds 'Old', which cannot be read from 'C'")]
    [InlineData("Node x", "'Node' refers to itself")]
    [InlineData("Abstract x", "'Abstract' is abstract")]
    [InlineData("System.Globalization.CultureInfo x", "'System.Globalization.CultureInfo' is not of this project")]
    [InlineData("System.Net.IPAddress x", "'System.Net.IPAddress' is not of this project")]
    [InlineData("ValueTuple<Index> x", "'System.Index' is not of this project")]
    public void A_method_with_a_store_by_name_says_why(string parameter, string reason)
    {
        var message = Assert.Single(Consumer.Diagnose(Refused($"[CachedResponse(Store = \"disk\")] internal static int Get({parameter}) => 1;")));
        Assert.Contains(reason, message, StringComparison.Ordinal);
        if (!reason.StartsWith("MEMO", StringComparison.Ordinal)) Assert.StartsWith("MEMO020", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_the_type_is_a_part_too() => Assert.StartsWith(
        "MEMO020: 'Tenant' of type 'Custom' cannot be in the keys of a store, because 'Custom' compares in a way of its own, and 'Get' has the store \"disk\"; let",
        Assert.Single(Consumer.Diagnose(Refused("[CacheKey] internal static Custom Tenant = new(); [CachedResponse(Store = \"disk\")] internal static int Get(int x) => 1;"))),
        StringComparison.Ordinal);

    [Fact]
    public void An_instance_has_nothing_in_a_store() => Assert.StartsWith(
        "MEMO021: 'Get' has Scope = CacheScope.Instance, so that its results are freed with their object, and the store \"disk\", which outlives it;",
        Assert.Single(Consumer.Diagnose("partial class C { [CachedResponse(Store = \"disk\", Scope = CacheScope.Instance)] int Get(int x) => 1; }")),
        StringComparison.Ordinal);

    private static string Refused(string member) => $$"""
        internal sealed class ByLength : IEqualityComparer<string>
        {
            public bool Equals(string? x, string? y) => x?.Length == y?.Length;
            public int GetHashCode(string obj) => obj.Length;
        }
        internal sealed class Custom { public override bool Equals(object? obj) => obj is Custom; public override int GetHashCode() => 0; }
        internal sealed record CustomRecord(int X) { public bool Equals(CustomRecord? other) => other is not null; public override int GetHashCode() => 0; }
        internal struct CustomStruct : IEquatable<CustomStruct> { public int X { get; init; } public bool Equals(CustomStruct other) => true; public override bool Equals(object? obj) => true; public override int GetHashCode() => 0; }
        internal struct Capturing(int x) { public int X() => x; }
        internal sealed record Hiding(int X) { private readonly int _hidden = X; public int Shown() => _hidden; }
        internal sealed record Computing { public string Trimmed { get => field.Trim(); init; } = ""; }
        internal sealed record Setting { public string Secret { private get; init; } = ""; public int Length => Secret.Length; }
        internal sealed record Watched { public event Action Changed = static () => { }; public void Raise() => Changed(); }
        internal record Root { public virtual string Name { get; init; } = ""; }
        internal sealed record Overriding : Root { public override string Name { get; init; } = ""; }
        internal sealed record Outdated { [Obsolete("Gone.")] public int Old { get; init; } }
        internal sealed record Node(int X, Node? Next);
        internal abstract record Abstract(int X);
        internal static partial class C { {{member}} }
        """;

    private static void MustBeToldApart(Type method, string maker)
    {
        var digit = Gen.Choose(0, 3);
        var quadruples = from a in digit from b in digit from c in Gen.Frequency((2, Gen.Constant(a)), (1, digit)) from d in Gen.Frequency((2, Gen.Constant(b)), (1, digit)) select (a, b, c, d);
        int equal = 0, different = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(quadruples.ToArbitrary(), drawn =>
            {
                object one = Key(method, Make(maker, drawn.a, drawn.b)), other = Key(method, Make(maker, drawn.c, drawn.d));
                var areEqual = one.Equals(other);
                if (areEqual) equal++;
                else different++;
                return (Stored(method, one) == Stored(method, other)) == areEqual
                    && (!areEqual || one.GetHashCode() == other.GetHashCode())
                    && IsTheSame(method, one, Copied(one))
                    && one.ToString()!.EndsWith(", 1", StringComparison.Ordinal);
            }));
        Assert.True(equal > 10 && different > 10, $"{equal} pairs were equal and {different} were not.");
    }

    private static object Copied(object key) => key.GetType().GetMethod("Copy", BindingFlags.Instance | BindingFlags.NonPublic)?.Invoke(key, null) ?? key;

    private static bool IsTheSame(Type method, object one, object other)
        => one.Equals(other) && one.GetHashCode() == other.GetHashCode() && Stored(method, one) == Stored(method, other);

    private static object? Make(string maker, int a, int b) => Maker(maker).Invoke(null, [a, b]);

    private static MethodInfo Maker(string name) => Compiled.Value.GetType("Arguments", throwOnError: true)!.GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;

    // The generated key struct, by its generated constructor.
    private static object Key(Type method, object? argument)
    {
        var key = method.GetNestedType("Key", BindingFlags.NonPublic)!;
        if (method.IsGenericType) key = key.MakeGenericType(method.GetGenericArguments());
        return key.GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single().Invoke([argument, 1]);
    }

    private static StoreKey Stored(Type method, object key)
    {
        var storedForm = StoredForm(method);
        Assert.NotNull(storedForm);
        return (StoreKey)typeof(StoreKeyWriter).GetMethod("KeyOf", BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(key.GetType())
            .Invoke(null, ["M", key, storedForm.GetType().GetProperty("WriteKey")!.GetValue(storedForm)])!;
    }

    private static object? StoredForm(Type method)
    {
        object definition = method.GetField("Definition", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
        return definition.GetType().GetProperty("StoredForm")!.GetValue(definition);
    }

    private static Assembly Compile()
    {
        var methods = Kinds.Select(static (kind, index) => $"    [CachedResponse] internal static int M{index}({kind.Type} x, int y) => 1;");
        var arguments = Kinds.Select(static (kind, index) => $"    internal static {kind.Type.Split("] ")[^1]} A{index}(int a, int b) => {kind.Make};");
        var typeArguments = TypeArguments.Select(static (kind, index) => $"    internal static {kind.Type} G{index}(int a, int b) => {kind.Make};");
        return Consumer.CompileWithUsings($$"""
            {{Types}}
            internal static partial class C
            {
            {{string.Join('\n', methods)}}
                [CachedResponse] internal static int Any<T>(T x, int y) => 1;
            }
            internal static class Arguments
            {
            {{string.Join('\n', arguments)}}
            {{string.Join('\n', typeArguments)}}
            }
            """).Load();
    }
}
