namespace Memoize.Generators.Tests;

/// <summary>What a method computes depends on what a derived class overrides: derived types do not get each other's results.</summary>
public sealed class DerivedTypes
{
    private const string Repositories = """
        internal abstract partial class Repo<T>(Memoizer memoizer)
        {
            [CachedResponse("5m")] public partial Task<string> GetAsync(int id);
            private Task<string> GetCoreAsync(int id) => Task.FromResult($"{Make()}{id}");
            protected abstract T Make();
            protected Memoizer Memoizer => memoizer;
        }
        internal class IntRepo(Memoizer memoizer) : Repo<int>(memoizer) { protected override int Make() => 1; }
        internal sealed class IntRepo2(Memoizer memoizer) : IntRepo(memoizer) { protected override int Make() => 2; }
        internal sealed class TextRepo(Memoizer memoizer) : Repo<string>(memoizer) { protected override string Make() => "t"; }
        """;

    [Fact]
    public async Task In_memory_and_in_handles() => await Consumer.MustPrint(
        "10 20 t0 10, invalidated: kept 1 of IntRepo and 1 of IntRepo2, peeked 9",
        $$"""
        {{Repositories}}
        internal static class Scenario
        {
            public static async Task<string> Run()
            {
                using var memoizer = new Memoizer();
                IntRepo one = new(memoizer), two = new IntRepo2(memoizer);
                var log = $"{await one.GetAsync(0)} {await two.GetAsync(0)} {await new TextRepo(memoizer).GetAsync(0)} {await new IntRepo(memoizer).GetAsync(0)}";
                two.GetCache.Invalidate(0);
                await two.GetAsync(0);
                var kept = one.GetCache.TryPeek(0, out _) ? 1 : 0;
                two.GetCache.Set(0, "9");
                return $"{log}, invalidated: kept {kept} of IntRepo and {(two.GetCache.TryPeek(0, out var peeked) ? 1 : 0)} of IntRepo2, peeked {peeked}";
            }
        }
        """);

    [Fact]
    public void In_a_store() => Assert.Equal(
        "10 20 t0, 10 20 t0, in the store 3",
        OwnKeys.WithStore($$"""
            {{Repositories}}
            internal static class Scenario
            {
                public static string Run(ICacheStore store)
                {
                    return $"{All()}, {All()}, in the store {store.Count()}";
                    string All()
                    {
                        using var memoizer = new Memoizer(new MemoizerOptions { Store = store });
                        return string.Join(' ', Get(new IntRepo(memoizer)), Get(new IntRepo2(memoizer)), Get(new TextRepo(memoizer)));
                    }
                    static string Get<T>(Repo<T> repo) => repo.GetAsync(0).GetAwaiter().GetResult();
                }
            }
            """));

    [Theory]
    [InlineData("a virtual core", "[CachedResponse] public partial int Get(int x); protected virtual int GetCore(int x) => 1;", "protected override int GetCore(int x) => 2;")]
    [InlineData("an abstract core", "[CachedResponse] public partial int Get(int x); protected abstract int GetCore(int x);", "protected override int GetCore(int x) => 2;", "protected override int GetCore(int x) => 1;")]
    [InlineData("a virtual method of object", "[CachedResponse] public int Get(int x) => ToString() == \"2\" ? 2 : 1;", "public override string ToString() => \"2\";")]
    [InlineData("a virtual property, further on", "[CachedResponse] public int Get(int x) => Next(); private int Next() => Value; protected virtual int Value => 1;", "protected override int Value => 2;")]
    [InlineData("a member of an interface", "[CachedResponse] public int Get(int x) => ((IValue)this).Value;", "int IValue.Value => 2;")]
    [InlineData("the type", "[CachedResponse] public int Get(int x) => GetType().Name == \"Two\" ? 2 : 1;", "")]
    [InlineData("a method without parameters", "[CachedResponse] public int Get() => Value; public int Get(int x) => GetCached(); protected virtual int Value => 1;", "protected override int Value => 2;")]
    [InlineData("a hidden GetType", "[CachedResponse] public int Get(int x) => Value; protected virtual int Value => 1; public new string GetType() => \"\";", "protected override int Value => 2;")]
    public async Task Whatever_is_overridden(string what, string members, string overridden, string first = "")
    {
        Assert.NotEmpty(what);
        var call = members.Contains("partial int Get(", StringComparison.Ordinal) || members.Contains("public int Get(int x) => GetCached()", StringComparison.Ordinal) ? "Get" : "GetCached";
        await Consumer.MustPrint(
            "1 2 1 2",
            $$"""
            internal interface IValue { int Value => 1; }
            internal abstract partial class Base : IValue { {{members}} }
            internal class One : Base { {{first}} }
            internal sealed class Two : Base, IValue { {{overridden}} }
            internal static class Scenario
            {
                public static string Run() => string.Join(' ', new One().{{call}}(0), new Two().{{call}}(0), new One().{{call}}(0), new Two().{{call}}(0));
            }
            """);
    }

