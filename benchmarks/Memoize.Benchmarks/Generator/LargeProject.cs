using System.Text;
using Memoize.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Memoize.Benchmarks.Generator;

/// <summary>A project with 1,000 cached methods in 100 types, one file each, and a file without any; and edits of it.</summary>
/// <remarks>An edit goes through the text, as in an editor: the parser keeps what did not change of the file.</remarks>
internal sealed class LargeProject
{
    public const int Types = 100;
    public const int MethodsPerType = 10;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp14);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name is "Memoize.dll" or "netstandard.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly SyntaxTree _service = Parse(Service(50), "Service50.cs");
    private readonly SyntaxTree _elsewhere = Parse(Elsewhere, "Elsewhere.cs");

    private LargeProject(params IIncrementalGenerator[] generators)
    {
        var trees = Enumerable.Range(0, Types)
            .Select(number => number == 50 ? _service : Parse(Service(number), $"Service{number}.cs"));
        Unedited = CSharpCompilation.Create(
            "Large",
            [.. trees, _elsewhere],
            References,
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Cold = CSharpGeneratorDriver.Create(
            generators.Select(static generator => generator.AsSourceGenerator()), parseOptions: ParseOptions);
        Warm = Cold.RunGenerators(Unedited);
    }

    /// <summary>The project as it was when the warm driver ran.</summary>
    public CSharpCompilation Unedited { get; }

    /// <summary>A driver that has never run.</summary>
    public GeneratorDriver Cold { get; }

    /// <summary>A driver that has run on the project: what an IDE has between two keystrokes.</summary>
    public GeneratorDriver Warm { get; }

    /// <summary>The project with the generator.</summary>
    public static LargeProject WithGenerator() => new(new CachedResponseGenerator());

    /// <summary>The project with a generator that finds the methods and adds an empty file for each: the compiler's share.</summary>
    public static LargeProject WithFindAndKeep() => new(new FindAndKeep());

    /// <summary>The project as after a change that nobody made: no tree has been looked at by this compilation.</summary>
    public CSharpCompilation Again() => CSharpCompilation.Create("Large", Unedited.SyntaxTrees, References, Unedited.Options);

    /// <summary>A statement more in a method of the file without cached methods.</summary>
    public CSharpCompilation StatementElsewhere(int value) => Edit(_elsewhere, "return total;", $"total += {value};\n        return total;");

    /// <summary>A comment more in the file without cached methods.</summary>
    public CSharpCompilation CommentElsewhere(int value) => Edit(_elsewhere, "/// <summary>Sums", $"// {value}\n    /// <summary>Sums");

    /// <summary>A member more in the file without cached methods.</summary>
    public CSharpCompilation MemberElsewhere(int value) => Edit(_elsewhere, "/// <summary>Sums", $"public const int Added = {value};\n    /// <summary>Sums");

    /// <summary>Another body of one cached method.</summary>
    public CSharpCompilation BodyOfOneMethod(int value) => Edit(_service, "text.Length + 3", $"text.Length + {value}");

    /// <summary>Another argument of one attribute.</summary>
    public CSharpCompilation AttributeOfOneMethod(int value) => Edit(_service, "\"3m\"", $"\"{value}s\"");

    private const string Elsewhere = """
        namespace Large;

        public static class Elsewhere
        {
            /// <summary>Sums.</summary>
            public static int Sum(int[] numbers)
            {
                var total = 0;
                foreach (var number in numbers)
                    total += number;
                return total;
            }
        }
        """;

    private static string Service(int number)
    {
        var code = new StringBuilder($$"""
            using System.Threading;
            using System.Threading.Tasks;
            using Memoize;

            namespace Large;

            public sealed record Result{{number}}(int Id, string Name);

            public sealed partial class Service{{number}}(Memoizer memoizer)
            {
                private readonly Memoizer _memoizer = memoizer;

            """);
        for (var method = 0; method < MethodsPerType; method++)
        {
            code.Append(method % 2 == 0
                ? $$"""

                        [CachedResponse("{{method}}m", Capacity = 500)]
                        public partial Task<Result{{number}}> Get{{method}}Async(int id, string name, CancellationToken cancellationToken = default);

                        private async Task<Result{{number}}> Get{{method}}CoreAsync(int id, string name, CancellationToken cancellationToken)
                        {
                            await Task.Yield();
                            cancellationToken.ThrowIfCancellationRequested();
                            return new Result{{number}}(id, name);
                        }

                    """.Replace("\"0m\"", "\"90s\"", StringComparison.Ordinal)
                : $$"""

                        [CachedResponse("{{method}}m")]
                        public int Count{{method}}(string text) => text.Length + {{method}};

                    """);
        }

        return code.Append("}\n").ToString();
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), ParseOptions, path);

    private CSharpCompilation Edit(SyntaxTree tree, string before, string after)
    {
        var text = tree.GetText();
        var start = text.ToString().IndexOf(before, StringComparison.Ordinal);
        var edited = tree.WithChangedText(text.WithChanges(new TextChange(new(start, before.Length), after)));
        return Unedited.ReplaceSyntaxTree(tree, edited);
    }

    private sealed class FindAndKeep : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
            context.SyntaxProvider.ForAttributeWithMetadataName(
                "Memoize.CachedResponseAttribute",
                static (_, _) => true,
                static (method, _) => $"{method.TargetSymbol.ContainingType.Name}.{method.TargetSymbol.Name}.g.cs"),
            static (production, name) => production.AddSource(name, "// empty\n"));
    }
}
