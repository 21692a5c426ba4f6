namespace Memoize.Generators.Tests.Results;

/// <summary>Results that do not come back, which is certain: MEMO038 says so of each.</summary>
internal static class ToldResults
{
    public const string Declarations = """"
        internal struct ConstructedStruct(int x) { public int X { get; } = x; }
        internal readonly struct GetOnlyStruct { public GetOnlyStruct(int x) => X = x; public int X { get; } }
        internal readonly struct UserId { private readonly int _value; public UserId(int value) => _value = value; public int Value => _value; }
        internal sealed record HoldsId(UserId Id);
        internal struct PrivateSetStruct { public PrivateSetStruct(int x) => X = x; public int X { get; private set; } }
        internal struct CapturingStruct(int x) { public int X => x; }
        internal struct PrivateStruct { private int _x; public PrivateStruct(int x) => _x = x; public int Get() => _x; }
        [System.Runtime.CompilerServices.InlineArray(4)] internal struct Four { private int _first; public Four(int x) => _first = x; }
        internal sealed class GetOnly { public int X { get; } = Random.Shared.Next(); }
        internal sealed class PrivateSet { public int X { get; private set; } public static PrivateSet Of(int x) => new() { X = x }; }
        internal sealed class InternalSet { public int X { get; internal set; } }
        internal sealed class ProtectedInit { public int X { get; private init; } public static ProtectedInit Of(int x) => new() { X = x }; }
        internal sealed class InternalMember { public int X { get; set; } internal string? Secret { get; set; } }
        internal sealed class PrivateMember { public int X { get; set; } private int Secret { get; set; } public static PrivateMember Of(int x) => new() { Secret = x }; public int Get() => Secret; }
        internal sealed class PrivateGetter { public int X { private get; set; } public int Get() => X; }
        internal sealed class SetOnly { private int _x; public int X { set => _x = value; } public int Get() => _x; }
        internal sealed class Behind { private int _x; public int X => _x; public static Behind Of(int x) => new() { _x = x }; }
        internal sealed class Account { private decimal _balance; public string? Name { get; set; } public decimal Balance => _balance; public void Pay(decimal x) => _balance += x; }
        internal sealed class Purse { private int _coins; public string? Name { get; set; } public int Coins => _coins; public Purse With(int x) { _coins = x; return this; } }
        internal sealed class Order { private readonly List<int> _lines = []; public int Id { get; set; } public IReadOnlyCollection<int> Lines => _lines; public Order With(int x) { _lines.Add(x); return this; } }
        internal sealed class ReadOnlyOrder { private readonly List<int> _lines = []; public int Id { get; set; } public IReadOnlyCollection<int> Lines => _lines.AsReadOnly(); public ReadOnlyOrder With(int x) { _lines.Add(x); return this; } }
        internal sealed class Vault { private int _inside; public string? Name { get; set; } public Vault With(int x) { _inside = x; return this; } public int Get() => _inside; }
        internal sealed class InternallyShown { private int _x; public int Y { get; set; } internal int X => _x; public InternallyShown With(int x) { _x = x; return this; } }
        internal sealed class Timed { public DateTime At { get; } = DateTime.UtcNow; public int X { get; set; } }
        internal sealed class Listed(int x) { public int X { get; } = x; public List<int> Items { get; } = []; }
        internal sealed class OnlyPrivate { private int _x; public static OnlyPrivate Of(int x) => new() { _x = x }; public int Get() => _x; }
        internal class VirtualBase { public virtual int X { get; set; } }
        internal sealed class GetOnlyOverride : VirtualBase { public override int X => base.X; public GetOnlyOverride With(int x) { base.X = x; return this; } }
        internal class HiddenBase { public int X { get; set; } }
        internal sealed class Hiding : HiddenBase { public new string? X { get; set; } }
        internal sealed class HidingTheSame : HiddenBase { public new int X { get; set; } }
        internal sealed class WithField { public int X; }
        internal sealed class WithReadOnlyField(int x) { [JsonInclude] public readonly int Y = x; public int X { get; } = x; public string Z = ""; }
        internal struct FieldStruct { public int X, Y; }
        internal sealed class FieldParameter(int x) { public int X = x; }
        internal sealed class Two { public Two(int x) => X = x; public Two(string x) => X = x.Length; public int X { get; } }
        internal sealed class NoConstructor { private NoConstructor() { } public int X { get; set; } public static NoConstructor Of(int x) => new() { X = x }; }
        internal sealed class Mismatched(int y) { public int X { get; } = y; }
        internal sealed class OtherType(int? x) { public int X { get; } = x ?? 0; }
        internal sealed class OtherListType(List<int> items) { public IReadOnlyList<int> Items { get; } = items; }
        internal sealed class ByReference { public ByReference(in int x) => X = x; public int X { get; } }
        internal sealed class WhenWriting { public int X { get; set; } [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)] public int Y { get; set; } }
        internal sealed class WhenReading { public int X { get; set; } [JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)] public int Y { get; set; } }
        internal sealed class InitialNull { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; set; } = "n"; }
        internal sealed class NeverNull { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int X { get; set; } }
        internal sealed class InitialDefault { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int X { get; set; } = 7; }
        internal sealed class ParameterDefault(int x = 7) { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int X { get; } = x; }
        internal sealed class RequiredIgnored { [JsonIgnore] public int Y { get; set; } [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public required string? X { get; set; } }
        internal sealed class RequiredGetOnly { [JsonRequired] public int X => 1; public int Y { get; set; } }
        internal sealed class SameName { [JsonPropertyName("a")] public int A { get; set; } [JsonPropertyName("a")] public int B { get; set; } }
        internal sealed class ConvertedGetOnly { private ConvertedGetOnly(DayOfWeek x) => X = x; public ConvertedGetOnly() { } [JsonConverter(typeof(JsonStringEnumConverter))] public DayOfWeek X { get; } public static ConvertedGetOnly Of(DayOfWeek x) => new(x); }
        internal sealed class PopulatedArray { [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public int[] Items { get; } = [1]; }
        internal sealed class PopulatedConstructed(int x) { public int X { get; } = x; [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] public List<int> Items { get; } = []; }
        internal sealed class ObjectData { [JsonExtensionData] public Dictionary<string, object>? More { get; set; } }
        internal sealed class NodeData { [JsonExtensionData] public System.Text.Json.Nodes.JsonObject? More { get; set; } }
        internal sealed class GetOnlyData { public int X { get; set; } [JsonExtensionData] public Dictionary<string, JsonElement> More { get; } = []; }
        internal sealed class WrittenAsText { [JsonNumberHandling(JsonNumberHandling.WriteAsString)] public int X { get; set; } }
        internal sealed class ComputesType { public int X { get; set; } public Type Kind => typeof(int); }
        internal sealed class ComputesDelegate { public int X { get; set; } public Func<int> Get => () => X; }
        internal sealed class ComputesSpan { public int X { get; set; } public ReadOnlySpan<int> Items => new[] { X }; }
        internal sealed class ComputesReference { private int _x; public int Y { get; set; } public ref int X => ref _x; }
        internal sealed class ComputesGrid { public int X { get; set; } public int[,] Grid => new int[1, 1]; }
        internal sealed class ComputesHandle { public int X { get; set; } public nint Handle => 1; }
        internal struct ComputesItself { public int X { get; set; } public ComputesItself Negative => new() { X = -X }; }
        internal sealed class ComputesDeep { public int X { get; set; } public List<ComputesType> Inner => [new()]; }
        internal sealed class ComputesStream { public int X { get; set; } public IAsyncEnumerable<int> Items => AsyncEnumerable.Empty<int>(); }
        internal abstract record AbstractShape;
        internal sealed record Round(int R) : AbstractShape;
        internal interface IShape { int R { get; } }
        internal sealed record Oval(int R) : IShape;
        [JsonDerivedType(typeof(Untold))] internal class NoDiscriminator { public int X { get; set; } }
        internal sealed class Untold : NoDiscriminator { public int Y { get; set; } }
        [JsonDerivedType(typeof(UntoldImplementation))] internal interface INoDiscriminator;
        internal sealed record UntoldImplementation(int X) : INoDiscriminator;
        [JsonDerivedType(typeof(Losing), "losing")] internal abstract class LosingBase;
        internal sealed class Losing : LosingBase { public int X { get; private set; } public static Losing Of(int x) => new() { X = x }; }
        internal sealed record Holder(IReadOnlyList<object> Items);
        internal sealed record Pairs((int, int) Pair);
        internal class ListWithMore : List<int> { public string? Name { get; set; } }
        internal sealed class ListWithPrivate : List<int> { private int _more; public ListWithPrivate With(int x) { _more = x; return this; } public int Get() => _more; }
        internal sealed class DictionaryWithMore : Dictionary<string, int> { public string? Name { get; set; } }
        internal sealed class SubStack : Stack<int>;
        internal sealed class ReadOnlyOwn : IReadOnlyList<int>
        {
            public int this[int index] => 1;
            public int Count => 1;
            public IEnumerator<int> GetEnumerator() { yield return 1; }
            System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
        }
        internal sealed record EnumerableRecord(int X) : IEnumerable<int>
        {
            public IEnumerator<int> GetEnumerator() { yield return X; }
            System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
        }
        internal interface IOwnList : IList<int>;
        internal sealed class OwnOfInterface : List<int>, IOwnList;
        internal sealed class ListOf : List<int> { public ListOf(int x) => Add(x); }
        internal sealed class Failure : Exception { public int Code { get; set; } }
        internal sealed record HoldsFailure(Exception Failure);
        [JsonConverter(typeof(WordConverter))] internal enum Word { A }
        internal sealed class WordConverter : JsonConverter<Word>
        {
            public override Word Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) { reader.GetString(); return Word.A; }
            public override void Write(Utf8JsonWriter writer, Word value, JsonSerializerOptions options) => writer.WriteStringValue("a");
        }
        """";

