namespace Memoize.Generators.Tests.Analyzers;

/// <summary>What works but not as its author may think.</summary>
public sealed class Surprises
{
    // What the rules know by name. The real ones come from packages and later versions.
    private const string Known = """
        namespace Microsoft.AspNetCore.Http
        {
            public class HttpContext { public string TraceIdentifier => ""; }
            public interface IHttpContextAccessor { HttpContext? HttpContext { get; } }
        }
        """;

    [Fact]
    public async Task Instance_data_that_is_not_in_the_key() => await MustReport("""
        public enum Region { North, South }
        public sealed record Options(string Address);
        public partial class Quotes(HttpClient http, string address, Region region, Options options)
        {
            private int _changing;
            private readonly Guid _tenant = Guid.Empty;
            private readonly List<string> _names = [];
            private readonly Uri _uri = new("http://localhost");
            public string Currency { get; set; } = "";
            public string Fixed { get; init; } = "";

            [CachedResponse("5m")] public string One(int x) => http.BaseAddress + {|MEMO030:address|} + {|MEMO030:region|} + {|MEMO030:options|}.Address;
            [CachedResponse("5m")] public string Two(int x) => {|MEMO030:_changing|} + {|MEMO030:this._tenant|}.ToString() + {|MEMO030:_names|}.Count + {|MEMO030:_uri|};
            [CachedResponse("5m")] public string Three(int x) => {|MEMO030:Currency|} + {|MEMO030:Fixed|} + Fixed;
        }
        """);

    [Fact]
    public async Task Instance_data_that_is_reached_through_calls_within_the_type() => await MustReport("""
        public partial class Quotes
        {
            private readonly string _address = "".Trim();
            private readonly int _port = 1.GetHashCode();
            private readonly int _other = 1;

            [CachedResponse("5m")] public partial Task<string> GetAsync(int x);
            private Task<string> GetCoreAsync(int x) => Task.FromResult(Address + string.Join(' ', new[] { x }.Select(Describe)));

            private string Address => Full();
            private string Full() => {|MEMO030:_address|} + x() + nameof(_other);
            private int x() => GetCoreAsync(1).Id;
            private string Describe(int port) => port + ":" + {|MEMO030:_port|};
            private int NotReached() => _other;
        }
        """);

    [Fact]
    public async Task Services_constants_counters_and_static_members_are_no_instance_data() => await MustReport("""
        public interface IClock { int Now { get; } }
        public partial class Quotes(HttpClient http, IClock clock, Action<string> log, Memoizer memoizer, Microsoft.Extensions.Logging.ILogger<Quotes> logger)
        {
            private const string Prefix = "";
            private static readonly string s_suffix = "";
            private readonly object _gate = new();
            private readonly SemaphoreSlim _slim = new(1);
            private readonly CancellationToken _stopping;
            private int _runs;
            private int _written;
            private bool _isDisposed;
            private string? _started;

            public int Runs => _runs;

            [CachedResponse("5m")]
            public string Get(int x)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_isDisposed || _started is null)
                    throw new InvalidOperationException("Not now.");
                _runs++;
                _written = x;
                Interlocked.Increment(ref _runs);
                log(Prefix + s_suffix + http + clock.Now + memoizer + logger + _slim + _gate + _stopping);
                return x.ToString();
            }

            [CachedResponse("5m")]
            public static string Static([CacheKeyIgnore] Quotes other) => other.Runs.ToString();
        }
        """);

    [Fact]
    public async Task Instance_data_in_the_key_or_of_the_instance_alone() => await MustReport("""
        public sealed partial record Position([CacheKey] string Symbol, int Count)
        {
            [CachedResponse("5m")] public string Get(int x) => Symbol;
        }
        public partial class Quotes([CacheKey] string address, int timeout)
        {
            [CacheKey] private readonly string _tenant = "";
            [CacheKey] public string Currency { get; set; } = "";
            private readonly string _other = "".Trim();

            [CachedResponse("5m")] public string One(int x) => address + _tenant + Currency;
            [CachedResponse("5m", Scope = CacheScope.Instance)] public string Two(int x) => _other + timeout;
            [CachedResponse("5m", Scope = CacheScope.Shared)] public string Three(int x) => {|MEMO030:_other|} + {|MEMO030:timeout|};
        }
        """);

