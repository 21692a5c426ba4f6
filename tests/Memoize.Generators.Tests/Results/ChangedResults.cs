using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Memoize.Testing;
using Microsoft.CodeAnalysis;
using Xunit.Abstractions;

namespace Memoize.Generators.Tests.Results;

/// <summary>
/// What a program reads that its former version has stored, with other types: the value that it would compute itself, or nothing.
/// </summary>
public sealed class ChangedResults(ITestOutputHelper output)
{
    private static readonly (string What, string Before, string After)[] Changes =
    [
        .. Lines(
            """
            a member is added | public record Dto(int A); = new(1) | public record Dto(int A, int B); = new(1, 2)
            an optional member is added | public record Dto(int A); = new(1) | public record Dto(int A, int B = 2); = new(1)
            a member goes | public record Dto(int A, int B); = new(1, 2) | public record Dto(int A); = new(1)
            a member is renamed | public record Dto(int A); = new(1) | public record Dto(int B); = new(1)
            two members change names | public record Dto(int A, int B); = new(1, 2) | public record Dto(int B, int A); = new(1, 2)
            members change places | public class Dto { public int A { get; set; } public int B { get; set; } } = new() { A = 1, B = 2 } | public class Dto { public int B { get; set; } public int A { get; set; } } = new() { A = 1, B = 2 }
            a number gets wider | public record Dto(int A); = new(1) | public record Dto(long A); = new(1)
            a number becomes text | public record Dto(int A); = new(1) | public record Dto(string A); = new("1")
            a date becomes a day | public record Dto(DateTime A); = new(new DateTime(2026, 1, 1)) | public record Dto(DateOnly A); = new(new DateOnly(2026, 1, 1))
            a fraction becomes exact | public record Dto(double A); = new(0.1) | public record Dto(decimal A); = new(0.1m)
            a value may be absent | public record Dto(int A); = new(1) | public record Dto(int? A); = new(1)
            a value may no longer be absent | public record Dto(int? A); = new(null) | public record Dto(int A); = new(0)
            text may be absent | public record Dto(string A); = new("a") | public record Dto(string? A); = new("a")
            an enum gets another number | public enum E { X = 1, Y = 2 } public record Dto(E A); = new(E.X) | public enum E { X = 2, Y = 1 } public record Dto(E A); = new(E.X)
            an enum gets a member | public enum E { X = 1 } public record Dto(E A); = new(E.X) | public enum E { X = 1, Y = 2 } public record Dto(E A); = new(E.X)
            an enum gets another type | public enum E { X = 1 } public record Dto(E A); = new(E.X) | public enum E : long { X = 1 } public record Dto(E A); = new(E.X)
            an enum's member is renamed | public enum E { X = 1 } public record Dto(E A); = new(E.X) | public enum E { Z = 1 } public record Dto(E A); = new(E.Z)
            an enum becomes text | public enum E { X = 1 } public record Dto(E A); = new(E.X) | [JsonConverter(typeof(JsonStringEnumConverter))] public enum E { X = 1 } public record Dto(E A); = new(E.X)
            a name in JSON is given | public record Dto(int A); = new(1) | public record Dto([property: JsonPropertyName("a")] int A); = new(1)
            two names in JSON change | public class Dto { [JsonPropertyName("x")] public int A { get; set; } [JsonPropertyName("y")] public int B { get; set; } } = new() { A = 1, B = 2 } | public class Dto { [JsonPropertyName("y")] public int A { get; set; } [JsonPropertyName("x")] public int B { get; set; } } = new() { A = 1, B = 2 }
            a member is ignored | public class Dto { public int A { get; set; } } = new() { A = 1 } | public class Dto { [JsonIgnore] public int A { get; set; } } = new()
            a member is no longer ignored | public class Dto { [JsonIgnore] public int A { get; set; } } = new() | public class Dto { public int A { get; set; } } = new() { A = 1 }
            an ignored member begins with another value | public class Dto { [JsonIgnore] public int A { get; set; } = 1; public int B { get; set; } } = new() | public class Dto { [JsonIgnore] public int A { get; set; } = 2; public int B { get; set; } } = new()
            a member that is not always written begins with another value | public class Dto { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? A { get; set; } } = new() | public class Dto { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? A { get; set; } = "n"; } = new()
            a setter becomes private | public class Dto { public int A { get; set; } } = new() { A = 1 } | public class Dto { public int A { get; private set; } public Dto() => A = 1; } = new()
            a getter takes the place of a setter | public class Dto { public int A { get; set; } } = new() { A = 1 } | public class Dto { public int A => 1; } = new()
            a setter takes the place of a getter | public class Dto { public int A => 1; } = new() | public class Dto { public int A { get; set; } } = new() { A = 1 }
            a class becomes a record | public class Dto { public int A { get; set; } } = new() { A = 1 } | public record Dto { public int A { get; set; } } = new() { A = 1 }
            a class becomes a struct | public class Dto { public int A { get; set; } } = new() { A = 1 } | public struct Dto { public int A { get; set; } } = new() { A = 1 }
            a constructor gets another parameter | public class Dto { public Dto(int a) => A = a; public int A { get; } public int B { get; set; } } = new(1) { B = 2 } | public class Dto { public Dto(int a, int b) => (A, B) = (a, b); public int A { get; } public int B { get; set; } } = new(1, 2)
            a default of a parameter changes | public record Dto([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int A, int B = 1); = new(0) | public record Dto([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int A, int B = 2); = new(0, 1)
            a list becomes a set | public record Dto(List<int> A); = new(new List<int> { 1 }) | public record Dto(HashSet<int> A); = new(new HashSet<int> { 1 })
            a list becomes an array | public record Dto(IReadOnlyList<int> A); = new(new List<int> { 1 }) | public record Dto(int[] A); = new(new[] { 1 })
            items get another type | public record Dto(List<int> A); = new(new List<int> { 1 }) | public record Dto(List<long> A); = new(new List<long> { 1 })
            a value of a dictionary is renamed | public record V(int X); public record Dto(Dictionary<string, V> A); = new(new Dictionary<string, V> { ["a"] = new(1) }) | public record V(int Y); public record Dto(Dictionary<string, V> A); = new(new Dictionary<string, V> { ["a"] = new(1) })
            a key of a dictionary gets another type | public record Dto(Dictionary<string, int> A); = new(new Dictionary<string, int> { ["1"] = 1 }) | public record Dto(Dictionary<int, int> A); = new(new Dictionary<int, int> { [1] = 1 })
            a member of a member's type goes | public record V(int X, int Y); public record Dto(V A); = new(new V(1, 2)) | public record V(int X); public record Dto(V A); = new(new V(1))
            a base type gets a member | public record B(int X); public record Dto(int A) : B(A); = new(1) | public record B(int X) { public int More { get; init; } = 3; } public record Dto(int A) : B(A); = new(1)
            a member moves to a base type | public class Dto { public int A { get; set; } } = new() { A = 1 } | public class B { public int A { get; set; } } public class Dto : B; = new() { A = 1 }
            a type is renamed | public record Celsius(double D); public record Dto(Celsius A); = new(new Celsius(1)) | public record Fahrenheit(double D); public record Dto(Fahrenheit A); = new(new Fahrenheit(1))
            a derived type is told | public class Dto { public int A { get; set; } } = new() { A = 1 } | [JsonDerivedType(typeof(Dto), "d")] public class Dto { public int A { get; set; } } = new() { A = 1 }
            a discriminator changes | [JsonDerivedType(typeof(X), "x"), JsonDerivedType(typeof(Y), "y")] public abstract record Dto; public record X(int A) : Dto; public record Y(int A) : Dto; = new X(1) | [JsonDerivedType(typeof(X), "y"), JsonDerivedType(typeof(Y), "x")] public abstract record Dto; public record X(int A) : Dto; public record Y(int A) : Dto; = new X(1)
            a derived type gets a member | [JsonDerivedType(typeof(X), "x")] public abstract record Dto; public record X(int A) : Dto; = new X(1) | [JsonDerivedType(typeof(X), "x")] public abstract record Dto; public record X(int A, int B) : Dto; = new X(1, 2)
            another converter | public class Up : N; [JsonConverter(typeof(Up))] public record Dto(int A) : ID; = new(1) | public class Down : N; [JsonConverter(typeof(Down))] public record Dto(int A) : ID; = new(1)
            an attribute of a converter changes | public class Up : N; public class UpAttribute : JsonConverterAttribute { public override JsonConverter CreateConverter(Type t) => new Up(); } [Up] public record Dto(int A) : ID; = new(1) | public class Down : N; public class DownAttribute : JsonConverterAttribute { public override JsonConverter CreateConverter(Type t) => new Down(); } [Down] public record Dto(int A) : ID; = new(1)
            numbers as text | public class Dto { public int A { get; set; } } = new() { A = 1 } | public class Dto { [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString|JsonNumberHandling.WriteAsString)] public int A { get; set; } } = new() { A = 1 }
            a field is written | public class Dto { [JsonInclude] public int A; public int B { get; set; } } = new() { A = 1 } | public class Dto { public int A; public int B { get; set; } } = new() { A = 1 }
            a comment and a method are added | public record Dto(int A); = new(1) | public record Dto(int A) { /* more */ public int Twice() => 2 * A; } = new(1)
            another equality | public class Dto { public int A { get; set; } } = new() { A = 1 } | public class Dto { public int A { get; set; } public override bool Equals(object? o) => true; public override int GetHashCode() => 1; } = new() { A = 1 }
            """),
    ];

