using Memoize.Generators.Tests.Analyzers;

namespace Memoize.Generators.Tests;

/// <summary>Types that are made of ever new types: nothing that looks into types may look for their end.</summary>
public sealed class EndlessTypes
{
    private const string Types = """
        internal sealed record Tree<T>(T Value, Tree<IReadOnlyList<T>>? Deeper, Tree<(T, T)>? Wider);
        """;

    [Fact]
    public async Task Are_results_like_any_other() => await Consumer.MustPrint(
        "1, 1 run",
        $$"""
        {{Types}}
        internal static partial class Trees
        {
            public static int Runs;
            [CachedResponse("5m")] public static partial Tree<int> Grow(int value);
            private static Tree<int> GrowCore(int value) { Runs++; return new(value, null, null); }
        }
        internal static class Scenario
        {
            public static string Run() { Trees.Grow(1); return $"{Trees.Grow(1).Value}, {Trees.Runs} run"; }
        }
        """);

    [Fact]
    public void Are_no_keys() => Assert.Contains(
        "has no end of types within it",
        Assert.Single(Consumer.Diagnose(Types + "internal static partial class Trees { [CachedResponse] public static int Count(Tree<int> tree) => 1; }")),
        StringComparison.Ordinal);

    [Fact]
    public async Task Are_looked_at_by_every_rule() => await Analysis.MustReportAsync($$"""
        {{Types}}
        internal static partial class Trees
        {
            [CachedResponse("5m", Store = "s")] public static Tree<int> {|MEMO038:Grow|}(int value) => new(value, null, null);
        }
        """);
}