    [Fact]
    public async Task What_is_written_where_it_is_declared_is_the_same_in_all_instances() => await MustReport("""
        public partial class Quotes
        {
            private readonly string _prefix = "quotes/";
            private string Suffix { get; } = ".json";
            private readonly int _tries = 3;
            private readonly int _port = 80;
            private readonly bool _isOpen = true;
            protected virtual string Region { get; } = "eu";
            public int Limit { get; init; } = 10;

            public Quotes(int port) => _port = port;
            private bool IsClosed { get => !_isOpen; init => _isOpen = !value; }

            [CachedResponse("5m")] public string Get(int x) => _prefix + x + Suffix + _tries;
            [CachedResponse("5m")] public string Other(int x) => "" + {|MEMO030:_port|} + {|MEMO030:Limit|} + {|MEMO030:_isOpen|} + {|MEMO030:Region|};
        }
        """);

    [Fact]
    public async Task What_the_users_own_key_reads_is_in_the_key() => await MustReport("""
        public interface ICurrentUser { Guid Id { get; } string Name { get; } }
        public partial class Quotes(ICurrentUser user)
        {
            [CachedResponse("5m", Key = nameof(KeyOf))]
            public string Get(int x, double d) => user.Id + d.ToString() + System.Globalization.CultureInfo.CurrentCulture.Name + {|MEMO042:user.Name|} + {|MEMO031:DateTime.Now|}.Ticks;

            private (int, double, Guid, string) KeyOf(int x, double d) => (x, d, user.Id, System.Globalization.CultureInfo.CurrentCulture.Name);
        }
        """);

    [Fact]
    public async Task Ambient_inputs() => await MustReport("""
        public partial class Quotes(Microsoft.AspNetCore.Http.IHttpContextAccessor accessor)
        {
            private readonly Random _random = new(42);
            private static readonly AsyncLocal<string> s_tenant = new();

            [CachedResponse("5m")]
            public static string Get(int x) =>
                "" + {|MEMO031:DateTime.Now|}.Ticks + {|MEMO031:DateTimeOffset.UtcNow|}.Ticks + {|MEMO031:DateTime.Today|}.Ticks + {|MEMO031:Guid.NewGuid()|}
                + {|MEMO031:Random.Shared|}.Next() + {|MEMO031:new Random()|}.Next() + {|MEMO031:Environment.GetEnvironmentVariable("A")|}
                + {|MEMO031:Environment.CurrentDirectory|} + {|MEMO031:s_tenant.Value|} + {|MEMO031:Thread.CurrentPrincipal|}
                + {|MEMO031:System.Globalization.CultureInfo.CurrentCulture|} + {|MEMO031:System.Security.Claims.ClaimsPrincipal.Current|}
                + {|MEMO031:TimeProvider.System.GetUtcNow()|}.Ticks + nameof(DateTime.UtcNow) + new Random(42).Next() + Environment.NewLine
                + Environment.ProcessId + Environment.MachineName + TimeZoneInfo.Local.Id;

            [CachedResponse("5m")]
            public partial Task<string> GetAsync(int x);
            private Task<string> GetCoreAsync(int x) => Task.FromResult(Trace() + Now);
            private string? Trace() => {|MEMO031:_random.Next()|} + {|MEMO031:accessor.HttpContext|}!.TraceIdentifier;
            private static string Now => {|MEMO031:DateTime.Now|}.Ticks.ToString() + DateTime.Now.Ticks;

            public string NotCached() => DateTime.UtcNow.ToString();
        }
        """);

