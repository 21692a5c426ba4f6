namespace Memoize.Generators.Tests.Results;

/// <summary>Results of types that speak against nothing: whether they come back depends on the value, and is seen when it is written.</summary>
internal static class CheckedResults
{
    public const string Declarations = """"
        internal class Unsealed { public int X { get; set; } }
        internal sealed class More : Unsealed { public int Y { get; set; } }
        internal record UnsealedRecord(int X);
        internal sealed record MoreRecord(int X, int Y) : UnsealedRecord(X);
        internal sealed record HoldsUnsealed(Unsealed Inner, IReadOnlyList<UnsealedRecord> Items);
        [JsonPolymorphic(UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToNearestAncestor), JsonDerivedType(typeof(Near), "near")] internal class Ancestor { public int X { get; set; } }
        internal class Near : Ancestor { public int Y { get; set; } }
        internal sealed class Far : Near { public int Z { get; set; } }
        [JsonDerivedType(typeof(Told), "told")] internal class Partly { public int X { get; set; } }
        internal sealed class Told : Partly { public int Y { get; set; } }
        internal sealed class NotTold : Partly { public int Y { get; set; } }
        internal sealed record WithNumbers(double D, float F, decimal M);
        internal sealed record WithText(string Text, char Letter);
        internal sealed record WithMap(Dictionary<string, int> Map, HashSet<string> Set);
        internal sealed class Doubling(decimal price) { public decimal Price { get; } = price * 2; }
        internal sealed class Trimming { private string _name = ""; public string Name { get => _name; set => _name = value.ToUpperInvariant(); } public Trimming Raw(string name) { _name = name; return this; } }
        internal sealed class Cached { private string? _label; public int X { get; set; } public string Label => _label ??= "x" + X; }
        internal sealed class CachedElsewhere { private int? _sum; public int X { get; set; } public int Sum() => _sum ??= X + 1; }
        internal sealed record RecordWithState(int X) { private int _more; public RecordWithState With(int more) { var copy = this with { }; copy._more = more; return copy; } public int Get() => _more; }
        internal sealed class PopulatedFull { [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public List<int> Items { get; set; } = [9]; }
        internal sealed class ExtendedTwice { public int X { get; set; } [JsonExtensionData] public Dictionary<string, JsonElement>? More { get; set; } }
        internal sealed class Node { public string? Name { get; set; } public Node? Next { get; set; } }
        [JsonConverter(typeof(ForgetfulConverter))] internal sealed record Forgotten(int X, int Y);
        internal sealed class ForgetfulConverter : JsonConverter<Forgotten>
        {
            public override Forgotten Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetInt32(), 0);
            public override void Write(Utf8JsonWriter writer, Forgotten value, JsonSerializerOptions options) => writer.WriteNumberValue(value.X);
        }
        internal sealed class Throwing { public int X { get; set; } public int Computed => X > 1 ? throw new InvalidOperationException("no") : 1; }
        internal sealed class InitialInConstructor { public InitialInConstructor() => Name = "n"; [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; set; } }
        internal sealed class Sequence : IReadOnlyList<int>
        {
            public int this[int index] => index;
            public int Count => 2;
            public IEnumerator<int> GetEnumerator() { yield return 0; yield return 1; }
            System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
        }
        internal sealed class ReadOnlyCollection : ICollection<int>
        {
            public int Count => 1;
            public bool IsReadOnly => true;
            public void Add(int item) => throw new NotSupportedException();
            public void Clear() => throw new NotSupportedException();
            public bool Contains(int item) => item == 1;
            public void CopyTo(int[] array, int arrayIndex) => array[arrayIndex] = 1;
            public bool Remove(int item) => throw new NotSupportedException();
            public IEnumerator<int> GetEnumerator() { yield return 1; }
            System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
        }
        internal sealed class Backwards : IComparer<int> { public int Compare(int x, int y) => y.CompareTo(x); }
        """";

