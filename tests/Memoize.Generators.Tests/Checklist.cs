using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Tests;

/// <summary>
/// What goes wrong in source generators, row by row. A signature either works or is refused with a message; none crashes the
/// generator or makes it emit what does not compile. Further tests of a row stand where its subject is; all are named after it.
/// </summary>
public sealed class Checklist
{
    [Fact]
    public void G02_A_diagnostic_never_changes_what_is_emitted()
    {
        const string Source = "partial class C { [CachedResponse] int Good() => 1; [CachedResponse(\"10\")] int Bad() => 1; }";
        Assert.Single(Consumer.Generate("using Memoize;\n" + Source).Files);
    }

    [Fact]
    public void G03_Edits_emit_only_what_they_touch()
    {
        // Every consumer is edited when it is compiled: see Edits. This one has neighbours that an edit must leave alone.
        var consumer = Consumer.CompileWithUsings("""
            internal partial class C
            {
                [CachedResponse("5m", Tags = ["x:{x}"], When = nameof(IsGood))] internal int Get(int x) => x;
                [CachedResponse("5m")] internal int Get(int x, IReadOnlyList<string> y) => x;
                [CachedResponse("5m")] internal partial Task<int> LoadAsync(int x);
                private Task<int> LoadCoreAsync(int x) => Task.FromResult(x);
                private bool IsGood(int x) => x > 0;
            }
            internal partial class D { [CachedResponse] internal int Get(int x) => x; }
            """);
        Assert.Equal(4, consumer.Files.Count);
    }

