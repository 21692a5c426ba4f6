namespace Memoize.Generators.Tests.Analyzers;

/// <summary>MEMO032, MEMO043 and MEMO044: what callers share that is not for all of them.</summary>
public sealed class SharedObjects
{
    private const string Services = """
        namespace Microsoft.EntityFrameworkCore
        {
            public class DbContext : IDisposable
            {
                public DbSet<T> Set<T>() where T : class => null!;
                public void Dispose() { }
                [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)] public override bool Equals(object? other) => base.Equals(other);
                [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)] public override int GetHashCode() => base.GetHashCode();
            }
            public abstract class DbSet<T> : IQueryable<T> where T : class
            {
                public Type ElementType => typeof(T);
                public System.Linq.Expressions.Expression Expression => null!;
                public IQueryProvider Provider => null!;
                public IEnumerator<T> GetEnumerator() => null!;
                System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => null!;
            }
            public interface IDbContextFactory<T> where T : DbContext { T CreateDbContext(); }
        }
        namespace Microsoft.AspNetCore.Http { public interface ISession { string Id { get; } } }
        namespace Microsoft.AspNetCore.Identity { public class UserManager<T> { public int Count => 1; } }
        public sealed class Shop : Microsoft.EntityFrameworkCore.DbContext { public Microsoft.EntityFrameworkCore.DbSet<Order> Orders => Set<Order>(); }
        public sealed record Order(int Id, string Name);
        """;

    [Theory]
    [InlineData("class P { public int X { get; set; } }", "P", "'P.X' can be set; give it an init accessor")]
    [InlineData("class P { public int X; }", "P", "'P.X' can be set; make it readonly, or a property with an init accessor")]
    [InlineData("class B { public int X { get; set; } } public sealed class P : B { public int Y { get; init; } }", "P", "'P.X' can be set; give it an init accessor")]
    [InlineData("record P(int X) { public int Y { get; set; } }", "P", "'P.Y' can be set; give it an init accessor")]
    [InlineData("interface P { int X { get; set; } }", "P", "'P.X' can be set; leave the set accessor out of the interface")]
    [InlineData("interface B { int X { get; set; } } public interface P : B { }", "P", "'P.X' can be set; leave the set accessor out of the interface")]
    [InlineData("record P(List<int> X)", "P", "'P.X' can be changed; give it the type 'IReadOnlyList<int>'")]
    [InlineData("record P(int[] X)", "P", "'P.X' can be changed; give it the type 'ImmutableArray<int>'")]
    [InlineData("class P { private readonly List<int> _x = []; public List<int> X => _x; }", "P", "'P.X' can be changed; give it the type 'IReadOnlyList<int>'")]
    [InlineData("record P(Q Q); public record Q(R R); public class R { public int X { get; set; } }", "P", "'P.Q.R.X' can be set; give it an init accessor")]
    [InlineData("record P(IReadOnlyList<Q> Q); public class Q { public int X { get; set; } }", "P", "'P.Q[].X' can be set; give it an init accessor")]
    [InlineData("class P { public int X { get; set; } }", "IReadOnlyList<P>", "'P.X' can be set; give it an init accessor")]
    [InlineData("class P { public int X { get; set; } }", "ImmutableArray<P>", "'P.X' can be set; give it an init accessor")]
    [InlineData("class P { public int X { get; set; } }", "IReadOnlyDictionary<string, P>", "'P.X' can be set; give it an init accessor")]
    [InlineData("class P { public int X { get; set; } }", "(int Count, P First)", "'First.X' can be set; give it an init accessor")]
    [InlineData("class P { public int X { get; set; } }", "IReadOnlyList<IReadOnlyList<P>>", "'P.X' can be set; give it an init accessor")]
    [InlineData("class P { public int X { get; set; } }", "KeyValuePair<int, P>?", "'P.X' can be set; give it an init accessor")]
    [InlineData("struct P { public int Y; public Q Q; } public class Q { public int X { get; set; } }", "P", "'P.Q.X' can be set; give it an init accessor")]
    [InlineData("class P;", "IReadOnlyList<int[]>", "'int[]' in it can be changed; hold 'ImmutableArray<int>' instead")]
    [InlineData("class P : System.Collections.ObjectModel.Collection<int>;", "IReadOnlyList<P>", "'P' can be changed; give it the type of a collection that cannot")]
    [InlineData("class P : List<int>;", "P", "return a collection that cannot be changed")]
    [InlineData("record P(Q X); public interface Q : IList<int>;", "P", "'P.X' can be changed; give it the type of a collection that cannot")]
    [InlineData("class P<T> { public T Value { get; set; } = default!; }", "P<int>", "'P.Value' can be set; give it an init accessor")]
    [InlineData("record P<T>(T Value)", "P<List<int>>", "'P.Value' can be changed; give it the type 'IReadOnlyList<int>'")]
    [InlineData("class P;", "System.Xml.Linq.XElement", "return 'a record with what callers need of it' instead")]
    [InlineData("record P(System.Text.Json.Nodes.JsonNode Json)", "P", "'P.Json' can be changed; give it the type 'JsonElement'")]
    public async Task Results_that_can_be_changed_are_told_with_the_path(string type, string result, string end)
    {
        var message = Assert.Single(await Analysis.MustReportAsync($$"""
            public partial class C { [CachedResponse("5m")] public static {|MEMO032:Task<{{result}}>|} GetAsync(int x) => throw null!; }
            public {{Terminated(type)}}
            """));
        Assert.Equal($"'GetAsync' gives the same '{result.Split('.')[^1]}' to every caller, so that what one changes all others see; {end}", message);
    }

