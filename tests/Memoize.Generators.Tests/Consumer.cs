using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Memoize.Generators.Tests;

/// <summary>
/// A user's project in memory, with everything on that makes generated code fail: nullable, all warnings as errors,
/// documentation. Every consumer that is made is also edited, to see that the generator does only what it must.
/// </summary>
internal sealed class Consumer
{
    public static CSharpParseOptions ParseOptions { get; } =
        new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal)
                    || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
                    || name is "Memoize.dll" or "netstandard.dll" or "mscorlib.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Memoize;

        """;

    private Consumer(Compilation output, GeneratorDriverRunResult result)
    {
        Output = output;
        Reports = [.. result.Diagnostics];
        Files = result.Results.Single().GeneratedSources
            .ToDictionary(static file => file.HintName, static file => file.SourceText.ToString(), StringComparer.Ordinal);
    }

    /// <summary>The project with the generated files.</summary>
    public Compilation Output { get; }

    /// <summary>The generated files by name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

    /// <summary>What the generator itself reported.</summary>
    public IReadOnlyList<Diagnostic> Reports { get; }

    /// <summary>The names of the files in which a method is implemented that cannot be cached.</summary>
    public IEnumerable<string> Stubs => Files
        .Where(static file => file.Value.Contains("// This method cannot be cached", StringComparison.Ordinal))
        .Select(static file => file.Key);

    /// <summary>All generated files in one text, without what changes from version to version.</summary>
    public string Snapshot => string.Join(
        '\n',
        Files.OrderBy(static file => file.Key, StringComparer.Ordinal)
            .Select(static file => $"//HintName: {file.Key}\n{file.Value.Replace($"\"{Version}\"", "\"…\"", StringComparison.Ordinal)}"));

    private static string Version => typeof(CachedResponseGenerator).Assembly.GetName().Version!.ToString(3);

    /// <summary>Compiles a project of one or more files, which must come out clean.</summary>
    public static Consumer Compile(params string[] sources) => Compile(ParseOptions, sources);

    /// <summary>Compiles a project in another version of the language, which must come out clean.</summary>
    public static Consumer Compile(CSharpParseOptions options, params string[] sources)
    {
        var consumer = Generate(options, sources);
        Assert.Empty(consumer.Reports);
        var problems = consumer.Problems;
        Assert.True(problems.Length == 0, string.Join('\n', problems) + "\n\n" + consumer.Snapshot);
        Assert.Empty(consumer.ProblemsWithoutMark());
        return consumer;
    }

    /// <summary>Runs the generator over a project that may not compile.</summary>
    public static Consumer Generate(params string[] sources) => Generate(ParseOptions, sources);

    private static Consumer Generate(CSharpParseOptions options, string[] sources)
    {
        var compilation = Project(options, sources);
        var driver = Driver(options).RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);

        var result = driver.GetRunResult();
        Assert.Null(result.Results.Single().Exception);
        Edits.MustCostOnlyWhatTheyTouch(driver, compilation);
        return new(output, result);
    }

    /// <summary>What the compiler has to say about the project, generated files included.</summary>
    public string[] Problems =>
    [
        .. Output.GetDiagnostics()
            .Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
            .Select(static diagnostic => diagnostic.ToString()),
    ];

    public static GeneratorDriver Driver(CSharpParseOptions? options = null) => CSharpGeneratorDriver.Create(
        [new CachedResponseGenerator().AsSourceGenerator()],
        parseOptions: options ?? ParseOptions,
        driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static CSharpCompilation Project(params string[] sources) => Project(ParseOptions, sources);

    private static CSharpCompilation Project(CSharpParseOptions options, string[] sources) => CSharpCompilation.Create(
        "Consumer",
        sources.Select((source, index) => CSharpSyntaxTree.ParseText(source, options, $"File{index}.cs")),
        References,
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            generalDiagnosticOption: ReportDiagnostic.Error,
            warningLevel: 9999,
            nullableContextOptions: NullableContextOptions.Enable,
            allowUnsafe: true));

    public static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    /// <summary>Compiles and runs a project, with the usual namespaces imported, and compares what it returns.</summary>
    public static async Task MustPrint(string expected, string source)
        => Assert.Equal(expected, await CompileWithUsings(source).RunAsync());

    /// <summary>Compiles a project, with the usual namespaces imported, which must come out clean.</summary>
    public static Consumer CompileWithUsings(string source) => Compile(Usings + source);

    /// <summary>What the parser has to say about a project's cached methods, as <c>MEMO001: message</c>.</summary>
    public static string[] Diagnose(string source, bool mayEmit = false)
    {
        var compilation = Project(Usings + source);
        var diagnostics = new List<Diagnostic>();
        foreach (var method in Types(compilation.GlobalNamespace).SelectMany(static type => type.GetMembers()).OfType<IMethodSymbol>())
        {
            var attribute = method.GetAttributes().FirstOrDefault(static attribute => attribute.AttributeClass?.Name == "CachedResponseAttribute");
            if (attribute is not null)
                CachedMethodParser.Parse(method, attribute, KnownTypes.Of(compilation), diagnostics.Add, CancellationToken.None);
        }

        // The generator must agree: of what is diagnosed, only stubs are emitted.
        var consumer = Generate(Usings + source);
        Assert.True(mayEmit || diagnostics.Count == 0 || consumer.Files.Keys.Order(StringComparer.Ordinal).SequenceEqual(consumer.Stubs.Order(StringComparer.Ordinal), StringComparer.Ordinal), consumer.Snapshot);
        consumer.MustSayWhyAnythingIsMissing();
        return [.. diagnostics.Select(static diagnostic => $"{diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}")];
    }

    /// <summary>
    /// Checks that every partial method with the attribute is implemented, or else that the generator says in the same file why
    /// not: of a method that is not, the compiler only says that it is not, and runs no analyzers.
    /// </summary>
    public void MustSayWhyAnythingIsMissing()
    {
        var missing = Output.GetDiagnostics().Where(static diagnostic => diagnostic.Id == "CS8795");
        Assert.All(missing, diagnostic => Assert.Contains(Reports, report => report.Location.GetLineSpan().Path == diagnostic.Location.GetLineSpan().Path));
    }

    /// <summary>
    /// Compiles the generated files as if somebody had written them: without the mark that keeps analyzers quiet, and without
    /// the generator.
    /// </summary>
    public string[] ProblemsWithoutMark()
    {
        var options = (CSharpParseOptions)Output.SyntaxTrees.First().Options;
        var generated = Files.Select(file => CSharpSyntaxTree.ParseText(file.Value.Replace("// <auto-generated/>", "", StringComparison.Ordinal), options, file.Key));
        var written = Output.SyntaxTrees.Where(tree => !Files.Keys.Any(name => tree.FilePath.EndsWith(name, StringComparison.Ordinal)));
        return
        [
            .. Output.RemoveAllSyntaxTrees().AddSyntaxTrees([.. written, .. generated]).GetDiagnostics()
                .Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
                .Select(static diagnostic => diagnostic.ToString()),
        ];
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            // Only what the project itself declares.
            if (member.DeclaringSyntaxReferences.IsEmpty)
                continue;
            if (member is INamedTypeSymbol type)
                yield return type;
            foreach (var inner in Types(member))
                yield return inner;
        }
    }

    /// <summary>Loads the project and runs its <c>static string Scenario.Run()</c>, which may return a task, within a minute.</summary>
    public async Task<string> RunAsync()
    {
        var result = Load().GetType("Scenario", throwOnError: true)!
            .GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!
            .Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, parameters: null, CultureInfo.InvariantCulture);
        return result is Task<string> task ? await task.WaitAsync(TimeSpan.FromSeconds(60)) : (string)result!;
    }

    /// <summary>Loads the project.</summary>
    public Assembly Load()
    {
        using var image = new MemoryStream();
        EmitResult emitted = Output.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        image.Position = 0;
        return new AssemblyLoadContext("Consumer").LoadFromStream(image);
    }
}
