using Memoize.Benchmarks.Generator;

switch (args)
{
    case ["generator"]:
        return GeneratorReport.Run();

    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project benchmarks/Memoize.Benchmarks -- <what>
              generator   the source generator on 1,000 cached methods in 100 types
            """);
        return 2;
}