    [Fact]
    public void G04_Cancellation_ends_the_parser()
    {
        var compilation = Consumer.Project("partial class C { [Memoize.CachedResponse] internal int Get(int x) => x; }");
        var method = (IMethodSymbol)compilation.GetTypeByMetadataName("C")!.GetMembers("Get").Single();

        Assert.Throws<OperationCanceledException>(() =>
            CachedMethodParser.Parse(method, method.GetAttributes()[0], KnownTypes.Of(compilation), report: null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void G06_Names_of_overloads_generics_and_nested_types_stay_distinct_and_legal()
    {
        var consumer = Consumer.CompileWithUsings("""
            internal partial class C
            {
                [CachedResponse] internal int Get(int x) => 1;
                [CachedResponse] internal int Get(in long x) => 1;
                [CachedResponse] internal int Get<T>(int x) => 1;
                [CachedResponse] internal int Get(int? x, (int, string) y) => 1;
                [CachedResponse] internal int Get(int x, Microsoft.Extensions.Logging.ILogger y) => 1;
                [CachedResponse] internal int get(int x) => 1;
                [CachedResponse] internal Task<int> GetAsync(int x) => Task.FromResult(1);
            }
            internal partial class C<T> { internal partial class D { [CachedResponse] internal int Get(int x) => 1; } }
            internal partial class C<T, U> { internal partial class D { [CachedResponse] internal int Get(int x) => 1; } }
            """);

        Assert.Equal(9, consumer.Files.Count);
        Assert.Equal(9, consumer.Files.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void G06_Handles_that_nothing_tells_apart_need_names() => Assert.Equal(
        "MEMO010 MEMO010",
        Ids("""
            partial class C
            {
                [CachedResponse(Handle = "One")] int Load(A.X x) => 1;
                [CachedResponse(Handle = "Other")] int Load(B.X x) => 1;
                [CachedResponse] int Get(A.X x) => 1;
                [CachedResponse] int Get(B.X x) => 1;
            }
            namespace A { readonly record struct X; }
            namespace B { readonly record struct X; }
            """, mayEmit: true));

    [Fact]
    public async Task G06_Display_names_distinguish_overloads() => await Consumer.MustPrint(
        "N.C<System.Int32>.Get(System.Collections.Generic.List<int>) | N.C<System.Int32>.Get(int) | N.C<System.Int32>.Get(int?) | N.C<System.Int32>.Get<System.String>(int)",
        """
        namespace N
        {
            internal partial class C<T>(Memoizer memoizer)
            {
                [CachedResponse] internal int Get(int x) => 1;
                [CachedResponse] internal int Get(int? x) => 1;
                [CachedResponse] internal int Get(List<int> x) => 1;
                [CachedResponse] internal int Get<U>(int x) => 1;
            }
        }
        internal static class Scenario
        {
            public static string Run()
            {
                var memoizer = new Memoizer();
                var c = new N.C<int>(memoizer);
                _ = c.GetCached(1) + c.GetCached((int?)1) + c.GetCached([1]) + c.GetCached<string>(1);
                return string.Join(" | ", memoizer.Methods.Select(static method => method.Name).Order(StringComparer.Ordinal));
            }
        }
        """);

    [Fact]
    public async Task G07_Every_kind_of_type_and_constraint_runs() => await Consumer.MustPrint(
        "1 2 3 4 5 6 7 8",
        """
        internal abstract partial class Outer<TOuter> where TOuter : notnull
        {
            internal static partial class Static
            {
                [CachedResponse] internal static int One<T, TRef>(TOuter outer, T x) where T : unmanaged, Enum where TRef : IComparable<int>?, allows ref struct => 1;
            }
            protected internal sealed partial record Record(TOuter Value)
            {
                [CachedResponse] internal partial Task<int> TwoAsync<T>(T x) where T : IComparable<T>?;
                private Task<int> TwoCoreAsync<T>(T x) where T : IComparable<T>? => Task.FromResult(2);
            }
            internal readonly partial record struct Struct
            {
                [CachedResponse] internal partial ValueTask<int> ThreeAsync<T>(T[] x) where T : struct;
                private ValueTask<int> ThreeCoreAsync<T>(T[] x) where T : struct => new(3);
            }
            internal partial struct Plain
            {
                [CachedResponse] internal int Four<T>(T? x, List<TOuter> y) where T : class => 4;
            }
        }
        internal sealed partial class Closed : Outer<string>
        {
            [CachedResponse] public int Five<T, TList>(TList x) where TList : List<T>, new() where T : notnull => 5;
        }
        internal static partial class Extensions
        {
            [CachedResponse] internal static int Six<T>(this T x, int y = 0) where T : Exception, new() => 6;
            [CachedResponse] internal static T Seven<T>(T x) where T : struct, IEquatable<T> => x;
            [CachedResponse] internal static T Eight<T, U>(T x, U? y) where T : U => x;
        }
        internal static class Scenario
        {
            public static async Task<string> Run() => string.Join(' ',
                Outer<int>.Static.OneCached<DayOfWeek, int>(1, DayOfWeek.Friday),
                await new Outer<int>.Record(1).TwoAsync("x"),
                await new Outer<int>.Struct().ThreeAsync([1]),
                new Outer<int>.Plain().FourCached("x", [1]),
                new Closed().FiveCached<string, Many>(new Many()),
                new OddException().SixCached(),
                Extensions.SevenCached(7),
                Extensions.EightCached<int, object>(8, null));
        }
        internal sealed class OddException : Exception
        {
            public override bool Equals(object? obj) => obj is OddException;
            public override int GetHashCode() => 0;
        }
        internal sealed class Many : List<string>
        {
            public override bool Equals(object? obj) => obj is Many;
            public override int GetHashCode() => 0;
        }
        """);

    [Fact]
    public async Task G08_User_types_with_the_names_that_generated_code_uses_do_no_harm() => await Consumer.MustPrint(
        "3 4",
        """
        namespace App
        {
            internal sealed class System;
            internal sealed class Task;
            internal sealed class ValueTask;
            internal sealed class CancellationToken;
            internal sealed class Memoizer;
            internal sealed class CachedMethod;
            internal sealed class String;
            namespace Memoize.System { internal sealed class Threading; }
            namespace Code
            {
                internal partial class C
                {
                    internal sealed record Key(int Definition);
                    internal sealed record CachePolicy;

                    [global::Memoize.CachedResponse("5m", RefreshAfter = "1m", When = nameof(value), Tags = ["{Copy}"])]
                    internal partial global::System.Threading.Tasks.Task<int> Get(
                        Key Definition, Key other, int Copy, int refresh, int owner, int tags, int inputs, int parallelism, int progress, int _cache, int _self, int obj);
                    private bool value(int obj) => true;
                    private global::System.Threading.Tasks.Task<int> GetCore(
                        Key Definition, Key other, int Copy, int refresh, int owner, int tags, int inputs, int parallelism, int progress, int _cache, int _self, int obj)
                        => global::System.Threading.Tasks.Task.FromResult(Definition.Definition + other.Definition + Copy);

                    [global::Memoize.CachedResponse] internal int input(int input, int @int, int[] @params) => input + @int;
                }
            }
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new App.Code.C();
                await c.GetCache.WarmAsync([(new(1), new(1), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)]);
                return $"{await c.Get(new(1), new(1), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)} {c.inputCached(2, 2, [])}";
            }
        }
        """);

    [Fact]
    public async Task G09_Defaults_that_are_attributes_are_kept() => await Consumer.MustPrint(
        "2000-01-01 0 1.5 Run 1+1 True",
        """
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;

        internal static partial class C
        {
            [CachedResponse]
            internal static string Get(
                int x, [Optional, DateTimeConstant(630822816000000000L)] DateTime date, [Optional] int y, [Optional, DecimalConstant(1, 0, 0u, 0u, 15u)] decimal m,
                [CallerMemberName] string caller = "", [CallerArgumentExpression(nameof(x))] string text = "", float f = float.NegativeInfinity)
                => FormattableString.Invariant($"{date:yyyy-MM-dd} {y} {m} {caller} {text} {f == float.NegativeInfinity}");
        }
        internal static class Scenario { public static string Run() => C.GetCached(1+1); }
        """);

    [Fact]
    public async Task G10_Modifiers_of_parameters_are_kept() => await Consumer.MustPrint(
        "6 6 12 3",
        """
        internal partial class C
        {
            [CachedResponse] internal partial int Sum(in int x, ref readonly long y, scoped in Guid z, params int[] more);
            private int SumCore(in int x, ref readonly long y, Guid z, int[] more) => x + (int)y + more.Sum();
            [CachedResponse] internal int Many(string name, params IReadOnlyList<int> more) => more.Sum();
            [CachedResponse] internal partial Task<int> LaterAsync(in int x, in CancellationToken token);
            private Task<int> LaterCoreAsync(in int x, in CancellationToken token) => Task.FromResult(x);
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C();
                int x = 1;
                long y = 2;
                return $"{c.Sum(x, in y, default, 1, 2)} {c.Sum(in x, in y, default, [1, 2])} {c.ManyCached("", 5, 7)} {await c.LaterAsync(3, default)}";
            }
        }
        """);

    [Theory]
    [InlineData("ref int x")]
    [InlineData("out int x")]
    [InlineData("ReadOnlySpan<char> x")]
    [InlineData("params ReadOnlySpan<int> x")]
    [InlineData("int* x")]
    [InlineData("delegate*<int, void> x")]
    [InlineData("TypedReference x")]
    [InlineData("dynamic x")]
    [InlineData("[CacheKeyIgnore] dynamic x")]
    public void G10_Parameters_that_cannot_be_kept_are_refused(string parameter) => Assert.Equal(
        "MEMO004", Ids($"unsafe partial class C {{ [CachedResponse] int Get({parameter}) => throw null!; }}"));

    [Fact]
    public void G10_A_type_parameter_that_may_be_a_ref_struct_is_refused() => Assert.Equal(
        "MEMO004 MEMO003",
        Ids("partial class C { [CachedResponse] int Get<T>(T x) where T : allows ref struct => 1; [CachedResponse] T Make<T>() where T : allows ref struct => default!; }"));

    [Fact]
    public async Task G11_Nullable_annotations_and_tuple_names_survive() => await Consumer.MustPrint(
        "a 1 null 2 5",
        """
        using System.Diagnostics.CodeAnalysis;

        internal partial class C
        {
            [CachedResponse] internal partial Task<(string? Name, (int Count, string?[]? Others) Inner)> GetAsync((string? First, int Second) pair);
            private Task<(string? Name, (int Count, string?[]? Others) Inner)> GetCoreAsync((string? First, int Second) pair) => Task.FromResult((pair.First, (pair.Second, (string?[]?)null)));
            [CachedResponse] [return: NotNullIfNotNull(nameof(x))] internal string? Echo(string? x) => x;
            [CachedResponse] internal nint Native(nint x, nuint? y) => x;
            [CachedResponse] internal int Length([AllowNull] string x, [DisallowNull] string? y) => (x?.Length ?? 0) + y.Length;
            [CachedResponse] internal dynamic Dynamic(int x) => x;
            [CachedResponse("5m", RefreshAfter = "1m")] internal partial Task<int> SumAsync([AllowNull] string x, [DisallowNull] string? y);
            private Task<int> SumCoreAsync([AllowNull] string x, [DisallowNull] string? y) => Task.FromResult((x?.Length ?? 0) + y.Length);
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var c = new C();
                if (await c.SumAsync(null, "abc") != 3 || !c.SumCache.TryPeek(null, "abc", out _)) return "[AllowNull] of a partial method";
                var result = await c.GetAsync(("a", 1));
                string echo = c.EchoCached("e");
                return $"{result.Name} {result.Inner.Count} {result.Inner.Others?.Length.ToString() ?? "null"} {c.NativeCached(2, null)} {c.LengthCached(null, "abcd") + echo.Length}";
            }
        }
        """);

    [Fact]
    public async Task G12_Interfaces_overrides_and_hiding_run() => await Consumer.MustPrint(
        "1 2 3 4 5 6 True",
        """
        internal interface IQuotes { int Get(int x); Task<int> GetAsync(int x, CancellationToken token = default); }
        internal partial class Root : IQuotes
        {
            [CachedResponse] public virtual partial int Get(int x);
            private int GetCore(int x) => 1;
            [CachedResponse] public partial Task<int> GetAsync(int x, CancellationToken token);
            private Task<int> GetCoreAsync(int x, CancellationToken token) => Task.FromResult(3);
            [CachedResponse] protected internal virtual int Load(int x) => 4;
        }
        internal sealed partial class Derived : Root
        {
            [CachedResponse] public sealed override partial int Get(int x);
            private int GetCore(int x) => 2;
            [CachedResponse] public new partial Task<int> GetAsync(int x, CancellationToken token);
            private Task<int> GetCoreAsync(int x) => Task.FromResult(5);
            protected internal override int Load(int x) => 6;
        }
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                var derived = new Derived();
                var handle = typeof(Root).GetNestedType("GetCacheHandle", System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic)
                    ?? typeof(Root).GetNestedTypes().First();
                return $"{((IQuotes)new Root()).Get(1)} {((IQuotes)derived).Get(1)} {await ((IQuotes)derived).GetAsync(1)} {new Root().LoadCached(1)} {await derived.GetAsync(1, default)} {((Root)derived).LoadCached(2)} {handle is not null}";
            }
        }
        """);

    [Fact]
    public void G12_The_wrapper_is_never_more_visible_than_the_method()
    {
        var consumer = Consumer.CompileWithUsings("""
            internal abstract class Root { protected abstract int Get(int x); protected internal abstract int Load(int x); }
            internal sealed partial class C : Root
            {
                [CachedResponse] protected override int Get(int x) => x;
                [CachedResponse] protected internal override int Load(int x) => x;
                [CachedResponse] private int Own(int x) => x;
            }
            """);
        var type = consumer.Load().GetType("C")!;

        const System.Reflection.BindingFlags Any = System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic;
        Assert.True(type.GetMethod("GetCached", Any)!.IsPrivate);
        Assert.True(type.GetMethod("LoadCached", Any)!.IsAssembly);
        Assert.True(type.GetMethod("OwnCached", Any)!.IsPrivate);
    }

    [Theory]
    [InlineData("partial class C : I { [CachedResponse] int I.Get(int x) => x; } interface I { int Get(int x); }", "an explicit interface implementation")]
    [InlineData("partial class C { [CachedResponse] internal unsafe partial Task<int> GetAsync(int x); Task<int> GetCoreAsync(int x) => null!; }", "marked 'unsafe'")]
    public void G12_Modifiers_that_cannot_work_are_refused(string source, string reason)
        => Assert.Contains(reason, Assert.Single(Consumer.Diagnose(source)), StringComparison.Ordinal);

    [Fact]
    public async Task G13_Attributes_that_concern_callers_are_forwarded() => await Consumer.MustPrint(
        "GetCached: Obsolete RequiresUnreferencedCode SupportedOSPlatform Experimental EditorBrowsable, RefreshAsync: Obsolete RequiresUnreferencedCode SupportedOSPlatform Experimental EditorBrowsable",
        """
        using System.ComponentModel;
        using System.Diagnostics.CodeAnalysis;
        using System.Runtime.Versioning;

        internal partial class C
        {
            [CachedResponse]
            [Obsolete("Use \"Other\"."), RequiresUnreferencedCode("Reads \\ types."), SupportedOSPlatform("linux"), Experimental("X1", UrlFormat = "u")]
            [EditorBrowsable(EditorBrowsableState.Never)]
            internal Task<int> Get(int x) => Task.FromResult(x);
        }
        internal static class Scenario
        {
            public static string Run()
            {
                const System.Reflection.BindingFlags Any = System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic;
                return $"GetCached: {Of(typeof(C).GetMethod("GetCached", Any)!)}, RefreshAsync: {Of(typeof(C).GetNestedType("GetCacheHandle", Any)!.GetMethod("RefreshAsync", Any)!)}";
                string Of(System.Reflection.MethodInfo method) => string.Join(' ', System.Reflection.CustomAttributeData.GetCustomAttributes(method)
                    .Select(static attribute => attribute.AttributeType.Name.Replace("Attribute", ""))
                    .Where(static name => name is not ("GeneratedCode" or "AsyncStateMachine" or "DebuggerStepThrough" or "NullableContext" or "Nullable")));
            }
        }
        """);

    [Fact]
    public void G13_Documentation_is_inherited() => Assert.Contains(
        "/// <inheritdoc cref=\"Get\"/>",
        Consumer.CompileWithUsings("internal partial class C { [CachedResponse] internal int Get(int x) => x; }").Snapshot,
        StringComparison.Ordinal);

    [Fact]
    public void G14_Generated_files_are_marked_and_clean_without_the_mark()
    {
        // Every consumer that is compiled in these tests is also compiled without the mark: see Consumer.
        var consumer = Consumer.CompileWithUsings("""
            internal partial class C
            {
                [CachedResponse("5m", RefreshAfter = "1m", StaleOnError = "1h", Tags = ["x:{x}"])] internal Task<string?> GetAsync(string? x, int[] y) => Task.FromResult(x);
            }
            """);

        Assert.Empty(consumer.ProblemsWithoutMark());
        Assert.All(consumer.Files.Values, static text =>
        {
            Assert.StartsWith("// <auto-generated/>\n#nullable enable\n", text, StringComparison.Ordinal);
            Assert.Contains("GeneratedCode(\"Memoize.Generators\"", text, StringComparison.Ordinal);
            Assert.DoesNotContain("#pragma", text, StringComparison.Ordinal);
            Assert.DoesNotContain("SuppressMessage", text, StringComparison.Ordinal);
            Assert.DoesNotContain("global::global::", text, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("file partial class C { [CachedResponse] int Get() => 1; }", "MEMO002", "file-local")]
    [InlineData("partial interface I { [CachedResponse] int Get() => 1; }", "MEMO002", "not in a class or struct")]
    [InlineData("ref partial struct R { [CachedResponse] int Get() => 1; }", "MEMO002", "ref struct")]
    [InlineData("partial class C { [CachedResponse] public static C operator +(C x, C y) => x; }", "MEMO002", "not an ordinary method")]
    [InlineData("partial class C { int P { [CachedResponse] get => 1; } }", "MEMO002", "not an ordinary method")]
    [InlineData("partial class C { int this[int x] { [CachedResponse] get => 1; } }", "MEMO002", "not an ordinary method")]
    [InlineData("class C { [CachedResponse] int Get() => 1; }", "MEMO001", "write 'partial'")]
    [InlineData("class C { partial class D { [CachedResponse] int Get() => 1; } }", "MEMO001", "'C'")]
    [InlineData("partial class C { [CachedResponse] void Get() { } }", "MEMO003", "'void'")]
    [InlineData("partial class C { [CachedResponse] async void Get() => await Task.Yield(); }", "MEMO003", "'void'")]
    [InlineData("partial class C { [CachedResponse] Task Get() => null!; }", "MEMO003", "Task")]
    [InlineData("partial class C { [CachedResponse] ValueTask Get() => default; }", "MEMO003", "ValueTask")]
    [InlineData("partial class C { [CachedResponse] Span<int> Get() => default; }", "MEMO003", "Span")]
    [InlineData("partial class C { int _x; [CachedResponse] ref int Get() => ref _x; }", "MEMO003", "int")]
    [InlineData("partial class C { [CachedResponse] IEnumerable<int> Get() { yield return 1; } }", "MEMO019", "an array")]
    [InlineData("partial class C { [CachedResponse] private partial IEnumerable<int> Get(); IEnumerable<int> GetCore() { foreach (var x in new[] { 1 }) yield return x; } }", "MEMO019", "an array")]
    [InlineData("partial class C { [CachedResponse] async IAsyncEnumerable<int> Get() { yield return 1; await Task.Yield(); } }", "MEMO019", "IAsyncEnumerable")]
    [InlineData("partial class C { [CachedResponse] IEnumerator<int> Get() => null!; }", "MEMO019", "IEnumerator")]
    [InlineData("partial class C { [CachedResponse] IQueryable<int> Get() => null!; }", "MEMO019", "IQueryable")]
    [InlineData("partial class C { [CachedResponse] Task<IOrderedQueryable<int>> Get() => null!; }", "MEMO019", "IOrderedQueryable")]
    [InlineData("abstract class DbSet<T> : IQueryable<T> { public abstract Type ElementType { get; } public abstract System.Linq.Expressions.Expression Expression { get; } public abstract IQueryProvider Provider { get; } public abstract IEnumerator<T> GetEnumerator(); System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator(); } partial class C { [CachedResponse] DbSet<int> Get() => null!; }", "MEMO019", "DbSet")]
    [InlineData("abstract class Rows : IAsyncEnumerable<int> { public abstract IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken token); } partial class C { [CachedResponse] Task<Rows> Get() => null!; }", "MEMO019", "Rows")]
    [InlineData("partial class C { [CachedResponse] T Get<T>() where T : IOrderedQueryable<int> => default!; }", "MEMO019", "'T'")]
    [InlineData("partial class C { [CachedResponse] ParallelQuery Get() => null!; }", "MEMO019", "ParallelQuery")]
    [InlineData("partial class C { [CachedResponse] OrderedParallelQuery<int> Get() => null!; }", "MEMO019", "OrderedParallelQuery")]
    [InlineData("partial class C { [CachedResponse] IOrderedEnumerable<int> Get() => null!; }", "MEMO019", "IOrderedEnumerable")]
    [InlineData("partial class C { [CachedResponse] List<int>.Enumerator Get() => default; }", "MEMO019", "Enumerator")]
    [InlineData("partial class C { [CachedResponse] System.Collections.IDictionaryEnumerator Get() => null!; }", "MEMO019", "IDictionaryEnumerator")]
    [InlineData("partial class C { [CachedResponse] Lazy<Task<int>> Get() => null!; }", "MEMO019", "Lazy")]
    [InlineData("partial class C { [CachedResponse] Task<(IQueryable<int> Rows, int Count)> Get() => null!; }", "MEMO019", "IQueryable")]
    [InlineData("partial class C { [CachedResponse] System.Threading.Channels.ChannelReader<int> Get() => null!; }", "MEMO019", "ChannelReader")]
    [InlineData("partial class C { [CachedResponse] System.Runtime.CompilerServices.ConfiguredCancelableAsyncEnumerable<int> Get() => default; }", "MEMO019", "ConfiguredCancelableAsyncEnumerable")]
    [InlineData("partial class C { [CachedResponse] Task<System.IO.Stream> Get() => null!; }", "MEMO019", "Stream")]
    [InlineData("partial class C { [CachedResponse] Task<System.IO.FileStream?> Get() => null!; }", "MEMO019", "FileStream")]
    [InlineData("partial class C { [CachedResponse] Task<System.Net.Http.HttpResponseMessage> Get() => null!; }", "MEMO019", "HttpResponseMessage")]
    [InlineData("partial class C { [CachedResponse] Task<Task<int>> Get() => null!; }", "MEMO019", "Task")]
    [InlineData("partial class C { [CachedResponse] T Get<T>() where T : IAsyncDisposable => default!; }", "MEMO019", "'T'")]
    [InlineData("partial class C { [CachedResponse] private partial int Get(int x, CancellationToken token); }", "MEMO006", "write 'private int GetCore(int x, System.Threading.CancellationToken token)'")]
    [InlineData("partial class C { [CachedResponse] private partial int Get(string? x); int GetCore(long x) => 1; }", "MEMO007", "write 'private int GetCore(string? x)'")]
    [InlineData("partial class C { [CachedResponse] private partial int Get(int x); void GetCore(int x) { } }", "MEMO007", "write 'private int GetCore(int x)'")]
    [InlineData("partial class C { [CachedResponse] int Get(int x) => 1; int GetCache => 1; }", "MEMO010", "[CachedResponse(Handle = ")]
    [InlineData("partial class C { [CachedResponse] int Get<T>(T x) => 1; int GetCached<U>(U x) => 1; }", "MEMO010", "[CachedResponse(Name = ")]
    public void G15_What_cannot_be_cached_is_refused_with_the_way_out(string source, string id, string reason)
    {
        var message = Assert.Single(Consumer.Diagnose(source));
        Assert.StartsWith(id, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void G15_Local_functions_lambdas_and_extension_blocks_do_not_crash() => Assert.Empty(Consumer.Generate("""
        using System;
        using Memoize;
        partial class C
        {
            void M()
            {
                [CachedResponse] int Local() => 1;
                Func<int> lambda = [CachedResponse] () => 1;
            }
        }
        static partial class Extensions
        {
            extension(int x) { [CachedResponse] public int Twice() => 2 * x; }
        }
        """).Files);

    [Fact]
    public void G15_The_attribute_may_stand_on_either_part_of_a_partial_method() => Consumer.CompileWithUsings("""
        internal partial class C
        {
            private partial int Get(int x);
            [CachedResponse] private partial int Get(int x) => x;
            [CachedResponse] private partial int Load(int x);
            private partial int Load(int x) => x;
            internal int Sum() => GetCached(1) + LoadCached(1);
        }
        """);

    [Fact]
    public void G15_An_iterator_inside_the_method_is_no_matter() => Assert.Empty(Consumer.Diagnose("""
        partial class C
        {
            [CachedResponse] IEnumerable<int> Get()
            {
                return Inner().ToArray();
                IEnumerable<int> Inner() { yield return 1; }
            }
        }
        """));

    private static string Ids(string source, bool mayEmit = false)
        => string.Join(' ', Consumer.Diagnose(source, mayEmit).Select(static message => message[.."MEMO000".Length]));
}
