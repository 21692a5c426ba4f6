using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Memoize.Generators.Tests.Analyzers;
using Memoize.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit.Abstractions;

namespace Memoize.Generators.Tests.Results;

/// <summary>
/// A corpus of result types and values, through a store and into another process: each value comes back as it was, or stays in
/// memory, which is said.
/// </summary>
public sealed class StoredResults(ITestOutputHelper output)
{
    private enum Verdict
    {
        Right,
        Kept,
        Silent,
        Wrong,
    }

    // What another project declares is seen without its private members, but for those of structs.
    private const string Library = """
        public sealed record LibraryRecord(string Name, int X);
        public sealed class LibraryClass { public string? Name { get; set; } }
        public readonly struct Instant { private readonly long _ticks; private Instant(long ticks) => _ticks = ticks; public static Instant Of(long ticks) => new(ticks); public long Get() => _ticks; }
        public readonly struct LibraryStruct { public LibraryStruct(int x) => X = x; public int X { get; } }
        public sealed class LibraryOpaque { private int _x; public static LibraryOpaque Of(int x) => new() { _x = x }; public int Get() => _x; }
        """;

    private static readonly Result[] Corpus = [.. Read(RightResults.Values, "right"), .. Read(ToldResults.Values, "told"), .. Read(CheckedResults.Values, "checked")];

