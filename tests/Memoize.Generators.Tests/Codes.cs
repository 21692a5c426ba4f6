using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Tests;

/// <summary>
/// The fingerprint of the code behind a method with <c>InvalidateOnCodeChange</c>: it changes with whatever the method runs of
/// its project, wherever that stands, and with nothing else.
/// </summary>
public sealed partial class Codes
{
    private const string Service = """
        using System.Threading.Tasks;
        using Memoize;
        using Shop;

        internal sealed partial class Quotes : QuotesBase
        {
            [CachedResponse("5m", InvalidateOnCodeChange = true)]
            internal partial Task<int> GetAsync(int id);

            private async Task<int> GetCoreAsync(int id)
            {
                // The sum of it all.
                await Task.Yield();
                return Prices.Of(id) + Own(id);
            }

            [CachedResponse(InvalidateOnCodeChange = true)]
            internal static int Load(int id) => id + 1;

            [CachedResponse(InvalidateOnCodeChange = true, Key = nameof(KeyOf))]
            internal static int Keyed(int id) => id + 2;

            [CachedResponse]
            internal static int Plain(int id) => Prices.Of(id);

            private static int Own(int id)
            {
                return Local() + Inherited(id);
                int Local() => id;
            }
        }
        """;

    private const string Other = """
        using System;
        using System.Collections.Generic;
        using Memoize;

        namespace Shop
        {
            internal abstract class QuotesBase
            {
                protected static int Inherited(int id) => id - 1;
                protected static string KeyOf(int id) => $"no. {id}";
            }

            internal static class Prices
            {
                internal const int Base = 100;
                private static readonly int Start = 200;
                private static int Unused => 1;

                // of
                internal static int Of(int id)
                {
                    Func<int, int> half = Halve;
                    var basket = new Basket(id) { Extra = 1 };
                    Basket sum = basket + basket;
                    return half(Base) + Start + sum.Total + (int)sum + Again(id) + Numbers.Cached(id) + id.Twice();
                }

                private static int Halve(int x) => x / 2;

                private static int Again(int id) => id == 0 ? 0 : Again(id - 1) + Of(0);

                private static int NotCalled(int id) => id * 17;
            }

            internal sealed class Basket(int id)
            {
                private readonly int _count = 3;
                public int Total => _count + id;
                public int Extra { get; init => field = value + 5; } = 4;
                public static Basket operator +(Basket left, Basket right) => new(left.Total + right.Total + 6);
                public static explicit operator int(Basket basket) => basket.Total + 7;
            }

            internal static class Extensions
            {
                internal static int Twice(this int id) => id * 8;
            }

            internal static partial class Numbers
            {
                [CachedResponse] internal static partial int Cached(int id);
                private static int CachedCore(int id) => id + 9;
            }
        }
        """;

    [Theory]
    [InlineData("a method that is called", "Func<int, int> half = Halve;", "id++; Func<int, int> half = Halve;")]
    [InlineData("a method that a delegate is made of", "x / 2", "x / 3")]
    [InlineData("a method that calls itself and its caller", "? 0 :", "? 1 :")]
    [InlineData("an inherited method", "id - 1;", "id - 2;")]
    [InlineData("a constant", "Base = 100", "Base = 101")]
    [InlineData("the initial value of a static field", "Start = 200", "Start = 201")]
    [InlineData("the initial value of a field of an object that is made", "_count = 3", "_count = 4")]
    [InlineData("the initial value of a property of an object that is made", "} = 4", "} = 5")]
    [InlineData("a getter", "_count + id;", "_count - id;")]
    [InlineData("a setter", "value + 5", "value + 6")]
    [InlineData("an operator", "right.Total + 6", "right.Total + 5")]
    [InlineData("a conversion", "basket.Total + 7", "basket.Total + 8")]
    [InlineData("an extension method", "id * 8", "id * 9")]
    [InlineData("the core of a cached method", "id + 9", "id + 10")]
    public void Change_with_what_the_method_reaches_in_other_files(string what, string before, string after)
    {
        var (kept, fresh, unedited) = Run(Other, Replace(Other, before, after));
        Assert.Equal(fresh, kept);
        Assert.True(unedited["GetAsync"] != fresh["GetAsync"], $"The fingerprint is the same after an edit of {what}.");
        Assert.Equal(unedited["Load"], fresh["Load"]);
    }

    [Fact]
    public void Change_with_what_makes_the_key()
    {
        var (kept, fresh, unedited) = Run(Other, Replace(Other, "no. {id}", "number {id}"));
        Assert.Equal(fresh, kept);
        Assert.NotEqual(unedited["Keyed"], fresh["Keyed"]);
        Assert.Equal(unedited["GetAsync"], fresh["GetAsync"]);
    }