    [Fact]
    public void Are_a_miss_or_the_value_that_the_new_code_would_compute()
    {
        var store = new InMemoryClaimStore();
        Call(Compile(Changes.Select(static change => change.Before)), store, "the version before");
        var (values, runs, fresh) = Call(Compile(Changes.Select(static change => change.After)), store, "the version after");

        Assert.True(Changes.Length >= 40);
        var wrong = Changes.Select((change, index) => (change.What, IsHit: !runs[index], Difference: Sameness.Difference(fresh[index], values[index], fresh[index].GetType()))).ToArray();
        foreach (var (what, isHit, difference) in wrong) output.WriteLine($"{(isHit ? "hit" : "miss")}: {what} {difference}");
        Assert.DoesNotContain(wrong, static change => change.IsHit && change.Difference is not null);

        // It would be no test if nothing were found any more.
        Assert.Contains(wrong, static change => change is { IsHit: true, What: "a comment and a method are added" });
        Assert.Contains(wrong, static change => change is { IsHit: true, What: "members change places" });
    }

    private static (object[] Values, bool[] Runs, object[] Fresh) Call(Assembly program, InMemoryClaimStore store, string version)
    {
        var log = new RecordingLoggerFactory();
        using var memoizer = new Memoizer(new MemoizerOptions { Store = store.OfAnotherProcess(), LoggerFactory = log, IsDefault = false });
        var service = program.GetType("C", throwOnError: true)!;
        object instance = Activator.CreateInstance(service, memoizer)!;
        var runs = service.GetField("Runs")!;
        var values = new object[Changes.Length];
        var fresh = new object[Changes.Length];
        var hasRun = new bool[Changes.Length];
        for (int i = 0; i < Changes.Length; i++)
        {
            int before = (int)runs.GetValue(null)!;
            values[i] = service.GetMethod($"M{i}Cached")!.Invoke(instance, [1])!;
            hasRun[i] = before != (int)runs.GetValue(null)!;
            fresh[i] = service.GetMethod($"M{i}")!.Invoke(instance, [1])!;
        }

        Assert.True(store.Count() > 0, $"Nothing was stored by {version}.");
        return (values, hasRun, fresh);
    }