    public const string Values = """"
        ConstructedStruct := new ConstructedStruct(1)
        GetOnlyStruct := new GetOnlyStruct(1)
        UserId := new UserId(1)
        UserId? := new UserId(1)
        HoldsId := new HoldsId(new UserId(1))
        List<UserId> := new List<UserId> { new UserId(1) }
        Dictionary<string, UserId> := new Dictionary<string, UserId> { ["a"] = new UserId(1) }
        PrivateSetStruct := new PrivateSetStruct(1)
        CapturingStruct := new CapturingStruct(1)
        PrivateStruct := new PrivateStruct(1)
        Four := new Four(1)
        GetOnly := new GetOnly()
        PrivateSet := PrivateSet.Of(1)
        InternalSet := new InternalSet { X = 1 }
        ProtectedInit := ProtectedInit.Of(1)
        InternalMember := new InternalMember { Secret = "s" } ;; new InternalMember { X = 1 }
        PrivateMember := PrivateMember.Of(1)
        PrivateGetter := new PrivateGetter { X = 1 }
        SetOnly := new SetOnly { X = 1 }
        Behind := Behind.Of(1)
        Account := Pay(new Account { Name = "n" }, 5) ;; new Account()
        Purse := new Purse() ;; new Purse() ;; new Purse() ;; new Purse() ;; new Purse() ;; new Purse() ;; new Purse() ;; new Purse() ;; new Purse() ;; new Purse() ;; new Purse().With(1)
        Order := new Order { Id = 1 }.With(1) ;; new Order()
        ReadOnlyOrder := new ReadOnlyOrder { Id = 1 }.With(1)
        Vault := new Vault { Name = "n" }.With(1)
        InternallyShown := new InternallyShown { Y = 1 }.With(2)
        Timed := new Timed { X = 1 }
        Listed := new Listed(1) { Items = { 1 } }
        OnlyPrivate := OnlyPrivate.Of(1)
        GetOnlyOverride := new GetOnlyOverride().With(1)
        Hiding := Hide(new Hiding { X = "a" }, 1)
        HidingTheSame := Hide(new HidingTheSame { X = 2 }, 1)
        WithField := new WithField { X = 1 }
        WithReadOnlyField := new WithReadOnlyField(1) { Z = "z" }
        FieldStruct := new FieldStruct { X = 1, Y = 2 }
        FieldParameter := new FieldParameter(1)
        Two := new Two(1)
        NoConstructor := NoConstructor.Of(1)
        Mismatched := new Mismatched(1)
        OtherType := new OtherType(1)
        OtherListType := new OtherListType(new List<int> { 1 })
        ByReference := new ByReference(1)
        WhenWriting := new WhenWriting { X = 1, Y = 2 }
        WhenReading := new WhenReading { X = 1, Y = 2 }
        InitialNull := new InitialNull { Name = null } ;; new InitialNull { Name = "x" }
        NeverNull := new NeverNull { X = 1 }
        InitialDefault := new InitialDefault { X = 0 }
        ParameterDefault := new ParameterDefault(0)
        RequiredIgnored := new RequiredIgnored { X = null }
        RequiredGetOnly := new RequiredGetOnly { Y = 1 }
        SameName := new SameName { A = 1, B = 2 }
        ConvertedGetOnly := ConvertedGetOnly.Of(DayOfWeek.Friday)
        PopulatedArray := new PopulatedArray()
        PopulatedConstructed := new PopulatedConstructed(1) { Items = { 1 } }
        ObjectData := new ObjectData { More = new() { ["a"] = 1 } } ;; new ObjectData()
        NodeData := new NodeData { More = new() { ["a"] = 1 } }
        GetOnlyData := new GetOnlyData { More = { ["a"] = JsonSerializer.SerializeToElement(1) } }
        WrittenAsText := new WrittenAsText { X = 1 }
        ComputesType := new ComputesType { X = 1 }
        ComputesDelegate := new ComputesDelegate { X = 1 }
        ComputesSpan := new ComputesSpan { X = 1 }
        ComputesReference := new ComputesReference { Y = 1 }
        ComputesGrid := new ComputesGrid { X = 1 }
        ComputesHandle := new ComputesHandle { X = 1 }
        ComputesItself := new ComputesItself { X = 1 }
        ComputesDeep := new ComputesDeep { X = 1 }
        ComputesStream := new ComputesStream { X = 1 }
        AbstractShape := new Round(1)
        IShape := new Oval(1)
        List<IShape> := new List<IShape> { new Oval(1) } ;; new List<IShape>()
        NoDiscriminator := new Untold { X = 1, Y = 2 } ;; new NoDiscriminator { X = 1 }
        INoDiscriminator := new UntoldImplementation(1)
        LosingBase := Losing.Of(1)
        Holder := new Holder(new List<object> { 1 })
        object := (object)1 ;; new object()
        Dictionary<string, object> := new Dictionary<string, object> { ["a"] = 1 }
        (int, string) := (1, "a")
        (int X, int Y)? := (1, 2) ;; null
        Pairs := new Pairs((1, 2))
        List<(int, int)> := new List<(int, int)> { (1, 2) }
        ListWithMore := new ListWithMore { Name = "n" } ;; new ListWithMore { 1 }
        ListWithPrivate := new ListWithPrivate { 1 }.With(2)
        DictionaryWithMore := new DictionaryWithMore { Name = "n" }
        SubStack := Push(new SubStack(), 1, 2)
        Stack<int> := new Stack<int>(new[] { 1, 2 })
        System.Collections.Concurrent.ConcurrentStack<int> := new System.Collections.Concurrent.ConcurrentStack<int>(new[] { 1, 2 })
        ImmutableStack<int> := ImmutableStack.Create(1, 2)
        ReadOnlyOwn := new ReadOnlyOwn()
        EnumerableRecord := new EnumerableRecord(1)
        IOwnList := new OwnOfInterface { 1 }
        ListOf := new ListOf(1)
        System.Collections.IList := new System.Collections.ArrayList { 1 }
        System.Collections.IEnumerable := new[] { 1 }
        System.Collections.IDictionary := new System.Collections.Hashtable { ["a"] = 1 }
        System.Collections.ArrayList := new System.Collections.ArrayList { 1, "a" }
        System.Collections.Hashtable := new System.Collections.Hashtable { ["a"] = 1 }
        System.Collections.Queue := new System.Collections.Queue(new[] { 1 })
        System.Collections.Stack := new System.Collections.Stack(new[] { 1, 2 })
        System.Collections.SortedList := new System.Collections.SortedList { ["a"] = 1 }
        System.Collections.BitArray := new System.Collections.BitArray(3, true)
        System.Collections.Specialized.NameValueCollection := new System.Collections.Specialized.NameValueCollection { ["a"] = "1" }
        System.Collections.ObjectModel.ReadOnlyCollection<int> := new System.Collections.ObjectModel.ReadOnlyCollection<int>(new[] { 1 })
        System.Collections.ObjectModel.ReadOnlyDictionary<string, int> := new System.Collections.ObjectModel.ReadOnlyDictionary<string, int>(new Dictionary<string, int> { ["a"] = 1 })
        System.Collections.Frozen.FrozenSet<int> := System.Collections.Frozen.FrozenSet.ToFrozenSet(new[] { 1 })
        System.Collections.Frozen.FrozenDictionary<string, int> := System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(new Dictionary<string, int> { ["a"] = 1 })
        System.Collections.Concurrent.ConcurrentBag<int> := new System.Collections.Concurrent.ConcurrentBag<int> { 1, 2 }
        PriorityQueue<int, int> := new PriorityQueue<int, int>(new[] { (1, 2) })
        ArraySegment<int> := new ArraySegment<int>(new[] { 1, 2 })
        ILookup<int, int> := new[] { 1, 2 }.ToLookup(x => x % 2)
        IReadOnlySet<int> := new HashSet<int> { 1 }
        int[,] := new int[1, 2]
        Func<int> := () => 1
        Type := typeof(int)
        nint := (nint)1
        System.Numerics.BigInteger := System.Numerics.BigInteger.One
        System.Numerics.Complex := new System.Numerics.Complex(1, 2)
        System.Numerics.Vector2 := System.Numerics.Vector2.One
        System.Net.IPAddress := System.Net.IPAddress.Loopback
        System.Text.RegularExpressions.Regex := new System.Text.RegularExpressions.Regex("a")
        System.Text.StringBuilder := new System.Text.StringBuilder("abc")
        System.Text.Rune := new System.Text.Rune('a')
        System.Drawing.Color := System.Drawing.Color.Red
        Index := new Index(3, true)
        Range := new Range(1, 2)
        Lazy<int> := new Lazy<int>(1)
        System.Runtime.CompilerServices.StrongBox<int> := new System.Runtime.CompilerServices.StrongBox<int>(1)
        System.Globalization.CultureInfo := System.Globalization.CultureInfo.InvariantCulture
        UriBuilder := new UriBuilder("http://a:8/b?c#d")
        Exception := new InvalidOperationException("a")
        Failure := new Failure { Code = 1 }
        HoldsFailure := new HoldsFailure(new InvalidOperationException("a"))
        Dictionary<Point, int> := new Dictionary<Point, int> { [new(1, 2)] = 1 } ;; new Dictionary<Point, int>()
        Dictionary<JsonElement, int> := new Dictionary<JsonElement, int> { [JsonSerializer.SerializeToElement(1)] = 1 }
        Dictionary<object, int> := new Dictionary<object, int> { ["a"] = 1 }
        Dictionary<byte[], int> := new Dictionary<byte[], int> { [new byte[] { 1 }] = 1 }
        Dictionary<Word, int> := new Dictionary<Word, int> { [Word.A] = 1 }
        Instant := Instant.Of(5)
        LibraryStruct := new LibraryStruct(1)
        LibraryOpaque := LibraryOpaque.Of(1)
        """";
}
