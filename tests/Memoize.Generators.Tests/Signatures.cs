namespace Memoize.Generators.Tests;

/// <summary>Signatures that only have to come out clean: no warning, no error, no missing documentation.</summary>
public sealed class Signatures
{
    [Fact]
    public void G07_Generic_constraints_of_every_kind() => MustCompile(8, """
        public abstract partial class Root
        {
            [CachedResponse] public virtual partial T? Of<T>(int x) where T : class?;
            private T? OfCore<T>(int x) where T : class? => null;

            [CachedResponse] public int Unmanaged<T>(T x) where T : unmanaged => 1;
            [CachedResponse] public int NotNull<T, TList>(T x, TList y) where T : notnull where TList : List<T>, new() => 1;
            [CachedResponse] public int Struct<T>(T? x) where T : struct, Enum => 1;
            [CachedResponse] public string RefStruct<T>(int x) where T : allows ref struct => typeof(T).Name;
            [CachedResponse] public T Any<T>(T x, Key key) => x;
            [CachedResponse] public T Named<Key>(Key key, T x) => x;
        }
        public readonly record struct Key;
        public readonly record struct T;
        public partial class Derived : Root
        {
            [CachedResponse] public override partial T? Of<T>(int x) where T : class;
            private T? OfCore<T>(int x) where T : class? => null;
        }
        """);

    [Fact]
    public void G12_A_derived_class_may_cache_what_its_base_caches() => MustCompile(6, """
        public partial class Root
        {
            [CachedResponse] public virtual partial int Get(int x);
            private int GetCore(int x) => x;
            [CachedResponse] protected int Load(int x) => x;
            [CachedResponse] private int Hidden(int x) => x;
        }
        public partial class Derived : Root
        {
            [CachedResponse] public override partial int Get(int x);
            private int GetCore(int x) => x;
            [CachedResponse] protected new int Load(int x) => x;
            [CachedResponse] private int Hidden(int x) => x;
        }
        """);

    [Fact]
    public void G11_Nullable_annotations_tuples_and_dynamic() => MustCompile(6, """
        public partial class C
        {
            [CachedResponse] public partial Task<(string? Name, int[]? Counts)?> A((int Left, string? Right) pair, string? name);
            private Task<(string? Name, int[]? Counts)?> ACore((int Left, string? Right) pair, string? name)
                => Task.FromResult<(string?, int[]?)?>(null);
            [CachedResponse] public string? B(string? x) => x;
            [CachedResponse] public ValueTask<string?> B2(int? x) => default;
            [CachedResponse] public dynamic? D(nuint? x, nint y) => y;
            [CachedResponse] public int[,] Matrix(int x) => new int[x, x];
            [CachedResponse] public List<Dictionary<string, object?>?> E(IReadOnlyList<string?>? x, DateOnly day) => [];
        }
        """);

    [Fact]
    public void G11_Code_without_nullable_annotations() => MustCompile(2, """
        #nullable disable
        public partial class C
        {
            [CachedResponse] public partial Task<string> GetAsync(string x, [CacheKeyIgnore] Memoizer y);
            private Task<string> GetCoreAsync(string x, Memoizer y) => Task.FromResult(x);
            [CachedResponse] public string Load(string x = null) => x;
        }
        """);

    [Fact]
    public void G12_Modifiers_of_every_kind() => MustCompile(10, """
        public interface IQuotes { int Get(int x); }
        public abstract partial class Root : IQuotes
        {
            [CachedResponse] public virtual partial int Get(int x);
            private static int GetCore(int x) => x;
            [CachedResponse] protected internal abstract int Abstract(int x);
            [CachedResponse] private protected unsafe partial int Unsafe(int x);
            private protected int UnsafeCore(int x) => x;
            [CachedResponse] protected static partial int Static(ref readonly int x, in Guid y, scoped in DateTime z);
            private static int StaticCore(ref readonly int x, in Guid y, scoped in DateTime z) => x;
            [CachedResponse] protected static int Sibling(ref readonly int x, in Guid y, scoped in DateTime z) => x;
        }
        public partial class Derived : Root
        {
            [CachedResponse] public sealed override partial int Get(int x);
            private int GetCore(int x) => x;
            [CachedResponse] protected internal override int Abstract(int x) => x;
        }
        public readonly partial struct ReadOnly
        {
            [CachedResponse] public int Get(int x) => x;
        }
        public partial struct Mutable
        {
            [CachedResponse] public readonly partial Task<int> GetAsync(int x, int a, int b, int c, int d, int e, int f, int g, int h);
            private readonly async Task<int> GetCoreAsync(int x, int a, int b, int c, int d, int e, int f, int g, int h) { await Task.Yield(); return x; }
            [CachedResponse] public int Get(CancellationToken one, CancellationToken two) => 1;
        }
        """);

    [Fact]
    public void G07_Types_in_several_files_and_kinds_of_namespaces() => MustCompile(
        3,
        """
        namespace One.@namespace
        {
            namespace @int
            {
                public static partial class @record
                {
                    public sealed partial record Inner<@class, TOther>(TOther Value) where TOther : notnull
                    {
                        [CachedResponse] public TOther Get(@class? x) => Value;
                    }
                }
            }
        }
        namespace Two
        {
            public partial class Split
            {
                [CachedResponse(Core = nameof(Fetch))] public partial Task<int> GetAsync(int x);
                [CachedResponse] public int Load(int x) => x;
                private int LoadMethod => 1;
                private int GetMethod() => LoadMethod;
            }
        }
        """,
        """
        namespace Two;
        public sealed partial class Split
        {
            private ValueTask<int> Fetch(int x) => new(x + GetMethod());
        }
        """);

    private static void MustCompile(int files, params string[] sources)
    {
        const string Usings = """
            global using System;
            global using System.Collections.Generic;
            global using System.Threading;
            global using System.Threading.Tasks;
            global using Memoize;
            """;

        // For the consumer's own members. In the generated files the rule stays on.
        const string Silence = "#pragma warning disable CS1591\n";

        var consumer = Consumer.Compile([Usings, .. sources.Select(static source => Silence + source)]);
        Assert.Equal(files, consumer.Files.Count);
    }
}
