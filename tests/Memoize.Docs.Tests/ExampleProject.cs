using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Memoize.Generators;
using Memoize.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Memoize.Docs.Tests;

/// <summary>A block of the documentation as a user would compile it: a new console project with the package.</summary>
internal sealed class ExampleProject
{
    // What ImplicitUsings of the SDK gives.
    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string PlaceOfTheBlock = "// (the block)";

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp14);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && !name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
                && !name.StartsWith("xunit", StringComparison.Ordinal)
                && !name.StartsWith("Memoize.Generators", StringComparison.Ordinal)
                && !name.StartsWith("Memoize.Docs", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        .. typeof(CachedResponseGenerator).Assembly.GetTypes()
            .Where(static type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !type.IsAbstract)
            .Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    private readonly Compilation _output;

    private ExampleProject(Compilation output, GeneratorDriverRunResult result)
    {
        _output = output;
        GeneratedFiles = result.GeneratedTrees.ToDictionary(
            static tree => Path.GetFileName(tree.FilePath), static tree => tree.ToString(), StringComparer.Ordinal);
    }

    /// <summary>What the generator added, by name.</summary>
    public IReadOnlyDictionary<string, string> GeneratedFiles { get; }

    /// <summary>Makes a project of a block and the preludes it names.</summary>
    public static ExampleProject Of(DocumentationBlock block)
    {
        var sources = new List<string> { GlobalUsings };
        if (block.Directive is { Verb: BlockDirective.CompiledWith } directive)
            sources.AddRange(directive.Argument.Split(',', StringSplitOptions.TrimEntries).Select(Prelude));

        var place = sources.FindIndex(static source => source.Contains(PlaceOfTheBlock, StringComparison.Ordinal));
        if (place >= 0)
            sources[place] = sources[place].Replace(PlaceOfTheBlock, block.Code, StringComparison.Ordinal);
        else
            sources.Add(block.Code);

        var trees = sources
            .Select(static (source, index) => CSharpSyntaxTree.ParseText(source, ParseOptions, $"Source{index}.cs"))
            .ToArray();
        var isProgram = trees.Any(static tree => tree.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any());
        var project = CSharpCompilation.Create(
            "Example",
            trees,
            References,
            new(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable,
                warningLevel: 9999));

        var driver = CSharpGeneratorDriver
            .Create([new CachedResponseGenerator().AsSourceGenerator()], parseOptions: ParseOptions)
            .RunGeneratorsAndUpdateCompilation(project, out var output, out _);
        return new(output, driver.GetRunResult());
    }

    /// <summary>What the compiler and the analyzers of the package have to say, warnings included.</summary>
    public async Task<string[]> ProblemsAsync()
    {
        var diagnostics = _output.GetDiagnostics();
        if (!Analyzers.IsEmpty)
            diagnostics = diagnostics.AddRange(await _output.WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync());
        return
        [
            .. diagnostics
                .Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
                .Select(static diagnostic => diagnostic.ToString()),
        ];
    }

    /// <summary>Loads what the block compiles to.</summary>
    public Assembly Load()
    {
        using var image = new MemoryStream();
        var result = _output.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return Assembly.Load(image.ToArray());
    }

    /// <summary>A text as people write it: without <c>global::</c> and the namespaces that follow.</summary>
    public string WithoutNamespaces(string text) => Regex.Replace(
        text,
        @"global::(?<name>[\w.]+)",
        match =>
        {
            INamespaceSymbol scope = _output.GlobalNamespace;
            var parts = match.Groups["name"].Value.Split('.');
            var used = 0;
            while (used < parts.Length - 1 && scope.GetNamespaceMembers().FirstOrDefault(inner => inner.Name == parts[used]) is { } inner)
            {
                scope = inner;
                used++;
            }

            return string.Join('.', parts.Skip(used));
        },
        RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10));

    private static string Prelude(string name)
    {
        var file = Path.Combine(Repository.Root, "tests", "Memoize.Docs.Tests", "Preludes", name + ".cs");
        Assert.True(File.Exists(file), $"There is no prelude '{name}': {file} does not exist.");
        return File.ReadAllText(file);
    }
}
