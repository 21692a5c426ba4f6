namespace Memoize.Generators.Tests;

/// <summary>
/// A pragma of the user's does not reach into a generated file. What his declaration uses although it is obsolete or experimental
/// is not told there again, and nothing else is kept quiet.
/// </summary>
public sealed class Warnings
{
    [Fact]
    public void Obsolete_and_experimental_types_of_a_declaration_are_told_at_the_declaration_only()
    {
        var consumer = MustCompile("""
            [Experimental("EXP1")] public sealed record Preview(int Value);
            [Obsolete("Use Preview.")] public sealed record Former(int Value);
            [Obsolete] public enum Kind { One }
            [Obsolete("", DiagnosticId = "LIB0001")] public interface IOld;
            public static class Outer { [Experimental("EXP2")] public static class Middle { public sealed record Inner; } }
            [Obsolete] public static class Limits { public const int Entries = 5; }
            public enum Level { Low, [Obsolete("Not any more.")] High }

            public static partial class Uses
            {
                [CachedResponse("1h")] public static partial Preview Result(int x);
                private static Preview ResultCore(int x) => new(x);
                [CachedResponse("1h")] public static partial Task<List<Former[]?>> ResultAsync(int x);
                private static Task<List<Former[]?>> ResultCoreAsync(int x) => Task.FromResult(new List<Former[]?>());
                [CachedResponse("1h")] public static int Parameter(Kind? x, (Outer.Middle.Inner, int) y) => 1;
                [CachedResponse("1h")] public static int Constraint<T>(int x) where T : IOld => 1;
                [CachedResponse("1h", Capacity = Limits.Entries)] public static int Attribute(int x) => 1;
                [CachedResponse("1h")] public static int Default(Level x = Level.High) => 1;
                [CachedResponse("1h")] public static partial Preview Stub(object x);
            }
            """);

        Assert.Equal("EXP1", Suppressed(consumer, "Uses.Result"));
        Assert.Equal("CS0618", Suppressed(consumer, "Uses.ResultAsync"));
        Assert.Equal("CS0612, EXP2", Suppressed(consumer, "Uses.Parameter"));
        Assert.Equal("LIB0001", Suppressed(consumer, "Uses.Constraint"));
        Assert.Null(Suppressed(consumer, "Uses.Attribute"));
        Assert.Equal("CS0618", Suppressed(consumer, "Uses.Default"));
        Assert.Equal("EXP1", Suppressed(consumer, "Uses.Stub"));
    }

    [Fact]
    public void What_the_generated_file_calls_may_be_obsolete_or_experimental()
    {
        var consumer = MustCompile("""
            public sealed record Symbol(string Name)
            {
                [Obsolete("Use Name.")] public string? Ticker { get; init; }
            }
            public sealed record Order((int, Symbol) Part);
            [Obsolete] public enum Area { One }
            [Experimental("EXP1")] public sealed class Lengths : IEqualityComparer<string>
            {
                public bool Equals(string? one, string? other) => one?.Length == other?.Length;
                public int GetHashCode(string text) => text.Length;
            }
            public partial class Uses([CacheKey] string tenant)
            {
                [Obsolete, CacheKey] private readonly int _region = 1;
                [CachedResponse("1h")] public partial int Core(int x);
                [Experimental("EXP2")] private int CoreCore(int x) => x;
                [CachedResponse("1h", When = nameof(IsGood))] public int Callback(int x) => x;
                [Obsolete("No.")] private static bool IsGood(int x) => true;
            }
            public partial class Regional([CacheKey] Area area)
            {
                [CachedResponse("1h")] public int Captured(int x) => x + (int)area;
            }
            public static partial class Keys
            {
                [CachedResponse("1h")] public static int Inner(Order x) => 1;
                [CachedResponse("1h")] public static int Member(List<Symbol> x) => 1;
                [CachedResponse("1h")] public static int Comparer([CacheKey(Comparer = typeof(Lengths))] string x) => 1;
                [CachedResponse("1h")] public static int Clean(int x, string y) => 1;
            }
            """);

        Assert.Equal("CS0612, EXP2", Suppressed(consumer, "Uses.Core"));
        Assert.Equal("CS0612, CS0618", Suppressed(consumer, "Uses.Callback"));
        Assert.Equal("CS0618", Suppressed(consumer, "Keys.Member"));
        Assert.Equal("EXP1", Suppressed(consumer, "Keys.Comparer"));
        Assert.Equal("CS0618", Suppressed(consumer, "Keys.Inner"));
        Assert.Equal("CS0612", Suppressed(consumer, "Regional.Captured"));
        Assert.Null(Suppressed(consumer, "Keys.Clean"));
    }

