using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Memoize.Generators.Tests;

/// <summary>
/// The generator does not look again when no declaration has changed. So: every edit of another file that matters is picked
/// up, and what is taken for unimportant is.
/// </summary>
public sealed class EditsElsewhere
{
    private const string Service = """
        #nullable enable
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using Memoize;
        using Shop.Types;

        namespace Shop;

        public partial class Quotes : QuotesBase
        {
            [CachedResponse(Lives.Short)]
            public partial Task<Answer> GetAsync(Symbol symbol, CancellationToken cancellationToken = default);

            [CachedResponse]
            internal int Of(Named named) => 1;

            [CachedResponse(Capacity = Lives.Entries)]
            internal int Count(Symbol symbol, Kind kind = Kind.Second) => 1;

            [CachedResponse(Key = nameof(KeyOf))]
            internal int Rate(Symbol symbol, object unimportant) => 1;

            [CachedResponse]
            internal int Weigh(Foreign foreign) => 1;
        }
        """;

    private const string Other = """
        #nullable enable
        using System.Threading;
        using System.Threading.Tasks;
        using Memoize;

        [assembly: CacheKeyFor(typeof(Shop.Types.Foreign), typeof(Shop.ForeignKey))]

        namespace Shop
        {
            internal static class ForeignKey
            {
                public static string Of(Shop.Types.Foreign foreign) => foreign.Name;
                public static string Of(int other) => "";
            }

            public partial class Quotes
            {
                private string KeyOf(Shop.Types.Symbol symbol) => symbol.Name;
                private string KeyOf() => "";

                // core
                private Task<Shop.Types.Answer> GetCoreAsync(Shop.Types.Symbol symbol, CancellationToken cancellationToken)
                    => Task.FromResult(new Shop.Types.Answer());
            }

            public class QuotesBase
            {
                // base
                private readonly int _unimportant = 1;
                protected int Unimportant() { return _unimportant + 1; }
            }

            public static class Lives
            {
                private const int Minutes = 5;
                public const string Short = nameof(Minutes) == "Minutes" ? "5m" : "6m";
                public const string Long = "1h";
                public const int Entries = Minutes * 100;
            }

            public enum Kind { First, Second }
        }

        namespace Shop.Types
        {
            public record Symbol(string Name);
            public record Answer;
            public class Foreign { public virtual string Name => ""; }
            public class Named { public override bool Equals(object? obj) => obj is Named; public override int GetHashCode() => 1; }
            public record Computed { public int Trimmed { get => 1; init { } } }
            public class Shown { private int _shown, _other; public int Value { get { return _shown; } } [System.Obsolete] public int Old { get; set; } = 1; public int Fixed { get; } = 1; [System.Obsolete] public int Field = 1; public int Made { get; init; } = 1; public int Plain { get; set; } = 1; }
        }
        """;

