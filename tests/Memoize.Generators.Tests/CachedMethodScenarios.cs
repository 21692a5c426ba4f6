namespace Memoize.Generators.Tests;

/// <summary>Compiles a consumer, runs it against the real runtime, and looks at what a user would notice.</summary>
public sealed class CachedMethodScenarios
{
    [Theory]
    [InlineData("int", "x * 2", "await Task.Run(() => c.GetCached(x))", "")]
    [InlineData("Task<int>", "Task.FromResult(x * 2)", "await c.GetCached(x)", "")]
    [InlineData("ValueTask<int>", "new(x * 2)", "await c.GetCached(x)", "")]
    [InlineData("ValueTask<int>", "new(x * 2)", "await c.GetCached(x)", "partial")]
    public async Task Every_return_type_computes_once_per_argument(string returnType, string body, string call, string form)
    {
        var method = form == "partial"
            ? $"""
                [CachedResponse] internal partial {returnType} GetCached(int x);
                private {returnType} GetCachedCore(int x)
                """
            : $"[CachedResponse] internal {returnType} Get(int x)";

        await Consumer.MustPrint("runs 2, values 2 2 4 4", $$"""
            internal sealed partial class Calculator(Memoizer memoizer)
            {
                public int Runs;
                {{method}} { Runs++; return {{body}}; }
                internal Memoizer Memoizer => memoizer;
            }
            internal static class Scenario
            {
                public static async Task<string> Run()
                {
                    var c = new Calculator(new Memoizer());
                    var values = new List<int>();
                    foreach (var x in new[] { 1, 1, 2, 2 })
                        values.Add({{call}});
                    return $"runs {c.Runs}, values {string.Join(' ', values)}";
                }
            }
            """);
    }

    [Fact]
    public async Task The_handle_peeks_sets_invalidates_clears_and_counts() => await Consumer.MustPrint(
        "absent, peeked a1, set b9, recomputed a2, cleared a3, hits 1",
        """
        internal sealed partial class Names(Memoizer memoizer)
        {
            private int _runs;
            private readonly Memoizer _memoizer = memoizer;

            [CachedResponse("5m")]
            internal partial Task<string> GetAsync(string name, CancellationToken cancellationToken = default);
            private Task<string> GetCoreAsync(string name, CancellationToken cancellationToken) => Task.FromResult(name + ++_runs);
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var names = new Names(new Memoizer());
                var handle = names.GetCache;
                var log = new List<string> { handle.TryPeek("a", out _) ? "present" : "absent" };
                await names.GetAsync("a");
                log.Add("peeked " + (handle.TryPeek("a", out var peeked) ? peeked : "nothing"));
                handle.Set("b", "b9");
                log.Add("set " + await names.GetAsync("b"));
                await handle.InvalidateAsync("a");
                log.Add("recomputed " + await names.GetAsync("a"));
                handle.Clear();
                log.Add("cleared " + await names.GetAsync("a"));
                log.Add("hits " + handle.Statistics.Hits);
                return string.Join(", ", log);
            }
        }
        """);

    [Fact]
    public async Task A_token_a_progress_and_a_logger_are_not_part_of_the_key() => await Consumer.MustPrint(
        "runs 1, reported True, core token is the caller's False but can be cancelled True",
        """
        internal static partial class Slow
        {
            public static int Runs;
            public static CancellationToken Seen;

            [CachedResponse]
            internal static Task<int> GetAsync(
                int x, IProgress<int>? progress, Microsoft.Extensions.Logging.ILogger? logger, CancellationToken token)
            {
                Runs++;
                Seen = token;
                progress?.Report(x);
                return Task.FromResult(x);
            }
        }
        internal sealed class Reported : IProgress<int> { public bool Was; public void Report(int value) => Was = true; }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                using var source = new CancellationTokenSource();
                var progress = new Reported();
                await Slow.GetCachedAsync(1, progress, null, source.Token);
                await Slow.GetCachedAsync(1, null, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, default);
                return $"runs {Slow.Runs}, reported {progress.Was}, core token is the caller's {Slow.Seen == source.Token} but can be cancelled {Slow.Seen.CanBeCanceled}";
            }
        }
        """);