    [Theory]
    [InlineData("record P(int X, string Y, Uri Z, Version V, Type T)", "P")]
    [InlineData("record P(IReadOnlyList<Q> Q); public record Q(int X, P? Parent)", "IReadOnlyDictionary<string, P>")]
    [InlineData("class P { public int X { get; private set; } public int Y { get; init; } public readonly int Z; public static int S { get; set; } public const int C = 1; internal int I { get; set; } }", "P")]
    [InlineData("struct P { public int X { get; set; } public int Y; }", "P")]
    [InlineData("class P { private readonly List<int> _x = []; public List<int> X => [.. _x]; public int[] Y { get => _x.ToArray(); } }", "P")]
    [InlineData("class P { private readonly List<int> _x = []; public IReadOnlyList<int> X => _x; }", "P")]
    [InlineData("interface P { int X { get; } IReadOnlyList<P> All { get; } }", "P")]
    [InlineData("record P(ImmutableArray<int> X, ImmutableDictionary<string, int> Y, ReadOnlyMemory<byte> Z, System.Collections.Frozen.FrozenSet<int> F)", "P")]
    [InlineData("enum P { A }", "IReadOnlyDictionary<P, (int, string)?>")]
    [InlineData("class P : Exception { }", "P")]
    [InlineData("class P : IReadOnlyList<int> { public int this[int i] => i; public int Count => 1; public IEnumerator<int> GetEnumerator() => throw null!; System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => throw null!; }", "P")]
    [InlineData("class P;", "System.Text.Json.JsonElement")]
    [InlineData("class P<T>(T value) { public T Value => value; }", "P<P<int>>")]
    [InlineData("delegate int P(int x);", "P")]
    public async Task Results_that_cannot_are_not(string type, string result) => await Analysis.MustReportAsync($$"""
        public partial class C { [CachedResponse("5m")] public static Task<{{result}}> GetAsync(int x) => throw null!; }
        public {{Terminated(type)}}
        """);

    [Fact]
    public async Task What_another_declares_and_can_be_set_is_to_be_copied() => Assert.Matches(
        @"'Settings\.Memoizer\.\w+' can be set; return a record of your own with what callers need$",
        Assert.Single(await Analysis.MustReportAsync("""
            public record Settings(Memoize.MemoizerOptions Memoizer);
            public partial class C { [CachedResponse("5m")] public static {|MEMO032:Settings|} Get(int x) => throw null!; }
            """)));

