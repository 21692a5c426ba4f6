using Microsoft.CodeAnalysis.CSharp;

namespace Memoize.Generators.Tests;

/// <summary>
/// Cached methods among the newest declarations of the language. The generator is built against an old compiler, which does not
/// know them, and runs in the newest one here, as it may at its users'.
/// </summary>
public sealed class NewestLanguage
{
    private static readonly CSharpParseOptions Newest = Consumer.ParseOptions.WithLanguageVersion(LanguageVersion.Preview);

    // What .NET 10 does not have yet, and a user of these declarations has to write.
    private const string Framework = """
        #pragma warning disable CS1591, CS9113
        global using System;
        global using System.Collections.Generic;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Memoize;

        namespace System.Runtime.CompilerServices
        {
            [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)] public sealed class UnionAttribute : Attribute;
            public interface IUnion { object? Value { get; } }
            public sealed class IsClosedTypeAttribute : Attribute;
        }
        """;

    [Fact]
    public void Unions_and_types_nested_in_unions() => MustCompile(6, """
        public partial union Amount(int, string)
        {
            [CachedResponse] public static partial int Parse(string text);
            private static int ParseCore(string text) => text.Length;
            [CachedResponse] public static Task<string> FormatAsync(int x) => Task.FromResult("");
            public partial class Nested { [CachedResponse] public int Get(int x) => x; }
            public readonly partial record struct Pair<T>(T One) { [CachedResponse] public static int Get(T x) => 1; }
        }
        public partial union Either<TLeft, TRight>(TLeft, TRight) where TLeft : notnull where TRight : notnull
        {
            [CachedResponse] public static int Of(TLeft left, int x) => x;
            [CachedResponse] public int Own(int x) => x;
        }
        """);

    [Fact]
    public void Closed_classes_and_what_is_nested_in_them() => MustCompile(3, """
        public closed partial class Shape
        {
            [CachedResponse] public partial Task<int> AreaAsync(int x);
            private static Task<int> AreaCoreAsync(int x) => Task.FromResult(x);
            public sealed partial class Circle : Shape { [CachedResponse] public int Get(int x) => x; }
        }
        public closed partial record Node
        {
            [CachedResponse] public static int Count(int x) => x;
            public sealed partial record class Leaf : Node;
        }
        """);

    [Fact]
    public void Kinds_of_types_are_called_as_they_are_declared() => MustCompile(4, """
        public partial record class One { [CachedResponse] public static int Get(int x) => x; }
        public partial record Two { [CachedResponse] public static int Get(int x) => x; }
        public readonly partial record struct Three { [CachedResponse] public static int Get(int x) => x; }
        public partial interface IFour { public partial struct Nested { [CachedResponse] public static int Get(int x) => x; } }
        """);

    [Fact]
    public void Whatever_else_is_new_beside_a_cached_method() => MustCompile(3, """
        public static partial class Extensions
        {
            extension(string text)
            {
                public int Twice => text.Length * 2;
                public static string operator *(string left, int right) => left + right;
            }
            extension<T>(List<T> list) where T : notnull
            {
                public T Last() => list[^1];
            }
            [CachedResponse] public static int Length(this string text) => text.Twice;
        }
        public partial class Modern
        {
            public partial Modern(int size);
            public partial Modern(int size) { Size = size; }
            public partial event Action Changed;
            public partial event Action Changed { add { } remove { } }
            public int Size { get => field; set => field = value > 0 ? value : 1; }
            public partial int Width { get; set; }
            public partial int Width { get => field; set; }
            public void operator +=(int more) => Size += more;
            [CachedResponse] public partial int Get<T>(int x) where T : allows ref struct;
            private int GetCore<T>(int x) where T : allows ref struct => x;
            [CachedResponse] public static partial Task<List<string>> AllAsync(IReadOnlyList<string> names, params List<int> more);
            private static Task<List<string>> AllCoreAsync(IReadOnlyList<string> names, List<int> more) => Task.FromResult<List<string>>([with(capacity: 5), .. names]);
        }
        """);

    private static void MustCompile(int files, string source)
    {
        var consumer = Consumer.Compile(Newest, Framework, "#pragma warning disable CS1591\n" + source);
        Assert.Equal(files, consumer.Files.Count);
    }
}