    [Fact]
    public async Task Many_callers_at_once_run_the_method_once() => await Consumer.MustPrint(
        "runs 1, sum 42000",
        """
        internal sealed partial class Gate
        {
            public int Runs;
            public readonly TaskCompletionSource<int> Open = new(TaskCreationOptions.RunContinuationsAsynchronously);

            [CachedResponse] internal partial ValueTask<int> GetAsync(string key, int page, double x);
            private async Task<int> GetCoreAsync(string key, int page, double x)
            {
                Interlocked.Increment(ref Runs);
                return await Open.Task;
            }
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var gate = new Gate();
                var callers = Enumerable.Range(0, 1000).Select(_ => gate.GetAsync("a", 1, double.NaN).AsTask()).ToArray();
                gate.Open.SetResult(42);
                var values = await Task.WhenAll(callers);
                return $"runs {gate.Runs}, sum {values.Sum()}";
            }
        }
        """);

    [Fact]
    public async Task G06_Overloads_have_entries_and_handles_of_their_own() => await Consumer.MustPrint(
        "1 1 1 1 0",
        """
        internal sealed partial class Overloads
        {
            [CachedResponse] internal int Get(string x) => 1;
            [CachedResponse] internal int Get(string x, int y) => 2;
            [CachedResponse] internal int Get<T>(string x) => 3;
            [CachedResponse] internal Task<int> GetAsync(string x) => Task.FromResult(4);
            [CachedResponse] internal int Other(string x) => 5;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var o = new Overloads();
                _ = o.GetCached("a") + o.GetCached("a", 1) + o.GetCached<int>("a") + await o.GetCachedAsync("a");
                long[] entries =
                [
                    o.GetStringCache.Statistics.Entries,
                    o.GetStringInt32Cache.Statistics.Entries,
                    o.GetTStringCache<int>().Statistics.Entries,
                    o.GetStringAsyncCache.Statistics.Entries,
                    o.GetTStringCache<string>().Statistics.Entries,
                ];
                return string.Join(' ', entries);
            }
        }
        """);

    [Fact]
    public async Task G08_Names_that_are_keywords_or_ours_are_kept_apart() => await Consumer.MustPrint(
        "12",
        """
        namespace Memoize.System
        {
            internal sealed class Task;
            internal sealed partial class @class
            {
                [CachedResponse]
                internal partial global::System.Threading.Tasks.Task<int> @event(
                    int @class, int key, int cache, int value, int hit, int turn, int self, int call, int token, int MissAsync, int Item2, int _);
                private global::System.Threading.Tasks.Task<int> eventCore(
                    int @class, int key, int cache, int value, int hit, int turn, int self, int call, int token, int MissAsync, int Item2, int _,
                    global::System.Threading.CancellationToken @await)
                    => global::System.Threading.Tasks.Task.FromResult(
                        @class + key + cache + value + hit + turn + self + call + token + MissAsync + Item2 + _);

                [CachedResponse] internal static int One(int _) => _;
                [CachedResponse] internal static async global::System.Threading.Tasks.Task<int> TwoAsync(int @await, int @int)
                {
                    await global::System.Threading.Tasks.Task.Yield();
                    return @await + @int;
                }
            }
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                _ = Memoize.System.@class.OneCached(1) + await Memoize.System.@class.TwoCachedAsync(1, 2);
                return (await new Memoize.System.@class().@event(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)).ToString(global::System.Globalization.CultureInfo.InvariantCulture);
            }
        }
        """);

    [Fact]
    public async Task G09_Default_values_of_an_ordinary_method_are_those_of_its_wrapper() => await Consumer.MustPrint(
        "True True True True True True True True True",
        """
        internal enum Level { Low = -1, High = 3 }
        internal sealed partial class Defaults
        {
            [CachedResponse]
            internal string Get(
                Level level = Level.High, Level odd = (Level)(-7), double d = double.NaN, float f = -0.1f, decimal m = 1.50m,
                char c = '\'', string s = "a\"b\n", Guid g = default, Level? n = Level.Low, long l = -5, ulong u = ulong.MaxValue,
                string? z = null, int? i = null)
                => $"{level == Level.High} {odd == (Level)(-7)} {double.IsNaN(d)} {f == -0.1f && m == 1.50m} {c == '\''} {s == "a\"b\n"} {g == default} {n == Level.Low && l == -5 && u == ulong.MaxValue} {z is null && i is null}";
        }
        internal static class Scenario { public static string Run() => new Defaults().GetCached(); }
        """);

