using Memoize.CodeFixes;

namespace Memoize.Generators.Tests.CodeFixes;

/// <summary>An ordinary cached method is turned into a partial one over a core.</summary>
public sealed class PartialForm
{
    [Fact]
    public async Task The_body_moves_to_the_core_and_callers_of_the_wrapper_call_the_method() => await MustBecome(
        [
            """
            public sealed class Quotes
            {
                /// <summary>Gets.</summary>
                [CachedResponse("5m")]
                public async Task<int> [|GetAsync(string symbol, CancellationToken cancellationToken = default)
                {
                    // A comment.
                    await Task.Yield();
                    return symbol.Length;
                }

                public int Other() => 1;
            }
            """,
        ],
        [
            """
            public sealed partial class Quotes
            {
                /// <summary>Gets.</summary>
                [CachedResponse("5m")]
                public partial Task<int> GetAsync(string symbol, CancellationToken cancellationToken = default);

                private async Task<int> GetCoreAsync(string symbol, CancellationToken cancellationToken)
                {
                    // A comment.
                    await Task.Yield();
                    return symbol.Length;
                }

                public int Other() => 1;
            }
            """,
        ]);

    [Fact]
    public async Task Callers_of_the_wrapper_call_the_method() => await MustBecome(
        [
            """
            partial class Rules
            {
                [CachedResponse("5m", Name = "Fetch")]
                int [|Load(string folder) => folder.Length == 0 ? 0 : Fetch(folder[1..]);
                public int Sum() => Fetch("a") + this.Fetch("b") + Load("c");
                public void Forget() => FetchCache.Clear();
            }
            """,
            """
            static class Caller
            {
                public static int Call(Rules rules) => rules.Sum();
            }
            """,
        ],
        [
            """
            partial class Rules
            {
                [CachedResponse("5m", Handle = "FetchCache")]
                partial int Load(string folder);

                private int LoadCore(string folder) => folder.Length == 0 ? 0 : Load(folder[1..]);
                public int Sum() => Load("a") + this.Load("b") + Load("c");
                public void Forget() => FetchCache.Clear();
            }
            """,
            """
            static class Caller
            {
                public static int Call(Rules rules) => rules.Sum();
            }
            """,
        ]);

    [Fact]
    public async Task Callers_in_other_files_are_changed_too() => await MustBecome(
        [
            """
            static partial class Rules
            {
                [CachedResponse("5m")] internal static T [|Load<T>(string folder) where T : new() => new();
            }
            """,
            """
            static class Caller
            {
                public static int Call() => Rules.LoadCached<int>("a") + Rules.LoadCached<int>("b");
            }
            """,
        ],
        [
            """
            static partial class Rules
            {
                [CachedResponse("5m")] internal static partial T Load<T>(string folder) where T : new();

                private static T LoadCore<T>(string folder) where T : new() => new();
            }
            """,
            """
            static class Caller
            {
                public static int Call() => Rules.Load<int>("a") + Rules.Load<int>("b");
            }
            """,
        ]);

    [Theory]
    [InlineData("public int Get[|(int x) => x;")]
    [InlineData("[CachedResponse] public partial int Get[|(int x);")]
    [InlineData("[CachedResponse] public abstract int Get[|(int x);")]
    [InlineData("[CachedResponse] public int Get(int x) => x[|;")]
    public async Task It_is_offered_on_ordinary_cached_methods_only(string member)
        => Assert.Null(await Fixing.RefactorAsync(new UsePartialFormRefactoring(), $"abstract partial class Quotes {{ {member} }}"));

    private static async Task MustBecome(string[] before, string[] after)
        => Fixing.MustEqual(after, await Fixing.RefactorAsync(new UsePartialFormRefactoring(), before));
}