    private static readonly Lazy<byte[]> LibraryImage = new(static () =>
    {
        var library = Consumer.Project("#nullable enable\n" + Library).WithAssemblyName("Library");
        return Emit(library.WithOptions(library.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default)));
    });

    private static readonly Lazy<Assembly> Compiled = new(static () => Load(Project("[CachedResponse]")));

    [Fact]
    public void Come_back_as_they_were_or_stay_in_memory_and_that_is_said()
    {
        var verdicts = Judge(static () => new InMemoryClaimStore(), Corpus);

        output.WriteLine(string.Join('\n', verdicts.Where(static verdict => verdict.Verdict is Verdict.Wrong or Verdict.Silent || (verdict.Result.Kind == "right" && verdict.Verdict != Verdict.Right)).Select(static verdict => verdict.ToString())));
        string line = Summary(verdicts);
        output.WriteLine(line);

        Assert.True(Corpus.Select(static result => result.Type).Distinct(StringComparer.Ordinal).Count() >= 200 && verdicts.Length >= 300);
        Assert.DoesNotContain(verdicts, static verdict => verdict.Verdict is Verdict.Wrong or Verdict.Silent);
        Assert.All(verdicts.Where(static verdict => verdict.Result.Kind == "right"), static verdict => Assert.Equal(Verdict.Right, verdict.Verdict));
        Assert.Contains(line, Repository.Read("docs", "stores.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Come_back_from_a_file_as_well()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            using var store = new Memoize.Sqlite.SqliteCacheStore(Path.Combine(folder.FullName, "results.db"));
            var verdicts = Judge(() => store, Corpus.Where(static (_, index) => index % 6 == 0));
            Assert.DoesNotContain(verdicts, static verdict => verdict.Verdict is Verdict.Wrong or Verdict.Silent);
            Assert.Contains(verdicts, static verdict => verdict.Verdict == Verdict.Right);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task That_do_not_come_back_for_certain_are_told_while_compiling_and_no_others_are()
    {
        var reported = await Analysis.OfAsync(Project("[CachedResponse(Store = \"disk\")]"));
        var told = reported.Where(static diagnostic => diagnostic.Id == "MEMO038" || diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(static diagnostic => diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var diagnostic in reported.Where(static diagnostic => diagnostic.Id == "MEMO038"))
            output.WriteLine(diagnostic.GetMessage(CultureInfo.InvariantCulture));

        Assert.Equal(
            Corpus.Where(static result => result.Kind == "told").Select(static result => $"{result.Name} {result.Type}"),
            Corpus.Where(result => told.Contains(result.Name)).Select(static result => $"{result.Name} {result.Type}"));
    }

    private static Judged[] Judge(Func<ICacheStore> open, IEnumerable<Result> corpus)
    {
        var logs = new RecordingLoggerFactory();
        var store = open();
        using var first = new Memoizer(new MemoizerOptions { Store = store, LoggerFactory = logs, IsDefault = false });
        using var second = new Memoizer(new MemoizerOptions { Store = store is InMemoryClaimStore memory ? memory.OfAnotherProcess() : store, IsDefault = false });
        var service = Compiled.Value.GetType("C", throwOnError: true)!;
        object here = Activator.CreateInstance(service, first)!;
        object there = Activator.CreateInstance(service, second)!;
        var runs = service.GetField("Runs")!;

        return [.. corpus.SelectMany(result => Enumerable.Range(0, result.Values.Length).Select(index =>
        {
            var method = service.GetMethod($"{result.Name}Cached")!;
            object? value = method.Invoke(here, [index]);
            int before = (int)runs.GetValue(null)!;
            object? back = method.Invoke(there, [index]);
            bool isStored = before == (int)runs.GetValue(null)!;
            string? difference = isStored ? Sameness.Difference(value, back, method.ReturnType) : null;
            bool isSaid = logs.Lines.Any(line => line.Contains($".{result.Name}", StringComparison.Ordinal));
            return new Judged(result, index, isStored ? difference is null ? Verdict.Right : Verdict.Wrong : isSaid ? Verdict.Kept : Verdict.Silent, difference);
        }))];
    }

    private static string Summary(Judged[] verdicts)
    {
        var types = verdicts.GroupBy(static verdict => (verdict.Result.Type, verdict.Result.Kind == "told")).ToArray();
        int told = types.Count(static type => type.Key.Item2);
        int right = types.Count(static type => !type.Key.Item2 && type.All(static verdict => verdict.Verdict == Verdict.Right));
        return $"| {types.Length} types | {right} | {types.Length - told - right} | {told} | 0 |\n| {verdicts.Length} values | {Count(Verdict.Right, isTold: false)} | {Count(Verdict.Kept, isTold: false)} | {verdicts.Count(static verdict => verdict.Result.Kind == "told")} | 0 |";

        int Count(Verdict wanted, bool isTold) => verdicts.Count(verdict => verdict.Verdict == wanted && (verdict.Result.Kind == "told") == isTold);
    }

    private static IEnumerable<Result> Read(string lines, string kind) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(static line => line.Split(" := "))
        .Select((parts, index) => new Result($"{char.ToUpperInvariant(kind[0])}{kind[1..]}{index:000}", parts[0].Trim(), parts[1].Split(" ;; "), kind));

    private static CSharpCompilation Project(string attribute)
    {
        var methods = Corpus.Select(result => $$"""
                {{attribute}} public {{result.Type}} {{result.Name}}(int index)
                {
                    Runs++;
                    switch (index)
                    {
            {{string.Join('\n', result.Values.Select(static (value, index) => $"            case {index}: return {value.Trim()};"))}}
                        default: throw new ArgumentOutOfRangeException(nameof(index));
                    }
                }
            """);
        var project = Consumer.Project(
            $$"""
            #nullable enable
            using System;
            using System.Collections.Generic;
            using System.Collections.Immutable;
            using System.Linq;
            using System.Text.Json;
            using System.Text.Json.Serialization;
            using System.Threading;
            using Memoize;
            {{RightResults.Declarations}}
            {{ToldResults.Declarations}}
            {{CheckedResults.Declarations}}
            public partial class C(Memoizer memoizer)
            {
                public static int Runs;
                private Memoizer Memoizer { get; } = memoizer;
                private static Account Pay(Account account, decimal x) { account.Pay(x); return account; }
                private static T Hide<T>(T value, int x) where T : HiddenBase { value.X = x; return value; }
                private static SubStack Push(SubStack stack, params int[] items) { foreach (int item in items) stack.Push(item); return stack; }
                private static Node Circle(Node node) { node.Next = node; return node; }
                private static Cached Label(Cached cached) { _ = cached.Label; return cached; }
                private static CachedElsewhere Sum(CachedElsewhere cached) { cached.Sum(); return cached; }
            {{string.Join('\n', methods)}}
            }
            """.Replace("internal sealed", "public sealed", StringComparison.Ordinal).Replace("] internal ", "] public ", StringComparison.Ordinal).Replace("\ninternal ", "\npublic ", StringComparison.Ordinal));
        return project.AddReferences(MetadataReference.CreateFromImage(LibraryImage.Value))
            .WithOptions(project.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default));
    }

    private static byte[] Emit(Compilation project)
    {
        using var image = new MemoryStream();
        var emitted = project.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        return image.ToArray();
    }

    private static Assembly Load(CSharpCompilation project)
    {
        Consumer.Driver().RunGeneratorsAndUpdateCompilation(project, out var generated, out _);
        var context = new AssemblyLoadContext("Results");
        context.LoadFromStream(new MemoryStream(LibraryImage.Value));
        return context.LoadFromStream(new MemoryStream(Emit(generated)));
    }

    private sealed record Result(string Name, string Type, string[] Values, string Kind);

    private sealed record Judged(Result Result, int Index, Verdict Verdict, string? Difference)
    {
        public override string ToString() => $"{Verdict}: {Result.Name} {Result.Type} = {Result.Values[Index].Trim()} {Difference}";
    }
}