    [Theory]
    [InlineData("a constant in an attribute", "? \"5m\"", "? \"7m\"")]
    [InlineData("a constant of a constant", "Minutes = 5", "Minutes = 6")]
    [InlineData("a type loses its equality", "record Symbol(string Name)", "delegate int Symbol(string name)")]
    [InlineData("the core moves its token to the front", "Shop.Types.Symbol symbol, CancellationToken cancellationToken", "CancellationToken cancellationToken, Shop.Types.Symbol symbol")]
    [InlineData("the core becomes static", "private Task<Shop", "private static Task<Shop")]
    [InlineData("the core returns another kind of task", "private Task<Shop.Types.Answer> GetCoreAsync", "private async ValueTask<Shop.Types.Answer> GetCoreAsync")]
    [InlineData("the core goes", "GetCoreAsync", "FindCoreAsync")]
    [InlineData("the core has another parameter", "Shop.Types.Symbol symbol, Can", "Shop.Types.Symbol symbol, int more, Can")]
    [InlineData("a base class gets a memoizer", "// base", "protected Memoizer Memoizer = new();")]
    [InlineData("the type gets a memoizer in another part", "// core", "private readonly Memoizer _memoizer = new();")]
    [InlineData("the type gets a method of the name of a wrapper", "// core", "private int CountCached(Shop.Types.Symbol symbol, Kind kind) => 1;")]
    [InlineData("the type gets a second method with the attribute", "// core", "[CachedResponse] internal int Count(string symbol) => 1;")]
    [InlineData("a type moves to another namespace", "public enum Kind { First, Second }", "} namespace Shop.Types { public enum Kind { First, Second }")]
    [InlineData("a type becomes generic", "record Answer;", "record Answer<T>;")]
    [InlineData("a type becomes a ref struct", "public record Symbol(string Name);", "public ref struct Symbol;")]
    [InlineData("a type becomes a struct", "public record Answer;", "public record struct Answer;")]
    [InlineData("a result gets a member", "public record Answer;", "public record Answer(int Value);")]
    [InlineData("an enum in a key gets other values", "enum Kind { First, Second }", "enum Kind { First = 1, Second }")]
    [InlineData("an enum in a key gets a value that is a constant", "enum Kind { First, Second }", "enum Kind { First = Lives.Entries, Second }")]
    [InlineData("a record in a key gets a member", "record Symbol(string Name)", "record Symbol(string Name, int More)")]
    [InlineData("a record in a key hides a member", "record Symbol(string Name);", "record Symbol(string Name) { private int _more = 1; }")]
    [InlineData("a record in a key gets an equality of its own", "record Symbol(string Name);", "sealed record Symbol(string Name) { public bool Equals(Symbol? other) => true; public override int GetHashCode() => 1; }")]
    [InlineData("the key gets another parameter", "string KeyOf(Shop.Types.Symbol symbol)", "string KeyOf(Shop.Types.Symbol symbol, object unimportant)")]
    [InlineData("the key is of another type", "string KeyOf(Shop.Types.Symbol symbol) => symbol.Name", "int KeyOf(Shop.Types.Symbol symbol) => 1")]
    [InlineData("the key becomes static", "string KeyOf(Shop.Types.Symbol symbol)", "static string KeyOf(Shop.Types.Symbol symbol)")]
    [InlineData("no key stands for a type any more", "[assembly: CacheKeyFor(typeof(Shop.Types.Foreign), typeof(Shop.ForeignKey))]", "")]
    [InlineData("another key stands for a type", "[assembly: CacheKeyFor(typeof(Shop.Types.Foreign), typeof(Shop.ForeignKey))]", "[assembly: CacheKeyFor(typeof(Shop.Types.Symbol), typeof(Shop.ForeignKey))]")]
    [InlineData("the key of a type is of another type", "string Of(Shop.Types.Foreign foreign) => foreign.Name", "int Of(Shop.Types.Foreign foreign) => 1")]
    [InlineData("a class becomes sealed", "public partial class Quotes", "public sealed partial class Quotes")]
    [InlineData("a record in a key gets a collection", "record Symbol(string Name)", "record Symbol(string[] Names)")]
    [InlineData("a member of a record in a key becomes lax", "record Symbol(string Name)", "record Symbol(decimal Name)")]
    [InlineData("an equality becomes that of object", "bool Equals(object? obj) => obj is Named", "bool Equals(object? obj) => base.Equals(obj)")]
    [InlineData("a property gets a getter of its own", "record Symbol(string Name)", "record Symbol { public decimal Name { get => 1; init { } } } public record Other(string Name)")]
    [InlineData("a constant's name changes, which nameof reads", "nameof(Minutes) ==", "nameof(Entries) ==")]
    public void That_matter_are_picked_up(string what, string before, string after)
    {
        var (kept, fresh, unedited) = Run(Other, Replace(before, after));

        Assert.Equal(fresh, kept);
        Assert.True(unedited != fresh, $"The edit '{what}' changes nothing, so it proves nothing.");
    }

    [Theory]
    [InlineData("#nullable enable", "#nullable disable")]
    [InlineData("#nullable enable", "// <auto-generated/>")]
    [InlineData("#nullable enable", "/* <autogenerated> */\n#nullable enable")]
    [InlineData("private readonly int _unimportant = 1;", "private readonly int _unimportant =\n#nullable disable\n1;")]
    [InlineData("return _unimportant + 1;", "\n#nullable disable\nreturn _unimportant + 1;")]
    [InlineData("? \"5m\"", "? \"\"\"5m\"\"\"")]
    [InlineData("public int Trimmed { get => 1; init { } }", "public int Trimmed { get => field; init { } }")]
    [InlineData("public int Trimmed { get => 1; init { } }", "public int Trimmed { get => 1; init => field = value; }")]
    [InlineData("get { return _shown; }", "get { return _other; }")]
    [InlineData("get { return _shown; }", "get { return _shown + 1; }")]
    [InlineData("Old { get; set; } = 1;", "Old { get; set; } = 2;")]
    [InlineData("Old { get; set; } = 1;", "Old { get; set; }")]
    [InlineData("Fixed { get; } = 1;", "Fixed { get; } = 2;")]
    [InlineData("Field = 1;", "Field = 2;")]
    public void That_change_what_declarations_mean_are_seen(string before, string after)
        => Assert.False(Declarations.AreSame(Consumer.Parse(Other, "A.cs"), Consumer.Parse(Replace(before, after), "A.cs"), CancellationToken.None));

