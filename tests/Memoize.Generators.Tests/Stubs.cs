using Memoize.Generators.Tests.Analyzers;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Tests;

/// <summary>
/// A partial method that cannot be cached is implemented all the same, by what throws: otherwise the compiler would say that it
/// is not (CS8795), and run no analyzers, which know why.
/// </summary>
public sealed class Stubs
{
    private const string Usings = """
        #pragma warning disable CS1591
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading.Tasks;
        using Memoize;

        """;

    [Fact]
    public void Every_legal_signature_is_implemented() => MustImplement(33, """
        public abstract partial class Root
        {
            public abstract int Overridden(object x);
            public virtual int Hidden(object x) => 1;
            public virtual T? OfClass<T>(object x) where T : class => null;
            public virtual T? OfAny<T>(object x) => default;
        }
        public unsafe abstract partial class All : Root
        {
            [CachedResponse] public override partial int Overridden(object x);
            [CachedResponse] public new virtual partial int Hidden(object x);
            [CachedResponse] public sealed override partial T? OfClass<T>(object x) where T : class;
            [CachedResponse] public override partial T? OfAny<T>(object x) where T : default;
            [CachedResponse] public partial void Nothing(int x);
            [CachedResponse] public partial Task NothingAsync(int x);
            [CachedResponse] public static partial ValueTask StaticAsync(int x);
            [CachedResponse] protected internal partial int Ref(ref int x, in int y, ref readonly int z);
            [CachedResponse] private protected partial int Out(out int x, out string y);
            [CachedResponse] public partial int Span(Span<int> x, scoped ReadOnlySpan<char> y, scoped ref int z);
            [CachedResponse] public partial int Params(object x, params string[] names);
            [CachedResponse] public partial int ParamsSpan(params ReadOnlySpan<int> x);
            [CachedResponse] public partial int Pointer(int* x, delegate*<int, string, void> y, delegate* unmanaged[Cdecl]<int*> z);
            [CachedResponse] public partial int* ReturnsPointer(int x);
            [CachedResponse] public partial ref int ReturnsRef(int[] x);
            [CachedResponse] public partial ref readonly int ReturnsRefReadonly(int[] x);
            [CachedResponse] public partial Span<int> ReturnsSpan(int[] x);
            [CachedResponse] public partial (int Left, string? Right)? Tuple(object x, (string? A, (int B, int C)) y, List<(int D, dynamic? E)?> z);
            [CachedResponse] public partial string? Nullable(object? x, string?[]? y, int? z, Dictionary<string, object?>? w = null, int v = 5);
            [CachedResponse] public partial T Generic<T, U>(T x, U y) where T : class, IComparable<T>?, new() where U : unmanaged, Enum;
            [CachedResponse] public partial int RefStruct<T>(T x) where T : allows ref struct;
            [CachedResponse] public partial @class Keyword<@record>(@record @event, object @await) where @record : notnull;
            [CachedResponse("5")] public partial int Duration(int x);
            [CachedResponse] private partial Stream Stream(int x);
        }
        public partial class Safe
        {
            [CachedResponse] internal unsafe partial Task<int> UnsafeAsync(int* x);
        }
        public readonly ref partial struct Ref
        {
            [CachedResponse] public partial int Get(int x);
        }
        public partial struct Value
        {
            [CachedResponse] public readonly partial int Get(object x);
        }
        public partial record struct Pair<T>(T One) where T : notnull
        {
            [CachedResponse] public static partial T? Get(object x, T y);
        }
        public static partial class Extensions
        {
            [CachedResponse] public static partial int Get(this object x);
        }
        public partial interface IQuotes
        {
            [CachedResponse] public static partial int Get(int x);
            [CachedResponse] public partial int Get(string x);
            public partial class Nested { [CachedResponse] public partial int Get(object x); }
        }
        public partial interface IVariant<in T, out U> { [CachedResponse] public partial U? Get(T x); }
        public class @class;
        """);