    public const string Values = """"
        Unsealed := new More { X = 1, Y = 2 } ;; new Unsealed { X = 1 }
        UnsealedRecord := new MoreRecord(1, 2) ;; new UnsealedRecord(1)
        List<Unsealed> := new List<Unsealed> { new(), new More { Y = 1 } } ;; new List<Unsealed> { new() }
        HoldsUnsealed := new HoldsUnsealed(new More { Y = 1 }, new List<UnsealedRecord>()) ;; new HoldsUnsealed(new Unsealed(), new List<UnsealedRecord> { new MoreRecord(1, 2) }) ;; new HoldsUnsealed(new Unsealed(), new List<UnsealedRecord>())
        Ancestor := new Far { X = 1, Z = 2 } ;; new Near { X = 1, Y = 2 } ;; new Ancestor { X = 1 }
        Partly := new NotTold { X = 1, Y = 2 } ;; new Told { X = 1, Y = 2 } ;; new Partly { X = 1 }
        double[] := new[] { double.NaN } ;; new[] { 1.5, double.NegativeInfinity } ;; new[] { 1.5 }
        float[] := new[] { float.PositiveInfinity } ;; new[] { float.MinValue }
        Half[] := new[] { Half.NaN } ;; new[] { (Half)2 }
        decimal[] := new[] { -0.0m } ;; new[] { new decimal(0, 0, 0, true, 5) } ;; new[] { 1.000m }
        WithNumbers := new WithNumbers(double.NaN, 1, 1) ;; new WithNumbers(1, 1, -0.0m) ;; new WithNumbers(1, 2, 3)
        string[] := new[] { "\ud800" } ;; new[] { "a\udc00b" } ;; new[] { "a" } ;; new[] { "\ufffd" }
        char[] := new[] { '\ud800' } ;; new[] { 'a' }
        WithText := new WithText("\udfff", 'a') ;; new WithText("a", '\udfff') ;; new WithText("a", 'b')
        Dictionary<string, string> := new Dictionary<string, string> { ["\ud800"] = "a" } ;; new Dictionary<string, string> { ["a"] = "\ud800" } ;; new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["a"] = "b" } ;; new Dictionary<string, string> { [""] = "x" }
        Dictionary<string, int> := new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) ;; new Dictionary<string, int>(StringComparer.InvariantCulture) { ["a"] = 1 } ;; new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 1 }
        HashSet<string> := new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" } ;; new HashSet<string> { "a" }
        SortedSet<int> := new SortedSet<int>(new Backwards()) { 1, 2 } ;; new SortedSet<int> { 1, 2 }
        SortedDictionary<int, int> := new SortedDictionary<int, int>(new Backwards()) { [1] = 1 } ;; new SortedDictionary<int, int> { [1] = 1 }
        SortedList<int, int> := new SortedList<int, int>(new Backwards()) { [1] = 1 }
        System.Collections.Concurrent.ConcurrentDictionary<string, int> := new System.Collections.Concurrent.ConcurrentDictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 }
        OrderedDictionary<string, int> := new OrderedDictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 }
        ImmutableDictionary<string, int> := ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase).Add("a", 1) ;; ImmutableDictionary<string, int>.Empty.Add("a", 1)
        ImmutableHashSet<string> := ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "a")
        ImmutableSortedSet<int> := ImmutableSortedSet.Create(new Backwards(), 1, 2)
        ImmutableSortedDictionary<int, int> := ImmutableSortedDictionary.Create<int, int>(new Backwards()).Add(1, 2)
        IReadOnlyDictionary<string, int> := new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 } ;; ImmutableDictionary<string, int>.Empty.Add("a", 1) ;; new SortedDictionary<string, int> { ["a"] = 1 } ;; new Dictionary<string, int> { ["a"] = 1 }
        ISet<string> := new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" } ;; new SortedSet<string> { "b", "a" } ;; new HashSet<string> { "a" }
        WithMap := new WithMap(new(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 }, new()) ;; new WithMap(new(), new(StringComparer.OrdinalIgnoreCase) { "a" }) ;; new WithMap(new() { ["a"] = 1 }, new() { "b" })
        IReadOnlyCollection<int> := new ListWithMore { Name = "n" } ;; new ListWithPrivate { 1 }.With(2) ;; new OwnList { 1 }
        IReadOnlyList<int> := new Sequence() ;; new List<int> { 1 } ;; Enumerable.Range(0, 3).ToArray()
        IEnumerable<int> := Enumerable.Range(0, 3).Where(x => x > 0).ToList() ;; new HashSet<int> { 1, 2 } ;; new Stack<int>(new[] { 1, 2 })
        ICollection<int> := new ReadOnlyCollection() ;; new HashSet<int> { 1 }
        ReadOnlyCollection := new ReadOnlyCollection()
        Doubling := new Doubling(1) ;; new Doubling(0)
        Trimming := new Trimming().Raw("abc") ;; new Trimming { Name = "abc" }
        Cached := new Cached { X = 1 } ;; Label(new Cached { X = 1 })
        CachedElsewhere := new CachedElsewhere { X = 1 } ;; Sum(new CachedElsewhere { X = 1 })
        RecordWithState := new RecordWithState(1).With(2) ;; new RecordWithState(1)
        PopulatedFull := new PopulatedFull() ;; new PopulatedFull { Items = new() { 1 } } ;; new PopulatedFull { Items = new() }
        ExtendedTwice := new ExtendedTwice { X = 1, More = new() { ["X"] = JsonSerializer.SerializeToElement(2) } } ;; new ExtendedTwice { X = 1, More = new() }
        Node := Circle(new Node { Name = "a" }) ;; new Node { Next = new Node { Name = "b" } }
        Forgotten := new Forgotten(1, 2) ;; new Forgotten(1, 0)
        Throwing := new Throwing { X = 2 } ;; new Throwing { X = 1 }
        InitialInConstructor := new InitialInConstructor { Name = null } ;; new InitialInConstructor { Name = "x" }
        JsonElement := default(JsonElement) ;; JsonSerializer.SerializeToElement(new { a = 1.0 })
        System.Text.Json.Nodes.JsonNode := System.Text.Json.Nodes.JsonValue.Create(double.NaN)! ;; System.Text.Json.Nodes.JsonValue.Create("a")!
        ImmutableArray<int> := default(ImmutableArray<int>)
        Uri := new Uri("HTTP://A/%7e") ;; new Uri("http://ä/")
        DateTime := DateTime.SpecifyKind(new DateTime(2026, 10, 25, 2, 30, 0), DateTimeKind.Local)
        """";
}
