namespace Memoize.Generators.Tests.Results;

/// <summary>Results that come back from a store as they were, whatever their value: nothing is said of them, neither while compiling nor in the log.</summary>
internal static class RightResults
{
    public const string Declarations = """"
        internal sealed record Quote(string Symbol, decimal? Price) { public string Label => Symbol + Price; }
        internal record Open(string Name);
        internal sealed record Leaf(string Name, int Size) : Open(Name);
        internal readonly record struct Point(int X, int Y);
        internal record struct Mutable(int X) { public string? Note { get; set; } }
        internal sealed record Generic<T>(T Value, IReadOnlyList<T> More);
        internal sealed record Tree(string Name, IReadOnlyList<Tree> Children);
        internal sealed record WithBody(int X) { public required string Name { get; init; } public List<int> Items { get; init; } = [1, 2]; }
        internal sealed record TwoConstructors(int X) { public TwoConstructors() : this(0) { } }
        internal sealed record Defaulted(int X = 7, string Name = "n");
        internal sealed record Empty;
        internal sealed class Nothing { public override bool Equals(object? obj) => obj is Nothing; public override int GetHashCode() => 1; }
        internal sealed class Settable { public int X { get; set; } public Quote? Inner { get; init; } public double D { get; set; } }
        internal sealed class Constructed(int x) { public int X { get; } = x; }
        internal sealed class Marked { [JsonConstructor] public Marked(int x) => X = x; public Marked(string x) => X = x.Length; public int X { get; } }
        internal sealed class PrivatelyMarked { [JsonConstructor] private PrivatelyMarked(int x) => X = x; public int X { get; } public static PrivatelyMarked Of(int x) => new(x); }
        internal sealed class IncludedSetter { [JsonInclude] public int X { get; private set; } public static IncludedSetter Of(int x) => new() { X = x }; }
        internal sealed class IncludedInternal { [JsonInclude] internal string? Name { get; set; } }
        internal sealed class IncludedField { [JsonInclude] public int X; }
        internal sealed class IncludedPrivate { [JsonInclude] private int _x; public static IncludedPrivate Of(int x) => new() { _x = x }; }
        internal sealed class ConstructedField(int x) { [JsonInclude] public readonly int X = x; }
        internal sealed class FullProperty { private string _name = ""; public string Name { get => _name; set => _name = value; } }
        internal sealed class FullPropertyOfAnotherName { private string _text = ""; public string Name { get { return _text; } set { _text = value.Trim(); } } }
        internal sealed class WithKeyword { public string Name { get => field ?? ""; set => field = value; } }
        internal sealed class OverField { private readonly int _x; public OverField(int x) => _x = x; public int X => _x; }
        internal sealed class OverList { private readonly List<int> _items; public OverList(IReadOnlyList<int> items) => _items = [.. items]; public IReadOnlyList<int> Items => _items; }
        internal sealed class Renamed([property: JsonPropertyName("s")] string symbol) { [JsonPropertyName("sym")] public string Symbol { get; } = symbol; }
        internal sealed class Locked { private readonly object _gate = new(); private readonly Lock _lock = new(); public int X { get; set; } public void Touch() { lock (_gate) { } lock (_lock) { } } }
        internal sealed class Ignoring { public int X { get; set; } [JsonIgnore] public int Cached { get; set; } [JsonIgnore] public Type Kind => typeof(int); }
        internal sealed class IgnoringNull { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; set; } }
        internal sealed class IgnoringDefault { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int X { get; set; } }
        internal sealed class Constant { public string Kind { get; } = "circle"; public int R { get; set; } }
        internal sealed class Derived(string first, string last) { public string First { get; } = first; public string Last { get; } = last; public string Full { get; } = first + " " + last; }
        internal sealed class Worded(string text) { public string Text { get; } = text; public IReadOnlyList<string> Words { get; } = text.Split(' '); }
        internal sealed class Constants { public int A { get; } = -1; public DayOfWeek Day { get; } = DayOfWeek.Friday; public string Empty { get; } = string.Empty; public int X { get; set; } }
        internal sealed class Computing { public int X { get; set; } public int Twice => 2 * X; public IReadOnlyDictionary<string, int> Map => new Dictionary<string, int> { ["x"] = X }; public Open Abstracted => new("a"); }
        internal class BaseOf { public int X { get; set; } public virtual string Name { get; set; } = ""; }
        internal sealed class DerivedOf : BaseOf { public override string Name { get; set; } = "d"; public int Y { get; set; } }
        internal abstract class AbstractBase { public abstract string Name { get; } public int Size { get; init; } }
        internal sealed class ConcreteOf(string name) : AbstractBase { public override string Name { get; } = name; }
        internal struct Plain { public int X { get; set; } public Point? P { get; set; } }
        [method: JsonConstructor] internal readonly struct MarkedStruct(int x) { public int X { get; } = x; }
        internal readonly struct InitStruct { public int X { get; init; } }
        internal readonly struct Money { [JsonConstructor] public Money(decimal amount, string currency) => (Amount, Currency) = (amount, currency); public decimal Amount { get; } public string Currency { get; } }
        internal sealed class Populated { [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public List<int> Items { get; } = []; }
        [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] internal sealed class PopulatedType { public Dictionary<string, int> Map { get; } = []; public Settable Inner { get; } = new(); }
        internal sealed class Extended { public int X { get; set; } [JsonExtensionData] public Dictionary<string, JsonElement>? More { get; set; } }
        internal sealed class AsText { [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)] public long X { get; set; } }
        internal sealed class NamedNumbers { [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] public double X { get; set; } }
        [JsonConverter(typeof(JsonStringEnumConverter))] internal enum Side { Buy, Sell }
        [Flags] internal enum Rights { None = 0, Read = 1, Write = 2 }
        internal sealed class EnumAsText { [JsonConverter(typeof(JsonStringEnumConverter))] public DayOfWeek Day { get; set; } }
        [JsonDerivedType(typeof(Square), "square"), JsonDerivedType(typeof(Circle), 2)] internal abstract record Shape;
        internal sealed record Square(int R) : Shape;
        internal sealed record Circle(double R) : Shape;
        [JsonDerivedType(typeof(Animal), "animal"), JsonDerivedType(typeof(Dog), "dog")] internal class Animal { public string? Name { get; set; } }
        internal sealed class Dog : Animal { public int Age { get; set; } }
        [JsonDerivedType(typeof(Car), "car")] internal interface IVehicle { int Wheels { get; } }
        internal sealed record Car(int Wheels) : IVehicle;
        internal sealed class OwnList : List<int>;
        internal sealed class OwnDictionary : Dictionary<string, int> { public OwnDictionary() : base(StringComparer.OrdinalIgnoreCase) { } }
        internal sealed class OwnKeyed : System.Collections.ObjectModel.KeyedCollection<string, Quote> { protected override string GetKeyForItem(Quote item) => item.Symbol; }
        internal sealed class OwnCollection : ICollection<int>
        {
            private readonly List<int> _items = [];
            public int Count => _items.Count;
            public bool IsReadOnly => false;
            public void Add(int item) => _items.Add(item);
            public void Clear() => _items.Clear();
            public bool Contains(int item) => _items.Contains(item);
            public void CopyTo(int[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);
            public bool Remove(int item) => _items.Remove(item);
            public IEnumerator<int> GetEnumerator() => _items.GetEnumerator();
            System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
        }
        [JsonConverter(typeof(CodeConverter))] internal readonly struct Code { public Code(string text) => Text = text; public string Text { get; } public override bool Equals(object? o) => o is Code c && c.Text == Text; public override int GetHashCode() => 1; }
        internal sealed class CodeConverter : JsonConverter<Code>
        {
            public override Code Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetString()!);
            public override void Write(Utf8JsonWriter writer, Code value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
            public override Code ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetString()!);
            public override void WriteAsPropertyName(Utf8JsonWriter writer, Code value, JsonSerializerOptions options) => writer.WritePropertyName(value.Text);
        }
        internal sealed class CodedAttribute : JsonConverterAttribute { public override JsonConverter CreateConverter(Type type) => new HiddenConverter(); }
        [Coded] internal sealed class Hidden { private readonly int _x; public Hidden(int x, bool _) => _x = x; public int Get() => _x; }
        internal sealed class HiddenConverter : JsonConverter<Hidden>
        {
            public override Hidden Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetInt32(), true);
            public override void Write(Utf8JsonWriter writer, Hidden value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Get());
        }
        internal sealed class WithConvertedMember { [JsonConverter(typeof(CodeConverter))] public Code Code { get; set; } }
        """";