    [Fact]
    public async Task The_body_names_everything_that_is_wrong() => await Consumer.MustPrint(
        "'Quotes.Get' cannot be cached: MEMO005 (This parameter has no value equality), MEMO008 (This is not a duration). The build says what to do about it.",
        """
        internal static partial class Quotes
        {
            [CachedResponse("5")] internal static partial int Get(object x, object y);
            private static int GetCore(object x, object y) => 1;
        }
        internal static class Scenario
        {
            public static string Run()
            {
                try
                {
                    return Quotes.Get("", "").ToString();
                }
                catch (InvalidOperationException told)
                {
                    return told.Message;
                }
            }
        }
        """);

    [Fact]
    public void The_snapshot_of_one() => Memoize.Testing.Snapshot.Verify(Consumer.Generate(Usings + """
        namespace Shop;
        public partial class Quotes
        {
            [CachedResponse("5m")] public partial Task<int> GetAsync(object symbol, out int count);
        }
        """).Snapshot);

    [Fact]
    public void A_method_that_nobody_must_implement_gets_none()
    {
        // The compiler drops calls of the one, and wants a modifier of the other.
        var consumer = Consumer.Generate(Usings + """
            partial class Quotes
            {
                [CachedResponse] partial void Nothing(int x);
                [CachedResponse] partial int Get(object x);
            }
            """);
        Assert.Empty(consumer.Files);
        Assert.Equal(["CS8796"], Errors(consumer));
    }

    [Fact]
    public void A_method_that_is_declared_twice_is_implemented_once()
    {
        var consumer = Consumer.Generate(Usings + """
            partial class Quotes
            {
                [CachedResponse(Handle = "One")] public partial int Load(int x);
                [CachedResponse(Handle = "Two")] public partial int Load(int x);
                [CachedResponse] public partial int Get(object x);
                [CachedResponse] public partial int Get(object y);
                private static int LoadCore(int x) => x;
                [CachedResponse, CachedResponse] public partial int Double(object x);
            }
            """);
        Assert.Equal(3, consumer.Files.Count);
        Assert.Equal(["CS0111", "CS0111", "CS0121", "CS0579", "CS0756", "CS0756"], Errors(consumer));
    }

    [Fact]
    public async Task Of_what_cannot_be_implemented_the_generator_tells_and_the_analyzer_does_not()
    {
        const string Source = """
            public class {|MEMO001:NotPartial|}
            {
                [CachedResponse("5m")] public int Load(int x) => x;
                [CachedResponse("5m")] public partial int Get(int x);
                [CachedResponse("5m")] public partial int Get(string x);
                public partial class Nested { [CachedResponse("5m")] public partial int Get(int x); }
            }
            public class {|MEMO001:Ordinary|} { [CachedResponse("5m")] public int Load(int x) => x; }
            file partial class Hidden { [CachedResponse("5m")] public partial int {|MEMO002:Get|}(int x); }
            file record struct Secret;
            public static partial class Extensions
            {
                extension(string text) { [CachedResponse("5m")] public partial int {|MEMO002:Get|}(int x); }
            }
            public partial class Quotes : IComparable
            {
                [CachedResponse("5m")] partial int IComparable.{|MEMO002:CompareTo|}(object? x);
                [CachedResponse("5m")] public partial int {|MEMO002:Get|}(Secret x);
                [CachedResponse("5m")] public partial int Get(Missing {|MEMO004:x|});
                [CachedResponse("5m")] public partial Task<Missing> {|MEMO003:GetAsync|}(int x);
                [CachedResponse("5m")] public int Load(Missing {|MEMO004:x|}) => 1;
                [CachedResponse("5m")] public partial int Get(List<Missing> {|MEMO005:x|}, object {|MEMO005:y|});
            }
            """;
        await Analysis.MustReportAsync(Source);

        var consumer = Consumer.Generate(Analysis.Usings, Marks.Read(Source).Source);
        Assert.Equal("MEMO001 MEMO002 MEMO002 MEMO002 MEMO002 MEMO003 MEMO004 MEMO004 MEMO005 MEMO005", string.Join(' ', consumer.Reports.Select(static report => report.Id).Order(StringComparer.Ordinal)));
        consumer.MustSayWhyAnythingIsMissing();
    }

