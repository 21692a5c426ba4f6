using System.Globalization;
using Memoize.Benchmarks;
using Memoize.Benchmarks.Footprint;
using Memoize.Benchmarks.Generator;
using Memoize.Benchmarks.HitRatio;
using Memoize.Benchmarks.Hits;
using Memoize.Benchmarks.Measuring;
using Memoize.Benchmarks.Misses;
using Memoize.Benchmarks.Scaling;
using Memoize.Benchmarks.Stampede;
using Memoize.Benchmarks.Stores;

switch (args)
{
    case ["summary"]:
        Console.WriteLine(SummaryReport.Table());
        return 0;

    case ["hits"]:
        Console.WriteLine(DetailedReport.Table<HitBenchmarks>());
#if PEERS
        Console.WriteLine(DetailedReport.Table<PeerHits>());
#endif
        return 0;

    case ["misses"]:
        Console.WriteLine(DetailedReport.TableOfSingleRuns<MissBenchmarks>());
        return 0;

    case ["memory"]:
        Console.WriteLine(FootprintReport.Table());
        return 0;

    case ["stampede"]:
        Console.WriteLine(StampedeTable.Text());
        return 0;

    case ["scaling"]:
        Console.WriteLine(ScalingReport.Table());
        return 0;

    case ["stores"]:
        Console.WriteLine(StoreReport.Table());
        return 0;

    case [StoreReport.WorkerArgument, var path, var worker, var claims]:
        return StoreReport.Work(path, int.Parse(worker, CultureInfo.InvariantCulture), int.Parse(claims, CultureInfo.InvariantCulture));

    case ["hit-ratio", var folder]:
        Console.WriteLine(HitRatioReport.Table(folder));
        return 0;

    case ["generator"]:
        return GeneratorReport.Run();

    case ["docs"]:
        PerformancePage.Write(
            ("summary", SummaryReport.Table),
            ("hits", () => TurnsTable.Text<HitBenchmarks>(rounds: 150)),
            ("misses", () => TurnsTable.Text<MissBenchmarks>(rounds: 25, static misses => misses.Renew())),
            ("memory", FootprintReport.Table),
            ("stampede", StampedeTable.Text),
            ("stores", StoreReport.Table),
            ("machine", PerformancePage.Machine));
        return 0;

    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project benchmarks/Memoize.Benchmarks -- <what>
              summary              what is promised, beside what is reached; a minute
              hits                 every form of a hit, beside what one would use instead
              misses               calls that run the method, beside a dictionary of semaphores
              memory               bytes per entry
              stampede             10,000 callers on one cold key
              scaling              calls a second with 1, 2, 4, … threads; half a minute
              stores               the SQLite store, beside prepared statements in a bare loop
              hit-ratio <folder>   recorded workloads, beside LRU and the optimum
              generator            the source generator on 1,000 cached methods in 100 types
              docs                 writes the tables of docs/performance.md, the generator's and the hit ratios apart
            Build with -p:Peers=true to measure other packages too, where they can be restored.
            """);
        return 2;
}