    [Fact]
    public async Task G07_Structs_records_statics_and_extension_methods_can_be_cached() => await Consumer.MustPrint(
        "2 4 6 8 6",
        """
        internal partial struct Pair(Memoizer memoizer)
        {
            [CachedResponse] internal readonly int Twice(int x) => 2 * x;
            internal readonly Memoizer Kept => memoizer;
        }
        internal partial record Point(Memoizer Memoizer)
        {
            [CachedResponse] internal virtual partial int Twice(in int x, Guid id);
            private int TwiceCore(in int x, Guid id) => 2 * x;
        }
        internal partial record struct Small(int Factor)
        {
            [CachedResponse] internal readonly partial int Times(int x, int y);
            private readonly int TimesCore(int x, int y) => Factor * x;
        }
        internal static partial class Extensions
        {
            [CachedResponse] internal static int Twice(this int x) => 2 * x;
        }
        internal partial class Base
        {
            [CachedResponse] internal virtual partial int Get(int x);
            private int GetCore(int x) => x;
        }
        internal partial class Derived : Base
        {
            [CachedResponse] internal sealed override partial int Get(int x);
            private int GetCore(int x) => 2 * x;
        }
        internal static class Scenario
        {
            public static string Run() =>
                $"{default(Pair).TwiceCached(1)} {new Point(new Memoizer()).Twice(2, default)} {new Small(2).Times(3, 0)} {4.TwiceCached()} {new Derived().Get(3)}";
        }
        """);

    [Fact]
    public async Task The_types_own_memoizer_is_used() => await Consumer.MustPrint(
        "field 1, property 1, parameter 1, hidden parameter 1, inherited 1, static 1, default 0",
        """
        internal sealed partial class Field(Memoizer memoizer)
        {
            private readonly Memoizer _memoizer = memoizer;
            [CachedResponse] internal int Get(int x) => x;
        }
        internal sealed partial class Property
        {
            private Memoizer? Mine { get; init; }
            internal static Property With(Memoizer memoizer) => new() { Mine = memoizer };
            [CachedResponse] internal int Get(int x) => x;
        }
        internal sealed partial class Parameter(Memoizer memoizer)
        {
            [CachedResponse] internal int Get(int x) => x;
        }
        internal sealed partial class Hidden(Memoizer memoizer)
        {
            [CachedResponse] internal int Get(int memoizer) => memoizer;
        }
        internal class Root(Memoizer memoizer) { protected Memoizer Memoizer => memoizer; }
        internal sealed partial class Inherited(Memoizer memoizer) : Root(memoizer)
        {
            [CachedResponse] internal int Get(int x) => x;
        }
        internal static partial class Static
        {
            internal static readonly Memoizer Own = new();
            [CachedResponse] internal static int Get(int x) => x;
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var log = new List<string>();
                Log("field", static m => new Field(m).GetCached(1));
                Log("property", static m => Property.With(m).GetCached(1));
                Log("parameter", static m => new Parameter(m).GetCached(1));
                Log("hidden parameter", static m => new Hidden(m).GetCached(1));
                Log("inherited", static m => new Inherited(m).GetCached(1));
                Static.GetCached(1);
                log.Add($"static {Static.Own.Methods.Count}");
                log.Add($"default {Memoizer.Default.Methods.Count(static method => method.Name is "Field.Get(int)" or "Static.Get(int)")}");
                return string.Join(", ", log);

                void Log(string name, Func<Memoizer, int> call)
                {
                    var memoizer = new Memoizer();
                    call(memoizer);
                    log.Add($"{name} {memoizer.Methods.Count}");
                }
            }
        }
        """);
}
