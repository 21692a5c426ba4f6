using Memoize.Benchmarks;
using Memoize.Benchmarks.Footprint;
using Memoize.Benchmarks.Generator;

switch (args)
{
    case ["summary"]:
        Console.WriteLine(SummaryReport.Table());
        return 0;

    case ["memory"]:
        Console.WriteLine(FootprintReport.Table());
        return 0;

    case ["generator"]:
        return GeneratorReport.Run();

    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project benchmarks/Memoize.Benchmarks -- <what>
              generator   the source generator on 1,000 cached methods in 100 types
            """);
        return 2;
}