    [Theory]
    [InlineData("assembly")]
    [InlineData("module")]
    public void What_is_experimental_may_be_a_whole_library(string target)
    {
        var library = Consumer.Project($"[{target}: System.Diagnostics.CodeAnalysis.Experimental(\"LIB1\")]\nnamespace Library;\npublic sealed record Preview(int Value);").WithAssemblyName("Library");
        using var image = new MemoryStream();
        Assert.True(library.WithOptions(library.Options.WithGeneralDiagnosticOption(Microsoft.CodeAnalysis.ReportDiagnostic.Default)).Emit(image).Success);

        Assert.Contains("#pragma warning disable LIB1\n", Generated("[CachedResponse] internal static int Get(Library.Preview x) => 1;", Microsoft.CodeAnalysis.MetadataReference.CreateFromImage(image.ToArray())), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_obsolete_as_an_error_stays_an_error() => Assert.DoesNotContain(
        "#pragma", Generated("[CachedResponse(When = nameof(IsGood))] internal static int Get(int x) => 1; [System.Obsolete(\"No.\", error: true)] private static bool IsGood(int x) => true;"), StringComparison.Ordinal);

    private static string Generated(string members, params Microsoft.CodeAnalysis.MetadataReference[] references)
    {
        var project = Consumer.Project($"using Memoize;\nnamespace Shop;\ninternal static partial class C {{ {members} }}").AddReferences(references);
        return Assert.Single(Consumer.Driver().RunGenerators(project).GetRunResult().GeneratedTrees).ToString();
    }

    [Fact]
    public void Of_methods_that_are_obsolete_themselves_the_generated_members_are_too_and_nothing_is_kept_quiet()
    {
        var consumer = MustCompile("""
            public static partial class Uses
            {
                [Obsolete("Use Other."), CachedResponse("1h")] public static partial int Get(int x);
                private static int GetCore(int x) => x;
                [Experimental("EXP1"), CachedResponse("1h")] public static int Load(int x) => x;
            }
            """);
        Assert.Null(Suppressed(consumer, "Uses.Get"));
        Assert.Null(Suppressed(consumer, "Uses.Load"));
    }

    [Fact]
    public void The_reason_stands_above_the_pragma() => Assert.Contains(
        """
        #nullable enable
        // The method's own declaration uses what is obsolete or experimental, and its author is told there.
        #pragma warning disable EXP1

        partial class Uses
        """,
        MustCompile("""
            [Experimental("EXP1")] public sealed record Preview(int Value);
            public static partial class Uses { [CachedResponse("1h")] public static Preview Get(int x) => new(x); }
            """).Files["Uses.Get.g.cs"],
        StringComparison.Ordinal);

    [Fact]
    public void Only_asynchronous_methods_of_grains_switch_off_the_rule_against_ConfigureAwait_false()
    {
        var consumer = MustCompile("""
            namespace Orleans
            {
                namespace Runtime { public interface IAddressable; }
                public abstract class Grain : Runtime.IAddressable;
            }
            public partial class Counter : Orleans.Grain
            {
                [CachedResponse("1h")] public partial Task<int> CountAsync(int x);
                private Task<int> CountCoreAsync(int x) => Task.FromResult(x);
                [CachedResponse("1h")] public static int Count(int x) => x;
                private static partial class Inner { [CachedResponse("1h")] internal static Task<int> InnerAsync(int x) => Task.FromResult(x); }
            }
            public partial class Plain { [CachedResponse("1h")] public Task<int> CountAsync(int x) => Task.FromResult(x); }
            """);

        Assert.Equal("ORLEANS0014", Suppressed(consumer, "Counter.CountAsync"));
        Assert.Equal("ORLEANS0014", Suppressed(consumer, "Counter.Inner.InnerAsync"));
        Assert.Null(Suppressed(consumer, "Counter.Count"));
        Assert.Null(Suppressed(consumer, "Plain.CountAsync"));
    }

    private static string? Suppressed(Consumer consumer, string method)
    {
        const string Pragma = "#pragma warning disable ";
        return consumer.Files[method + ".g.cs"].Split('\n').SingleOrDefault(static line => line.StartsWith(Pragma, StringComparison.Ordinal))?[Pragma.Length..];
    }

    // The users of all this have said that they know.
    private static Consumer MustCompile(string source) => Consumer.Compile("""
        global using System;
        global using System.Collections.Generic;
        global using System.Diagnostics.CodeAnalysis;
        global using System.Threading.Tasks;
        global using Memoize;
        """, "#pragma warning disable CS1591, CS0612, CS0618, LIB0001, EXP1, EXP2, CS9113\n" + source);
}