    [Fact]
    public async Task Of_a_wrapper_that_an_interface_waits_for_the_generator_tells()
    {
        const string Source = """
            public interface IQuotes { int GetCached(object x); int LoadCached(int x); }
            public partial class Quotes : IQuotes
            {
                [CachedResponse("5m")] public int Load(int x) => 1;
                [CachedResponse("5m")] public int Get(object {|MEMO005:x|}) => 1;
                [CachedResponse("5m")] public int Other(object {|MEMO005:x|}) => 1;
            }
            """;
        await Analysis.MustReportAsync(Source);
        Assert.Equal(["MEMO005"], Consumer.Generate(Analysis.Usings, Marks.Read(Source).Source).Reports.Select(static report => report.Id));
    }

    [Fact]
    public async Task What_another_generator_makes_is_not_there_for_this_one_and_that_is_told()
    {
        const string Made = "public partial class Quotes { private static int GetCore(int x) => x; } public record Symbol;";
        const string Source = """
            public partial class Quotes
            {
                [CachedResponse("5m")] public partial int {|MEMO002:Get|}(int x);
                [CachedResponse("5m")] public partial int Load(Symbol {|MEMO004:x|});
                private static int LoadCore(Symbol x) => 1;
            }
            """;
        var (source, marks) = Marks.Read(Source);

        // The generator runs first, then the other file is there.
        Consumer.Driver().RunGeneratorsAndUpdateCompilation(Consumer.Project(Analysis.Usings, source), out var output, out var reports);
        var seen = await Analysis.WithoutGeneratorAsync(output.AddSyntaxTrees(Consumer.Parse(Made, "Made.g.cs")));

        Assert.Equal(marks.Select(static mark => mark.Id), seen.Concat(reports).Select(static report => report.Id));
        Assert.Contains("another source generator makes", seen[0].GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_above_a_report_moves_the_report_and_nothing_else()
    {
        const string Source = """
            using Memoize;
            // above
            partial class Quotes
            {
                [CachedResponse] public partial int Get(object x);
                [CachedResponse] public int Load(int x) => x;
                class Inner { [CachedResponse] public partial int Get(int x); }
            }
            """;
        var project = Consumer.Project(Source);
        var driver = Consumer.Driver().RunGenerators(project);
        var tree = project.SyntaxTrees.Single();
        var result = driver.RunGenerators(project.ReplaceSyntaxTree(tree, Consumer.Parse(Source.Replace("// above", "// above\n// and more", StringComparison.Ordinal), tree.FilePath))).GetRunResult();

        Assert.Equal(7, Assert.Single(result.Diagnostics).Location.GetLineSpan().StartLinePosition.Line);
        var steps = result.Results.Single().TrackedSteps;
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(CachedResponseGenerator.ReportsStep));
        Assert.Equal([IncrementalStepRunReason.Cached], Reasons(CachedResponseGenerator.StubsStep));
        Assert.Equal([IncrementalStepRunReason.Cached], Reasons(CachedResponseGenerator.MethodsStep));
        Assert.Equal([IncrementalStepRunReason.Cached], Reasons(CachedResponseGenerator.FilesStep));

        IEnumerable<IncrementalStepRunReason> Reasons(string step) => steps[step].SelectMany(static run => run.Outputs).Select(static output => output.Reason);
    }

    private static void MustImplement(int count, string source)
    {
        var consumer = Consumer.Generate(Usings + source);
        Assert.Empty(consumer.Reports);
        Assert.True(consumer.Problems.Length == 0, string.Join('\n', consumer.Problems) + "\n\n" + consumer.Snapshot);
        Assert.Empty(consumer.ProblemsWithoutMark());
        Assert.Equal(count, consumer.Stubs.Count());
        Assert.Equal(count, consumer.Files.Count);
    }

    private static IEnumerable<string> Errors(Consumer consumer) => consumer.Output.GetDiagnostics()
        .Where(static diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error)
        .Select(static diagnostic => diagnostic.Id)
        .Order(StringComparer.Ordinal);
}