    /// <summary>Types and values: <c>type := value ;; value</c>.</summary>
    public const string Values = """"
        bool := true ;; false
        byte := 255
        sbyte := -1
        short := short.MinValue
        ushort := 7
        int := int.MaxValue ;; 0
        uint := uint.MaxValue
        long := long.MinValue
        ulong := ulong.MaxValue
        char := 'ü' ;; '"'
        float := 0.1f ;; -0.0f ;; float.Epsilon
        double := 0.1 ;; -0.0 ;; double.MaxValue
        decimal := 1.10m ;; 1.1m ;; 0m ;; decimal.MaxValue
        string := "" ;; "a\u0000\n\"\\" ;; "🎈<&>"
        string? := null
        Half := (Half)1.5
        Int128 := Int128.MinValue
        UInt128 := UInt128.MaxValue
        Guid := Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")
        DateTime := new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1) ;; new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Unspecified) ;; new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local) ;; DateTime.MinValue ;; DateTime.MaxValue
        DateTimeOffset := new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(90)) ;; DateTimeOffset.MaxValue
        DateOnly := DateOnly.MaxValue
        TimeOnly := TimeOnly.MaxValue
        TimeSpan := TimeSpan.FromTicks(-1) ;; TimeSpan.MaxValue
        Version := new Version(1, 2) ;; new Version(1, 2, 3, 4)
        Uri := new Uri("https://a/b?c=%20#d") ;; new Uri("../x", UriKind.Relative)
        int? := 1 ;; null
        Point? := new Point(1, 2) ;; null
        DayOfWeek := DayOfWeek.Friday ;; (DayOfWeek)99
        Side := Side.Sell
        Rights := Rights.Read | Rights.Write
        byte[] := new byte[] { 1, 2 } ;; new byte[0]
        int[] := new[] { 1, 2 } ;; new int[0]
        int[][] := new[] { new[] { 1 }, new int[0] }
        string?[] := new string?[] { null, "a" }
        List<int> := new List<int> { 3, 1 } ;; new List<int>()
        List<List<string>> := new List<List<string>> { new() { "a" }, new() }
        IReadOnlyList<Quote> := new List<Quote> { new("a", 1) } ;; new Quote[] { new("a", null) } ;; ImmutableArray.Create(new Quote("b", 2))
        IEnumerable<int> := new List<int> { 1 }
        ICollection<int> := new List<int> { 1 }
        IReadOnlyCollection<int> := new List<int> { 1 }
        IList<int> := new List<int> { 1 }
        ISet<int> := new HashSet<int> { 1, 2 }
        HashSet<string> := new HashSet<string> { "a", "b" }
        SortedSet<int> := new SortedSet<int> { 2, 1 }
        LinkedList<int> := new LinkedList<int>(new[] { 1, 2 })
        Queue<int> := new Queue<int>(new[] { 1, 2 })
        System.Collections.Concurrent.ConcurrentQueue<int> := new System.Collections.Concurrent.ConcurrentQueue<int>(new[] { 1, 2 })
        System.Collections.ObjectModel.Collection<int> := new System.Collections.ObjectModel.Collection<int> { 1 }
        System.Collections.ObjectModel.ObservableCollection<int> := new System.Collections.ObjectModel.ObservableCollection<int> { 1 }
        Dictionary<string, int> := new Dictionary<string, int> { ["b"] = 1, ["a"] = 2 } ;; new Dictionary<string, int>()
        Dictionary<int, Quote> := new Dictionary<int, Quote> { [1] = new("a", 1) }
        Dictionary<Guid, int> := new Dictionary<Guid, int> { [Guid.Empty] = 1 }
        Dictionary<DayOfWeek, int> := new Dictionary<DayOfWeek, int> { [DayOfWeek.Friday] = 1 }
        Dictionary<Side, int> := new Dictionary<Side, int> { [Side.Sell] = 1 }
        Dictionary<Uri, int> := new Dictionary<Uri, int> { [new Uri("https://a/")] = 1 }
        Dictionary<bool, int> := new Dictionary<bool, int> { [true] = 1 }
        Dictionary<char, int> := new Dictionary<char, int> { ['x'] = 1 }
        Dictionary<decimal, int> := new Dictionary<decimal, int> { [1.50m] = 1 }
        Dictionary<DateTime, int> := new Dictionary<DateTime, int> { [new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)] = 1 }
        Dictionary<DateOnly, int> := new Dictionary<DateOnly, int> { [DateOnly.MaxValue] = 1 }
        Dictionary<TimeSpan, int> := new Dictionary<TimeSpan, int> { [TimeSpan.FromTicks(1)] = 1 }
        Dictionary<Int128, int> := new Dictionary<Int128, int> { [Int128.MaxValue] = 1 }
        Dictionary<Version, int> := new Dictionary<Version, int> { [new Version(1, 2)] = 1 }
        Dictionary<Code, int> := new Dictionary<Code, int> { [new Code("c")] = 1 }
        IReadOnlyDictionary<string, Quote> := new Dictionary<string, Quote> { ["a"] = new("a", 1) }
        IDictionary<string, int> := new Dictionary<string, int> { ["a"] = 1 }
        SortedDictionary<string, int> := new SortedDictionary<string, int> { ["b"] = 1, ["a"] = 2 }
        SortedList<int, int> := new SortedList<int, int> { [2] = 1, [1] = 2 }
        OrderedDictionary<string, int> := new OrderedDictionary<string, int> { ["b"] = 1, ["a"] = 2 }
        System.Collections.Concurrent.ConcurrentDictionary<string, int> := new System.Collections.Concurrent.ConcurrentDictionary<string, int> { ["a"] = 1 }
        ImmutableArray<int> := ImmutableArray.Create(1, 2) ;; ImmutableArray<int>.Empty
        ImmutableArray<int>? := null ;; ImmutableArray.Create(1)
        ImmutableList<int> := ImmutableList.Create(1, 2)
        ImmutableQueue<int> := ImmutableQueue.Create(1, 2)
        ImmutableHashSet<string> := ImmutableHashSet.Create("a", "b")
        ImmutableSortedSet<int> := ImmutableSortedSet.Create(2, 1)
        ImmutableDictionary<int, int> := ImmutableDictionary<int, int>.Empty.Add(1, 2)
        ImmutableSortedDictionary<string, int> := ImmutableSortedDictionary<string, int>.Empty.Add("a", 2)
        IImmutableList<int> := ImmutableList.Create(1)
        Memory<int> := new int[] { 1 }
        ReadOnlyMemory<byte> := new byte[] { 1 }
        KeyValuePair<string, int> := KeyValuePair.Create("a", 1)
        Tuple<int, string> := Tuple.Create(1, "a")
        Tuple<int, int, int, int, int, int, int, Tuple<int>> := Tuple.Create(1, 2, 3, 4, 5, 6, 7, 8)
        JsonElement := JsonSerializer.SerializeToElement(new[] { 1 })
        System.Text.Json.Nodes.JsonNode := System.Text.Json.Nodes.JsonNode.Parse("{\"a\":[1]}")!
        System.Text.Json.Nodes.JsonObject := new System.Text.Json.Nodes.JsonObject { ["a"] = 1 }
        System.Drawing.Point := new System.Drawing.Point(1, 2)
        System.Drawing.Rectangle := new System.Drawing.Rectangle(1, 2, 3, 4)
        Quote := new Quote("a", 1.50m) ;; new Quote("", null)
        Quote? := null
        Open := new Open("a")
        Leaf := new Leaf("a", 1)
        Point := new Point(1, 2) ;; default
        Mutable := new Mutable(1) { Note = "n" }
        Generic<int> := new Generic<int>(1, new List<int> { 2 })
        Generic<Quote?> := new Generic<Quote?>(null, new List<Quote?>())
        Tree := new Tree("a", new List<Tree> { new("b", new List<Tree>()) })
        WithBody := new WithBody(1) { Name = "n" } ;; new WithBody(1) { Name = "n", Items = new() }
        TwoConstructors := new TwoConstructors(3)
        Defaulted := new Defaulted() ;; new Defaulted(0, "")
        Empty := new Empty()
        Nothing := new Nothing()
        Settable := new Settable { X = 1, Inner = new Quote("a", null), D = -0.0 }
        Constructed := new Constructed(1)
        Marked := new Marked(1)
        PrivatelyMarked := PrivatelyMarked.Of(1)
        IncludedSetter := IncludedSetter.Of(1)
        IncludedInternal := new IncludedInternal { Name = "n" }
        IncludedField := new IncludedField { X = 1 }
        IncludedPrivate := IncludedPrivate.Of(1)
        ConstructedField := new ConstructedField(1)
        FullProperty := new FullProperty { Name = "n" }
        FullPropertyOfAnotherName := new FullPropertyOfAnotherName { Name = "n" }
        WithKeyword := new WithKeyword { Name = "n" }
        OverField := new OverField(1)
        OverList := new OverList(new[] { 1, 2 })
        Renamed := new Renamed("s")
        Locked := new Locked { X = 1 }
        Ignoring := new Ignoring { X = 1, Cached = 5 }
        IgnoringNull := new IgnoringNull() ;; new IgnoringNull { Name = "n" }
        IgnoringDefault := new IgnoringDefault() ;; new IgnoringDefault { X = 1 }
        Constant := new Constant { R = 1 }
        Derived := new Derived("a", "b")
        Worded := new Worded("a b")
        Constants := new Constants { X = 1 }
        Computing := new Computing { X = 1 }
        BaseOf := new BaseOf { X = 1, Name = "n" }
        DerivedOf := new DerivedOf { X = 1, Name = "n", Y = 2 }
        ConcreteOf := new ConcreteOf("n") { Size = 1 }
        Plain := new Plain { X = 1, P = new Point(1, 2) } ;; default
        MarkedStruct := new MarkedStruct(1)
        InitStruct := new InitStruct { X = 1 }
        Money := new Money(1.50m, "EUR")
        Populated := new Populated { Items = { 1, 2 } }
        PopulatedType := new PopulatedType { Map = { ["a"] = 1 }, Inner = { X = 3 } }
        Extended := new Extended { X = 1 } ;; new Extended { More = new() { ["a"] = JsonSerializer.SerializeToElement(1) } }
        AsText := new AsText { X = 1 }
        NamedNumbers := new NamedNumbers { X = double.NaN } ;; new NamedNumbers { X = double.PositiveInfinity }
        EnumAsText := new EnumAsText { Day = DayOfWeek.Friday }
        Shape := new Square(1) ;; new Circle(1.5)
        Animal := new Animal { Name = "a" } ;; new Dog { Name = "d", Age = 3 }
        IVehicle := new Car(4)
        List<Shape> := new List<Shape> { new Square(1), new Circle(2) }
        OwnList := new OwnList { 1, 2 }
        OwnDictionary := new OwnDictionary { ["a"] = 1 }
        OwnKeyed := new OwnKeyed { new Quote("a", 1) }
        OwnCollection := new OwnCollection { 1, 2 }
        Code := new Code("c")
        Hidden := new Hidden(5, true)
        WithConvertedMember := new WithConvertedMember { Code = new Code("c") }
        LibraryRecord := new LibraryRecord("a", 1)
        LibraryClass := new LibraryClass { Name = "a" }
        """";
}