    [Theory]
    [InlineData("return _unimportant + 1;", "var sum = _unimportant; return sum + 2;")]
    [InlineData("string KeyOf(Shop.Types.Symbol symbol) => symbol.Name", "string KeyOf(Shop.Types.Symbol symbol) => symbol.Name.ToLowerInvariant()")]
    [InlineData("=> foreign.Name", "=> foreign.Name.Trim()")]
    [InlineData("get => 1;", "get => 2;")]
    [InlineData("// base", "// another comment")]
    [InlineData("_unimportant = 1", "_unimportant = 2")]
    [InlineData("Plain { get; set; } = 1;", "Plain { get; set; } = 2;")]
    [InlineData("Made { get; init; } = 1;", "Made { get; init; } = 2;")]
    [InlineData("=> Task.FromResult(new Shop.Types.Answer())", "=> Task.FromException<Shop.Types.Answer>(null!)")]
    public void Of_bodies_and_comments_are_passed_over(string before, string after)
    {
        var edited = Replace(before, after);
        Assert.True(Declarations.AreSame(Consumer.Parse(Other, "A.cs"), Consumer.Parse(edited, "A.cs"), CancellationToken.None));

        var (kept, fresh, unedited) = Run(Other, edited);
        Assert.Equal(fresh, kept);
        Assert.Equal(unedited, kept);
    }

    [Fact]
    public void Do_not_parse_a_method_again_unless_a_declaration_changed()
    {
        var parsed = new ParsedMethods();
        var service = Consumer.Parse(Service, "Service.cs");
        var project = Consumer.Project(Other).AddSyntaxTrees(service);
        var runs = 0;

        Ask(project);
        Ask(project);
        Assert.Equal(1, runs);

        Ask(WithOther(Replace("return _unimportant + 1;", "return 2;")));
        Ask(WithOther(Replace("return _unimportant + 1;", "return 3;")));
        Assert.Equal(1, runs);

        Ask(WithOther(Replace("Minutes = 5", "Minutes = 6")));
        Assert.Equal(2, runs);

        Ask(project); // undone
        Assert.Equal(3, runs);

        Ask(project.WithOptions(project.Options.WithNullableContextOptions(NullableContextOptions.Disable)));
        Ask(project.WithReferences(project.References.Skip(1)));
        Ask(project.WithAssemblyName("Other"));
        Ask(project.AddSyntaxTrees(Consumer.Parse("class More;", "More.cs")));
        Ask(CSharpCompilation.Create("Consumer", project.SyntaxTrees.Reverse(), project.References, project.Options));
        Assert.Equal(8, runs);

        CSharpCompilation WithOther(string text)
        {
            var tree = project.SyntaxTrees.First();
            return project.ReplaceSyntaxTree(tree, Consumer.Parse(text, tree.FilePath));
        }

        void Ask(CSharpCompilation compilation) => parsed.GetOrParse(
            compilation,
            service.GetRoot().DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.MethodDeclarationSyntax>().First(),
            context: 0,
            (_, _) =>
            {
                runs++;
                return null;
            },
            CancellationToken.None);
    }

    private static string Replace(string before, string after)
    {
        Assert.Contains(before, Other, StringComparison.Ordinal);
        return Other.Replace(before, after, StringComparison.Ordinal);
    }

    // A warm driver goes over the edit, a fresh one sees the result only. They must agree.
    private static (string Kept, string Fresh, string Unedited) Run(string before, string after)
    {
        var project = Consumer.Project(Service, before);
        var tree = project.SyntaxTrees.Last();
        var edited = project.ReplaceSyntaxTree(tree, Consumer.Parse(after, tree.FilePath));

        var warm = Consumer.Driver().RunGenerators(project);
        return (Text(warm.RunGenerators(edited)), Text(Consumer.Driver().RunGenerators(edited)), Text(warm));
    }

    private static string Text(GeneratorDriver driver) => string.Join(
        '\n',
        driver.GetRunResult().GeneratedTrees
            .OrderBy(static tree => tree.FilePath, StringComparer.Ordinal)
            .Select(static tree => tree.FilePath + "\n" + tree));
}