    [Theory]
    [InlineData("// of", "// what it costs")]
    [InlineData("{\n            Func<int, int> half = Halve;", "{\n\n            Func<int,int>   half = /* by two */ Halve;")]
    [InlineData("id * 17", "id * 18")]
    [InlineData("Unused => 1", "Unused => 2")]
    [InlineData("private static int NotCalled(int id) => id * 17;", "")]
    [InlineData("internal static class Extensions", "[Obsolete] internal static class More { internal static int M(int x) => x; }\n internal static class Extensions")]
    public void Stay_when_nothing_that_runs_has_changed(string before, string after)
    {
        var (kept, fresh, unedited) = Run(Other, Replace(Other, before.ReplaceLineEndings("\n"), after.ReplaceLineEndings("\n")));
        Assert.Equal(fresh, kept);
        Assert.Equal(unedited, fresh);
    }

    [Theory]
    [InlineData("Prices.Of(id) + Own(id)", "Prices.Of(id) - Own(id)", true)]
    [InlineData("int Local() => id;", "int Local() => id + 1;", true)]
    [InlineData("// The sum of it all.", "/* The sum\n of it all. */\n\n", false)]
    [InlineData("\"5m\"", "\"6m\"", false)]
    [InlineData("private static int Own", "private protected static int Own", false)]
    public void Follow_the_methods_own_body(string before, string after, bool changes)
    {
        var unedited = Fingerprints(Consumer.Driver().RunGenerators(Consumer.Project(Service, Other)));
        var edited = Fingerprints(Consumer.Driver().RunGenerators(Consumer.Project(Replace(Service, before, after).Replace("sealed partial", changes ? "sealed partial" : "partial", StringComparison.Ordinal), Other)));
        Assert.Equal(changes, unedited["GetAsync"] != edited["GetAsync"]);
        Assert.Equal(unedited["Load"], edited["Load"]);
    }

    [Fact]
    public void Do_not_depend_on_the_file_that_something_stands_in() => Assert.Equal(
        Fingerprints(Consumer.Driver().RunGenerators(Consumer.Project(Service, Other))),
        Fingerprints(Consumer.Driver().RunGenerators(Consumer.Project(Other, Service))));

    [Fact]
    public void Are_written_only_for_methods_that_ask()
    {
        var consumer = Consumer.Compile(Service.Replace("+ Own(id)", "", StringComparison.Ordinal).Replace("private static int Own", "internal static int Own", StringComparison.Ordinal), Replace(Other, "internal const", "internal static int Use() => Unused + NotCalled(1);\n        internal const"));
        Assert.Contains("Code = 0x", consumer.Files["Quotes.Load.g.cs"], StringComparison.Ordinal);
        Assert.DoesNotContain("Code = 0x", consumer.Files["Quotes.Plain.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Emit_only_the_method_whose_code_has_changed()
    {
        var project = Consumer.Project(Service, Other);
        var tree = project.SyntaxTrees.Last();
        var after = Consumer.Driver().RunGenerators(project)
            .RunGenerators(project.ReplaceSyntaxTree(tree, Consumer.Parse(Replace(Other, "x / 2", "x / 3"), tree.FilePath)))
            .GetRunResult().Results.Single();

        Assert.Equal(IncrementalStepRunReason.Modified, after.TrackedSteps[CachedResponseGenerator.CodesStep].Single().Outputs.Single().Reason);
        Assert.Single(
            after.TrackedSteps[CachedResponseGenerator.MethodsWithCodeStep].SelectMany(static step => step.Outputs),
            static output => output.Reason == IncrementalStepRunReason.Modified);
        Assert.Single(
            after.TrackedOutputSteps.SelectMany(static steps => steps.Value).SelectMany(static step => step.Outputs),
            static output => output.Reason == IncrementalStepRunReason.Modified);
    }

    private static string Replace(string text, string before, string after)
    {
        text = text.ReplaceLineEndings("\n");
        Assert.Contains(before, text, StringComparison.Ordinal);
        return text.Replace(before, after, StringComparison.Ordinal);
    }

    // A warm driver goes over the edit, a fresh one sees the result only. They must agree.
    private static (Dictionary<string, string> Kept, Dictionary<string, string> Fresh, Dictionary<string, string> Unedited) Run(string before, string after)
    {
        var project = Consumer.Project(Service, before);
        var tree = project.SyntaxTrees.Last();
        var edited = project.ReplaceSyntaxTree(tree, Consumer.Parse(after, tree.FilePath));

        var warm = Consumer.Driver().RunGenerators(project);
        return (Fingerprints(warm.RunGenerators(edited)), Fingerprints(Consumer.Driver().RunGenerators(edited)), Fingerprints(warm));
    }

    private static Dictionary<string, string> Fingerprints(GeneratorDriver driver) => driver.GetRunResult().Results.Single().GeneratedSources
        .Where(static file => CodeLiteral().IsMatch(file.SourceText.ToString()))
        .ToDictionary(static file => file.HintName.Split('.')[^3], static file => CodeLiteral().Match(file.SourceText.ToString()).Value, StringComparer.Ordinal);

    [GeneratedRegex("Code = 0x[0-9A-F]{16}UL", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeLiteral();
}