    private static Assembly Compile(IEnumerable<string> declarations)
    {
        var parts = declarations.Select(static text => text[..StartOfValue(text)]).ToArray();
        var values = declarations.Select(static text => text[(StartOfValue(text) + 3)..]).ToArray();
        var project = Consumer.Project($$"""
            #nullable enable
            using System;
            using System.Collections.Generic;
            using System.Text.Json;
            using System.Text.Json.Serialization;
            using Memoize;
            {{string.Join('\n', parts.Select(static (text, index) => $"namespace P{index} {{ {text} }}"))}}
            public interface ID { int A { get; } }
            public abstract class N : JsonConverterFactory
            {
                public override bool CanConvert(Type type) => true;
                public override JsonConverter CreateConverter(Type type, JsonSerializerOptions options) => (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(type), GetType().Name == "Up" ? 1 : -1)!;
                private sealed class Of<T>(int by) : JsonConverter<T> where T : ID
                {
                    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => (T)Activator.CreateInstance(type, reader.GetInt32() - by)!;
                    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNumberValue(value.A + by);
                }
            }
            public partial class C(Memoizer memoizer)
            {
                public static int Runs;
                private Memoizer Memoizer { get; } = memoizer;
            {{string.Join('\n', values.Select(static (value, index) => $"    [CachedResponse] public P{index}.Dto M{index}(int x) {{ Runs++; return P{index}.Make.Value; }}"))}}
            }
            {{string.Join('\n', values.Select(static (value, index) => $"namespace P{index} {{ public static class Make {{ public static Dto Value => {value}; }} }}"))}}
            """);
        Consumer.Driver().RunGeneratorsAndUpdateCompilation(project.WithOptions(project.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default)), out var generated, out _);
        using var image = new MemoryStream();
        var emitted = generated.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        return new AssemblyLoadContext("Changed").LoadFromStream(image);
    }

    // After a declaration; the others are in initializers.
    private static int StartOfValue(string text) => Math.Max(text.LastIndexOf("; = new", StringComparison.Ordinal), text.LastIndexOf("} = new", StringComparison.Ordinal)) + 1;

    private static IEnumerable<(string What, string Before, string After)> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(static line => line.Trim().Split(" | "))
        .Select(static parts => parts.Length == 3
            ? (parts[0], parts[1], parts[2])
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{parts.Length} parts: {string.Join(" | ", parts)}")));
}