    [Fact]
    public async Task Ambient_inputs_that_measure() => await MustReport("""
        using System.Diagnostics;
        using Microsoft.Extensions.Logging;
        public partial class Quotes(ILogger logger, TimeProvider time, System.Diagnostics.Metrics.Histogram<double> histogram, Action<string> log)
        {
            [CachedResponse("5m")]
            public static string Get(int x) =>
                "" + {|MEMO031:Stopwatch.GetTimestamp()|} + {|MEMO031:Stopwatch.GetElapsedTime(x)|} + Stopwatch.GetElapsedTime(x, x + 1)
                + {|MEMO031:TimeProvider.System.GetTimestamp()|} + {|MEMO031:TimeProvider.System.GetElapsedTime(x)|} + {|MEMO031:Stopwatch.StartNew().ElapsedTicks|}
                + {|MEMO031:Path.GetRandomFileName()|} + {|MEMO031:Path.GetTempFileName()|} + {|MEMO031:Environment.CurrentManagedThreadId|}
                + {|MEMO031:Thread.CurrentThread|}.Name + {|MEMO031:Activity.Current|}?.TraceId + {|MEMO031:Environment.StackTrace|};

            [CachedResponse("5m")]
            public int Timed(int x)
            {
                var started = Stopwatch.GetTimestamp();
                var watch = Stopwatch.StartNew();
                var begin = Begin();
                Activity.Current?.SetTag("x", x);
                var elapsed = Stopwatch.GetElapsedTime(started);
                logger.LogInformation("It took {Elapsed}.", elapsed);
                histogram.Record(watch.Elapsed.TotalSeconds);
                if (watch.ElapsedMilliseconds > 1000)
                    logger.LogWarning("That was slow.");
                End(begin);
                return x;
            }

            [CachedResponse("5m")]
            public long Told(int x)
            {
                var started = {|MEMO031:time.GetTimestamp()|};
                log($"{started}");
                return started;
            }

            [CachedResponse("5m")]
            public int Hurried(int x)
            {
                var watch = Stopwatch.StartNew();
                while ({|MEMO031:watch.ElapsedMilliseconds|} < 10)
                    x++;
                return x;
            }

            private long Begin() => time.GetTimestamp();
            private void End(long begin) => log($"It took {(long)time.GetElapsedTime(begin).TotalMilliseconds} ms.");
        }
        """);

    [Fact]
    public async Task What_makes_a_part_of_the_key_is_in_the_key() => await MustReport("""
        public partial class Quotes(string first, string second)
        {
            [CacheKey] private string Name => first + second;
            [CacheKey] private long Hour => DateTime.UtcNow.Hour;
            [CachedResponse("5m")] public string Get(int x) => Name + Hour;
            [CachedResponse("5m")] public string Other(int x) => Name + {|MEMO030:first|};
        }
        """);

