using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Memoize.Benchmarks.Generator;

/// <summary>What a build and what each kind of edit costs, in all and, of that, in the compiler.</summary>
/// <remarks>
/// Every run gets a compilation that no run has seen, made outside of what is measured: what the compiler has bound once, it
/// does not bind again.
/// </remarks>
[MemoryDiagnoser]
public class GeneratorBenchmarks
{
    private LargeProject _project = null!;
    private CSharpCompilation _edited = null!;
    private int _run;

    /// <summary>The kinds of run.</summary>
    public enum Run
    {
        /// <summary>The first run of a driver.</summary>
        Full,

        /// <summary>A statement more in a file without cached methods.</summary>
        StatementElsewhere,

        /// <summary>A comment more in a file without cached methods.</summary>
        CommentElsewhere,

        /// <summary>A member more in a file without cached methods.</summary>
        MemberElsewhere,

        /// <summary>Another body of one cached method.</summary>
        BodyOfOneMethod,

        /// <summary>Another argument of one attribute.</summary>
        AttributeOfOneMethod,
    }

    /// <summary>What is run.</summary>
    [ParamsAllValues]
    public Run Kind { get; set; }

    /// <summary>Whether a generator runs that only finds the methods and adds an empty file for each.</summary>
    [Params(false, true)]
    public bool CompilerOnly { get; set; }

    /// <summary>Makes the project and lets the driver see it once.</summary>
    [GlobalSetup]
    public void MakeProject() => _project = CompilerOnly ? LargeProject.WithFindAndKeep() : LargeProject.WithGenerator();

    /// <summary>Makes the edit.</summary>
    [IterationSetup]
    public void Edit()
    {
        _run++;
        _edited = Kind switch
        {
            Run.Full => _project.Again(),
            Run.StatementElsewhere => _project.StatementElsewhere(_run),
            Run.CommentElsewhere => _project.CommentElsewhere(_run),
            Run.MemberElsewhere => _project.MemberElsewhere(_run),
            Run.BodyOfOneMethod => _project.BodyOfOneMethod(_run),
            _ => _project.AttributeOfOneMethod(_run),
        };
    }

    /// <summary>Runs the generator after the edit.</summary>
    [Benchmark]
    public GeneratorDriver RunGenerator() => (Kind == Run.Full ? _project.Cold : _project.Warm).RunGenerators(_edited);
}