    [Fact]
    public async Task With_as_many_parameters_as_there_may_be() => await Consumer.MustPrint(
        "1 2 1 2, 1 2 1 2, 1 2 1 2",
        """
        internal abstract partial class Base
        {
            [CachedResponse] public int Few(DateTime a, string b) => Value;
            [CachedResponse] public int Eight(int a, int b, int c, int d, int e, int f, int g, string h) => Value;
            [CachedResponse] public int Nine(int a, int b, int c, int d, int e, int f, int g, string h, int i) => Value;
            protected abstract int Value { get; }
        }
        internal sealed class One : Base { protected override int Value => 1; }
        internal sealed class Two : Base { protected override int Value => 2; }
        internal static class Scenario
        {
            public static string Run() => string.Join(", ", Four(b => b.FewCached(default, "")), Four(b => b.EightCached(1, 2, 3, 4, 5, 6, 7, "8")), Four(b => b.NineCached(1, 2, 3, 4, 5, 6, 7, "8", 9)));
            private static string Four(Func<Base, int> get) => string.Join(' ', new Base[] { new One(), new Two(), new One(), new Two() }.Select(get));
        }
        """);

    [Fact]
    public async Task A_key_of_ones_own_that_is_overridden() => await Consumer.MustPrint(
        "1 2",
        """
        internal partial class Base
        {
            private static int _runs;
            [CachedResponse(Key = nameof(KeyOf))] public partial int Get(int x);
            private static int GetCore(int x) => ++_runs;
            protected virtual string KeyOf(int x) => "";
        }
        internal sealed class Other : Base;
        internal static class Scenario { public static string Run() => $"{new Base().Get(0)} {new Other().Get(0)}"; }
        """);

    [Theory]
    [InlineData("a sealed class", "internal sealed partial class C { [CachedResponse] public int Get(string x) => 1; }")]
    [InlineData("a struct", "internal partial struct C { [CachedResponse] public int Get(string x) => 1; }")]
    [InlineData("a sealed record", "internal sealed partial record C { [CachedResponse] public int Get(string x) => 1; }")]
    [InlineData("a static method", "internal partial class C { [CachedResponse] public static int Get(string x) => 1; }")]
    [InlineData("a static core", "internal partial class C { [CachedResponse] public partial int Get(string x); private static int GetCore(string x) => 1; }")]
    [InlineData("entries of an instance", "internal partial class C { [CachedResponse(Scope = CacheScope.Instance)] public int Get(string x) => 1; }")]
    public void Others_pay_nothing(string what, string type)
    {
        Assert.NotEmpty(what);
        Assert.DoesNotContain("GetType()", Consumer.CompileWithUsings(type).Snapshot, StringComparison.Ordinal);
    }

    [Fact]
    public void The_part_has_a_name_of_its_own() => Assert.Contains(
        "new GetMethod.Key(this.GetType(), this.Type, type, typeOfType)",
        Consumer.CompileWithUsings("internal partial class C { [CacheKey] public int Type { get; } [CachedResponse] public int Get(string type, Type typeOfType) => Type; }").Snapshot,
        StringComparison.Ordinal);
}
