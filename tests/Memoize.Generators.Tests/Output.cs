using System.Globalization;

namespace Memoize.Generators.Tests;

/// <summary>The emitted text is the same from run to run and from machine to machine.</summary>
public sealed class Output
{
    private const string Source = """
        using System.Threading.Tasks;
        using Memoize;

        /// <summary>Capital i, which is not what it seems in Turkey.</summary>
        public partial class ISTANBUL
        {
            /// <summary>Title.</summary>
            [CachedResponse("1234ms", Capacity = 1234567, Jitter = 0.5, Version = -1, Tags = ["i:{i}"])]
            public Task<int> InitIfAsync(int i = -5, double ratio = 1234.5, decimal sum = -0.5m) => Task.FromResult(i);
        }
        """;

    [Fact]
    public void G05_Is_the_same_from_run_to_run() => Assert.Equal(Consumer.Compile(Source).Snapshot, Consumer.Compile(Source).Snapshot);

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public void G05_Is_the_same_under_every_culture(string name)
    {
        var invariant = Under(CultureInfo.InvariantCulture);
        Assert.Equal(invariant, Under(CultureInfo.GetCultureInfo(name)));

        static string Under(CultureInfo culture)
        {
            var before = CultureInfo.CurrentCulture;
            CultureInfo.CurrentCulture = culture;
            try
            {
                return Consumer.Compile(Source).Snapshot;
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        }
    }

    [Fact]
    public void G05_Has_line_feeds_only() => Assert.All(
        Consumer.Compile(Source.ReplaceLineEndings("\r\n")).Files.Values,
        static text => Assert.DoesNotContain('\r', text));

    [Fact]
    public void G06_Files_are_told_apart_without_regard_to_case()
    {
        var consumer = Consumer.Compile("""
            using Memoize;
            partial class Quotes { [CachedResponse] internal int Get(int x) => x; }
            partial class quoteS { [CachedResponse] internal int Get(int x) => x; }
            partial class Other { [CachedResponse] internal int Get(int x) => x; [CachedResponse] internal int Get(A.X x) => 1; [CachedResponse] internal int Get(B.X x) => 1; }
            partial class Handles { [CachedResponse(Name = "One")] internal int Get(A.X x) => 1; [CachedResponse(Name = "Two")] internal int Get(B.X x) => 1; }
            namespace A { internal readonly record struct X; }
            namespace B { internal readonly record struct X; }
            """.Replace("[CachedResponse] internal int Get(B.X x) => 1; }\npartial class Handles", "}\npartial class Handles", StringComparison.Ordinal));

        Assert.Equal(6, consumer.Files.Count);
        Assert.Equal(6, consumer.Files.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void G02_Is_missing_where_the_method_cannot_be_cached_and_nothing_is_said_unless_it_is_partial()
    {
        var consumer = Consumer.Generate("""
            using System;
            using System.Threading.Tasks;
            using Memoize;

            class NotPartial { [CachedResponse] int Get() => 1; }
            partial class C
            {
                [CachedResponse] void Nothing() { }
                [CachedResponse] Task Nothing2() => Task.CompletedTask;
                [CachedResponse] ValueTask Nothing3() => default;
                [CachedResponse] int Ref(ref int x) => x;
                [CachedResponse] int Out(out int x) => x = 1;
                [CachedResponse] int Span(ReadOnlySpan<char> x) => 1;
                [CachedResponse] int Enumerable(System.Collections.Generic.IEnumerable<int> x) => 1;
                [CachedResponse] int Allows<T>(T x) where T : allows ref struct => 1;
                [CachedResponse] ReadOnlySpan<char> ReturnsSpan() => default;
                [CachedResponse] ref int ReturnsRef(int[] x) => ref x[0];
                [CachedResponse("10")] int BareNumber() => 1;
                [CachedResponse("24:00:00")] int Overflowing() => 1;
                [CachedResponse(Capacity = 0)] int Full() => 1;
                [CachedResponse] int Clash(int x) => x;
                int ClashCached(int x) => x;
                [CachedResponse] internal partial int NoCore(int x);
                [CachedResponse] internal partial int OtherCore(int x);
                int OtherCoreCore(string x) => 1;
            }
            file partial class F { [CachedResponse] int Get() => 1; }
            ref partial struct R { [CachedResponse] int Get() => 1; }
            partial interface I { [CachedResponse] int Get() => 1; }
            """);

        Assert.Equal(["C.NoCore.g.cs", "C.OtherCore.g.cs"], consumer.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(consumer.Stubs.Order(StringComparer.Ordinal), consumer.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(consumer.Reports);
    }
}