    [Fact]
    public async Task Results_that_callers_can_change()
    {
        var messages = await Analysis.MustReportAsync("""
            public sealed record Names(IReadOnlyList<string> All);
            public partial class Quotes
            {
                [CachedResponse("5m")] public {|MEMO032:int[]|} A(int x) => [];
                [CachedResponse("5m")] public partial {|MEMO032:Task<List<string>>|} BAsync(int x);
                private Task<List<string>> BCoreAsync(int x) => Task.FromResult<List<string>>([]);
                [CachedResponse("5m")] public {|MEMO032:Dictionary<string, int>?|} C(int x) => [];
                [CachedResponse("5m")] public {|MEMO032:ValueTask<HashSet<int>>|} DAsync(int x) => default;
                [CachedResponse("5m")] public IReadOnlyList<int> E(int x) => [];
                [CachedResponse("5m")] public ImmutableArray<int> F(int x) => [];
                [CachedResponse("5m")] public Names G(int x) => new([]);
                [CachedResponse("5m")] public string H(int x) => "";
            }
            """);
        Assert.Contains("return 'ImmutableArray<int>' instead", messages[0], StringComparison.Ordinal);
        Assert.Contains("return 'IReadOnlyDictionary<string, int>' instead", messages[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_the_core_does_not_accept() => await MustReport("""
        public partial class Quotes
        {
            [CachedResponse("5m")] public partial Task<int> GetAsync(int x, CancellationToken {|MEMO033:token|} = default);
            private Task<int> GetCoreAsync(int x) => Task.FromResult(x);
            [CachedResponse("5m")] public partial Task<int> LoadAsync(int x, CancellationToken token = default);
            private Task<int> LoadCoreAsync(int x, CancellationToken token) => Task.FromResult(x);
            [CachedResponse("5m")] public partial Task<int> FindAsync(int x);
            private Task<int> FindCoreAsync(int x) => Task.FromResult(x);
        }
        """);

    [Fact]
    public async Task A_method_that_waits_for_itself() => await MustReport("""
        public partial class Quotes
        {
            [CachedResponse("5m")] public partial Task<int> GetAsync(int x, string y, CancellationToken token = default);
            private async Task<int> GetCoreAsync(int x, string y, CancellationToken token)
                => await {|MEMO034:GetAsync(x, y)|} + await {|MEMO034:GetAsync(y: y, x: x, token: token)|} + await GetAsync(x - 1, y, token);

            [CachedResponse("5m")] public int Load(int x) => x == 0 ? 0 : {|MEMO034:LoadCached(x)|} + LoadCached(x - 1) + Load(x - 1);

            [CachedResponse("5m")] public int Count(int x) { x--; return x <= 0 ? 0 : CountCached(x); }

            [CachedResponse("5m")] public static int Of<T>(int x) => x == 0 ? {|MEMO034:OfCached<T>(x)|} : OfCached<List<T>>(x);

            [CachedResponse("5m")] public int All() => {|MEMO034:AllCached()|};

            [CachedResponse("5m")] public int Other([CacheKeyIgnore] Quotes next) => next.OtherCached(next);
        }
        """);

    [Fact]
    public async Task Results_that_never_expire_under_unbounded_keys() => await MustReport("""
        public enum Region { North, South }
        public partial class Quotes
        {
            [CachedResponse] public string {|MEMO035:Get|}(string x) => x;
            [CachedResponse] public string Bounded(bool x, Region y, Region? z, (bool, Region) w) => "";
            [CachedResponse] public string Nothing(CancellationToken token) => "";
            [CachedResponse(Capacity = 100)] public string Limited(string x) => x;
            [CachedResponse(Duration = "5m")] public string Expiring(string x) => x;
            [CachedResponse(Sliding = "5m")] public string Idle(string x) => x;
        }
        """);

    [Fact]
    public async Task Calls_of_the_uncached_method_if_a_project_asks_for_it()
    {
        const string Source = """
            public partial class Quotes
            {
                [CachedResponse("5m")] public int Load(int x) => x == 0 ? 0 : Load(x - 1);
                [CachedResponse("5m")] public static int Of<T>(T x) => 1;
                [CachedResponse("5m")] public partial int Get(int x);
                private int GetCore(int x) => x;
                public int Sum() => {|MEMO036:Load(1)|} + LoadCached(1) + Get(1) + nameof(Load).Length;
                public IEnumerable<int> All(int[] x) => x.Select({|MEMO036:Load|});
            }
            public static class Caller
            {
                public static int Call(Quotes quotes) => {|MEMO036:quotes.Load(1)|} + {|MEMO036:Quotes.Of(1)|};
            }
            """;
        await Analysis.MustReportAsync(Source, "MEMO036");
        Assert.Empty(await Analysis.OfAsync(Marks.Read(Source).Source));
    }

    [Fact]
    public async Task Options_of_the_other_form() => await MustReport("""
        public partial class Quotes
        {
            [CachedResponse("5m", {|MEMO037:Name = "Fetch"|})] public partial int Get(int x);
            private int GetCore(int x) => x;
            [CachedResponse("5m", {|MEMO037:Core = nameof(GetCore)|}, Name = "Fetch")] public int Load(int x) => x;
        }
        """);

    private static async Task MustReport(string marked) => await Analysis.MustReportAsync(marked + "\n" + Known);

    [Fact]
    public async Task MEMO037_tells_when_code_changes_have_nothing_to_invalidate() => Assert.Equal(
        "'InvalidateOnCodeChange' of 'Get' has no effect: its results are in memory only, and gone when there is other code; leave them to a store, or remove the option",
        Assert.Single(await Analysis.MustReportAsync("""
            public partial class C
            {
                [CachedResponse("1m", Store = CacheStores.MemoryOnly, {|MEMO037:InvalidateOnCodeChange = true|})] public static int Get(int x) => x;
                [CachedResponse("1m", InvalidateOnCodeChange = true)] public static int Load(int x) => x;
            }
            """)));

    [Fact]
    public async Task MEMO038_tells_what_JSON_loses_of_a_result_with_a_store_by_name() => Assert.Equal(
        [
            "'GetPair' has the store \"s\", but as JSON its result '(int, int)' does not come back as it was: of a tuple like '(int, int)' nothing is written; return a record",
            "'GetShape' has the store \"s\", but as JSON its result 'System.Collections.Generic.IReadOnlyList<Shape>' does not come back as it was: 'Shape' is abstract, and nothing says which type to make when it is read; name the derived types with [JsonDerivedType]",
        ],
        await Analysis.MustReportAsync("""
            public abstract record Shape;
            public partial class C
            {
                [CachedResponse("1m", Store = "s")] public static Task<(int, int)> {|MEMO038:GetPair|}(int x) => Task.FromResult((x, x));
                [CachedResponse("1m", Store = "s")] public static IReadOnlyList<Shape> {|MEMO038:GetShape|}(int x) => [];
                [CachedResponse("1m")] public static (int, int) Load(int x) => (x, x);
                [CachedResponse("1m", Store = CacheStores.MemoryOnly)] public static (int, int) Read(int x) => (x, x);
                [CachedResponse("1m", Store = "s")] public static IReadOnlyList<int> Items(int x) => [x];
            }
            """));

    [Fact]
    public async Task MEMO038_takes_the_options_of_the_context_that_lists_the_result() => Assert.Equal(
        [
            "'GetDay' has the store \"s\", but as JSON its result 'Day' does not come back as it was: 'Day.Name' is lost: IgnoreReadOnlyProperties keeps it from being written",
            "'GetHour' has the store \"s\", but as JSON its result 'Hour' does not come back as it was: 'Hour.Name' has an initial value, which takes the place of a null or default that is not written; drop it, or write the member always",
            "'GetYear' has the store \"s\", but as JSON its result 'Year' does not come back as it was: 'Year.X' is lost: fields are not written without [JsonInclude]",
        ],
        (await Analysis.MustReportAsync("""
            using System.Text.Json;
            using System.Text.Json.Serialization;

            [JsonSourceGenerationOptions(IncludeFields = true), JsonSerializable(typeof((int, int))), JsonSerializable(typeof(Month))]
            internal abstract class WithFields(JsonSerializerOptions options) : JsonSerializerContext(options);
            [JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true), JsonSerializable(typeof(Day))]
            internal abstract class WithoutReadOnly(JsonSerializerOptions options) : JsonSerializerContext(options);
            [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(OpaqueConverter)]), JsonSerializable(typeof(Hour)), JsonSerializable(typeof(Opaque))]
            internal abstract class WithoutNull(JsonSerializerOptions options) : JsonSerializerContext(options);

            public sealed class Month { public int X; }
            public sealed class Year { public int X; }
            public sealed class Day(string name) { public string Name { get; } = name; }
            public sealed class Hour { public string? Name { get; set; } = "n"; public int X { get; set; } = 1; }
            public readonly struct Opaque(int x) { public int Get() => x; }
            public abstract class OpaqueConverter : JsonConverter<Opaque>;
            public partial class C
            {
                [CachedResponse("1m", Store = "s")] public static (int, int) GetPair(int x) => (x, x);
                [CachedResponse("1m", Store = "s")] public static {|MEMO032:Month|} GetMonth(int x) => new();
                [CachedResponse("1m", Store = "s")] public static Opaque GetOpaque(int x) => new(x);
                [CachedResponse("1m", Store = "s")] public static Day {|MEMO038:GetDay|}(int x) => new("");
                [CachedResponse("1m", Store = "s")] public static {|MEMO032:Hour|} {|MEMO038:GetHour|}(int x) => new();
                [CachedResponse("1m", Store = "s")] public static {|MEMO032:Year|} {|MEMO038:GetYear|}(int x) => new();
            }
            """)).Where(static message => message.Contains("as JSON", StringComparison.Ordinal)));

    [Fact]
    public async Task MEMO039_names_the_type_that_a_context_has_to_list() => Assert.Equal(
        "'Get' has the store \"s\", but no JsonSerializerContext of this project lists its result, and a trimmed program has no reflection to do without; add [JsonSerializable(typeof(IReadOnlyList<int>))] to one, and make the memoizer's Serializer a JsonCacheSerializer with it",
        Assert.Single(await Analysis.MustReportAsync(
            """
            [System.Text.Json.Serialization.JsonSerializable(typeof(string))] internal abstract class Json(System.Text.Json.JsonSerializerOptions options) : System.Text.Json.Serialization.JsonSerializerContext(options);
            public partial class C
            {
                [CachedResponse("1m", Store = "s")] public static IReadOnlyList<int> {|MEMO039:Get|}(int x) => [x];
                [CachedResponse("1m", Store = "s")] public static Task<string?> Load(int x) => Task.FromResult<string?>(null);
                [CachedResponse("1m")] public static long Read(int x) => x;
            }
            """,
            "MEMO039")));

    [Fact]
    public async Task A_type_argument_without_value_equality_is_told_where_it_is_chosen()
    {
        const string Source = """
            public class NoEquals;
            public record Basket(List<int> Items);
            public partial class Texts<TOuter>
            {
                [CachedResponse("5m")] public string Of<T>(T value, TOuter? outer = default) => $"{value}";
                [CachedResponse("5m")] public static partial string All<T>(IReadOnlyList<T> values);
                private static string AllCore<T>(IReadOnlyList<T> values) => $"{values.Count}";
                [CachedResponse("5m")] public string Name<T>(int x) => typeof(T).Name;
                [CachedResponse("5m", Key = nameof(TextOf))] public string ByText<T>(T value) => $"{value}";
                private static string TextOf<T>(T value) => $"{value}";
                [CachedResponse("5m", Key = nameof(Itself))] public string ByItself<T>(T value) => $"{value}";
                private static T Itself<T>(T value) => value;
                public string Open<T>(T value) => OfCached(value);
            }
            public static class Calls
            {
                public static void Wrong(Texts<int> texts, Texts<Stream> streams, Texts<int[]> arrays)
                {
                    {|MEMO024:texts.OfCached(new List<int>())|};
                    {|MEMO024:texts.OfCached(new NoEquals())|};
                    {|MEMO024:texts.OfCached(new Basket([]))|};
                    {|MEMO024:texts.OfCached(new HashSet<int>[1])|};
                    {|MEMO024:texts.OfCached((1, new int[1]))|};
                    {|MEMO024:texts.OfCached(ImmutableArray.Create(1))|};
                    {|MEMO024:Texts<int>.All<IEnumerable<int>>([])|};
                    {|MEMO024:streams.OfCached(1)|};
                    {|MEMO024:texts.OfCached(new { Number = 1, Numbers = new int[1] })|};
                    {|MEMO024:texts.OfCached(new HttpClient())|};
                    {|MEMO024:texts.ByItselfCached(new NoEquals())|};
                    texts.ByTextCached(new NoEquals());
                    texts.OfCached(new { Number = 1, Text = "a", Inner = new { Price = 1.5m } });
                    Func<int, Stream?, string> later = {|MEMO024:streams.OfCached|};
                    texts.OfCached(1);
                    texts.OfCached("a");
                    texts.OfCached(new int[1]);
                    texts.OfCached(new List<int>[0].Length);
                    texts.OfCached(new string?[1][]);
                    texts.OfCached(new System.Text.StringBuilder());
                    texts.OfCached(new Uri("https://a/"));
                    texts.OfCached((1, 0.5m));
                    texts.OfCached((object)1);
                    texts.OfCached<DayOfWeek?>(null);
                    texts.NameCached<List<int>>(1);
                    texts.Of(new List<int>());
                    arrays.OfCached(1);
                }
            }
            """;
        var messages = await Analysis.MustReportAsync(Source);
        Assert.Equal(
            "'System.Collections.Generic.List<int>' stands for 'T' in the key of 'Of' and is compared by reference where a type parameter stands for it; pass an array, a record, or what tells the values apart, or give the parameter the type 'System.Collections.Generic.List<int>'",
            messages[0]);
        Assert.Equal(
            "'NoEquals' stands for 'T' in the key of 'Of' and compares by reference, so that equal arguments would miss; make it a record, whose members count, let it implement IEquatable<NoEquals>, or leave it out of the key with [CacheKeyIgnore] if no result depends on it",
            messages[1]);
        Assert.Contains("'<anonymous type: int Number, int[] Numbers>' stands for 'T' in the key of 'Of' and holds 'Numbers' of type 'int[]', which compares by reference, so that equal arguments would miss; pass what tells the values apart, or what is compared by what it holds as a parameter of its own", messages);

        // No [CacheKeyFor] is looked for there.
        Assert.Contains("'System.Net.Http.HttpClient' stands for 'T' in the key of 'Of' and compares by reference, so that equal arguments would miss; pass what tells the calls apart instead, or name a method that says what counts with Key = nameof(…), or leave it out of the key with [CacheKeyIgnore] if no result depends on it", messages);
    }
}