    [Fact]
    public async Task Scoped_services_that_a_computation_works_with()
    {
        var messages = await Analysis.MustReportAsync(Services + """
            public partial class C(Shop shop, System.Data.Common.DbConnection connection, Microsoft.AspNetCore.Http.ISession session, Microsoft.AspNetCore.Identity.UserManager<Order> users)
            {
                private Shop? _lazy;
                private readonly Shop _field = shop;
                private Shop Field => _field;

                [CachedResponse("5m")] public int A(int x) => {|MEMO043:shop|}.Orders.Count() + shop.Orders.Count();
                [CachedResponse("5m")] public int B(int x) => {|MEMO043:connection|}.ConnectionTimeout;
                [CachedResponse("5m")] public string C1(int x) => {|MEMO043:session|}.Id;
                [CachedResponse("5m")] public int D(int x) => {|MEMO043:users|}.Count;
                [CachedResponse("5m")] public int E(int x) => Lazy().Orders.Count();
                [CachedResponse("5m")] public int F(int x) => Field.Orders.Count();
                [CachedResponse("5m")] public static int G(int x, [CacheKeyIgnore] Shop {|MEMO043:given|}) => given.Orders.Count();
                [CachedResponse("5m", Scope = CacheScope.Instance)] public int H(int x) => shop.Orders.Count();
                [CachedResponse("5m", Scope = CacheScope.Instance, RefreshAfter = "1m")] public int I(int x) => {|MEMO043:shop|}.Orders.Count();
                private Shop Lazy() => {|MEMO043:_lazy|} ??= new();
            }
            """.Replace("=> _field;", "=> {|MEMO043:_field|};", StringComparison.Ordinal));
        Assert.Contains(messages, static message => message == "'A' works with 'shop', a Shop that ends with the request or scope of one caller, while the computation may go on for others who joined it, or run later as a refresh; take an IDbContextFactory<Shop> instead, and make and dispose an instance inside the computation");
        Assert.Contains(messages, static message => message.EndsWith("take a DbDataSource instead, and make and dispose an instance inside the computation", StringComparison.Ordinal));
        Assert.Contains(messages, static message => message.EndsWith("read what is needed of it in the caller, and make that a parameter", StringComparison.Ordinal));
        Assert.Contains(messages, static message => message.EndsWith("take an IServiceScopeFactory instead, and make and dispose an instance inside the computation", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Factories_and_services_without_a_scope_are_fine() => await Analysis.MustReportAsync(Services + """
        public partial class C(Microsoft.EntityFrameworkCore.IDbContextFactory<Shop> shops, System.Data.Common.DbDataSource source, HttpClient http, Shop shop)
        {
            private Shop NewShop => shops.CreateDbContext();
            [CachedResponse("5m")] public int A(int x) { using var own = shops.CreateDbContext(); return own.Orders.Count(); }
            [CachedResponse("5m")] public int B(int x) { using var own = NewShop; return own.Orders.Count(); }
            [CachedResponse("5m")] public async Task<int> C1Async(int x) { await using var connection = source.CreateConnection(); return connection.ConnectionTimeout; }
            [CachedResponse("5m")] public string? D(int x) => http.BaseAddress?.Host;
            public int NotCached() => shop.Orders.Count();
        }
        """);

    [Fact]
    public async Task Services_are_no_data_even_if_they_override_Equals() => await Analysis.MustReportAsync(Services + """
        public sealed class Connection : IDisposable { public override bool Equals(object? other) => this == other; public override int GetHashCode() => 1; public void Dispose() { } public int Port => 1; }
        public sealed class Builder
        {
            [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)] public override bool Equals(object? other) => base.Equals(other);
            [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)] public override int GetHashCode() => base.GetHashCode();
            public int Make() => 1;
        }
        public sealed class Address { public override bool Equals(object? other) => other is Address; public override int GetHashCode() => 1; public int Port => 1; }
        public partial class C(Connection connection, Builder builder, Address address)
        {
            [CachedResponse("5m")] public int Get(int x) => connection.Port + builder.Make() + {|MEMO030:address|}.Port;
        }
        """);

    [Fact]
    public async Task Queries_that_have_not_run() => await Analysis.MustReportAsync(Services + """
        public sealed record Page(IEnumerable<int> Items, int Total);
        public partial class C
        {
            private static readonly List<int> s_live = [1];
            private static readonly Microsoft.EntityFrameworkCore.DbSet<Order> s_orders = null!;

            [CachedResponse("5m")] public static IEnumerable<int> A(int x) => {|MEMO044:s_live.Where(y => y > x)|};
            [CachedResponse("5m")] public static Task<IEnumerable<int>> BAsync(int x) => Task.FromResult(s_live.Where(y => y > x).{|MEMO044:Select(y => y + 1)|});
            [CachedResponse("5m")] public static async Task<IEnumerable<int>> CAsync(int x) { await Task.Yield(); return {|MEMO044:s_live.OrderBy(y => y)|}; }
            [CachedResponse("5m")] public static ValueTask<IEnumerable<int>> DAsync(int x) => new({|MEMO044:s_live.Skip(x)|});
            [CachedResponse("5m")] public static IEnumerable<int> E(int x) { var found = {|MEMO044:s_live.Where(y => y > x)|}; return found; }
            [CachedResponse("5m")] public static IEnumerable<int> F(int x) { IEnumerable<int> found = s_live.ToArray(); if (x > 1) found = {|MEMO044:found.Take(1)|}; return found; }
            [CachedResponse("5m")] public static IEnumerable<int> G(int x) => x > 1 ? {|MEMO044:s_live.Skip(1)|} : [];
            [CachedResponse("5m")] public static IEnumerable<int> H(int x) => x switch { 1 => {|MEMO044:s_live.Skip(1)|}, _ => s_live.ToList() };
            [CachedResponse("5m")] public static IEnumerable<int> I(int x) => {|MEMO044:from y in s_live where y > x select y + 1|};
            [CachedResponse("5m")] public static (IEnumerable<int> Items, int Total) J(int x) => ({|MEMO044:s_live.Where(y => y > x)|}, 1);
            [CachedResponse("5m")] public static Page K(int x) => new({|MEMO044:s_live.Where(y => y > x)|}, 1);
            [CachedResponse("5m")] public static IEnumerable<Order> L(int x) => {|MEMO044:s_orders|};
            [CachedResponse("5m")] public static IEnumerable<Order> M(int x) => {|MEMO044:s_orders.Where(order => order.Id == x)|}.AsEnumerable();
            [CachedResponse("5m")] public static IEnumerable<int> N(int x) => {|MEMO044:Large(x)|};
            [CachedResponse("5m")] public static IEnumerable<int> O(int x) => {|MEMO044:Counted(x)|};
            [CachedResponse("5m")] public static partial IEnumerable<int> P(int x);
            private static IEnumerable<int> PCore(int x) => {|MEMO044:s_live.Where(y => y > x)|};

            private static IEnumerable<int> Large(int x) => s_live.Where(y => y > x);
            private static IEnumerable<int> Counted(int x) { for (var i = 0; i < x; i++) yield return i; }
        }
        """);

    [Fact]
    public async Task Queries_that_have_run() => await Analysis.MustReportAsync(Services + """
        public sealed record Page(IEnumerable<int> Items, int Total);
        public partial class C
        {
            private static readonly List<int> s_live = [1];

            [CachedResponse("5m")] public static IEnumerable<int> A(int x) => s_live.Where(y => y > x).ToArray();
            [CachedResponse("5m")] public static Task<IEnumerable<int>> BAsync(int x) => Task.FromResult<IEnumerable<int>>(s_live.Where(y => y > x).ToList());
            [CachedResponse("5m")] public static IEnumerable<int> C1(int x) => Enumerable.Range(0, x);
            [CachedResponse("5m")] public static IEnumerable<int> D(int x) => Enumerable.Empty<int>();
            [CachedResponse("5m")] public static IEnumerable<int> E(int x) => [.. s_live.Where(y => y > x)];
            [CachedResponse("5m")] public static IEnumerable<int> F(int x) { var found = s_live.Where(y => y > x); return found.ToImmutableArray(); }
            [CachedResponse("5m")] public static int G(int x) => s_live.Where(y => y > x).Sum();
            [CachedResponse("5m")] public static (IEnumerable<int> Items, int Total) H(int x) => (s_live.ToHashSet(), s_live.Where(y => y > x).Count());
            [CachedResponse("5m")] public static Page I(int x) => new(s_live.Where(y => y > x).ToArray(), 1);
            [CachedResponse("5m")] public static IEnumerable<int> J(int x) { Func<IEnumerable<int>> all = () => s_live.Skip(1); return all().ToArray(); }
            [CachedResponse("5m")] public static IReadOnlyList<int> K(int x) => s_live.Where(y => y > x).ToList();
            [CachedResponse("5m")] public static IEnumerable<int> L(int x) => x > 0 ? L(x - 1) : Small(x);
            private static IEnumerable<int> Small(int x) => s_live.Where(y => y > x).ToArray();
        }
        """);

    private static string Terminated(string type) => type.EndsWith('}') || type.EndsWith(';') ? type : type + ";";
}
